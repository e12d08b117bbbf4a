//! Formatting texts.

use super::super::{
    call::{Call, Made, Outcome, broken, one},
    dotnet,
};
use crate::claims::Value;

/// A constant; expressions of string transformations are filled.
pub(in super::super) fn create(call: &Call<'_>) -> Outcome {
    let value = call.expression(call.need_parameter("value")?);
    Ok(one("createdClaim", Value::String(value)))
}

pub(in super::super) fn format(call: &Call<'_>) -> Outcome {
    formatted(call, &["inputClaim"])
}

pub(in super::super) fn format_two(call: &Call<'_>) -> Outcome {
    formatted(call, &["inputClaim1", "inputClaim2"])
}

/// Absent claims are empty, as .NET formats them.
fn formatted(call: &Call<'_>, roles: &[&str]) -> Outcome {
    let template = call.expression(call.need_parameter("stringFormat")?);
    let values: Vec<_> = roles
        .iter()
        .map(|role| call.text(role).unwrap_or_default())
        .collect();
    let text = dotnet::format(&template, &values).map_err(broken)?;
    Ok(one("outputClaim", Value::String(text)))
}

/// Any number of claims in a localised format. Without the text nothing is written.
pub(in super::super) fn format_localized(call: &Call<'_>) -> Outcome {
    let id = call.need_parameter("stringFormatId")?;
    let Some(template) = call.localized("FormatLocalizedStringTransformationClaimType", id) else {
        return Ok(Made::new());
    };
    let text = dotnet::format(&template, &call.all_texts()).map_err(broken)?;
    Ok(one("outputClaim", Value::String(text)))
}

#[cfg(test)]
mod tests {
    use super::super::super::bench::Bench;
    use crate::model::page::{LocalizedResources, LocalizedString};

    #[test]
    fn a_constant_is_set() {
        let bench = Bench::new("CreateStringClaim").parameter("value", "Contoso terms of service...");
        assert_eq!(
            bench.output("out", "createdClaim").out().as_deref(),
            Some("Contoso terms of service...")
        );
        let bench = Bench::new("CreateStringClaim")
            .parameter("value", "{TechnicalProfileId}@{TrustFrameworkTenantId}");
        assert_eq!(
            bench.output("out", "createdClaim").out().as_deref(),
            Some("Facebook-OAUTH@b2cdemo.onmicrosoft.com")
        );
    }

    #[test]
    fn a_user_principal_name_is_formatted() {
        let bench = Bench::new("FormatStringClaim").input("u", "inputClaim", "5164db16");
        let bench = bench
            .parameter("stringFormat", "cpim_{0}@{RelyingPartyTenantId}")
            .output("out", "outputClaim");
        assert_eq!(
            bench.out().as_deref(),
            Some("cpim_5164db16@b2cdemo.onmicrosoft.com")
        );
    }

    #[test]
    fn two_claims_are_formatted() {
        let bench = Bench::new("FormatStringMultipleClaims").input("g", "inputClaim1", "Joe");
        let bench = bench
            .input("s", "inputClaim2", "Fernando")
            .parameter("stringFormat", "{0} {1}");
        assert_eq!(
            bench.output("out", "outputClaim").out().as_deref(),
            Some("Joe Fernando")
        );
    }

    #[test]
    fn a_format_dotnet_refuses_is_an_error() {
        let bench = Bench::new("FormatStringClaim").input("u", "inputClaim", "x");
        assert!(bench.parameter("stringFormat", "{1}").broken());
    }

    #[test]
    fn a_localised_text_is_formatted() {
        let bench = |id: &str| {
            let text = LocalizedString {
                element: "FormatLocalizedStringTransformationClaimType".to_owned(),
                string: "EmailExists".to_owned(),
                text: "The email '{0}' is taken.".to_owned(),
                ..LocalizedString::default()
            };
            let texts = LocalizedResources {
                strings: vec![text],
                ..LocalizedResources::default()
            };
            let bench = Bench::new("FormatLocalizedString")
                .texts(texts)
                .input("e", "", "sarah@contoso.com");
            bench
                .parameter("stringFormatId", id)
                .output("out", "outputClaim")
                .out()
        };
        assert_eq!(
            bench("EmailExists").as_deref(),
            Some("The email 'sarah@contoso.com' is taken.")
        );
        assert_eq!(bench("Other"), None);
    }
}
