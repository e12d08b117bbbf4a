//! Netverify's error bodies.

use serde_json::json;

use super::PRODUCTION;
use super::quirks::Quirks;
use crate::serve::{Answer, Request};

/// The body seen on the wire for an unknown scan, used for every status; others are not documented.
pub(super) fn problem(status: u16, message: &str, path: &str, quirks: Quirks) -> Answer {
    let number = if quirks.number_status {
        json!(status)
    } else {
        json!(status.to_string())
    };
    let body =
        json!({ "httpStatus": number, "message": message, "requestURI": format!("{PRODUCTION}{path}") });
    Answer::json(status, &body)
}

/// No such scan, or one that was deleted.
pub(super) fn unknown_scan(scan: &str, path: &str, quirks: Quirks) -> Answer {
    problem(
        404,
        &format!("Not found: Scan not found for {scan}"),
        path,
        quirks,
    )
}

pub(super) fn forbidden(why: &str, request: &Request) -> Answer {
    problem(
        403,
        &format!("Forbidden: {why}"),
        &request.path,
        Quirks::default(),
    )
}

pub(super) fn not_found(request: &Request) -> Answer {
    problem(404, "Not found", &request.path, Quirks::default())
}

pub(super) fn wrong_method(request: &Request) -> Answer {
    problem(405, "Method not allowed", &request.path, Quirks::default())
}

pub(super) fn throttled(request: &Request) -> Answer {
    problem(429, "Request limit exceeded", &request.path, Quirks::default())
}

/// An injected failure, of no request in particular.
pub(super) fn injected(status: u16) -> Answer {
    let message = http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Error");
    problem(status, message, "/api/netverify", Quirks::default())
}
