//! Secrets written into policies.

use crate::{
    finding::Finding,
    model::{Policy, Span, TechnicalProfile},
};

/// Parts of names that hold secrets.
const NAMES: [&str; 9] = [
    "secret",
    "password",
    "apikey",
    "api_key",
    "api-key",
    "functions-key",
    "subscription-key",
    "accesskey",
    "privatekey",
];

/// Query parameters that carry a key.
const PARAMETERS: [&str; 6] = ["code", "sig", "key", "apikey", "api_key", "subscription-key"];

/// Names that only sound like secrets: settings, texts and claim names.
const HARMLESS: [&str; 7] = [
    "message",
    "setting.",
    "language.",
    "passwordpolic",
    "forgotpassword",
    "displayname",
    "helptext",
];

pub(super) fn check(policy: &Policy, found: &mut Vec<Finding>) {
    for profile in &policy.profiles {
        metadata(profile, found);
        let claims = profile
            .input_claims
            .iter()
            .chain(&profile.output_claims)
            .chain(&profile.persisted_claims);
        for claim in claims {
            let names = [claim.claim.as_str(), claim.partner_name()];
            let secret = names.iter().any(|name| sounds_secret(name));
            if secret && claim.default.as_deref().is_some_and(is_constant) {
                found.push(in_the_clear(
                    &claim.span,
                    &format!("the default of \"{}\"", claim.claim),
                ));
            }
        }
    }
    let parameters = policy.transformations.iter().flat_map(|one| &one.parameters);
    for parameter in
        parameters.filter(|parameter| sounds_secret(&parameter.id) && is_constant(&parameter.value))
    {
        found.push(in_the_clear(
            &parameter.span,
            &format!("the parameter \"{}\"", parameter.id),
        ));
    }
}

fn metadata(profile: &TechnicalProfile, found: &mut Vec<Finding>) {
    for item in &profile.metadata {
        if sounds_secret(&item.key) && is_constant(&item.value) {
            found.push(in_the_clear(
                &item.span,
                &format!("\"{}\" of \"{}\"", item.key, profile.id),
            ));
        } else if let Some(parameter) = key_in_query(&item.value) {
            found.push(in_the_clear(
                &item.span,
                &format!("?{parameter}= in \"{}\" of \"{}\"", item.key, profile.id),
            ));
        }
    }
}

fn sounds_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    NAMES.iter().any(|part| name.contains(part)) && !HARMLESS.iter().any(|part| name.contains(part))
}

/// Whether a value is more than a name: not a resolver, a placeholder, a switch, or the name of a policy key.
fn is_constant(value: &str) -> bool {
    let value = value.trim();
    let switch = matches!(
        value.to_ascii_lowercase().as_str(),
        "" | "true" | "false" | "password" | "none"
    );
    !switch && !value.contains('{') && !value.to_ascii_uppercase().starts_with("B2C_1A_")
}

/// The key an address carries in its query.
fn key_in_query(address: &str) -> Option<&str> {
    let (_, query) = address.split_once('?').filter(|_| address.starts_with("http"))?;
    query.split('&').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let carries = PARAMETERS.iter().any(|known| known.eq_ignore_ascii_case(name)) && is_constant(value);
        carries.then_some(name)
    })
}

fn in_the_clear(span: &Span, what: &str) -> Finding {
    Finding::error(
        "secret-in-clear",
        span,
        format!("{what} holds a secret in the clear"),
    )
    .why("policies are kept in source control, sent around and readable by every administrator")
    .instead("a policy key: <CryptographicKeys><Key Id=\"…\" StorageReferenceId=\"B2C_1A_…\" />")
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, rules};

    fn rest(metadata: &str, rest: &str) -> usize {
        rules(
            &Sample::new().profile("Rest", "RestfulProvider", metadata, rest),
            "secret-in-clear",
        )
        .len()
    }

    #[test]
    fn a_secret_in_metadata_or_an_address_is_an_error() {
        assert_eq!(rest("<Item Key=\"client_secret\">hunter2</Item>", ""), 1);
        assert_eq!(
            rest(
                "<Item Key=\"ServiceUrl\">https://a.example/api?code=abc123==</Item>",
                ""
            ),
            1
        );
        assert_eq!(
            rest("<Item Key=\"ServiceUrl\">https://a.example/api?x=1</Item>", ""),
            0
        );
        assert_eq!(
            rest(
                "<Item Key=\"ServiceUrl\">https://a.example/api?code={code}</Item>",
                ""
            ),
            0
        );
    }

    #[test]
    fn settings_and_texts_with_such_names_are_fine() {
        assert_eq!(
            rest(
                "<Item Key=\"UserMessageIfInvalidPassword\">Your password is incorrect.</Item>",
                ""
            ),
            0
        );
        assert_eq!(
            rest(
                "<Item Key=\"setting.forgotPasswordLinkLocation\">AfterInput</Item>",
                ""
            ),
            0
        );
        assert_eq!(rest("<Item Key=\"trimSpacesInPassword\">true</Item>", ""), 0);
    }

    #[test]
    fn a_secret_as_default_of_a_claim_is_an_error() {
        let claim = |default: &str| {
            let claims = format!(
                "<InputClaims><InputClaim ClaimTypeReferenceId=\"email\" PartnerClaimType=\"x-api-key\" \
                 DefaultValue=\"{default}\" /></InputClaims>"
            );
            rest("", &claims)
        };
        assert_eq!((claim("s3cr3t"), claim("{OAUTH-KV:k}")), (1, 0));
    }
}
