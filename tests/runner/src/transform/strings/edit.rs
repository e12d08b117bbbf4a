//! Changing a text.

use super::super::call::{Call, Made, Outcome, broken, one};
use crate::claims::Value;

pub(in super::super) fn change_case(call: &Call<'_>) -> Outcome {
    let Some(text) = call.text("inputClaim1") else {
        return Ok(Made::new());
    };
    let changed = match call.need_parameter("toCase")?.to_ascii_uppercase().as_str() {
        "LOWER" => text.to_lowercase(),
        "UPPER" => text.to_uppercase(),
        other => return Err(broken(format!("there is no case {other}"))),
    };
    Ok(one("outputClaim", Value::String(changed)))
}

pub(in super::super) fn null(_: &Call<'_>) -> Outcome {
    Ok(vec![("claim_to_null".to_owned(), None)])
}

/// What stands after the last `@`; a text without one has no domain.
pub(in super::super) fn domain(call: &Call<'_>) -> Outcome {
    let address = call.text("emailAddress");
    let domain = address
        .as_deref()
        .and_then(|address| address.rsplit_once('@'))
        .map(|(_, domain)| domain);
    Ok(domain.map_or_else(Made::new, |domain| one("domain", Value::string(domain))))
}

pub(in super::super) fn replace(call: &Call<'_>) -> Outcome {
    let (old, new) = (call.need_parameter("oldValue")?, call.need_parameter("newValue")?);
    if old.is_empty() {
        return Err(broken("oldValue is empty"));
    }
    let text = call.text("inputClaim");
    Ok(text.map_or_else(Made::new, |text| {
        one("outputClaim", Value::String(text.replace(old, new)))
    }))
}

/// Positions count UTF-16 units, as in .NET; a range outside the text is an error.
pub(in super::super) fn substring(call: &Call<'_>) -> Outcome {
    let position = |id: &str| {
        let number = call
            .number(id)?
            .ok_or_else(|| broken(format!("the parameter {id} is missing")))?;
        usize::try_from(number).map_err(|_| broken(format!("the parameter {id} is negative")))
    };
    let (start, length) = (position("startIndex")?, position("length")?);
    let Some(text) = call.text("inputClaim") else {
        return Ok(Made::new());
    };
    let units: Vec<u16> = text.encode_utf16().collect();
    let part = start.checked_add(length).and_then(|end| units.get(start..end));
    let part = part.ok_or_else(|| broken(format!("the text has only {} characters", units.len())))?;
    Ok(one("outputClaim", Value::String(String::from_utf16_lossy(part))))
}

#[cfg(test)]
mod tests {
    use super::super::super::bench::Bench;

    #[test]
    fn case_is_changed() {
        let bench = |case: &str| {
            let bench = Bench::new("ChangeCase").input("a", "inputClaim1", "SomeOne@contoso.com");
            bench.parameter("toCase", case).output("out", "outputClaim")
        };
        assert_eq!(bench("LOWER").out().as_deref(), Some("someone@contoso.com"));
        assert_eq!(bench("upper").out().as_deref(), Some("SOMEONE@CONTOSO.COM"));
        assert!(bench("Title").broken());
    }

    #[test]
    fn a_claim_is_taken_away() {
        let bench = Bench::new("NullClaim").input("out", "before", "Welcome to Contoso App.");
        assert_eq!(bench.output("out", "claim_to_null").out(), None);
    }

    #[test]
    fn the_domain_of_an_address_is_found() {
        let bench = |address: &str| {
            Bench::new("ParseDomain")
                .input("a", "emailAddress", address)
                .output("out", "domain")
                .out()
        };
        assert_eq!(bench("joe@outlook.com").as_deref(), Some("outlook.com"));
        assert_eq!(bench("joe"), None);
    }

    #[test]
    fn a_text_is_replaced_everywhere() {
        let bench = Bench::new("StringReplace").input("a", "inputClaim", "+164-411-452-054");
        let bench = bench
            .parameter("oldValue", "-")
            .parameter("newValue", "")
            .output("out", "outputClaim");
        assert_eq!(bench.out().as_deref(), Some("+164411452054"));
    }

    #[test]
    fn a_part_of_a_text_is_taken() {
        let bench = |start: &str, length: &str| {
            let bench = Bench::new("StringSubstring").input("a", "inputClaim", "+1644114520");
            bench
                .parameter("startIndex", start)
                .parameter("length", length)
                .output("out", "outputClaim")
        };
        assert_eq!(bench("0", "2").out().as_deref(), Some("+1"));
        assert_eq!(bench("11", "0").out().as_deref(), Some(""));
        assert!(bench("10", "2").broken());
        assert!(bench("-1", "2").broken());
    }
}
