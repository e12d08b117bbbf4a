//! Key Vault's error bodies.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::WWW_AUTHENTICATE;
use serde_json::{Value, json};

use super::issuer::Issuer;
use super::target::Kind;
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
    problem(401, "Unauthorized", message).header(WWW_AUTHENTICATE, &bearer(tenant))
}

/// 401 that asks for another token, with claims the one that was sent lacks (continuous access evaluation).
pub(super) fn claims_challenge(tenant: &str, claims: &Value) -> Answer {
    let claims = STANDARD.encode(claims.to_string());
    let value = format!(
        r#"{}, error="insufficient_claims", claims="{claims}""#,
        bearer(tenant)
    );
    let message = "AKV10095: Continuous access evaluation resulted in a claims challenge.";
    problem(401, "Unauthorized", message).header(WWW_AUTHENTICATE, &value)
}

fn bearer(tenant: &str) -> String {
    format!(r#"Bearer authorization="https://login.windows.net/{tenant}", resource="{RESOURCE}""#)
}

/// `name` with the version after a slash, when one was asked for.
pub(super) fn not_found(kind: Kind, name: &str) -> Answer {
    let (title, word) = (kind.title(), kind.title().to_lowercase());
    let message = format!(
        "A {word} with (name/id) {name} was not found in this key vault. If you recently deleted this {word} you may \
         be able to recover it using the correct recovery command. For help resolving this issue, please see \
         https://go.microsoft.com/fwlink/?linkid=2125182"
    );
    problem(404, &format!("{title}NotFound"), &message)
}

pub(super) fn not_deleted(kind: Kind, name: &str) -> Answer {
    let title = kind.title();
    let message = format!("Deleted {title} not found: {name}");
    problem(404, &format!("{title}NotFound"), &message)
}

pub(super) fn not_pending(name: &str) -> Answer {
    let message = format!("Pending certificate not found: {name}");
    problem(404, "PendingCertificateNotFound", &message)
}

/// No access policy lets this identity read.
pub(super) fn denied(kind: Kind, issuer: &Issuer, vault: &str) -> Answer {
    let message = format!(
        "The user, group or application 'appid={};oid={};iss=https://sts.windows.net/{}/' does not have {} get \
         permission on key vault '{vault};location=westeurope'. For help resolving this issue, please see \
         https://go.microsoft.com/fwlink/?linkid=2125287",
        issuer.client_id,
        issuer.principal_id,
        issuer.tenant,
        kind.plural()
    );
    inner(403, "Forbidden", &message, "AccessDenied")
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
        404 => not_found(Kind::Secret, "injected"),
        429 => problem(
            429,
            "Throttled",
            "Request was not processed because too many requests were received.",
        ),
        _ => problem(status, "InternalServerError", "An unexpected error occurred."),
    }
}
