//! The six addresses of Microsoft's sample, in any case, with its JSON. Four are for its policies and its page, two for whoever
//! checks its hints.
//!
//! # Layout
//! - `caller`: who may call
//! - `transaction`: registers, and gives the link; `verification`: gives a token, tells how things stand, and says what was found
//! - `documents`: metadata and keys
//! - `cors`: from where the sample's page may poll

mod caller;
mod cors;
mod documents;
mod transaction;
mod verification;

use bytes::Bytes;
use futures::future::BoxFuture;
use warp::http::StatusCode;

use super::exchange::gate::Gate;
use super::exchange::incoming::Incoming;
use super::exchange::render::Shape;
use super::exchange::reply::{self, Response};
use super::exchange::route::{GET, POST, Route, Told};
use super::problem::Fault;
use super::{on, on_from_pages, unknown};
use crate::sample::front::Front;
use crate::services::Services;

/// Maximum length of a body, in bytes: two tokens and a bit.
const BODY_MAX: usize = 40 * 1024;

const fn action(template: &'static str, methods: &'static str, told: Told) -> Route {
    Route {
        template,
        methods,
        shape: Shape::Sample,
        told,
    }
}

const INITIALIZE_TRANSACTION: Route = action("/api/Jumio/InitializeTransaction", POST, Told::Each);
const INITIALIZE_VERIFICATION: Route = action("/api/Jumio/InitializeVerification", POST, Told::Each);
const VALIDATE: Route = action("/api/Jumio/ValidateVerificationToken", POST, Told::Each);
const STATUS: Route = action("/api/Jumio/VerifyTransactionStatus", POST, Told::OfAPerson);
const METADATA: Route = action("/api/Oidc/.well-known/openid-configuration", GET, Told::Damped);
const KEYS: Route = action("/api/Oidc/.well-known/keys", GET, Told::Damped);

/// What lies below `/api/jumio`: an action; or below a secret, in which the policies' base address ends, what they add to it.
pub(super) fn below_jumio(gate: Gate, incoming: Incoming, rest: &[&str]) -> BoxFuture<'static, Response> {
    match rest {
        [name] => by_action(gate, incoming, "", name),
        [secret, api, front, rest @ ..] if is(api, "api") => match rest {
            [name] if is(front, "jumio") => by_action(gate, incoming, secret, name),
            rest if is(front, "oidc") => below_oidc(gate, incoming, rest),
            _ => unknown(gate, incoming),
        },
        _ => unknown(gate, incoming),
    }
}

/// What lies below `/api/oidc`.
pub(super) fn below_oidc(gate: Gate, incoming: Incoming, rest: &[&str]) -> BoxFuture<'static, Response> {
    match rest {
        [folder, name] if is(folder, ".well-known") && is(name, "openid-configuration") => {
            on(gate, incoming, "", METADATA, documents::metadata)
        }
        [folder, name] if is(folder, ".well-known") && is(name, "keys") => {
            on(gate, incoming, "", KEYS, documents::keys)
        }
        _ => unknown(gate, incoming),
    }
}

/// `secret` is empty where the path has none.
fn by_action(gate: Gate, incoming: Incoming, secret: &str, name: &str) -> BoxFuture<'static, Response> {
    match name.to_ascii_lowercase().as_str() {
        "initializetransaction" => on(
            gate,
            incoming,
            secret,
            INITIALIZE_TRANSACTION,
            transaction::initialize,
        ),
        "initializeverification" => on(
            gate,
            incoming,
            secret,
            INITIALIZE_VERIFICATION,
            verification::initialize,
        ),
        "validateverificationtoken" => on(gate, incoming, secret, VALIDATE, verification::validate),
        // A page asks this, and no page may know the secret.
        "verifytransactionstatus" if secret.is_empty() => {
            on_from_pages(gate, incoming, STATUS, cors::PAGE, verification::status)
        }
        "verifytransactionstatus" => on(gate, incoming, secret, STATUS, verification::status_below_secret),
        _ => unknown(gate, incoming),
    }
}

/// Whether a path segment is this one, in any case.
pub(super) fn is(segment: &str, expected: &str) -> bool {
    segment.eq_ignore_ascii_case(expected)
}

/// The front, where the settings switch it on.
fn front(services: &Services) -> Result<&Front, Fault> {
    services.sample.as_ref().ok_or(Fault::NoRoute)
}

fn answer(body: Bytes) -> Response {
    reply::json_text(StatusCode::OK, body)
}
