//! A tenant, a client of it, and a Netverify where everything works.

use std::sync::Arc;
use std::time::Duration;

use crate::checks::vendor::{Progress, Start, Started, TransactionIds, Vendor as _, VendorError};
use crate::jumio::netverify::{Client, Config, Workflow};
use crate::jumio::tests::server::{Answer, Seen, Server};
use crate::jumio::transport::Retry;
use crate::jumio::{ClientCredentials, Credentials};
use crate::random::OsRandom;

pub(super) const SCAN: &str = "0b6d0f0e-3f5c-4b8c-9a51-0d6f6c1e7a11";
pub(super) const AGENT: &str = "Contoso Verification/1.0";
/// `token:s3cret`
pub(super) const BASIC: &str = "Basic dG9rZW46czNjcmV0";

pub(super) const INITIATED: &str = include_str!("../../../../../tests/vectors/netverify_initiated.json");
pub(super) const PENDING: &str = include_str!("../../../../../tests/vectors/netverify_status_pending.json");
pub(super) const DONE: &str = include_str!("../../../../../tests/vectors/netverify_status_done.json");
pub(super) const FAILED: &str = include_str!("../../../../../tests/vectors/netverify_status_failed.json");
pub(super) const APPROVED: &str = include_str!("../../../../../tests/vectors/netverify_data_approved.json");
const NOT_FOUND: &str = include_str!("../../../../../tests/vectors/netverify_error_not_found.json");

pub(super) fn ids() -> TransactionIds {
    TransactionIds {
        account: String::new(),
        execution: SCAN.into(),
    }
}

pub(super) fn config(server: &Server) -> Config {
    Config {
        budget: Duration::from_secs(5),
        retry: Retry {
            attempts: 3,
            first_delay: Duration::from_millis(5),
            longest_delay: Duration::from_millis(10),
        },
        ..Config::at(server.base(), Workflow::of(200), AGENT)
    }
}

pub(super) fn client(server: &Server) -> Client {
    with(config(server))
}

pub(super) fn with(config: Config) -> Client {
    let credentials = ClientCredentials {
        id: "token".into(),
        secret: "s3cret".to_owned().into(),
    };
    build(config, Arc::new(credentials))
}

pub(super) fn build(config: Config, credentials: Arc<dyn Credentials>) -> Client {
    let http = crate::http_client::build(None, "Another Client/2", &[]).unwrap();
    Client::new(config, http, credentials, Arc::new(OsRandom)).unwrap_or_else(|faults| panic!("{faults:?}"))
}

pub(in crate::jumio::netverify) fn start() -> Start {
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
        place: crate::checks::vendor::Place::default(),
        ip: None,
    }
}

pub(super) fn problem(code: u16) -> Answer {
    Answer::json(code, NOT_FOUND)
}

pub(super) fn is_data(seen: &Seen) -> bool {
    seen.path.ends_with("/data")
}

/// A server where everything works.
pub(super) fn well(seen: &Seen, _: usize) -> Answer {
    match seen.method.as_str() {
        "POST" => Answer::json(200, INITIATED),
        "DELETE" => Answer::Whole(200, "", "", String::new()),
        _ if is_data(seen) => Answer::json(200, APPROVED),
        _ => Answer::json(200, DONE),
    }
}

/// A server that answers everything by `answer`, given how many were alike before.
pub(super) async fn answering(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Server {
    Server::start(move |_, nth| answer(nth)).await
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

/// A server that says DONE, and answers the data by `answer`.
pub(super) async fn fetching_data(
    answer: impl Fn() -> Answer + Send + Sync + 'static,
) -> (Server, Result<Progress, VendorError>) {
    let server = Server::start(move |seen, nth| if is_data(seen) { answer() } else { well(seen, nth) }).await;
    let result = client(&server).fetch(&ids()).await;
    (server, result)
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
