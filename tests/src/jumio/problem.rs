//! Jumio's error bodies.

use serde_json::json;

use crate::serve::Answer;

/// The body shape Jumio shows for 401 and 429, used for every status.
pub(super) fn problem(status: u16, detail: &str) -> Answer {
    let title = http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Error");
    Answer::json(
        status,
        &json!({ "title": title, "status": status, "detail": detail }),
    )
}

pub(super) fn unauthorized() -> Answer {
    problem(401, "The provided credentials are invalid")
}

pub(super) fn throttled() -> Answer {
    problem(429, "Request limit exceeded")
}

pub(super) fn not_found() -> Answer {
    problem(404, "The requested resource was not found")
}

pub(super) fn wrong_method() -> Answer {
    problem(405, "Request method is not supported")
}

/// An injected failure.
pub(super) fn injected(status: u16) -> Answer {
    match status {
        401 => unauthorized(),
        404 => not_found(),
        429 => throttled(),
        _ => problem(status, "The request could not be completed"),
    }
}
