//! REST profiles: authentication, keys, and words the handler does not know.

use crate::{
    finding::Finding,
    model::{Handler, Policy, TechnicalProfile, words::DeploymentMode},
};

/// Authentication types with the cryptographic keys each needs.
const TYPES: [(&str, &[&str]); 5] = [
    ("None", &[]),
    (
        "Basic",
        &["BasicAuthenticationUsername", "BasicAuthenticationPassword"],
    ),
    ("Bearer", &["BearerAuthenticationToken"]),
    ("ClientCertificate", &["ClientCertificate"]),
    ("ApiKeyHeader", &[]),
];

const CARRIERS: [&str; 5] = ["Body", "Form", "QueryString", "Url", "Header"];

pub(super) fn check(policy: &Policy, found: &mut Vec<Finding>) {
    for profile in policy
        .profiles
        .iter()
        .filter(|profile| profile.handler() == Some(Handler::Rest))
    {
        // A profile without address is one that others include.
        let Some(address) = profile.metadata.get("ServiceUrl") else {
            continue;
        };
        carrier(profile, found);
        match profile.metadata.get("AuthenticationType") {
            None => found.push(anonymous(profile, &profile.span)),
            Some(item) if item.value.eq_ignore_ascii_case("None") => {
                found.push(anonymous(profile, &item.span));
                refused(policy, profile, found);
            }
            Some(item) => keys(profile, &item.value, &item.span, found),
        }
        host(profile, &address.value, &address.span, found);
    }
}

fn anonymous(profile: &TechnicalProfile, at: &crate::model::Span) -> Finding {
    Finding::warning(
        "rest-anonymous",
        at,
        format!("\"{}\" calls without authentication", profile.id),
    )
    .why("whoever finds the address can call it as Azure AD B2C does, and read or set what it serves")
    .instead("AuthenticationType ClientCertificate, Basic or Bearer, with keys in CryptographicKeys")
}

/// Without `AllowInsecureAuthInProduction` the service refuses the call in production.
fn refused(policy: &Policy, profile: &TechnicalProfile, found: &mut Vec<Finding>) {
    let production = matches!(policy.deployment_mode, None | Some(DeploymentMode::Production));
    if production && !profile.meta_flag("AllowInsecureAuthInProduction", false) {
        let message = format!("\"{}\" is refused in production", profile.id);
        found.push(
            Finding::error("rest-insecure", &profile.span, message)
                .why("AuthenticationType None is refused unless AllowInsecureAuthInProduction is true")
                .instead("an authentication type with keys"),
        );
    }
}

fn keys(profile: &TechnicalProfile, kind: &str, at: &crate::model::Span, found: &mut Vec<Finding>) {
    let Some((name, needed)) = TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(kind)) else {
        let message = format!("there is no authentication type \"{kind}\"");
        found.push(
            Finding::error("rest-metadata", at, message)
                .why("the profile cannot call")
                .instead(format!("one of {}", TYPES.map(|(known, _)| known).join(", "))),
        );
        return;
    };
    if *name == "Bearer" && profile.meta("UseClaimAsBearerToken").is_some() {
        return;
    }
    let missing: Vec<_> = needed
        .iter()
        .filter(|key| !profile.keys.contains(key))
        .copied()
        .collect();
    if !missing.is_empty() || (*name == "ApiKeyHeader" && profile.keys.is_empty()) {
        let what = if missing.is_empty() {
            "its key, named as the header"
        } else {
            &missing.join(" and ")
        };
        found.push(
            Finding::error("rest-keys", at, format!("\"{}\" lacks {what}", profile.id))
                .why("without its keys the profile cannot authenticate")
                .instead(format!(
                    "<Key Id=\"{}\" StorageReferenceId=\"B2C_1A_…\" />",
                    missing.first().unwrap_or(&"header-name")
                )),
        );
    }
}

fn carrier(profile: &TechnicalProfile, found: &mut Vec<Finding>) {
    let Some(item) = profile.metadata.get("SendClaimsIn") else {
        return;
    };
    if !CARRIERS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(&item.value))
    {
        found.push(
            Finding::error(
                "rest-metadata",
                &item.span,
                format!("claims cannot be sent in \"{}\"", item.value),
            )
            .why("the profile cannot call")
            .instead(format!("one of {}", CARRIERS.join(", "))),
        );
    }
}

/// The host of an address may not hold a claim, and other parts only when claims are sent in the address.
fn host(profile: &TechnicalProfile, address: &str, at: &crate::model::Span, found: &mut Vec<Finding>) {
    let after = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = after.split(['/', '?']).next().unwrap_or_default();
    let in_url = profile
        .meta("SendClaimsIn")
        .is_some_and(|word| word.eq_ignore_ascii_case("Url"));
    let braces = |text: &str| text.contains('{') && !text.to_ascii_lowercase().contains("{settings:");
    if braces(host) || (braces(after) && !in_url) {
        let message = format!(
            "the address of \"{}\" holds a claim where none is filled in",
            profile.id
        );
        found.push(
            Finding::error("rest-address", at, message)
                .why("claims are filled into path and query with SendClaimsIn Url only, and never into the host")
                .instead("<Item Key=\"SendClaimsIn\">Url</Item>, or an input claim"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, rules};

    fn rest(metadata: &str, keys: &str, rule: &str) -> usize {
        let metadata = format!("<Item Key=\"ServiceUrl\">https://a.example/x</Item>{metadata}");
        rules(
            &Sample::new().profile("Rest", "RestfulProvider", &metadata, keys),
            rule,
        )
        .len()
    }

    fn kind(word: &str) -> String {
        format!("<Item Key=\"AuthenticationType\">{word}</Item>")
    }

    fn key(id: &str) -> String {
        format!("<Key Id=\"{id}\" StorageReferenceId=\"B2C_1A_K\" />")
    }

    #[test]
    fn a_call_without_authentication_is_a_warning_and_refused_in_production() {
        assert_eq!(rest(&kind("None"), "", "rest-anonymous"), 1);
        assert_eq!(rest(&kind("None"), "", "rest-insecure"), 1);
        let allowed = format!(
            "{}<Item Key=\"AllowInsecureAuthInProduction\">true</Item>",
            kind("None")
        );
        assert_eq!(rest(&allowed, "", "rest-insecure"), 0);
        assert_eq!(rest("", "", "rest-anonymous"), 1);
    }

    #[test]
    fn each_authentication_type_needs_its_keys() {
        let both = format!(
            "<CryptographicKeys>{}{}</CryptographicKeys>",
            key("BasicAuthenticationUsername"),
            key("BasicAuthenticationPassword")
        );
        let one = format!(
            "<CryptographicKeys>{}</CryptographicKeys>",
            key("BasicAuthenticationUsername")
        );
        assert_eq!(rest(&kind("Basic"), &both, "rest-keys"), 0);
        assert_eq!(rest(&kind("Basic"), &one, "rest-keys"), 1);
        assert_eq!(rest(&kind("Basic"), &both, "rest-anonymous"), 0);
        assert_eq!(rest(&kind("ApiKeyHeader"), "", "rest-keys"), 1);
        assert_eq!(rest(&kind("ApiKeyHeader"), &one, "rest-keys"), 0);
        assert_eq!(rest(&kind("ClientCertificate"), "", "rest-keys"), 1);
        assert_eq!(rest(&kind("Bearer"), "", "rest-keys"), 1);
        let claim = format!(
            "{}<Item Key=\"UseClaimAsBearerToken\">email</Item>",
            kind("Bearer")
        );
        assert_eq!(rest(&claim, "", "rest-keys"), 0);
    }

    #[test]
    fn unknown_words_are_errors() {
        assert_eq!(rest(&kind("Magic"), "", "rest-metadata"), 1);
        assert_eq!(
            rest("<Item Key=\"SendClaimsIn\">Pigeon</Item>", "", "rest-metadata"),
            1
        );
    }

    #[test]
    fn a_claim_in_the_host_or_without_url_is_an_error() {
        let address = |url: &str, metadata: &str| {
            let metadata = format!("<Item Key=\"ServiceUrl\">{url}</Item>{metadata}");
            rules(
                &Sample::new().profile("Rest", "RestfulProvider", &metadata, ""),
                "rest-address",
            )
            .len()
        };
        let in_url = "<Item Key=\"SendClaimsIn\">Url</Item>";
        assert_eq!(address("https://a.example/{email}", in_url), 0);
        assert_eq!(address("https://a.example/{email}", ""), 1);
        assert_eq!(address("https://{email}.example/", in_url), 1);
    }
}
