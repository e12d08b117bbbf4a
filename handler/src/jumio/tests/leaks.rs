//! What the logs tell at the most talkative level: never a secret, never anything of a person.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;
use time::macros::datetime;
use tracing_subscriber::fmt::MakeWriter;

use super::server::{Answer, Server};
use super::world::{EXECUTION, client, created, ids, passed, problem, start, status};
use crate::checks::vendor::{Consent, Start, Vendor as _};
use crate::telemetry::listening::listen;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn person() -> Start {
    Start {
        locale: Some("de-AT".into()),
        consent: Some(Consent {
            text_version: "7".into(),
            obtained_at: datetime!(2026-02-03 11:11:12 UTC),
            country: None,
            state: None,
        }),
        place: crate::checks::vendor::Place {
            country: Some("USA".into()),
            state: Some("Illinoisiana".into()),
        },
        ip: Some("192.0.2.77".into()),
        ..start()
    }
}

/// Everything that can go wrong once, and what the client said of it.
async fn journey() -> Vec<String> {
    let server = Server::start(|seen, nth| match (seen.is_token(), seen.method.as_str(), nth) {
        (true, ..) => Answer::json(
            200,
            json!({ "access_token": "bearer-of-news", "expires_in": 3600 }),
        ),
        (_, "POST", 0) => problem(401),
        (_, "POST", 1) => problem(429),
        (_, "POST", 2) => Answer::json(200, created()),
        (_, "POST", _) => problem(400),
        (_, _, 0) => Answer::Gone,
        (_, _, 1) => problem(503),
        _ if seen.path.ends_with("/status") => Answer::json(200, status("PROCESSED")),
        (_, _, 2) => Answer::json(200, details()),
        _ => Answer::json(200, json!({ "workflow": ["ERIKA"] })),
    })
    .await;
    let client = client(&server);
    vec![
        format!("{:?}", client.start(&person()).await),
        format!("{:?}", client.start(&person()).await),
        format!("{:?}", client.fetch(&ids()).await),
        format!("{:?}", client.fetch(&ids()).await),
    ]
}

fn details() -> serde_json::Value {
    let mut details = passed();
    details["capabilities"]["extraction"] =
        json!([ { "data": { "firstName": "ERIKA", "lastName": "MUSTER" } } ]);
    details
}

/// What a journey tells the log, at the most talkative level, and what comes of it.
pub(in crate::jumio) async fn logged<T, F: Future<Output = T>>(journey: impl FnOnce() -> F) -> (String, T) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone());
    let guard = listen(subscriber.finish());
    let told = journey().await;
    drop(guard);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    (log, told)
}

#[tokio::test]
async fn neither_secrets_nor_persons_are_logged() {
    let (log, told) = logged(journey).await;
    assert!(
        log.contains("jumio.fetch") && log.contains(EXECUTION),
        "the log says what was done:\n{log}"
    );
    let secrets = [
        "bearer-of-news",
        "s3cret",
        "czNjcmV0",
        "authorizationToken",
        "192.0.2.77",
        "Illinoisiana",
    ];
    for word in secrets
        .into_iter()
        .chain(["ERIKA", "Erika", "MUSTER", "Muster", "q83vEjRWeJA"])
    {
        assert!(!log.contains(word), "{word} is in the log:\n{log}");
        assert!(
            !told.iter().any(|told| told.contains(word)),
            "{word} is in a result: {told:?}"
        );
    }
}
