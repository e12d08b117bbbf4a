//! Words of metadata that choose what a profile does. A word that is none would only be found when a person gets there.

use crate::{
    finding::Finding,
    model::{Handler, TechnicalProfile},
};

/// What a handler reads: item, words, and whether it must be there.
type Choice = (&'static str, &'static [&'static str], bool);

fn choices(handler: Handler) -> &'static [Choice] {
    match handler {
        Handler::Directory => &[(
            "Operation",
            &["Read", "Write", "DeleteClaims", "DeleteClaimsPrincipal"],
            true,
        )],
        Handler::OneTimePassword => &[("Operation", &["GenerateCode", "VerifyCode"], true)],
        Handler::EmailCode => &[("Operation", &["SendCode", "VerifyCode"], true)],
        Handler::Mfa => &[(
            "Operation",
            &[
                "OneWaySMS",
                "Voice",
                "TwoWayVoice",
                "Verify",
                "GetAvailableDevices",
                "BeginVerifyOTP",
                "VerifyOTP",
            ],
            true,
        )],
        Handler::Rest => &[
            (
                "SendClaimsIn",
                &["Body", "Form", "QueryString", "Url", "Header"],
                false,
            ),
            (
                "AuthenticationType",
                &["None", "Basic", "Bearer", "ClientCertificate", "ApiKeyHeader"],
                false,
            ),
        ],
        _ => &[],
    }
}

/// Reports a word no handler executes, in a profile that something executes.
pub(super) fn check(profile: &TechnicalProfile, handler: Handler, findings: &mut Vec<Finding>) {
    for (item, words, required) in choices(handler) {
        let written = profile.metadata.get(item);
        let known = |value: &str| words.iter().any(|word| word.eq_ignore_ascii_case(value.trim()));
        let (at, what) = match written {
            Some(found) if known(&found.value) => continue,
            Some(found) => (&found.span, format!("{item} \"{}\"", found.value)),
            None if *required => (&profile.span, format!("no {item}")),
            None => continue,
        };
        findings.push(
            Finding::error(
                "unsupported-operation",
                at,
                format!("\"{}\" has {what}", profile.id),
            )
            .why("the journey would end with an error when it gets there")
            .instead(format!("one of {}", words.join(", "))),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::finding::Finding;
    use crate::model::{Handler, Item, TechnicalProfile};

    fn found(handler: Handler, metadata: &[(&str, &str)]) -> Vec<Finding> {
        let item = |(key, value): &(&str, &str)| Item {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
            ..Item::default()
        };
        let profile = TechnicalProfile {
            id: "p".to_owned(),
            metadata: metadata.iter().map(item).collect(),
            ..TechnicalProfile::default()
        };
        let mut findings = Vec::new();
        check(&profile, handler, &mut findings);
        findings
    }

    #[test]
    fn a_word_no_handler_executes_is_refused() {
        for (handler, item, word) in [
            (Handler::Directory, "Operation", "Upsert"),
            (Handler::OneTimePassword, "Operation", "Read"),
            (Handler::Mfa, "Operation", "Fax"),
            (Handler::EmailCode, "Operation", "Send"),
            (Handler::Rest, "SendClaimsIn", "Pigeon"),
            (Handler::Rest, "AuthenticationType", "Handshake"),
        ] {
            let found = found(handler, &[("Operation", "Read"), (item, word)]);
            assert!(
                found.iter().any(|one| one.message.contains(word)),
                "{handler:?} {word}"
            );
        }
    }

    #[test]
    fn an_operation_that_is_missing_is_refused_and_what_has_a_default_is_not() {
        assert_eq!(found(Handler::Directory, &[]).len(), 1);
        assert_eq!(found(Handler::Rest, &[]).len(), 0);
    }

    #[test]
    fn words_are_found_whatever_their_case() {
        assert_eq!(found(Handler::Directory, &[("Operation", "read")]).len(), 0);
        assert_eq!(found(Handler::Rest, &[("SendClaimsIn", "querystring")]).len(), 0);
    }
}
