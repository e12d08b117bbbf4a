//! Key Vault's error bodies.

use http::header::WWW_AUTHENTICATE;
use serde_json::{Value, json};

use crate::serve::Answer;

/// The audience of tokens for Key Vault.
pub(super) const RESOURCE: &str = "https://vault.azure.net";

pub(super) fn problem(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, &json!({ "error": { "code": code, "message": message } }))
}

fn inner(status: u16, code: &str, message: &str, inner: &str) -> Answer {
    let error: Value = json!({ "code": code, "message": message, "innererror": { "code": inner } });
    Answer::json(status, &json!({ "error": error }))
}

/// 401 with the challenge that tells a client where to get a token and for what.
pub(super) fn challenge(tenant: &str, message: &str) -> Answer {
    let authority = format!("https://login.windows.net/{tenant}");
    let value = format!(r#"Bearer authorization="{authority}", resource="{RESOURCE}""#);
    problem(401, "Unauthorized", message).header(WWW_AUTHENTICATE, &value)
}

pub(super) fn not_found(kind: &str, name: &str) -> Answer {
    let message = format!(
        "A {} with (name/id) {name} was not found in this key vault. If you recently deleted this {} you may be able \
         to recover it using the correct recovery command.",
        kind.to_lowercase(),
        kind.to_lowercase()
    );
    problem(404, &format!("{kind}NotFound"), &message)
}

pub(super) fn denied(name: &str) -> Answer {
    let message = format!("The user, group or application does not have secrets get permission on {name}.");
    inner(403, "Forbidden", &message, "ForbiddenByPolicy")
}

pub(super) fn disabled() -> Answer {
    inner(
        403,
        "Forbidden",
        "Operation get is not allowed on a disabled secret.",
        "SecretDisabled",
    )
}

pub(super) fn bad_parameter(message: &str) -> Answer {
    problem(400, "BadParameter", message)
}

/// An injected failure.
pub(super) fn injected(status: u16, tenant: &str) -> Answer {
    match status {
        401 => challenge(tenant, "AKV10000: Request is missing a Bearer or PoP token."),
        403 => inner(
            403,
            "Forbidden",
            "Caller is not authorized to perform action on resource.",
            "ForbiddenByRbac",
        ),
        404 => not_found("Secret", "injected"),
        429 => problem(
            429,
            "Throttled",
            "Request was not processed because too many requests were received.",
        ),
        _ => problem(status, "InternalServerError", "An unexpected error occurred."),
    }
}
