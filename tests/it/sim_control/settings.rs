//! Settings, secrets, history.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::Stage;

#[tokio::test]
async fn a_part_of_the_settings_can_be_changed() {
    let stage = Stage::start().await;
    let changed = stage
        .put(
            "jumio/settings",
            json!({ "callbacks": { "copies": 3 }, "strict": true }),
        )
        .await;
    assert_eq!(
        (&changed["callbacks"]["copies"], &changed["strict"]),
        (&json!(3), &json!(true))
    );
    assert_eq!(stage.get("jumio/settings").await, changed);
    assert_eq!(
        stage
            .refused(Method::PUT, "jumio/settings", json!({ "strikt": true }))
            .await
            .0,
        400
    );
    assert_eq!(
        stage
            .refused(Method::PUT, "jumio/default-scenario", json!({ "strict": true }))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn scenarios_are_listed_with_titles() {
    let stage = Stage::start().await;
    let scenarios = stage.get("jumio/scenarios").await;
    assert!(
        scenarios
            .as_array()
            .unwrap()
            .contains(&json!({ "name": "pass", "title": "Approved" }))
    );
}

#[tokio::test]
async fn a_forgotten_access_token_is_replaced() {
    let stage = Stage::start().await;
    let first = stage.access_token().await.unwrap().text().await.unwrap();
    assert_eq!(stage.access_token().await.unwrap().text().await.unwrap(), first);
    stage.post("jumio/access-token/forget", Value::Null).await;
    assert_ne!(stage.access_token().await.unwrap().text().await.unwrap(), first);
}

#[tokio::test]
async fn secrets_are_written_rotated_and_forgotten() {
    let stage = Stage::start().await;
    stage
        .put("vault/secrets/root-key", json!({ "value": "one" }))
        .await;
    stage
        .put(
            "vault/secrets/root-key",
            json!({ "value": "two", "content_type": "text/plain" }),
        )
        .await;
    let rotated = stage
        .post("vault/certificates/signing/rotate", json!({ "format": "pem" }))
        .await;
    assert_eq!(rotated["thumbprint"].as_str().unwrap().len(), 40);
    let names = stage.get("vault/secrets").await;
    assert_eq!(names[0]["versions"].as_array().unwrap().len(), 2);
    assert!(!names.to_string().contains("one"), "values are never listed");
    assert_eq!(
        stage
            .ask(Method::DELETE, "vault/secrets/root-key", Value::Null)
            .await
            .0,
        200
    );
    assert_eq!(
        stage
            .ask(Method::DELETE, "vault/secrets/root-key", Value::Null)
            .await
            .0,
        404
    );
    assert_eq!(
        stage
            .refused(Method::PUT, "vault/secrets/a:b", json!({ "value": "x" }))
            .await
            .0,
        400
    );
    assert_eq!(
        stage
            .refused(Method::PUT, "vault/secrets/a", json!({ "valeu": "x" }))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn vault_settings_are_changed_in_part() {
    let stage = Stage::start().await;
    let settings = stage.put("vault/settings", json!({ "round_trip_ms": 40 })).await;
    assert_eq!(
        (&settings["round_trip_ms"], &settings["page_size"]),
        (&json!(40), &json!(25))
    );
    let begun = std::time::Instant::now();
    stage.http.get(stage.vault.url.clone()).send().await.unwrap();
    assert!(
        begun.elapsed().as_millis() >= 120,
        "connection, TLS and request each take a round trip"
    );
}

#[tokio::test]
async fn history_tells_what_was_asked_and_can_be_cleared() {
    let stage = Stage::start().await;
    stage.create("one").await;
    let history = stage.get("history?of=jumio&operation=create").await;
    assert_eq!(history.as_array().unwrap().len(), 1);
    assert_eq!(history[0]["headers"]["user-agent"], "Rig Tests/1.0");
    assert_eq!(history[0]["status"], 200);
    assert!(
        history[0]["body"]
            .as_str()
            .unwrap()
            .contains("customerInternalReference")
    );
    stage.ask(Method::DELETE, "history?of=vault", Value::Null).await;
    assert!(!stage.get("history").await.as_array().unwrap().is_empty());
    stage.ask(Method::DELETE, "history", Value::Null).await;
    assert_eq!(stage.get("history").await, json!([]));
}
