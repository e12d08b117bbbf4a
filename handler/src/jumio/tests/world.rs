//! A tenant, a client of it, and a Jumio where everything works.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use time::macros::datetime;

use super::server::{Answer, Seen, Server};
use crate::checks::vendor::{Progress, Start, Started, TransactionIds, Vendor as _, VendorError};
use crate::clock::MockClock;
use crate::jumio::kyx::{Client, Config};
use crate::jumio::transport::Retry;
use crate::jumio::{ClientCredentials, Credentials};
use crate::random::OsRandom;

pub(super) const ACCOUNT: &str = "7a0c2d0e-1111-4c2f-8f3a-5a1b2c3d4e5f";
pub(super) const EXECUTION: &str = "9f1b6c2a-2222-4d3e-9a4b-6c7d8e9f0a1b";
pub(super) const AGENT: &str = "Contoso Verification/1.0";

pub(super) fn ids() -> TransactionIds {
    TransactionIds {
        account: ACCOUNT.into(),
        execution: EXECUTION.into(),
    }
}

pub(super) fn clock() -> MockClock {
    MockClock::at(datetime!(2026-02-03 10:00 UTC))
}

pub(super) fn config(server: &Server) -> Config {
    Config {
        budget: Duration::from_secs(5),
        retry: Retry {
            attempts: 3,
            first_delay: Duration::from_millis(5),
            longest_delay: Duration::from_millis(10),
        },
        ..Config::at([server.base(), server.base(), server.base()], "10164", AGENT)
    }
}

pub(super) fn client(server: &Server) -> Client {
    with(config(server), &clock())
}

pub(super) fn with(config: Config, clock: &MockClock) -> Client {
    let credentials = ClientCredentials {
        id: "token".into(),
        secret: "s3cret".to_owned().into(),
    };
    build(config, clock, Arc::new(credentials))
}

pub(super) fn build(config: Config, clock: &MockClock, credentials: Arc<dyn Credentials>) -> Client {
    Client::new(
        config,
        crate::http_client::build(None, "Another Client/2", &[]).unwrap(),
        credentials,
        Arc::new(clock.clone()),
        Arc::new(OsRandom),
    )
    .unwrap_or_else(|faults| panic!("{faults:?}"))
}

pub(super) fn start() -> Start {
    Start {
        reference: "AAECAwQFBgcICQoLDA0ODw-1".into(),
        user_reference: "q83vEjRWeJA".into(),
        account: None,
        callback_url: "https://id.contoso.example/api/callback/abc".parse().unwrap(),
        return_url: "https://id.contoso.example/api/callback/return/def"
            .parse()
            .unwrap(),
        locale: None,
        consent: None,
        place: crate::checks::vendor::Place {
            country: Some("DEU".into()),
            state: None,
        },
        ip: None,
    }
}

/// A token that lives an hour by the mock clock's start.
pub(super) fn token() -> Answer {
    Answer::json(
        200,
        json!({ "access_token": "opaque", "expires_in": 3600, "token_type": "Bearer" }),
    )
}

pub(super) fn created() -> Value {
    json!({
        "timestamp": "2026-02-03T10:11:12.345Z",
        "account": { "id": ACCOUNT },
        "web": { "href": "https://contoso.web.emea-1.jumio.ai/web/client?authorizationToken=xyz&locale=en" },
        "sdk": { "token": "xyz" },
        "workflowExecution": { "id": EXECUTION, "credentials": [] }
    })
}

pub(super) fn status(word: &str) -> Value {
    json!({ "account": { "id": ACCOUNT }, "workflowExecution": { "id": EXECUTION, "status": word } })
}

pub(super) fn passed() -> Value {
    json!({
        "workflow": { "id": EXECUTION, "status": "PROCESSED", "definitionKey": "10164" },
        "account": { "id": ACCOUNT },
        "decision": { "type": "PASSED", "details": { "label": "PASSED" }, "risk": { "score": 0.0 } },
        "capabilities": { "usability": [ { "decision": { "type": "PASSED", "details": { "label": "OK" } } } ] }
    })
}

/// A server where everything works.
pub(super) fn well(seen: &Seen, _: usize) -> Answer {
    match (seen.method.as_str(), seen.path.as_str()) {
        (_, "/oauth2/token") => token(),
        ("POST" | "PUT", _) => Answer::json(200, created()),
        ("DELETE", _) => Answer::Whole(200, "", "", String::new()),
        (_, path) if path.ends_with("/status") => Answer::json(200, status("PROCESSED")),
        _ => Answer::json(200, passed()),
    }
}

/// A server whose token is fine and which answers everything else by `answer`, given how many were alike before.
pub(super) async fn answering(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Server {
    Server::start(move |seen, nth| if seen.is_token() { token() } else { answer(nth) }).await
}

pub(super) async fn starting(
    answer: impl Fn(usize) -> Answer + Send + Sync + 'static,
) -> (Server, Result<Started, VendorError>) {
    let server = answering(answer).await;
    let result = client(&server).start(&start()).await;
    (server, result)
}

pub(super) async fn fetching(
    answer: impl Fn(usize) -> Answer + Send + Sync + 'static,
) -> (Server, Result<Progress, VendorError>) {
    let server = answering(answer).await;
    let result = client(&server).fetch(&ids()).await;
    (server, result)
}

pub(super) fn problem(code: u16) -> Answer {
    let body = json!({ "title": "Whatever", "status": code, "detail": "Erika Muster" });
    Answer::Whole(code, "application/problem+json", "", body.to_string())
}

pub(super) fn unavailable<T: std::fmt::Debug>(result: Result<T, VendorError>) -> String {
    match result {
        Err(VendorError::Unavailable { why, .. }) => why,
        other => panic!("expected Unavailable, got {other:?}"),
    }
}

pub(super) fn refused<T: std::fmt::Debug>(result: Result<T, VendorError>) -> String {
    match result {
        Err(VendorError::Refused(why)) => why,
        other => panic!("expected Refused, got {other:?}"),
    }
}

pub(super) fn unusable<T: std::fmt::Debug>(result: Result<T, VendorError>) -> String {
    match result {
        Err(VendorError::Unusable(why)) => why,
        other => panic!("expected Unusable, got {other:?}"),
    }
}
