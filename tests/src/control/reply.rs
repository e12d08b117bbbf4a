//! Reading bodies and saying no.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::serve::{Answer, Request};

/// The body of a good answer, or the refusal.
pub(super) type Reply = Result<Value, Answer>;

pub(super) fn error(status: u16, why: &str) -> Answer {
    Answer::json(status, &json!({ "error": why }))
}

pub(super) fn bad(why: impl std::fmt::Display) -> Answer {
    error(400, &why.to_string())
}

pub(super) fn not_found(what: &str) -> Answer {
    error(404, &format!("there is no such {what}"))
}

pub(super) fn wrong_method() -> Answer {
    error(405, "not with this method")
}

/// The body as JSON; an empty one counts as `{}`, so that curl needs no `-d`.
pub(super) fn body<T: DeserializeOwned>(request: &Request) -> Result<T, Answer> {
    let text: &[u8] = if request.body.is_empty() {
        b"{}"
    } else {
        &request.body
    };
    serde_json::from_slice(text).map_err(bad)
}
