//! What the logs tell at the most talkative level: never a secret, never anything of a person.

use super::world::{APPROVED, SCAN, client, ids, is_data, problem, start, well};
use crate::checks::vendor::{Place, Start, Vendor as _};
use crate::jumio::tests::leaks::logged;
use crate::jumio::tests::server::{Answer, Server};

const FORM: &str = "application/x-www-form-urlencoded";
const EVERYTHING: &str = include_str!("../../../../../tests/vectors/netverify_callback_everything.form");

/// Everything that can go wrong once, and what the client said of it.
async fn journey() -> Vec<String> {
    let server = Server::start(|seen, nth| match (seen.method.as_str(), is_data(seen), nth) {
        ("POST", _, 0) => problem(403),
        ("POST", _, 1) => problem(429),
        ("POST", _, 3) => problem(400),
        ("GET", false, 0) => Answer::Gone,
        ("GET", true, 0) => Answer::json(200, APPROVED.replace("MATCH", "ERIKA MUSTER")),
        ("GET", true, 1) => Answer::json(200, APPROVED.replace("APPROVED_VERIFIED", "Erika Muster")),
        ("GET", true, 2) => Answer::json(200, r#"{"scanReference":["ERIKA"]}"#),
        _ => well(seen, nth),
    })
    .await;
    let client = client(&server);
    let person = Start {
        place: Place {
            country: Some("USA".into()),
            state: Some("Illinoisiana".into()),
        },
        ip: Some("192.0.2.77".into()),
        ..start()
    };
    let mut told = vec![format!(
        "{:?}",
        client.callback(FORM, EVERYTHING.trim_end().as_bytes())
    )];
    for _ in 0..4 {
        told.push(format!("{:?}", client.start(&person).await));
        told.push(format!("{:?}", client.fetch(&ids()).await));
    }
    told
}

#[tokio::test]
async fn neither_secrets_nor_persons_are_logged() {
    let (log, told) = logged(journey).await;
    assert!(
        log.contains("jumio.fetch") && log.contains(SCAN) && log.contains("jumio.unknown_label"),
        "the log says what was done:\n{log}"
    );
    for word in [
        "s3cret",
        "czNjcmV0",
        "authorizationToken",
        "192.0.2",
        "Illinoisiana",
        "ERIKA",
        "Erika",
        "MUSTER",
        "Muster",
        "1980-05",
        "P0000001",
        "q83vEjRWeJA",
    ] {
        assert!(!log.contains(word), "{word} is in the log:\n{log}");
        assert!(
            !told.iter().any(|told| told.contains(word)),
            "{word} is in a result: {told:?}"
        );
    }
}
