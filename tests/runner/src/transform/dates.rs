//! Date transformations.

use time::{Duration, OffsetDateTime};

use super::{
    Failure,
    call::{Call, Made, Outcome, broken, one},
};
use crate::{claims::Value, model::words::DataType};

/// The left date must be later than the right one. An absent left date fails: there is nothing that could be later.
pub(super) fn assert_greater(call: &Call<'_>) -> Outcome {
    let refused = Failure::Refused {
        message: "DateTimeGreaterThan",
        default: "The first date must be later than the second.",
    };
    let Some(right) = date_time(call, "rightOperand")? else {
        let pass = call.switch("AssertIfRightOperandIsNotPresent", false);
        return if pass { Ok(Made::new()) } else { Err(refused) };
    };
    let Some(left) = date_time(call, "leftOperand")? else {
        return Err(refused);
    };
    let within = Duration::milliseconds(call.number("TreatAsEqualIfWithinMillseconds")?.unwrap_or(0));
    let holds = if (left - right).abs() <= within.abs() {
        !call.switch("AssertIfEqualTo", true)
    } else {
        left > right
    };
    if holds { Ok(Made::new()) } else { Err(refused) }
}

pub(super) fn to_date(call: &Call<'_>) -> Outcome {
    let at = date_time(call, "inputClaim")?;
    Ok(at.map_or_else(Made::new, |at| one("outputClaim", Value::Date(at.date()))))
}

pub(super) fn to_date_time(call: &Call<'_>) -> Outcome {
    let at = date_time(call, "inputClaim")?;
    Ok(at.map_or_else(Made::new, |at| one("outputClaim", Value::DateTime(at))))
}

/// The first date plus a span, against the second or now.
pub(super) fn compare(call: &Call<'_>) -> Outcome {
    let first = date_time(call, "firstDateTime")?.ok_or_else(|| broken("firstDateTime has no value"))?;
    let second = date_time(call, "secondDateTime")?.unwrap_or(call.context.now);
    let span = Duration::seconds(call.number("timeSpanInSeconds")?.unwrap_or(0));
    let first = first
        .checked_add(span)
        .ok_or_else(|| broken("the date plus the time span is out of range"))?;
    let result = match call
        .need_parameter("operator")?
        .trim()
        .to_ascii_lowercase()
        .as_str()
    {
        "same" => first == second,
        "later than" => first > second,
        "earlier than" => first < second,
        other => return Err(broken(format!("there is no operator {other}"))),
    };
    Ok(one("result", Value::Boolean(result)))
}

pub(super) fn now(call: &Call<'_>) -> Outcome {
    Ok(one("currentDateTime", Value::DateTime(call.context.now)))
}

pub(super) fn consent_required(call: &Call<'_>) -> Outcome {
    let updated = read(call.need_parameter("termsOfUseTextUpdateDateTime")?)?;
    let consented = date_time(call, "termsOfUseConsentDateTime")?;
    let required = consented.is_none_or(|consented| consented < updated);
    Ok(one("result", Value::Boolean(required)))
}

fn date_time(call: &Call<'_>, role: &str) -> Result<Option<OffsetDateTime>, Failure> {
    match call.value(role) {
        None => Ok(None),
        Some(Value::DateTime(at)) => Ok(Some(*at)),
        Some(Value::Date(date)) => Ok(Some(date.midnight().assume_utc())),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(other) => read(&other.text()).map(Some),
    }
}

fn read(text: &str) -> Result<OffsetDateTime, Failure> {
    match Value::parse(DataType::DateTime, text) {
        Ok(Value::DateTime(at)) => Ok(at),
        _ => Err(broken(format!("this is no date: {text}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::bench::{Bench, Refusal};

    fn greater(left: &str, right: &str) -> Bench {
        Bench::new("AssertDateTimeIsGreaterThan")
            .input("l:dateTime", "leftOperand", left)
            .input("r:dateTime", "rightOperand", right)
            .parameter("AssertIfRightOperandIsNotPresent", "true")
            .parameter("TreatAsEqualIfWithinMillseconds", "300000")
    }

    const REFUSED: Refusal = Refusal("DateTimeGreaterThan");

    #[test]
    fn an_earlier_left_date_is_refused() {
        let bench =
            greater("2022-01-01T15:00:00", "2022-01-22T15:00:00").parameter("AssertIfEqualTo", "false");
        assert_eq!(bench.refused(), REFUSED);
        assert!(
            greater("2022-01-22T15:00:00", "2022-01-01T15:00:00")
                .run()
                .is_ok()
        );
    }

    #[test]
    fn equal_dates_are_refused_unless_said_otherwise() {
        let equal = || greater("2022-01-01T15:00:00", "2022-01-01T15:04:00");
        assert_eq!(equal().refused(), REFUSED);
        assert!(equal().parameter("AssertIfEqualTo", "false").run().is_ok());
    }

    #[test]
    fn an_absent_right_date_passes_only_when_said_so() {
        let bench = |pass: &str| {
            Bench::new("AssertDateTimeIsGreaterThan")
                .input("l:dateTime", "leftOperand", "2022-01-01")
                .absent("r:dateTime", "rightOperand")
                .parameter("AssertIfRightOperandIsNotPresent", pass)
        };
        assert!(bench("true").run().is_ok());
        assert_eq!(bench("false").refused(), REFUSED);
    }

    #[test]
    fn an_absent_left_date_is_refused() {
        let bench = Bench::new("AssertDateTimeIsGreaterThan").absent("l:dateTime", "leftOperand");
        assert_eq!(
            bench.input("r:dateTime", "rightOperand", "2022-01-01").refused(),
            REFUSED
        );
    }

    #[test]
    fn a_date_and_time_loses_its_time_and_a_date_gains_midnight() {
        let bench = Bench::new("ConvertDateTimeToDateClaim").input(
            "a:dateTime",
            "inputClaim",
            "2022-01-03T11:34:22Z",
        );
        assert_eq!(
            bench.output("out:date", "outputClaim").out().as_deref(),
            Some("2022-01-03")
        );
        let bench = Bench::new("ConvertDateToDateTimeClaim").input("a:date", "inputClaim", "2022-01-03");
        assert_eq!(
            bench.output("out:dateTime", "outputClaim").out().as_deref(),
            Some("2022-01-03T00:00:00Z")
        );
    }

    fn compared(operator: &str, span: &str) -> Bench {
        Bench::new("DateTimeComparison")
            .input("a:dateTime", "firstDateTime", "2022-01-01T00:00:00.100000Z")
            .input("b:dateTime", "secondDateTime", "2022-03-16T00:00:00.100000Z")
            .parameter("operator", operator)
            .parameter("timeSpanInSeconds", span)
            .output("out:boolean", "result")
    }

    #[test]
    fn the_first_date_plus_ninety_days_is_later() {
        assert_eq!(compared("later than", "7776000").out().as_deref(), Some("True"));
        assert_eq!(
            compared("earlier than", "7776000").out().as_deref(),
            Some("False")
        );
        assert_eq!(compared("same", "6393600").out().as_deref(), Some("True"));
        assert!(compared("about", "0").broken());
    }

    #[test]
    fn an_absent_second_date_is_now_and_an_absent_first_one_an_error() {
        let bench = |first: bool| {
            let bench = Bench::new("DateTimeComparison").parameter("operator", "earlier than");
            let bench = bench
                .parameter("timeSpanInSeconds", "0")
                .output("out:boolean", "result");
            let bench = bench.absent("b:dateTime", "secondDateTime");
            if first {
                bench.input("a:dateTime", "firstDateTime", "2024-05-06T07:08:08Z")
            } else {
                bench
            }
        };
        assert_eq!(bench(true).out().as_deref(), Some("True"));
        assert!(bench(false).broken());
    }

    #[test]
    fn consent_is_required_when_it_is_older_than_the_text_or_absent() {
        let bench = || {
            Bench::new("IsTermsOfUseConsentRequired")
                .parameter("termsOfUseTextUpdateDateTime", "2021-11-15")
                .output("out:boolean", "result")
        };
        let given = |at: &str| bench().input("a:dateTime", "termsOfUseConsentDateTime", at).out();
        assert_eq!(given("2020-03-09T09:15:00").as_deref(), Some("True"));
        assert_eq!(given("2021-11-15T00:00:01").as_deref(), Some("False"));
        assert_eq!(
            bench()
                .absent("a:dateTime", "termsOfUseConsentDateTime")
                .out()
                .as_deref(),
            Some("True")
        );
    }

    #[test]
    fn the_current_time_is_the_journeys() {
        let bench = Bench::new("GetCurrentDateTime").output("out:dateTime", "currentDateTime");
        assert_eq!(bench.out().as_deref(), Some("2024-05-06T07:08:09Z"));
    }
}
