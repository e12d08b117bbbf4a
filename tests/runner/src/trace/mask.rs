//! Which values a trace does not show.

/// Parts of names whose values are secret or as good as one.
const SECRET: [&str; 14] = [
    "password",
    "secret",
    "token",
    "assertion",
    "authorization",
    "cookie",
    "verificationcode",
    "otp",
    "code_verifier",
    "apikey",
    "api-key",
    "functions-key",
    "subscription-key",
    "csrf",
];

/// Names that contain one of those parts and are harmless.
const HARMLESS: [&str; 5] = [
    "passwordpolicies",
    "forcechangepassword",
    "refreshtokenissuedondatetime",
    "refreshtokensvalidfromdatetime",
    "token_type",
];

/// Whether values of this name are hidden.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.as_str();
    !HARMLESS.contains(&name)
        && (matches!(name, "code" | "otpcode") || SECRET.iter().any(|part| name.contains(part)))
}

/// The value, or how long it is when its name is secret.
#[must_use]
pub fn value(name: &str, text: &str) -> String {
    if is_secret(name) && !text.is_empty() {
        return format!("••• ({} characters)", text.chars().count());
    }
    text.to_owned()
}

/// A JSON body with secret members hidden; other text is cut to a readable length.
#[must_use]
pub fn body(text: &str) -> String {
    if let Ok(mut json) = serde_json::from_str::<serde_json::Value>(text) {
        hide(&mut json);
        return json.to_string();
    }
    text.chars().take(2000).collect()
}

/// A form or query with secret fields hidden.
#[must_use]
pub fn form(text: &str) -> String {
    let pairs = url::form_urlencoded::parse(text.as_bytes());
    let shown: Vec<String> = pairs
        .map(|(name, text)| format!("{name}={}", value(&name, &text)))
        .collect();
    shown.join("&")
}

fn hide(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                match member {
                    serde_json::Value::String(text) => *text = value(name, text),
                    other => hide(other),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(hide),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_wherever_they_hide() {
        for name in [
            "password",
            "newPassword",
            "id_token",
            "client_secret",
            "Authorization",
            "x-functions-key",
            "code",
        ] {
            assert!(!value(name, "hush").contains("hush"), "{name}");
        }
        assert!(!body(r#"{"a":[{"access_token":"hush"}]}"#).contains("hush"));
        assert!(!form("grant_type=password&password=hush").contains("hush"));
    }

    #[test]
    fn ordinary_values_stay() {
        for name in [
            "displayName",
            "passwordPolicies",
            "refreshTokenIssuedOnDateTime",
            "country_code",
        ] {
            assert_eq!(value(name, "shown"), "shown", "{name}");
        }
    }
}
