//! Answers.

use super::Answer;
use crate::engine::Failure;
use crate::engine::answer::Reply;
use crate::page;
use bytes::Bytes;
use http::{Response, StatusCode};
use maud::Markup;
use serde_json::Value as Json;

/// An answer with a body; nothing the tenant says may be kept by a cache.
pub(super) fn with(status: StatusCode, content_type: &str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status;
    for (name, value) in [
        ("content-type", content_type),
        ("cache-control", "no-store, must-revalidate, no-cache"),
        ("x-content-type-options", "nosniff"),
    ] {
        set(&mut answer, name, value);
    }
    answer
}

/// Sets a header; a value that is none is left out.
pub(super) fn set(answer: &mut Answer, name: &'static str, value: &str) {
    if let Ok(value) = value.parse() {
        answer.headers_mut().append(name, value);
    }
}

pub(super) fn html(markup: Markup) -> Answer {
    with(StatusCode::OK, "text/html; charset=utf-8", markup.into_string())
}

pub(super) fn json(status: StatusCode, value: &Json) -> Answer {
    with(status, "application/json; charset=utf-8", value.to_string())
}

/// JSON that pages of any origin may read: discovery and keys.
pub(super) fn open_json(value: &Json) -> Answer {
    let mut answer = json(StatusCode::OK, value);
    set(&mut answer, "access-control-allow-origin", "*");
    answer
}

pub(super) fn redirect(to: &str) -> Answer {
    let mut answer = with(StatusCode::FOUND, "text/plain; charset=utf-8", "");
    set(&mut answer, "location", to);
    answer
}

pub(super) fn not_found(why: &str) -> Answer {
    let mut answer = html(page::failure_shell("Not found", why, None));
    *answer.status_mut() = StatusCode::NOT_FOUND;
    answer
}

/// The body was longer than any form. What is left of it is not read.
pub(super) fn too_large() -> Answer {
    let mut answer = html(page::failure_shell(
        "Too large",
        "The request is too large.",
        None,
    ));
    *answer.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    set(&mut answer, "connection", "close");
    answer
}

/// A failure only the person can be told.
pub(super) fn failure(failure: &Failure, correlation_id: Option<&str>) -> Answer {
    let mut answer = html(page::failure_shell(
        "This did not work",
        &failure.to_string(),
        correlation_id,
    ));
    *answer.status_mut() = StatusCode::BAD_REQUEST;
    answer
}

/// What a walk answered, for the browser.
pub(super) fn from(reply: &Reply) -> Answer {
    match reply {
        Reply::Page(page) => html(page::html(page)),
        Reply::Redirect(to) => redirect(to.as_str()),
        Reply::Post { action, fields } => html(page::post_form(action.as_str(), fields)),
    }
}
