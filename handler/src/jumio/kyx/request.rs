//! The body that starts a transaction, checked field by field before it is sent.

use serde::Serialize;
use serde_json::{Value, json};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::config::Config;
use crate::jumio::limits::{self, Reach};
use crate::jumio::locale;
use crate::verification::vendor::{Start, VendorError};

/// Body of `POST /api/v1/accounts` and `PUT /api/v1/accounts/{id}`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Account<'a> {
    customer_internal_reference: &'a str,
    user_reference: &'a str,
    workflow_definition: Value,
    callback_url: &'a str,
    token_lifetime: String,
    web: Web<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_consent: Option<UserConsent<'a>>,
}

/// Success and error address are the same: what the browser brings back is for display only.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Web<'a> {
    success_url: &'a str,
    error_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserConsent<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_ip: Option<&'a str>,
    user_location: UserLocation<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<Value>,
}

#[derive(Serialize)]
struct UserLocation<'a> {
    country: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
}

/// The JSON to send.
///
/// # Errors
/// [`VendorError::Invalid`], naming the field and the rule it breaks.
pub(super) fn body(start: &Start, config: &Config) -> Result<Vec<u8>, VendorError> {
    let reach = Reach::of(&config.account_base);
    let landing = limits::address("web.successUrl", &start.return_url, reach)?;
    let account = Account {
        customer_internal_reference: limits::reference("customerInternalReference", &start.reference)?,
        user_reference: limits::reference("userReference", &start.user_reference)?,
        workflow_definition: json!({ "key": key(&config.workflow_key) }),
        callback_url: limits::address("callbackUrl", &start.callback_url, reach)?,
        token_lifetime: lifetime(config.link_life.as_secs()),
        web: Web {
            success_url: landing,
            error_url: landing,
            locale: start.locale.as_deref().and_then(locale::of),
        },
        user_consent: user_consent(start, config)?,
    };
    serde_json::to_vec(&account).map_err(|error| VendorError::Invalid(format!("request: {error}")))
}

/// Jumio's documents show numbers; keys with letters go as they are.
fn key(key: &str) -> Value {
    key.parse::<u32>().map_or_else(|_| key.into(), Value::from)
}

/// `^([+-]?\d+)([smhd]{1})$`, in the largest unit that fits.
fn lifetime(seconds: u64) -> String {
    if seconds.is_multiple_of(60) {
        format!("{}m", seconds / 60)
    } else {
        format!("{seconds}s")
    }
}

/// Jumio refuses the block without a country, so without one it is left out and the hosted page asks for consent.
/// In the USA consent is mandatory and the state decides what it has to say; elsewhere the state is better left out.
fn user_consent<'a>(start: &'a Start, config: &'a Config) -> Result<Option<UserConsent<'a>>, VendorError> {
    let consent = start.consent.as_ref();
    let said = consent.and_then(|consent| consent.country.as_deref());
    let Some(country) = said.or(config.default_country.as_deref()) else {
        return Ok(None);
    };
    let country = limits::country("userConsent.userLocation.country", country)?;
    let state = match consent.and_then(|consent| consent.state.as_deref()) {
        Some(state) if country == "USA" => Some(limits::state("userConsent.userLocation.state", state)?),
        None if country == "USA" => {
            return Err(VendorError::Invalid(
                "userConsent.userLocation.state: required for USA".into(),
            ));
        }
        _ => None,
    };
    let obtained = |at| Ok::<_, VendorError>(json!({ "obtained": "yes", "obtainedAt": timestamp(at)? }));
    Ok(Some(UserConsent {
        user_ip: start
            .ip
            .as_deref()
            .map(|ip| limits::ip("userConsent.userIp", ip))
            .transpose()?,
        user_location: UserLocation { country, state },
        consent: consent.map(|consent| obtained(consent.obtained_at)).transpose()?,
    }))
}

/// `YYYY-MM-DDThh:mm:ss.SSSZ`, the one form Jumio's documents show.
fn timestamp(at: OffsetDateTime) -> Result<String, VendorError> {
    const FORM: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    let utc = at.checked_to_offset(UtcOffset::UTC);
    utc.and_then(|utc| utc.format(FORM).ok()).ok_or_else(|| {
        VendorError::Invalid("userConsent.consent.obtainedAt: must be a date of our era".into())
    })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::super::config::Region;
    use super::*;
    use crate::verification::vendor::Consent;

    fn config() -> Config {
        Config::new(Region::Emea1, "10164", "Contoso Verification/1.0")
    }

    fn start() -> Start {
        Start {
            reference: "AAECAwQFBgcICQoLDA0ODw-1".into(),
            user_reference: "q83vEjRWeJA".into(),
            account: None,
            callback_url: "https://id.contoso.example/api/callback/abc".parse().unwrap(),
            return_url: "https://id.contoso.example/api/callback/return/def"
                .parse()
                .unwrap(),
            locale: Some("de-AT".into()),
            consent: Some(Consent {
                text_version: "7".into(),
                obtained_at: datetime!(2026-02-03 11:11:12.5 +1),
                country: Some("AUT".into()),
                state: Some("Tirol".into()),
            }),
            ip: Some("192.0.2.7".into()),
        }
    }

    fn sent(start: &Start, config: &Config) -> Value {
        serde_json::from_slice(&body(start, config).unwrap()).unwrap()
    }

    fn refused(change: impl Fn(&mut Start)) -> String {
        let mut start = start();
        change(&mut start);
        match body(&start, &config()) {
            Err(VendorError::Invalid(rule)) => rule,
            other => panic!("expected a broken rule, got {other:?}"),
        }
    }

    type Change<'a> = Box<dyn Fn(&mut Start) + 'a>;

    fn consent(start: &mut Start) -> &mut Consent {
        start.consent.as_mut().unwrap()
    }

    #[test]
    fn the_whole_body() {
        let expected = json!({
            "customerInternalReference": "AAECAwQFBgcICQoLDA0ODw-1",
            "userReference": "q83vEjRWeJA",
            "workflowDefinition": { "key": 10164 },
            "callbackUrl": "https://id.contoso.example/api/callback/abc",
            "tokenLifetime": "30m",
            "web": {
                "successUrl": "https://id.contoso.example/api/callback/return/def",
                "errorUrl": "https://id.contoso.example/api/callback/return/def",
                "locale": "de"
            },
            "userConsent": {
                "userIp": "192.0.2.7",
                "userLocation": { "country": "AUT" },
                "consent": { "obtained": "yes", "obtainedAt": "2026-02-03T10:11:12.500Z" }
            }
        });
        assert_eq!(sent(&start(), &config()), expected);
    }

    #[test]
    fn the_usa_needs_a_state_and_gets_it() {
        let mut start = start();
        consent(&mut start).country = Some("USA".into());
        consent(&mut start).state = Some("IL".into());
        let location = &sent(&start, &config())["userConsent"]["userLocation"];
        assert_eq!(*location, json!({ "country": "USA", "state": "IL" }));
    }

    #[test]
    fn the_usa_without_a_state_is_refused() {
        let rule = refused(|start| {
            consent(start).country = Some("USA".into());
            consent(start).state = None;
        });
        assert_eq!(rule, "userConsent.userLocation.state: required for USA");
    }

    #[test]
    fn without_any_country_the_hosted_page_asks() {
        let mut start = start();
        consent(&mut start).country = None;
        assert!(sent(&start, &config()).get("userConsent").is_none());
    }

    #[test]
    fn the_default_country_fills_in_and_never_overrides() {
        let config = Config {
            default_country: Some("DEU".into()),
            ..config()
        };
        let mut start = start();
        assert_eq!(
            sent(&start, &config)["userConsent"]["userLocation"]["country"],
            "AUT"
        );
        consent(&mut start).country = None;
        assert_eq!(
            sent(&start, &config)["userConsent"]["userLocation"]["country"],
            "DEU"
        );
    }

    #[test]
    fn a_person_who_was_not_asked_has_not_consented() {
        let config = Config {
            default_country: Some("DEU".into()),
            ..config()
        };
        let block = sent(
            &Start {
                consent: None,
                ..start()
            },
            &config,
        )["userConsent"]
            .clone();
        assert_eq!(
            block,
            json!({ "userIp": "192.0.2.7", "userLocation": { "country": "DEU" } })
        );
    }

    #[test]
    fn a_moment_that_ends_with_the_calendar_is_no_reason_to_panic() {
        for at in [
            datetime!(9999-12-31 23:59:59 -23:59),
            datetime!(0000-01-01 0:00 +23:59),
        ] {
            let mut start = start();
            consent(&mut start).obtained_at = at;
            let _ = body(&start, &config());
        }
    }

    #[test]
    fn a_locale_jumio_does_not_have_is_left_out() {
        let start = Start {
            locale: Some("tlh".into()),
            ..start()
        };
        assert!(sent(&start, &config())["web"].get("locale").is_none());
    }

    #[test]
    fn a_life_that_is_no_whole_minute_goes_in_seconds() {
        let config = Config {
            link_life: std::time::Duration::from_secs(601),
            ..config()
        };
        assert_eq!(sent(&start(), &config)["tokenLifetime"], "601s");
    }

    #[test]
    fn a_key_with_letters_goes_as_text() {
        let config = Config {
            workflow_key: "wf-7".into(),
            ..config()
        };
        assert_eq!(sent(&start(), &config)["workflowDefinition"]["key"], "wf-7");
    }

    #[test]
    fn each_field_is_checked_under_its_own_name() {
        let long = "https://id.contoso.example/".to_owned() + &"a".repeat(255);
        let query = "https://id.contoso.example/?a";
        let cases: [(&str, Change<'_>); 7] = [
            (
                "customerInternalReference",
                Box::new(|start| start.reference = "a/b".into()),
            ),
            (
                "userReference",
                Box::new(|start| start.user_reference = "x".repeat(101)),
            ),
            (
                "callbackUrl",
                Box::new(|start| start.callback_url = long.parse().unwrap()),
            ),
            (
                "web.successUrl",
                Box::new(|start| start.return_url = query.parse().unwrap()),
            ),
            (
                "userConsent.userIp",
                Box::new(|start| start.ip = Some("somewhere".into())),
            ),
            (
                "userConsent.userLocation.country",
                Box::new(|start| consent(start).country = Some("AT".into())),
            ),
            (
                "userConsent.userLocation.state",
                Box::new(|start| {
                    consent(start).country = Some("USA".into());
                    consent(start).state = Some("x".repeat(101));
                }),
            ),
        ];
        for (field, change) in cases {
            let rule = refused(change);
            assert!(rule.starts_with(&format!("{field}: ")), "{field}: {rule}");
        }
    }
}
