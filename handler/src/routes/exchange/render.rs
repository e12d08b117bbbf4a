//! Words a problem for whoever gets it: B2C, an OAuth client, a person, or Jumio.

use std::time::Duration;

use serde_json::json;
use warp::http::{HeaderValue, StatusCode, header};

use crate::pages::{self, Language, Provider};
use crate::routes::exchange::reply::{self, Response};
use crate::routes::problem::{Fault, Row};
use crate::sample::answer;

/// Who reads the answers of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::routes) enum Shape {
    /// B2C's `RestfulProvider`.
    B2c,
    /// The policies of Microsoft's sample, and its page.
    Sample,
    /// An OAuth client.
    OAuth,
    /// A person.
    Page,
    /// Nobody: the status says it all.
    Empty,
}

/// Maximum time a machine waits for its answer: B2C gives up after 10 s, and asks once more.
const PATIENCE: Duration = Duration::from_secs(9);

impl Shape {
    /// How long an answer may take. A person waits as long as it takes to begin a check.
    pub(in crate::routes) const fn patience(self) -> Option<Duration> {
        match self {
            Self::B2c | Self::Sample | Self::OAuth | Self::Empty => Some(PATIENCE),
            Self::Page => None,
        }
    }
}

/// Seconds after which a passing problem is worth another try.
const RETRY_AFTER: &str = "2";

/// The answer to a fault.
pub(in crate::routes) fn render(
    fault: &Fault,
    shape: Shape,
    language: Language,
    request_id: &str,
    provider: &Provider,
) -> Response {
    let row = fault.row();
    let mut response = match shape {
        Shape::B2c => b2c(fault, &row, language, request_id),
        Shape::Sample => sample(fault, &row, language, request_id),
        Shape::OAuth => oauth(&row),
        Shape::Page => reply::page(
            row.status,
            pages::problem(language, row.message, request_id, provider),
        ),
        Shape::Empty => reply::empty(row.status),
    };
    if let Some(challenge) = fault.challenge() {
        reply::set(&mut response, header::WWW_AUTHENTICATE, challenge);
    }
    if let Fault::Method(allowed) = fault {
        reply::set(&mut response, header::ALLOW, allowed);
    }
    if row.is_passing() || matches!(fault, Fault::Braked(_)) {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
    }
    response
}

/// B2C shows `userMessage` only with status 409; what no person can act on keeps its own.
fn b2c(fault: &Fault, row: &Row, language: Language, request_id: &str) -> Response {
    let status = match fault {
        Fault::NotReady(_)
        | Fault::Overloaded(_)
        | Fault::Method(_)
        | Fault::Caller(..)
        | Fault::Braked(_) => row.status,
        _ => StatusCode::CONFLICT,
    };
    // Who has not proved itself is not told which part of its proof, or of our settings, it has to work on.
    let code = match row.status {
        StatusCode::UNAUTHORIZED => "caller.refused",
        _ => row.code,
    };
    let body = json!({
        "version": "1.0.0",
        "status": status.as_u16(),
        "code": code,
        "requestId": request_id,
        "userMessage": pages::message(language, row.message),
        "developerMessage": row.refusal.description,
    });
    reply::json(status, &body)
}

/// As the sample answers: 409 with a sentence for the person, or for a body that cannot be read a problem (RFC 9457), which nobody
/// there reads. A refusal of the method, or of the caller, has no body.
fn sample(fault: &Fault, row: &Row, language: Language, request_id: &str) -> Response {
    let is_unread = matches!(fault, Fault::Body(_) | Fault::Sample(_));
    let status = match fault {
        Fault::Method(_) => return reply::empty(row.status),
        _ => row.status,
    };
    match status {
        StatusCode::UNAUTHORIZED
        | StatusCode::NOT_FOUND
        | StatusCode::INTERNAL_SERVER_ERROR
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::TOO_MANY_REQUESTS => reply::empty(status),
        StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE if is_unread => {
            let body = json!({
                "type": "about:blank",
                "title": row.refusal.description,
                "status": status.as_u16(),
                "traceId": request_id,
            });
            reply::problem(status, &body)
        }
        _ => {
            let sentence = pages::message(language, row.message);
            reply::json_text(StatusCode::CONFLICT, answer::conflict(sentence))
        }
    }
}

/// RFC 6749 §5.2.
fn oauth(row: &Row) -> Response {
    let body = json!({ "error": row.refusal.code.as_str(), "error_description": row.refusal.description });
    reply::json(row.status, &body)
}
