//! The body of an initiate request: what Netverify insists on, and what is kept of it.

use serde_json::Value;

use super::super::asked::{Api, Asked, text};
use super::super::settings::Settings;
use super::super::urls::{self, Rule};

/// What may be asked for: documents alone or with a selfie; camera and upload, camera, upload.
const WORKFLOWS: [&str; 6] = ["100", "101", "102", "200", "201", "202"];

/// What the hosted page speaks; `en-US` was seen in links, Swahili is in the last edition of the guide.
const LOCALES: &[&str] = &[
    "ar", "bg", "cs", "da", "de", "el", "en", "en-GB", "en-US", "es", "es-MX", "et", "fi", "fr", "he", "hr",
    "hu", "hy", "id", "it", "ja", "ka", "km", "ko", "lt", "ms", "nl", "no", "pl", "pt", "pt-BR", "ro", "ru",
    "sk", "sv", "sw", "th", "tr", "vi", "zh-CN", "zh-HK",
];

const TYPES: [&str; 3] = ["PASSPORT", "DRIVING_LICENSE", "ID_CARD"];

/// Names that Jumio appends to `successUrl` and `errorUrl`.
const APPENDED: &[&str] = &[
    "transactionStatus",
    "customerInternalReference",
    "transactionReference",
    "errorCode",
];

const SUCCESS: Rule = Rule {
    longest: 2047,
    appended: APPENDED,
    query: true,
};

const ERROR: Rule = Rule {
    longest: 255,
    ..SUCCESS
};

/// A callback address has no query at all.
const CALLBACK: Rule = Rule {
    query: false,
    ..ERROR
};

/// Reads a request body.
///
/// # Errors
/// What Jumio would put into the `message` of its refusal.
pub(super) fn read(body: &Value, settings: &Settings) -> Result<Asked, String> {
    if !body.is_object() {
        return Err("the body is not a JSON object".to_owned());
    }
    Ok(Asked {
        api: Api::Netverify,
        customer_reference: text(body, "/customerInternalReference", 1, 100)?
            .ok_or("customerInternalReference is mandatory")?,
        user_reference: Some(text(body, "/userReference", 1, 100)?.ok_or("userReference is mandatory")?),
        reporting_criteria: text(body, "/reportingCriteria", 0, 100)?,
        workflow_key: workflow(body, settings)?,
        callback_url: address(CALLBACK, body, "callbackUrl", settings)?,
        success_url: address(SUCCESS, body, "successUrl", settings)?,
        error_url: address(ERROR, body, "errorUrl", settings)?,
        locale: locale(body)?,
        link_life_s: lifetime_s(body)?,
        preset: preset(body)?,
    })
}

/// Three digits; what the portal says when none are given. Selfies must be activated.
fn workflow(body: &Value, settings: &Settings) -> Result<String, String> {
    let is_active = settings.netverify.identity;
    let workflow = match body.get("workflowId") {
        None | Some(Value::Null) => return Ok(if is_active { "200" } else { "100" }.to_owned()),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => return Err("workflowId is not a number".to_owned()),
    };
    if !WORKFLOWS.contains(&workflow.as_str()) {
        return Err(format!("workflowId {workflow} does not exist"));
    }
    if workflow.starts_with('2') && !is_active {
        return Err(format!("workflowId {workflow} is not activated"));
    }
    Ok(workflow)
}

fn address(rule: Rule, body: &Value, name: &str, settings: &Settings) -> Result<Option<String>, String> {
    let Some(text) = text(body, &format!("/{name}"), 1, usize::MAX)? else {
        return Ok(None);
    };
    urls::check(rule, name, &text, settings.strict)?;
    Ok(Some(text))
}

fn locale(body: &Value) -> Result<String, String> {
    let locale = text(body, "/locale", 1, 5)?.unwrap_or_else(|| "en".to_owned());
    if LOCALES.contains(&locale.as_str()) {
        Ok(locale)
    } else {
        Err(format!("locale {locale} is not supported"))
    }
}

/// A number of minutes, five to sixty days.
fn lifetime_s(body: &Value) -> Result<Option<i64>, String> {
    let minutes = match body.get("tokenLifetimeInMinutes") {
        None | Some(Value::Null) => return Ok(None),
        Some(minutes) => minutes.as_i64(),
    };
    let minutes = minutes.filter(|minutes| (5..=86_400).contains(minutes));
    let minutes = minutes.ok_or("tokenLifetimeInMinutes is not a number from 5 to 86400")?;
    Ok(Some(minutes * 60))
}

/// Country and type of the first document; all members of a preset are mandatory.
fn preset(body: &Value) -> Result<Option<(String, String)>, String> {
    let presets = match body.get("presets") {
        None | Some(Value::Null) => return Ok(None),
        Some(presets) => presets.as_array().ok_or("presets is not an array")?,
    };
    let mut first = None;
    for preset in presets {
        if preset.get("index").and_then(Value::as_u64) != Some(1) {
            return Err("presets.index must be 1".to_owned());
        }
        let country = text(preset, "/country", 3, 3)?
            .filter(|country| country.chars().all(|c| c.is_ascii_uppercase()))
            .ok_or("presets.country is mandatory and has three capital letters")?;
        let kind = text(preset, "/type", 1, 20)?
            .filter(|kind| TYPES.contains(&kind.as_str()))
            .ok_or("presets.type is mandatory: PASSPORT, DRIVING_LICENSE or ID_CARD")?;
        first.get_or_insert((country, kind));
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::merge::merge;

    fn good() -> Value {
        json!({
            "customerInternalReference": "ref-1", "userReference": "subject-1", "reportingCriteria": "trial",
            "successUrl": "https://id.contoso.example/r?hint=abc", "errorUrl": "https://id.contoso.example/r",
            "callbackUrl": "https://id.contoso.example/api/callback/x", "workflowId": 200, "locale": "de",
            "tokenLifetimeInMinutes": 5, "presets": [{ "index": 1, "country": "AUT", "type": "PASSPORT" }],
        })
    }

    fn strict() -> Settings {
        Settings {
            strict: true,
            ..Settings::default()
        }
    }

    /// The complaint about a good body with a patch applied; empty when it is still good.
    fn complaint(patch: &Value) -> String {
        let mut body = good();
        merge(&mut body, patch);
        read(&body, &strict()).err().unwrap_or_default()
    }

    #[test]
    fn a_good_body_is_kept() {
        let asked = read(&good(), &strict()).unwrap();
        assert_eq!(asked.api, Api::Netverify);
        assert_eq!(
            (asked.workflow_key.as_str(), asked.link_life_s),
            ("200", Some(300))
        );
        assert_eq!(asked.preset.unwrap(), ("AUT".to_owned(), "PASSPORT".to_owned()));
    }

    #[test]
    fn a_body_that_is_no_object_is_refused() {
        assert!(read(&json!([]), &strict()).is_err());
    }

    #[test]
    fn the_customers_reference_is_mandatory_and_limited() {
        let refused = complaint(&json!({ "customerInternalReference": null }));
        assert_eq!(refused, "customerInternalReference is mandatory");
        assert_eq!(
            complaint(&json!({ "customerInternalReference": "a".repeat(100) })),
            ""
        );
        let refused = complaint(&json!({ "customerInternalReference": "a".repeat(101) }));
        assert_eq!(refused, "customerInternalReference must have 1 to 100 characters");
    }

    #[test]
    fn the_users_reference_is_mandatory_and_limited() {
        assert_eq!(
            complaint(&json!({ "userReference": null })),
            "userReference is mandatory"
        );
        let refused = complaint(&json!({ "userReference": "a".repeat(101) }));
        assert_eq!(refused, "userReference must have 1 to 100 characters");
        assert_eq!(
            complaint(&json!({ "userReference": 7 })),
            "userReference is not a string"
        );
    }

    #[test]
    fn reporting_criteria_are_limited() {
        let refused = complaint(&json!({ "reportingCriteria": "a".repeat(101) }));
        assert_eq!(refused, "reportingCriteria must have 0 to 100 characters");
    }

    #[test]
    fn a_success_address_may_be_long_and_the_others_not() {
        let address = |length: usize| format!("https://id.contoso.example/{}", "a".repeat(length - 27));
        assert_eq!(complaint(&json!({ "successUrl": address(2047) })), "");
        let refused = complaint(&json!({ "successUrl": address(2048) }));
        assert_eq!(refused, "successUrl is longer than 2047 characters");
        for name in ["errorUrl", "callbackUrl"] {
            assert_eq!(complaint(&json!({ name: address(255) })), "");
            let refused = complaint(&json!({ name: address(256) }));
            assert_eq!(refused, format!("{name} is longer than 255 characters"));
        }
    }

    #[test]
    fn each_rule_for_addresses_refuses_on_its_own() {
        for (address, why) in [
            ("http://id.contoso.example/r", "is not https"),
            ("https://192.0.2.1/r", "has an IP address"),
            ("https://id.contoso.example:443/r", "has a port"),
            ("https://id.contoso.example/r#a", "has a fragment"),
            ("https://id.contoso.example/ä", "is not ASCII"),
            ("/r", "is not an absolute URL"),
        ] {
            for name in ["successUrl", "errorUrl", "callbackUrl"] {
                assert_eq!(complaint(&json!({ name: address })), format!("{name} {why}"));
            }
        }
    }

    #[test]
    fn an_appended_name_may_not_be_there_already() {
        for name in APPENDED {
            let address = format!("https://id.contoso.example/r?{name}=1");
            let refused = complaint(&json!({ "successUrl": address }));
            assert_eq!(refused, "successUrl already has a parameter that is appended");
        }
    }

    #[test]
    fn a_callback_address_has_no_query() {
        let refused = complaint(&json!({ "callbackUrl": "https://id.contoso.example/r?a=b" }));
        assert_eq!(refused, "callbackUrl has a query");
    }

    #[test]
    fn a_workflow_is_one_of_six_numbers() {
        for workflow in [100, 101, 102, 200, 201, 202] {
            assert_eq!(complaint(&json!({ "workflowId": workflow })), "");
        }
        assert_eq!(
            complaint(&json!({ "workflowId": 300 })),
            "workflowId 300 does not exist"
        );
        assert_eq!(
            complaint(&json!({ "workflowId": 20 })),
            "workflowId 20 does not exist"
        );
        assert_eq!(
            complaint(&json!({ "workflowId": "200" })),
            "workflowId is not a number"
        );
    }

    #[test]
    fn a_selfie_must_be_activated() {
        let mut settings = strict();
        settings.netverify.identity = false;
        assert_eq!(
            read(&good(), &settings).unwrap_err(),
            "workflowId 200 is not activated"
        );
        let mut body = good();
        merge(&mut body, &json!({ "workflowId": null }));
        assert_eq!(read(&body, &settings).unwrap().workflow_key, "100");
        assert_eq!(read(&body, &strict()).unwrap().workflow_key, "200");
    }

    #[test]
    fn the_locale_is_one_of_the_list() {
        assert_eq!(complaint(&json!({ "locale": "pt-BR" })), "");
        assert_eq!(
            complaint(&json!({ "locale": "xx" })),
            "locale xx is not supported"
        );
        assert_eq!(
            complaint(&json!({ "locale": "de-DE-x" })),
            "locale must have 1 to 5 characters"
        );
    }

    #[test]
    fn a_lifetime_has_bounds_and_is_a_number() {
        let refused = "tokenLifetimeInMinutes is not a number from 5 to 86400";
        assert_eq!(complaint(&json!({ "tokenLifetimeInMinutes": 86_400 })), "");
        for lifetime in [json!(4), json!(86_401), json!("30"), json!(5.5)] {
            assert_eq!(complaint(&json!({ "tokenLifetimeInMinutes": lifetime })), refused);
        }
    }

    #[test]
    fn every_member_of_a_preset_is_mandatory() {
        let preset = |patch: Value| {
            let mut preset = json!({ "index": 1, "country": "XKX", "type": "ID_CARD" });
            merge(&mut preset, &patch);
            complaint(&json!({ "presets": [preset] }))
        };
        assert_eq!(preset(json!({})), "");
        assert_eq!(preset(json!({ "index": 0 })), "presets.index must be 1");
        let country = "presets.country is mandatory and has three capital letters";
        assert_eq!(preset(json!({ "country": null })), country);
        assert_eq!(preset(json!({ "country": "aut" })), country);
        let kind = "presets.type is mandatory: PASSPORT, DRIVING_LICENSE or ID_CARD";
        assert_eq!(preset(json!({ "type": null })), kind);
        assert_eq!(preset(json!({ "type": "VISA" })), kind);
        assert_eq!(complaint(&json!({ "presets": {} })), "presets is not an array");
    }
}
