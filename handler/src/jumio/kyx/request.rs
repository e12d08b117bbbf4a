//! The body that starts a transaction, checked field by field before it is sent.

use serde::Serialize;
use serde_json::{Value, json};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::config::Config;
use crate::checks::vendor::{Need, Place, Start, VendorError};
use crate::jumio::limits::{self, Reach};
use crate::jumio::locale;

/// The country whose states have laws of their own on consent.
const USA: &str = "USA";

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
    user_consent: UserConsent<'a>,
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

/// What the person has to say before Jumio can be asked: Jumio refuses a request without a country, and one from the USA
/// without a state.
pub(super) fn needs(place: &Place, config: &Config) -> Option<Need> {
    match country_of(place, config) {
        None => Some(Need::Country),
        Some(USA) if place.state.is_none() => Some(Need::State),
        Some(_) => None,
    }
}

fn country_of<'a>(place: &'a Place, config: &'a Config) -> Option<&'a str> {
    place.country.as_deref().or(config.default_country.as_deref())
}

/// In the USA consent is mandatory and the state decides what it has to say; elsewhere the state is better left out. Where no
/// client has recorded a consent, Jumio's own page asks for it: `na` says that it is not ours to tell.
fn user_consent<'a>(start: &'a Start, config: &'a Config) -> Result<UserConsent<'a>, VendorError> {
    let missing = |field: &str| VendorError::Invalid(format!("userConsent.userLocation.{field}: required"));
    let country = country_of(&start.place, config).ok_or_else(|| missing("country"))?;
    let country = limits::country("userConsent.userLocation.country", country)?;
    let state = if country == USA {
        let state = start.place.state.as_deref().ok_or_else(|| missing("state"))?;
        Some(limits::state("userConsent.userLocation.state", state)?)
    } else {
        None
    };
    let consent = match &start.consent {
        Some(consent) => Some(json!({ "obtained": "yes", "obtainedAt": timestamp(consent.obtained_at)? })),
        None => (country == USA).then(|| json!({ "obtained": "na" })),
    };
    Ok(UserConsent {
        user_ip: start
            .ip
            .as_deref()
            .map(|ip| limits::ip("userConsent.userIp", ip))
            .transpose()?,
        user_location: UserLocation { country, state },
        consent,
    })
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

    use super::*;
    use crate::checks::vendor::Consent;

    fn config() -> Config {
        crate::jumio::kyx::config::tests::good()
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
                country: None,
                state: None,
            }),
            place: Place {
                country: Some("AUT".into()),
                state: Some("Tirol".into()),
            },
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

    fn in_usa(state: Option<&str>) -> Place {
        Place {
            country: Some("USA".into()),
            state: state.map(str::to_owned),
        }
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
        start.place = in_usa(Some("IL"));
        let location = &sent(&start, &config())["userConsent"]["userLocation"];
        assert_eq!(*location, json!({ "country": "USA", "state": "IL" }));
    }

    #[test]
    fn the_usa_without_a_state_is_refused() {
        let rule = refused(|start| {
            start.place = in_usa(None);
        });
        assert_eq!(rule, "userConsent.userLocation.state: required");
    }

    #[test]
    fn without_any_country_nothing_is_sent() {
        let rule = refused(|start| start.place = Place::default());
        assert_eq!(rule, "userConsent.userLocation.country: required");
    }

    #[test]
    fn the_person_is_asked_for_what_neither_client_nor_setting_names() {
        let of = |default: Option<&str>| Config {
            default_country: default.map(str::to_owned),
            ..config()
        };
        let nowhere = Place::default();
        assert_eq!(needs(&nowhere, &of(None)), Some(Need::Country));
        assert_eq!(needs(&nowhere, &of(Some("DEU"))), None);
        assert_eq!(needs(&nowhere, &of(Some("USA"))), Some(Need::State));
        assert_eq!(needs(&in_usa(None), &of(Some("DEU"))), Some(Need::State));
        assert_eq!(needs(&in_usa(Some("IL")), &of(None)), None);
    }

    #[test]
    fn without_a_recorded_consent_it_is_left_to_the_hosted_page_in_the_usa_too() {
        let start = Start {
            consent: None,
            place: in_usa(Some("IL")),
            ..start()
        };
        let consent = &sent(&start, &config())["userConsent"]["consent"];
        assert_eq!(*consent, json!({ "obtained": "na" }));
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
        start.place = Place::default();
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
                place: Place::default(),
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
            start.consent.as_mut().unwrap().obtained_at = at;
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
                Box::new(|start| start.place.country = Some("AT".into())),
            ),
            (
                "userConsent.userLocation.state",
                Box::new(|start| start.place = in_usa(Some(&"x".repeat(101)))),
            ),
        ];
        for (field, change) in cases {
            let rule = refused(change);
            assert!(rule.starts_with(&format!("{field}: ")), "{field}: {rule}");
        }
    }
}
