//! The body of an account request: what Jumio insists on, and what it keeps.

use std::net::IpAddr;

use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::settings::Settings;
use super::urls;

/// Characters that a `customerInternalReference` may not have.
const FORBIDDEN: &[char] = &['<', '>', '"', '/', ';', '`', '%', '{', '}', '|'];

/// What the hosted page speaks.
const LOCALES: &[&str] = &[
    "ar", "bg", "cs", "da", "de", "el", "en", "en-GB", "en-US", "es", "es-MX", "et", "fi", "fr", "he", "hr",
    "hu", "hy", "id", "it", "ja", "ka", "km", "ko", "lt", "ms", "nl", "no", "pl", "pt", "pt-BR", "ro", "ru",
    "sk", "sr", "sv", "sw", "th", "tr", "uk", "vi", "zh-CN", "zh-HK",
];

const CATEGORIES: &[&str] = &["ID", "FACEMAP", "DOCUMENT", "SELFIE", "DATA"];

/// The product that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// Accounts and workflow executions.
    Kyx,
    /// Scans.
    Netverify,
}

/// What is kept of a request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Who was asked.
    pub api: Api,
    /// `customerInternalReference`.
    pub customer_reference: String,
    /// `userReference`, echoed in callbacks.
    pub user_reference: Option<String>,
    /// `reportingCriteria`.
    pub reporting_criteria: Option<String>,
    /// `workflowDefinition.key`, or `workflowId`, as text.
    pub workflow_key: String,
    /// `callbackUrl`.
    pub callback_url: Option<String>,
    /// `web.successUrl`, or `successUrl`.
    pub success_url: Option<String>,
    /// `web.errorUrl`, or `errorUrl`.
    pub error_url: Option<String>,
    /// `web.locale`, or `locale`.
    pub locale: String,
    /// `tokenLifetime`, or `tokenLifetimeInMinutes`, in seconds.
    pub link_life_s: Option<i64>,
    /// Country and type of a Netverify preset.
    pub preset: Option<(String, String)>,
}

impl Asked {
    /// Whether the person shows a face too: a KYX workflow here always asks for one.
    #[must_use]
    pub fn takes_selfie(&self) -> bool {
        self.api == Api::Kyx || self.workflow_key.starts_with('2')
    }

    /// Whether pictures can only be uploaded.
    #[must_use]
    pub fn uploads(&self) -> bool {
        self.api == Api::Netverify && self.workflow_key.ends_with('2')
    }
}

/// Reads a request body.
///
/// # Errors
/// What Jumio would put into the `detail` of its 400.
pub(super) fn read(body: &Value, settings: &Settings) -> Result<Asked, String> {
    if !body.is_object() {
        return Err("The body is not a JSON object".to_owned());
    }
    let asked = Asked {
        api: Api::Kyx,
        customer_reference: customer_reference(body)?,
        user_reference: text(body, "/userReference", 1, 100)?,
        reporting_criteria: text(body, "/reportingCriteria", 0, 255)?,
        workflow_key: workflow_key(body, settings)?,
        callback_url: address(body, "/callbackUrl", settings)?,
        success_url: address(body, "/web/successUrl", settings)?,
        error_url: address(body, "/web/errorUrl", settings)?,
        locale: locale(body)?,
        link_life_s: text(body, "/tokenLifetime", 0, 32)?
            .map(|life| lifetime_s(&life))
            .transpose()?,
        preset: None,
    };
    check_presets(body)?;
    check_consent(body)?;
    Ok(asked)
}

/// Text of a length within bounds (in characters), or nothing at all.
pub(super) fn text(
    body: &Value,
    pointer: &str,
    shortest: usize,
    longest: usize,
) -> Result<Option<String>, String> {
    let name = pointer.trim_start_matches('/').replace('/', ".");
    match body.pointer(pointer) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if (shortest..=longest).contains(&text.chars().count()) => {
            Ok(Some(text.clone()))
        }
        Some(Value::String(_)) => Err(format!("{name} must have {shortest} to {longest} characters")),
        Some(_) => Err(format!("{name} is not a string")),
    }
}

fn customer_reference(body: &Value) -> Result<String, String> {
    let reference =
        text(body, "/customerInternalReference", 1, 100)?.ok_or("customerInternalReference is mandatory")?;
    match reference.chars().find(|c| FORBIDDEN.contains(c)) {
        Some(found) => Err(format!("customerInternalReference must not contain {found}")),
        None => Ok(reference),
    }
}

fn workflow_key(body: &Value, settings: &Settings) -> Result<String, String> {
    let key = match body.pointer("/workflowDefinition/key") {
        Some(Value::String(key)) => key.clone(),
        Some(Value::Number(key)) => key.to_string(),
        _ => return Err("workflowDefinition.key is mandatory".to_owned()),
    };
    if settings.workflow_keys.contains(&key) {
        return Ok(key);
    }
    Err(format!("workflowDefinition.key {key} is not enabled"))
}

fn address(body: &Value, pointer: &str, settings: &Settings) -> Result<Option<String>, String> {
    let name = pointer.trim_start_matches('/').replace('/', ".");
    let Some(text) = text(body, pointer, 1, usize::MAX)? else {
        return Ok(None);
    };
    urls::check(urls::KYX, &name, &text, settings.strict)?;
    Ok(Some(text))
}

fn locale(body: &Value) -> Result<String, String> {
    let locale = text(body, "/web/locale", 1, 5)?.unwrap_or_else(|| "en".to_owned());
    if LOCALES.contains(&locale.as_str()) {
        Ok(locale)
    } else {
        Err(format!("web.locale {locale} is not supported"))
    }
}

/// `^([+-]?\d+)([smhd]{1})$`, five minutes to sixty days.
fn lifetime_s(text: &str) -> Result<i64, String> {
    let refuse = || "tokenLifetime is not a duration from 5m to 60d".to_owned();
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3600,
        Some('d') => 86400,
        _ => return Err(refuse()),
    };
    let number = text.get(..text.len() - 1).unwrap_or_default();
    let seconds = number
        .parse::<i64>()
        .ok()
        .and_then(|number| number.checked_mul(unit))
        .ok_or_else(refuse)?;
    if (300..=60 * 86400).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(refuse())
    }
}

/// The web channel wants exactly one country and one type, both given.
fn check_presets(body: &Value) -> Result<(), String> {
    let Some(presets) = body.pointer("/workflowDefinition/credentials") else {
        return Ok(());
    };
    let presets = presets
        .as_array()
        .ok_or("workflowDefinition.credentials is not an array")?;
    for preset in presets {
        let category = preset.get("category").and_then(Value::as_str).unwrap_or_default();
        if !CATEGORIES.contains(&category) {
            return Err(format!(
                "workflowDefinition.credentials has no category {category:?}"
            ));
        }
        let values = |pointer| {
            preset
                .pointer(pointer)
                .and_then(Value::as_array)
                .map_or(0, Vec::len)
        };
        let (countries, types) = (values("/country/values"), values("/type/values"));
        if category == "ID" && (countries, types) != (0, 0) && (countries, types) != (1, 1) {
            return Err("exactly one country and one type can be preset for the web channel".to_owned());
        }
    }
    Ok(())
}

fn check_consent(body: &Value) -> Result<(), String> {
    let country = text(body, "/userConsent/userLocation/country", 3, 3)?
        .filter(|country| country.chars().all(|c| c.is_ascii_uppercase()))
        .ok_or("userConsent.userLocation.country is mandatory and has three capital letters")?;
    let state = text(body, "/userConsent/userLocation/state", 0, 100)?;
    if country == "USA" && state.is_none_or(|state| state.is_empty()) {
        return Err("userConsent.userLocation.state is mandatory for USA".to_owned());
    }
    if let Some(ip) = text(body, "/userConsent/userIp", 0, 45)?
        && ip.parse::<IpAddr>().is_err()
    {
        return Err("userConsent.userIp is not an IP address".to_owned());
    }
    check_agreement(body, country == "USA")
}

fn check_agreement(body: &Value, mandatory: bool) -> Result<(), String> {
    let obtained = text(body, "/userConsent/consent/obtained", 0, 10)?;
    match obtained.as_deref() {
        Some("na") => return Ok(()),
        None if !mandatory => return Ok(()),
        Some("yes" | "no") => {}
        _ => return Err("userConsent.consent.obtained must be yes, no or na".to_owned()),
    }
    let at = text(body, "/userConsent/consent/obtainedAt", 1, 40)?;
    if at.is_some_and(|at| OffsetDateTime::parse(&at, &Rfc3339).is_ok()) {
        return Ok(());
    }
    Err("userConsent.consent.obtainedAt is not an ISO 8601 time".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::merge::merge;

    fn good() -> Value {
        json!({
            "customerInternalReference": "ref-1", "userReference": "subject-1",
            "workflowDefinition": { "key": 10164 }, "callbackUrl": "https://id.contoso.example/api/callback/x",
            "tokenLifetime": "30m",
            "web": { "successUrl": "https://id.contoso.example/r", "locale": "de" },
            "userConsent": { "userLocation": { "country": "AUT" },
                "consent": { "obtained": "yes", "obtainedAt": "2026-02-03T10:11:12Z" } },
        })
    }

    /// The complaint about a good body with a patch applied; empty when it is still good.
    fn complaint(patch: &Value) -> String {
        let mut body = good();
        merge(&mut body, patch);
        read(
            &body,
            &Settings {
                strict: true,
                ..Settings::default()
            },
        )
        .err()
        .unwrap_or_default()
    }

    #[test]
    fn a_good_body_is_kept() {
        let asked = read(&good(), &Settings::default()).unwrap();
        assert_eq!(asked.workflow_key, "10164");
        assert_eq!(asked.link_life_s, Some(1800));
        assert_eq!(asked.locale, "de");
    }

    #[test]
    fn a_key_as_text_is_as_good() {
        assert_eq!(
            complaint(&json!({ "workflowDefinition": { "key": "10164" } })),
            ""
        );
    }

    #[test]
    fn the_reference_is_mandatory_and_limited() {
        assert_eq!(
            complaint(&json!({ "customerInternalReference": null })),
            "customerInternalReference is mandatory"
        );
        let long = complaint(&json!({ "customerInternalReference": "x".repeat(101) }));
        assert_eq!(long, "customerInternalReference must have 1 to 100 characters");
    }

    #[test]
    fn every_forbidden_character_is_refused() {
        for c in FORBIDDEN {
            let found = complaint(&json!({ "customerInternalReference": format!("a{c}b") }));
            assert_eq!(found, format!("customerInternalReference must not contain {c}"));
        }
    }

    #[test]
    fn a_workflow_the_tenant_does_not_have_is_refused() {
        let found = complaint(&json!({ "workflowDefinition": { "key": 2 } }));
        assert_eq!(found, "workflowDefinition.key 2 is not enabled");
    }

    #[test]
    fn a_location_is_mandatory() {
        for patch in [
            json!({ "userConsent": null }),
            json!({ "userConsent": { "userLocation": null } }),
        ] {
            assert!(
                complaint(&patch).starts_with("userConsent.userLocation.country is mandatory"),
                "{patch}"
            );
        }
    }

    #[test]
    fn a_two_letter_country_is_refused() {
        let found = complaint(&json!({ "userConsent": { "userLocation": { "country": "AT" } } }));
        assert_eq!(
            found,
            "userConsent.userLocation.country must have 3 to 3 characters"
        );
    }

    #[test]
    fn the_united_states_want_a_state() {
        let found = complaint(&json!({ "userConsent": { "userLocation": { "country": "USA" } } }));
        assert_eq!(found, "userConsent.userLocation.state is mandatory for USA");
    }

    #[test]
    fn the_united_states_want_consent() {
        let patch = json!({ "userConsent": { "userLocation": { "country": "USA", "state": "IL" }, "consent": null } });
        assert_eq!(
            complaint(&patch),
            "userConsent.consent.obtained must be yes, no or na"
        );
    }

    #[test]
    fn consent_has_a_time() {
        let found = complaint(&json!({ "userConsent": { "consent": { "obtainedAt": "yesterday" } } }));
        assert_eq!(found, "userConsent.consent.obtainedAt is not an ISO 8601 time");
    }

    #[test]
    fn lifetimes_have_a_unit_and_bounds() {
        for bad in ["30", "4m", "61d", "1w", "m", ""] {
            let found = complaint(&json!({ "tokenLifetime": bad }));
            assert_eq!(found, "tokenLifetime is not a duration from 5m to 60d", "{bad:?}");
        }
        for good in ["300s", "5m", "1h", "60d", "+10m"] {
            assert_eq!(complaint(&json!({ "tokenLifetime": good })), "", "{good:?}");
        }
    }

    #[test]
    fn a_language_jumio_does_not_speak_is_refused() {
        assert_eq!(
            complaint(&json!({ "web": { "locale": "xx" } })),
            "web.locale xx is not supported"
        );
    }

    #[test]
    fn presets_name_one_country_and_one_type() {
        let preset = |countries: Value| {
            json!({ "workflowDefinition": { "credentials": [
                { "category": "ID", "country": { "values": countries }, "type": { "values": ["PASSPORT"] } } ] } })
        };
        assert_eq!(complaint(&preset(json!(["AUT"]))), "");
        assert!(complaint(&preset(json!(["AUT", "DEU"]))).starts_with("exactly one country"));
    }
}
