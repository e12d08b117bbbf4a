//! Integer transformations.

use super::{
    Failure,
    call::{Call, Made, Outcome, broken, one},
};
use crate::claims::Value;

/// One more or one less; an absent claim counts as 0.
pub(super) fn adjust(call: &Call<'_>) -> Outcome {
    let number = integer(call)?.unwrap_or(0);
    let step = match call.parameter("Operator").map(str::to_ascii_uppercase).as_deref() {
        None | Some("INCREMENT") => 1,
        Some("DECREMENT") => -1,
        Some(other) => return Err(broken(format!("there is no operator {other}"))),
    };
    let adjusted = number
        .checked_add(step)
        .ok_or_else(|| broken("the number is out of range"))?;
    Ok(one("outputClaim", Value::Long(adjusted)))
}

/// Refuses when the comparison is true, or only says so when `throwError` is false.
pub(super) fn assert(call: &Call<'_>) -> Outcome {
    let number = integer(call)?.ok_or_else(|| broken("inputClaim has no value"))?;
    let wanted = call
        .number("CompareToValue")?
        .ok_or_else(|| broken("the parameter CompareToValue is missing"))?;
    let result = match call.need_parameter("Operator")?.to_ascii_lowercase().as_str() {
        "lessthan" => number < wanted,
        "greaterthan" => number > wanted,
        "greaterthanorequal" => number >= wanted,
        "lessthanorequal" => number <= wanted,
        "equal" => number == wanted,
        "notequal" => number != wanted,
        other => return Err(broken(format!("there is no operator {other}"))),
    };
    match (call.switch("throwError", true), result) {
        (true, true) => Err(Failure::Refused {
            message: "AssertNumberError",
            default: "A number is not in the range that is required.",
        }),
        (true, false) => Ok(Made::new()),
        (false, result) => Ok(one("outputClaim", Value::Boolean(result))),
    }
}

pub(super) fn to_text(call: &Call<'_>) -> Outcome {
    let text = call.text("inputClaim");
    Ok(text.map_or_else(Made::new, |text| one("outputClaim", Value::String(text))))
}

fn integer(call: &Call<'_>) -> Result<Option<i64>, Failure> {
    match call.value("inputClaim") {
        None => Ok(None),
        Some(Value::Int(number)) => Ok(Some(i64::from(*number))),
        Some(Value::Long(number)) => Ok(Some(*number)),
        Some(other) => {
            let text = other.text();
            text.trim()
                .parse()
                .map(Some)
                .map_err(|_| broken(format!("this is no whole number: {text}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::bench::{Bench, Refusal};

    fn adjusted(operator: &str) -> Bench {
        Bench::new("AdjustNumber")
            .parameter("Operator", operator)
            .output("out:int", "outputClaim")
    }

    #[test]
    fn a_number_is_counted_up_and_down() {
        assert_eq!(
            adjusted("INCREMENT")
                .input("a:int", "inputClaim", "1")
                .out()
                .as_deref(),
            Some("2")
        );
        assert_eq!(
            adjusted("decrement")
                .input("a:int", "inputClaim", "1")
                .out()
                .as_deref(),
            Some("0")
        );
    }

    #[test]
    fn an_absent_number_counts_as_zero() {
        assert_eq!(
            adjusted("INCREMENT")
                .absent("a:int", "inputClaim")
                .out()
                .as_deref(),
            Some("1")
        );
    }

    #[test]
    fn a_number_out_of_range_is_an_error() {
        assert!(
            adjusted("INCREMENT")
                .input("a:int", "inputClaim", "2147483647")
                .broken()
        );
    }

    fn asserted(operator: &str, throws: &str) -> Bench {
        Bench::new("AssertNumber")
            .input("a:int", "inputClaim", "10")
            .parameter("Operator", operator)
            .parameter("CompareToValue", "5")
            .parameter("throwError", throws)
            .output("out:boolean", "outputClaim")
    }

    #[test]
    fn a_true_comparison_is_refused() {
        assert_eq!(
            asserted("GreaterThan", "true").refused(),
            Refusal("AssertNumberError")
        );
        assert!(asserted("LessThan", "true").run().is_ok());
    }

    #[test]
    fn without_throwing_the_comparison_is_a_claim() {
        for (operator, result) in [
            ("GreaterThan", "True"),
            ("LessThan", "False"),
            ("GreaterThanOrEqual", "True"),
            ("LessThanOrEqual", "False"),
            ("Equal", "False"),
            ("NotEqual", "True"),
        ] {
            assert_eq!(
                asserted(operator, "false").out().as_deref(),
                Some(result),
                "{operator}"
            );
        }
    }

    #[test]
    fn an_absent_number_cannot_be_asserted() {
        let bench = Bench::new("AssertNumber").absent("a:int", "inputClaim");
        assert!(
            bench
                .parameter("Operator", "Equal")
                .parameter("CompareToValue", "1")
                .broken()
        );
    }

    #[test]
    fn a_number_becomes_text() {
        let bench = Bench::new("ConvertNumberToStringClaim").input("a:long", "inputClaim", "12334");
        assert_eq!(bench.output("out", "outputClaim").out().as_deref(), Some("12334"));
    }
}
