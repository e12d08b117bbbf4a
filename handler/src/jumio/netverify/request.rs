//! The body that starts a transaction (Web v4 guide, "Initiating a transaction"), checked field by field before it is sent.

use serde::Serialize;

use super::config::Config;
use super::workflow::Workflow;
use crate::checks::vendor::{Start, VendorError};
use crate::jumio::limits::{self, Reach};
use crate::jumio::locale;

/// Body of `POST /api/v4/initiate`. Success and error address are the same: what the browser brings back is for display only.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Initiate<'a> {
    customer_internal_reference: &'a str,
    user_reference: &'a str,
    reporting_criteria: String,
    success_url: &'a str,
    error_url: &'a str,
    callback_url: &'a str,
    workflow_id: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'static str>,
    token_lifetime_in_minutes: u64,
}

/// The JSON to send. The workflow is always named: the portal's own choice could be one without a face.
///
/// # Errors
/// [`VendorError::Invalid`], naming the field and the rule it breaks; [`VendorError::Refused`] where no workflow is set.
pub(super) fn body(start: &Start, config: &Config) -> Result<Vec<u8>, VendorError> {
    let reach = Reach::of(&config.base);
    let workflow = workflow(config)?;
    // Jumio takes a longer `successUrl` than `errorUrl`, and here they are one.
    let landing = limits::address("successUrl", &start.return_url, reach)?;
    let initiate = Initiate {
        customer_internal_reference: limits::reference("customerInternalReference", &start.reference)?,
        user_reference: limits::reference("userReference", &start.user_reference)?,
        reporting_criteria: workflow.criterion(),
        success_url: landing,
        error_url: landing,
        callback_url: limits::address("callbackUrl", &start.callback_url, reach)?,
        workflow_id: workflow.id(),
        locale: start.locale.as_deref().and_then(locale::of),
        token_lifetime_in_minutes: config.link_life.as_secs() / 60,
    };
    serde_json::to_vec(&initiate).map_err(|error| VendorError::Invalid(format!("request: {error}")))
}

fn workflow(config: &Config) -> Result<Workflow, VendorError> {
    let missing = || VendorError::Refused("no workflow is set, so nothing can be started".to_owned());
    config.workflow.ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;
    use crate::jumio::netverify::config::tests::good;

    fn start() -> Start {
        Start {
            locale: Some("de-AT".into()),
            ip: Some("192.0.2.7".into()),
            ..crate::jumio::netverify::tests::world::start()
        }
    }

    fn sent(start: &Start, config: &Config) -> Value {
        serde_json::from_slice(&body(start, config).unwrap()).unwrap()
    }

    fn refused(change: impl Fn(&mut Start)) -> String {
        let mut start = start();
        change(&mut start);
        match body(&start, &good()) {
            Err(VendorError::Invalid(rule)) => rule,
            other => panic!("expected a broken rule, got {other:?}"),
        }
    }

    /// Nothing of the person is among it: no place, no address, no consent.
    #[test]
    fn the_whole_body() {
        let expected = json!({
            "customerInternalReference": "AAECAwQFBgcICQoLDA0ODw-1",
            "userReference": "q83vEjRWeJA",
            "reportingCriteria": "workflow-200",
            "successUrl": "https://id.contoso.example/api/callback/return/def",
            "errorUrl": "https://id.contoso.example/api/callback/return/def",
            "callbackUrl": "https://id.contoso.example/api/callback/abc",
            "workflowId": 200,
            "locale": "de",
            "tokenLifetimeInMinutes": 30
        });
        assert_eq!(sent(&start(), &good()), expected);
    }

    #[test]
    fn each_workflow_is_named() {
        for id in Workflow::IDS {
            let workflow = Workflow::of(id);
            let config = Config { workflow, ..good() };
            assert_eq!(sent(&start(), &config)["workflowId"], id);
        }
    }

    #[test]
    fn without_a_workflow_nothing_is_sent() {
        let config = Config {
            workflow: None,
            ..good()
        };
        let refused = body(&start(), &config);
        assert!(matches!(refused, Err(VendorError::Refused(_))), "{refused:?}");
    }

    #[test]
    fn a_locale_jumio_does_not_have_is_left_out() {
        let start = Start {
            locale: Some("tlh".into()),
            ..start()
        };
        assert!(sent(&start, &good()).get("locale").is_none());
    }

    #[test]
    fn a_life_is_told_in_whole_minutes_within_jumios_limits() {
        for (seconds, minutes) in [(300, 5), (359, 5), (360, 6), (86_400 * 60, 86_400)] {
            let config = Config {
                link_life: Duration::from_secs(seconds),
                ..good()
            };
            assert_eq!(sent(&start(), &config)["tokenLifetimeInMinutes"], minutes);
        }
    }

    #[test]
    fn a_reference_with_forbidden_characters_is_refused() {
        let rule = refused(|start| start.reference = "a/b".into());
        assert!(rule.starts_with("customerInternalReference: "), "{rule}");
    }

    #[test]
    fn a_reference_of_the_user_that_is_too_long_is_refused() {
        let rule = refused(|start| start.user_reference = "x".repeat(101));
        assert!(rule.starts_with("userReference: "), "{rule}");
    }

    #[test]
    fn a_callback_address_that_is_too_long_is_refused() {
        let long = "https://id.contoso.example/".to_owned() + &"a".repeat(255);
        let rule = refused(|start| start.callback_url = long.parse().unwrap());
        assert!(rule.starts_with("callbackUrl: "), "{rule}");
    }

    #[test]
    fn a_callback_address_with_a_port_is_refused() {
        let with_port = "https://id.contoso.example:8443/api/callback/abc";
        let rule = refused(|start| start.callback_url = with_port.parse().unwrap());
        assert!(
            rule.starts_with("callbackUrl: ") && rule.contains("port"),
            "{rule}"
        );
    }

    #[test]
    fn a_return_address_with_a_query_is_refused() {
        let rule = refused(|start| start.return_url = "https://id.contoso.example/?a".parse().unwrap());
        assert!(
            rule.starts_with("successUrl: ") && rule.contains("query"),
            "{rule}"
        );
    }

    #[test]
    fn a_return_address_that_is_too_long_for_an_error_is_refused() {
        let long = "https://id.contoso.example/".to_owned() + &"a".repeat(255);
        let rule = refused(|start| start.return_url = long.parse().unwrap());
        assert!(rule.starts_with("successUrl: "), "{rule}");
    }
}
