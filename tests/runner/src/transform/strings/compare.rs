//! Comparing texts, and setting claims by the result. An absent text equals only another absent one, as .NET compares.

use super::super::{
    Failure,
    call::{Call, Made, Outcome, broken, one},
};
use crate::{claims::Value, pattern::Pattern};

pub(in super::super) fn assert_equal(call: &Call<'_>) -> Outcome {
    let ignore_case = comparison(call)?;
    let (a, b) = (call.text("inputClaim1"), call.text("inputClaim2"));
    if a.is_some() && same(a.as_deref(), b.as_deref(), ignore_case) {
        return Ok(Made::new());
    }
    Err(Failure::Refused {
        message: "UserMessageIfClaimsTransformationStringsAreNotEqual",
        default: "The values of two claims are not the same.",
    })
}

pub(in super::super) fn compare(call: &Call<'_>) -> Outcome {
    let (a, b) = (call.text("inputClaim1"), call.text("inputClaim2"));
    operated(
        call,
        same(a.as_deref(), b.as_deref(), call.switch("ignoreCase", false)),
    )
}

pub(in super::super) fn compare_to_value(call: &Call<'_>) -> Outcome {
    let wanted = call.need_parameter("compareTo")?;
    let text = call.text("inputClaim1");
    operated(
        call,
        same(text.as_deref(), Some(wanted), call.switch("ignoreCase", false)),
    )
}

fn operated(call: &Call<'_>, equal: bool) -> Outcome {
    let result = match call
        .need_parameter("operator")?
        .trim()
        .to_ascii_uppercase()
        .as_str()
    {
        "EQUAL" => equal,
        "NOT EQUAL" => !equal,
        other => return Err(broken(format!("there is no operator {other}"))),
    };
    Ok(one("outputClaim", Value::Boolean(result)))
}

pub(in super::super) fn contains(call: &Call<'_>) -> Outcome {
    let fold = |text: &str| {
        if call.switch("ignoreCase", false) {
            text.to_lowercase()
        } else {
            text.to_owned()
        }
    };
    let wanted = fold(call.need_parameter("contains")?);
    let found = call
        .text("inputClaim")
        .is_some_and(|text| fold(&text).contains(&wanted));
    Ok(one("outputClaim", Value::Boolean(found)))
}

/// An absent claim is an error, as the reference says.
pub(in super::super) fn set_if_booleans_match(call: &Call<'_>) -> Outcome {
    let flag = call
        .flag("claimToMatch")
        .ok_or_else(|| broken("claimToMatch has no value"))?;
    if flag != call.switch("matchTo", true) {
        return Ok(Made::new());
    }
    Ok(one(
        "outputClaim",
        text(call.need_parameter("outputClaimIfMatched")?),
    ))
}

pub(in super::super) fn set_if_strings_match(call: &Call<'_>) -> Outcome {
    let wanted = call.need_parameter("matchTo")?;
    let matched = same(
        call.text("claimToMatch").as_deref(),
        Some(wanted),
        comparison(call)?,
    );
    let value = matched
        .then(|| call.parameter("outputClaimIfMatched").map(text))
        .flatten();
    Ok(vec![
        ("outputClaim".to_owned(), value),
        result("stringCompareResultClaim", matched),
    ])
}

pub(in super::super) fn set_if_strings_are_equal(call: &Call<'_>) -> Outcome {
    let wanted = call.need_parameter("matchTo")?;
    let matched = same(
        call.text("inputClaim").as_deref(),
        Some(wanted),
        comparison(call)?,
    );
    let mut made = vec![result("stringCompareResultClaim", matched)];
    for (role, parameter) in [
        ("outputClaim1", "stringMatchMsg"),
        ("outputClaim2", "stringMatchMsgCode"),
    ] {
        if let Some(value) = call.parameter(parameter).filter(|_| matched) {
            made.push((role.to_owned(), Some(text(value))));
        }
    }
    Ok(made)
}

pub(in super::super) fn set_if_regex_matches(call: &Call<'_>) -> Outcome {
    let expression = call.need_parameter("matchTo")?;
    let pattern = Pattern::compile(expression).map_err(|error| broken(format!("matchTo: {error}")))?;
    let groups = call.text("claimToMatch").and_then(|text| pattern.groups(&text));
    let value = groups
        .as_ref()
        .and_then(|_| call.parameter("outputClaimIfMatched"))
        .map(text);
    let mut made = vec![
        ("outputClaim".to_owned(), value),
        result("regexCompareResultClaim", groups.is_some()),
    ];
    if call.switch("extractGroups", false) {
        made.extend(
            groups
                .unwrap_or_default()
                .into_iter()
                .map(|(name, found)| (name, Some(Value::String(found)))),
        );
    }
    Ok(made)
}

fn same(a: Option<&str>, b: Option<&str>, ignore_case: bool) -> bool {
    match (a, b) {
        (Some(a), Some(b)) if ignore_case => a.to_lowercase() == b.to_lowercase(),
        (a, b) => a == b,
    }
}

/// `stringComparison`: whether case is ignored.
fn comparison(call: &Call<'_>) -> Result<bool, Failure> {
    match call
        .need_parameter("stringComparison")?
        .to_ascii_lowercase()
        .as_str()
    {
        "ordinal" => Ok(false),
        "ordinalignorecase" => Ok(true),
        other => Err(broken(format!("there is no string comparison {other}"))),
    }
}

fn result(role: &str, matched: bool) -> (String, Option<Value>) {
    (role.to_owned(), Some(Value::Boolean(matched)))
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::super::bench::{Bench, Refusal};

    fn asserted(comparison: &str, a: &str, b: &str) -> Bench {
        let bench = Bench::new("AssertStringClaimsAreEqual").parameter("stringComparison", comparison);
        bench.input("a", "inputClaim1", a).input("b", "inputClaim2", b)
    }

    const REFUSED: Refusal = Refusal("UserMessageIfClaimsTransformationStringsAreNotEqual");

    #[test]
    fn different_texts_are_refused() {
        assert_eq!(
            asserted("ordinalIgnoreCase", "someone@contoso.com", "someone@outlook.com").refused(),
            REFUSED
        );
        assert!(asserted("ordinalIgnoreCase", "A@b.c", "a@B.c").run().is_ok());
        assert_eq!(asserted("Ordinal", "A@b.c", "a@B.c").refused(), REFUSED);
        assert!(asserted("somehow", "a", "a").broken());
    }

    #[test]
    fn absent_texts_are_refused() {
        let bench = Bench::new("AssertStringClaimsAreEqual").parameter("stringComparison", "Ordinal");
        assert_eq!(
            bench
                .absent("a", "inputClaim1")
                .absent("b", "inputClaim2")
                .refused(),
            REFUSED
        );
    }

    fn compared(operator: &str, a: &str, b: &str) -> Option<String> {
        let bench = Bench::new("CompareClaims")
            .parameter("operator", operator)
            .parameter("ignoreCase", "true");
        let bench = bench.input("a", "inputClaim1", a).input("b", "inputClaim2", b);
        bench.output("out:boolean", "outputClaim").out()
    }

    #[test]
    fn two_claims_are_compared() {
        assert_eq!(
            compared("NOT EQUAL", "someone@contoso.com", "someone@outlook.com").as_deref(),
            Some("True")
        );
        assert_eq!(
            compared("EQUAL", "Someone@contoso.com", "someone@contoso.com").as_deref(),
            Some("True")
        );
    }

    #[test]
    fn an_absent_claim_equals_nothing_that_is_there() {
        let bench = Bench::new("CompareClaims")
            .parameter("operator", "EQUAL")
            .input("a", "inputClaim1", "x");
        let bench = bench
            .absent("b", "inputClaim2")
            .output("out:boolean", "outputClaim");
        assert_eq!(bench.out().as_deref(), Some("False"));
    }

    #[test]
    fn a_claim_is_compared_with_a_value() {
        let bench = |operator: &str, ignore: &str| {
            let bench = Bench::new("CompareClaimToValue")
                .input("a", "inputClaim1", "v1")
                .parameter("compareTo", "V1");
            let bench = bench
                .parameter("operator", operator)
                .parameter("ignoreCase", ignore);
            bench.output("out:boolean", "outputClaim").out()
        };
        assert_eq!(bench("EQUAL", "true").as_deref(), Some("True"));
        assert_eq!(bench("not equal", "true").as_deref(), Some("False"));
        assert_eq!(bench("EQUAL", "false").as_deref(), Some("False"));
    }

    #[test]
    fn a_text_is_searched() {
        let bench = |contains: &str, ignore: &str| {
            let bench = Bench::new("StringContains").input("a", "inputClaim", "Admin, Approver, Editor");
            let bench = bench
                .parameter("contains", contains)
                .parameter("ignoreCase", ignore);
            bench.output("out:boolean", "outputClaim").out()
        };
        assert_eq!(bench("admin,", "true").as_deref(), Some("True"));
        assert_eq!(bench("admin,", "false").as_deref(), Some("False"));
    }

    #[test]
    fn a_claim_is_set_when_a_boolean_matches() {
        let bench = |value: &str| {
            let bench = Bench::new("SetClaimIfBooleansMatch").input("a:boolean", "claimToMatch", value);
            let bench = bench
                .parameter("matchTo", "true")
                .parameter("outputClaimIfMatched", "Not found.");
            bench.output("out", "outputClaim").out()
        };
        assert_eq!(bench("true").as_deref(), Some("Not found."));
        assert_eq!(bench("false"), None);
        let absent = Bench::new("SetClaimIfBooleansMatch").absent("a:boolean", "claimToMatch");
        assert!(
            absent
                .parameter("matchTo", "true")
                .parameter("outputClaimIfMatched", "x")
                .broken()
        );
    }

    #[test]
    fn claims_are_set_when_a_text_matches_and_taken_away_when_not() {
        let bench = |value: &str| {
            let bench = Bench::new("SetClaimsIfStringsMatch").input("a", "claimToMatch", value);
            let bench = bench
                .parameter("matchTo", "Minor")
                .parameter("stringComparison", "ordinalIgnoreCase");
            let bench = bench
                .parameter("outputClaimIfMatched", "B2C_V1_90001")
                .input("out", "before", "old");
            bench
                .output("out", "outputClaim")
                .output("is:boolean", "stringCompareResultClaim")
                .run()
                .unwrap()
        };
        let minor = bench("minor");
        assert_eq!(
            (minor.text("out").as_deref(), minor.text("is").as_deref()),
            (Some("B2C_V1_90001"), Some("True"))
        );
        let adult = bench("Adult");
        assert_eq!(
            (adult.text("out"), adult.text("is").as_deref()),
            (None, Some("False"))
        );
    }

    #[test]
    fn two_claims_are_set_when_texts_are_equal() {
        let bench = Bench::new("SetClaimsIfStringsAreEqual").input("v", "inputClaim", "v1");
        let bench = bench
            .parameter("matchTo", "V1")
            .parameter("stringComparison", "ordinalIgnoreCase");
        let bench = bench
            .parameter("stringMatchMsgCode", "B2C_V1_90005")
            .parameter("stringMatchMsg", "now v2");
        let bench = bench.output("m", "outputClaim1").output("c", "outputClaim2");
        let bag = bench
            .output("is:boolean", "stringCompareResultClaim")
            .run()
            .unwrap();
        assert_eq!(
            (bag.text("m").as_deref(), bag.text("c").as_deref()),
            (Some("now v2"), Some("B2C_V1_90005"))
        );
        assert_eq!(bag.text("is").as_deref(), Some("True"));
    }

    #[test]
    fn claims_are_set_when_an_expression_matches() {
        let bench = |phone: &str| {
            let bench = Bench::new("SetClaimsIfRegexMatch").input("p", "claimToMatch", phone);
            let bench = bench
                .parameter("matchTo", "^[0-9]{4,16}$")
                .parameter("outputClaimIfMatched", "isPhone");
            bench
                .output("out", "outputClaim")
                .output("is:boolean", "regexCompareResultClaim")
                .run()
                .unwrap()
        };
        let phone = bench("64854114520");
        assert_eq!(
            (phone.text("out").as_deref(), phone.text("is").as_deref()),
            (Some("isPhone"), Some("True"))
        );
        let other = bench("someone");
        assert_eq!(
            (other.text("out"), other.text("is").as_deref()),
            (None, Some("False"))
        );
    }

    #[test]
    fn groups_of_an_expression_become_claims() {
        let bench = Bench::new("SetClaimsIfRegexMatch").input("e", "claimToMatch", "emily@contoso.com");
        let bench = bench
            .parameter("matchTo", "(?<mailAlias>.*)@(.*)$")
            .parameter("outputClaimIfMatched", "isEmail");
        let bench = bench
            .parameter("extractGroups", "true")
            .output("out", "outputClaim")
            .output("mailAlias", "");
        assert_eq!(bench.run().unwrap().text("mailAlias").as_deref(), Some("emily"));
    }
}
