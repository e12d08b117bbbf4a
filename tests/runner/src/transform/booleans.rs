//! Boolean transformations.

use super::{
    Failure,
    call::{Call, Made, Outcome, one},
};
use crate::claims::Value;

pub(super) fn and(call: &Call<'_>) -> Outcome {
    Ok(both(call, |a, b| a && b))
}

pub(super) fn or(call: &Call<'_>) -> Outcome {
    Ok(both(call, |a, b| a || b))
}

/// Writes nothing unless both operands have a value.
fn both(call: &Call<'_>, operation: fn(bool, bool) -> bool) -> Made {
    match (call.flag("inputClaim1"), call.flag("inputClaim2")) {
        (Some(a), Some(b)) => one("outputClaim", Value::Boolean(operation(a, b))),
        _ => Made::new(),
    }
}

pub(super) fn not(call: &Call<'_>) -> Outcome {
    let flag = call.flag("inputClaim");
    Ok(flag.map_or_else(Made::new, |flag| one("outputClaim", Value::Boolean(!flag))))
}

pub(super) fn compare(call: &Call<'_>) -> Outcome {
    let wanted = call.switch("valueToCompareTo", true);
    Ok(one(
        "compareResult",
        Value::Boolean(call.flag("inputClaim") == Some(wanted)),
    ))
}

/// An absent claim is not equal to anything: the assertion fails closed.
pub(super) fn assert_equal(call: &Call<'_>) -> Outcome {
    if call.flag("inputClaim") == Some(call.switch("valueToCompareTo", true)) {
        return Ok(Made::new());
    }
    Err(Failure::Refused {
        message: "UserMessageIfClaimsTransformationBooleanValueIsNotEqual",
        default: "The value of a claim is not the one that is required.",
    })
}

#[cfg(test)]
mod tests {
    use super::super::bench::{Bench, Refusal, flag};
    use crate::claims::Value;

    fn two(method: &str, a: &str, b: &str) -> Option<Value> {
        let bench =
            Bench::new(method)
                .input("a:boolean", "inputClaim1", a)
                .input("b:boolean", "inputClaim2", b);
        bench
            .output("out:boolean", "outputClaim")
            .run()
            .unwrap()
            .get("out")
            .cloned()
    }

    #[test]
    fn and_of_true_and_false_is_false() {
        assert_eq!(two("AndClaims", "true", "false"), Some(flag(false)));
        assert_eq!(two("AndClaims", "true", "true"), Some(flag(true)));
    }

    #[test]
    fn or_of_true_and_false_is_true() {
        assert_eq!(two("OrClaims", "true", "false"), Some(flag(true)));
        assert_eq!(two("OrClaims", "false", "false"), Some(flag(false)));
    }

    #[test]
    fn an_absent_operand_writes_nothing() {
        let bench = Bench::new("AndClaims").input("a:boolean", "inputClaim1", "true");
        let bag = bench
            .absent("b:boolean", "inputClaim2")
            .output("out:boolean", "outputClaim")
            .run()
            .unwrap();
        assert!(!bag.contains("out"));
    }

    #[test]
    fn not_of_false_is_true() {
        let bench = Bench::new("NotClaims").input("a:boolean", "inputClaim", "false");
        assert_eq!(
            bench.output("a:boolean", "outputClaim").run().unwrap().get("a"),
            Some(&flag(true))
        );
    }

    #[test]
    fn false_compared_with_true_is_false() {
        let bench = Bench::new("CompareBooleanClaimToValue").input("a:boolean", "inputClaim", "false");
        let bag = bench
            .parameter("valueToCompareTo", "true")
            .output("out:boolean", "compareResult")
            .run()
            .unwrap();
        assert_eq!(bag.get("out"), Some(&flag(false)));
    }

    fn asserted() -> Bench {
        Bench::new("AssertBooleanClaimIsEqualToValue").parameter("valueToCompareTo", "true")
    }

    #[test]
    fn the_assertion_holds_for_the_value_and_fails_for_the_other() {
        assert!(asserted().input("a:boolean", "inputClaim", "true").run().is_ok());
        let refused = asserted().input("a:boolean", "inputClaim", "false").refused();
        assert_eq!(
            refused,
            Refusal("UserMessageIfClaimsTransformationBooleanValueIsNotEqual")
        );
    }

    #[test]
    fn the_assertion_fails_for_an_absent_claim() {
        let refused = asserted().absent("a:boolean", "inputClaim").refused();
        assert_eq!(
            refused,
            Refusal("UserMessageIfClaimsTransformationBooleanValueIsNotEqual")
        );
    }
}
