//! Phone number transformations.

mod countries;

use super::{
    Failure,
    call::{Call, Made, Outcome, one},
};
use crate::claims::Value;

/// How many digits a number may have with its country: the shortest in use, and the limit of ITU-T E.164.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

pub(super) fn to_text(call: &Call<'_>) -> Outcome {
    let text = call.text("phoneNumber");
    Ok(text.map_or_else(Made::new, |text| one("phoneNumberString", Value::String(text))))
}

/// International format, or local format with the claim of the country. A leading zero of the local number is kept, as
/// in the reference's example.
pub(super) fn from_text(call: &Call<'_>) -> Outcome {
    let refused = || Failure::Refused {
        message: "UserMessageIfClaimsTransformationInvalidPhoneNumber",
        default: "The phone number is not valid.",
    };
    let text = call.text("phoneNumberString").ok_or_else(refused)?;
    let text = match call.text("country").filter(|country| !country.is_empty()) {
        Some(country) => {
            let code = countries::calling_code(&country).ok_or_else(refused)?;
            if text.trim_start().starts_with('+') {
                text
            } else {
                format!("+{code}{text}")
            }
        }
        None => text,
    };
    let number = international(&text).ok_or_else(refused)?;
    Ok(one("outputClaim", Value::Phone(format!("+{number}"))))
}

/// Splits a number in international format. A number that is none writes nothing, or is refused when so asked.
pub(super) fn split(call: &Call<'_>) -> Outcome {
    let text = call.text("phoneNumber").unwrap_or_default();
    let Some((code, country, national)) = international(&text).and_then(|number| parts(&number)) else {
        if !call.switch("throwExceptionOnFailure", false) {
            return Ok(Made::new());
        }
        return Err(Failure::Refused {
            message: "UserMessageIfPhoneNumberParseFailure",
            default: "The phone number is not valid.",
        });
    };
    let iso = call
        .parameter("countryCodeType")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("ISO3166"));
    let country = if iso {
        country.to_owned()
    } else {
        format!("+{code}")
    };
    Ok(vec![
        ("nationalNumber".to_owned(), Some(Value::String(national))),
        ("countryCode".to_owned(), Some(Value::String(country))),
    ])
}

/// The digits of a number that starts with `+` and a calling code in use.
fn international(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/'))
        .collect();
    let digits = kept.strip_prefix('+')?;
    let fits = DIGITS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    (fits && countries::of_number(digits).is_some()).then(|| digits.to_owned())
}

fn parts(number: &str) -> Option<(&'static str, &'static str, String)> {
    let (code, country) = countries::of_number(number)?;
    Some((code, country, number.strip_prefix(code)?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::bench::{Bench, Refusal};

    #[test]
    fn a_phone_number_becomes_text() {
        let bench = Bench::new("ConvertPhoneNumberClaimToString");
        let bench = bench
            .input("p:phoneNumber", "phoneNumber", "+11234567890")
            .output("out", "phoneNumberString");
        assert_eq!(bench.out().as_deref(), Some("+11234567890"));
    }

    fn convert(text: &str) -> Bench {
        let bench = Bench::new("ConvertStringToPhoneNumberClaim").input("p", "phoneNumberString", text);
        bench.output("out:phoneNumber", "outputClaim")
    }

    #[test]
    fn text_becomes_a_phone_number_with_and_without_country() {
        assert_eq!(
            convert("033 456-7890")
                .input("c", "country", "DK")
                .out()
                .as_deref(),
            Some("+450334567890")
        );
        assert_eq!(
            convert("+1 (123) 456-7890").out().as_deref(),
            Some("+11234567890")
        );
    }

    #[test]
    fn text_that_is_no_number_is_refused() {
        let refused = Refusal("UserMessageIfClaimsTransformationInvalidPhoneNumber");
        assert_eq!(convert("123 456-7890").refused(), refused);
        assert_eq!(convert("+1 call me now").refused(), refused);
        assert_eq!(convert("+0 123 456 7890").refused(), refused);
        assert_eq!(convert("+1234567890123456").refused(), refused);
        assert_eq!(
            convert("033 456-7890").input("c", "country", "XX").refused(),
            refused
        );
    }

    fn split(number: &str, kind: &str, throws: &str) -> Bench {
        Bench::new("GetNationalNumberAndCountryCodeFromPhoneNumberString")
            .input("p", "phoneNumber", number)
            .parameter("throwExceptionOnFailure", throws)
            .parameter("countryCodeType", kind)
            .output("out", "nationalNumber")
            .output("country", "countryCode")
    }

    #[test]
    fn a_number_is_split_into_country_and_national_number() {
        for (kind, country) in [("ISO3166", "DE"), ("CallingCode", "+49")] {
            let bag = split("+49 (123) 456-7890", kind, "false").run().unwrap();
            assert_eq!(bag.text("out").as_deref(), Some("1234567890"));
            assert_eq!(bag.text("country").as_deref(), Some(country));
        }
    }

    #[test]
    fn a_number_that_is_none_writes_nothing_or_is_refused() {
        assert!(
            !split("someone@contoso.com", "ISO3166", "false")
                .run()
                .unwrap()
                .contains("out")
        );
        let refused = split("someone@contoso.com", "ISO3166", "true").refused();
        assert_eq!(refused, Refusal("UserMessageIfPhoneNumberParseFailure"));
    }
}
