//! `POST /api/callback/{credential}`: nobody is believed, and nothing that was acknowledged is lost.

use rig::client::walk::Person;
use serde_json::json;

use super::said;
use crate::journey::{PATIENCE, World, at_jumio, logged};

/// The path Jumio was told for the latest transaction.
async fn callback_path(world: &World) -> String {
    let transaction = world.control_get("/jumio/transactions/latest").await;
    let url: reqwest::Url = transaction["callbackUrl"].as_str().unwrap().parse().unwrap();
    url.path().to_owned()
}

const CALLBACK: &str = r#"{"callbackSentAt":"2026-01-01T00:00:00.000Z","workflowExecution":{"id":"00000000-0000-4000-8000-000000000000","status":"PROCESSED"},"account":{"id":"00000000-0000-4000-8000-000000000001"}}"#;

#[tokio::test]
async fn a_forged_credential() {
    let world = World::new().await;
    at_jumio(&world.walk().await).await;
    let good = callback_path(&world).await;
    for at in [good.len() - 1, good.len() - 40, "/api/callback/".len()] {
        let mut forged: Vec<char> = good.chars().collect();
        forged[at] = if forged[at] == 'A' { 'B' } else { 'A' };
        let forged: String = forged.into_iter().collect();
        let said = said(
            world
                .post(&forged)
                .header("content-type", "application/json")
                .body(CALLBACK),
        )
        .await;
        assert!((400..500).contains(&said.status), "{}", said.status);
        assert!(said.body.is_empty());
    }
    world.nothing_broke();
}

#[tokio::test]
async fn a_ticket_or_a_handle_is_no_credential() {
    let world = World::new().await;
    let ticket = world.register("subject", &json!({})).await.ticket;
    let said = said(
        world
            .post(&format!("/api/callback/{ticket}"))
            .header("content-type", "application/json")
            .body(CALLBACK),
    )
    .await;
    assert!((400..500).contains(&said.status));
}

#[tokio::test]
async fn bodies_that_are_not_good() {
    let world = World::new().await;
    let walk = world.walk().await;
    let page = at_jumio(&walk).await;
    let path = callback_path(&world).await;
    let large = "x".repeat(2_000_000);
    for (media_type, body) in [
        ("application/json", "{"),
        ("application/json", "[]"),
        ("application/json", ""),
        ("application/json", "null"),
        ("text/plain", CALLBACK),
        ("application/xml", "<a/>"),
        ("application/json", large.as_str()),
    ] {
        let said = said(
            world
                .post(&path)
                .header("content-type", media_type)
                .body(body.to_owned()),
        )
        .await;
        assert!(
            (400..500).contains(&said.status),
            "{media_type} {}: {}",
            &body[..body.len().min(20)],
            said.status
        );
        assert!(said.body.is_empty());
    }
    assert_eq!(said(world.get(&path)).await.status, 405);
    let arrival = walk.at_jumio(&page, &Person::who("pass")).await.unwrap();
    let tokens = walk
        .finish(walk.wait(arrival, PATIENCE).await.unwrap())
        .await
        .unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    world.nothing_broke();
}

#[tokio::test]
async fn a_body_that_is_cut_off() {
    let world = World::new().await;
    at_jumio(&world.walk().await).await;
    let path = callback_path(&world).await;
    let bytes = format!(
        "POST {path} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{{\"a\":"
    );
    let port = world.rig.host.handler_ports()[0];
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, bytes.as_bytes())
        .await
        .unwrap();
    drop(stream);
    assert_eq!(said(world.get("/api/token/keys")).await.status, 200);
    world.nothing_broke();
}

#[tokio::test]
async fn a_verdict_in_a_callback_is_not_believed() {
    let world = World::new().await;
    let walk = world.walk().await;
    at_jumio(&walk).await;
    let transaction = world.control_get("/jumio/transactions/latest").await;
    let body = json!({"callbackSentAt": "2026-01-01T00:00:00.000Z", "decision": {"type": "PASSED"},
        "workflowExecution": {"id": transaction["id"], "status": "PROCESSED"}, "account": {"id": transaction["account"]}});
    let said = said(world.post(&callback_path(&world).await).json(&body)).await;
    assert_eq!(said.status, 200, "a callback is a hint, and hints are taken");
    logged(&world.rig, &["\"pending\"", "callback.settled"]).await;
    let registered = world.register("somebody", &json!({})).await;
    assert_ne!(registered.answer["status"], "approved");
    let page = at_jumio(&walk).await;
    assert!(page.html.contains("SIMULATOR"), "the person was let through");
}
