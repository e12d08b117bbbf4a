//! Injected failures as a client meets them.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::client::Stage;

async fn inject(stage: &Stage, fault: Value) {
    stage.post("faults", fault).await;
}

#[tokio::test]
async fn a_status_comes_as_often_as_asked_in_the_simulators_own_shape() {
    let stage = Stage::start().await;
    inject(&stage, json!({ "of": "jumio", "operation": "token", "effect": { "status": 429 }, "times": 1, "retry_after_s": 2 })).await;
    let response = stage.access_token().await.unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "2");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["detail"], "Request limit exceeded");
    assert_eq!(stage.access_token().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_truncated_body_breaks_in_the_middle() {
    let stage = Stage::start().await;
    inject(
        &stage,
        json!({ "of": "jumio", "operation": "token", "effect": "truncate", "times": 1 }),
    )
    .await;
    let response = stage.access_token().await.unwrap();
    assert_eq!(response.status(), 200);
    let announced = response.content_length().unwrap();
    assert!(announced > 100, "the whole length is announced: {announced}");
    assert!(response.bytes().await.is_err());
}

#[tokio::test]
async fn a_reset_is_no_answer_at_all() {
    let stage = Stage::start().await;
    inject(
        &stage,
        json!({ "of": "jumio", "operation": "token", "effect": "reset", "times": 1 }),
    )
    .await;
    let error = stage.access_token().await.unwrap_err();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let reset = cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    assert_eq!(reset, Some(std::io::ErrorKind::ConnectionReset), "{error:?}");
    let entry = stage.get("history?of=jumio&operation=token").await;
    assert_eq!(
        (&entry[0]["status"], &entry[0]["fault"]),
        (&Value::Null, &json!(1))
    );
}

#[tokio::test]
async fn an_answer_can_be_lost_after_the_deed() {
    let stage = Stage::start().await;
    inject(
        &stage,
        json!({ "of": "jumio", "operation": "create", "effect": "reset", "after": true, "times": 1 }),
    )
    .await;
    let url = stage.jumio.addresses.account.join("api/v1/accounts").unwrap();
    let body = json!({ "customerInternalReference": "one", "workflowDefinition": { "key": "10164" },
        "userConsent": { "userLocation": { "country": "AUT" } } });
    assert!(
        stage
            .jumio(Method::POST, url)
            .await
            .json(&body)
            .send()
            .await
            .is_err()
    );
    assert_eq!(stage.get("jumio/transactions").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_failure_before_the_deed_leaves_nothing() {
    let stage = Stage::start().await;
    inject(
        &stage,
        json!({ "of": "jumio", "operation": "create", "effect": { "status": 503 }, "times": 1 }),
    )
    .await;
    let url = stage.jumio.addresses.account.join("api/v1/accounts").unwrap();
    let response = stage
        .jumio(Method::POST, url)
        .await
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(stage.get("jumio/transactions").await, json!([]));
}

#[tokio::test]
async fn garbage_and_wrong_types() {
    let stage = Stage::start().await;
    inject(
        &stage,
        json!({ "of": "jumio", "operation": "token", "effect": "garbage", "times": 1 }),
    )
    .await;
    let response = stage.access_token().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    assert!(response.json::<Value>().await.is_err());
    inject(
        &stage,
        json!({ "of": "jumio", "operation": "token", "effect": { "content-type": "text/html" }, "times": 1 }),
    )
    .await;
    let response = stage.access_token().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/html");
}

#[tokio::test]
async fn a_delay_alone_only_takes_time() {
    let stage = Stage::start().await;
    inject(
        &stage,
        json!({ "of": "jumio", "operation": "*", "delay_ms": 150, "times": 1 }),
    )
    .await;
    let begun = Instant::now();
    assert_eq!(stage.access_token().await.unwrap().status(), 200);
    assert!(begun.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn the_vault_fails_below_tls_too() {
    let stage = Stage::start().await;
    inject(&stage, json!({ "of": "vault", "effect": "reset", "times": 1 })).await;
    assert!(stage.http.get(stage.vault.url.clone()).send().await.is_err());
    inject(
        &stage,
        json!({ "of": "vault", "effect": { "status": 403 }, "times": 1 }),
    )
    .await;
    let response = stage.http.get(stage.vault.url.clone()).send().await.unwrap();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"]["innererror"]["code"], "ForbiddenByRbac");
}

#[tokio::test]
async fn faults_are_listed_and_removed() {
    let stage = Stage::start().await;
    inject(&stage, json!({ "of": "identity", "effect": { "status": 500 } })).await;
    let faults = stage.get("faults").await;
    assert_eq!(
        (&faults[0]["id"], &faults[0]["operation"]),
        (&json!(1), &json!("*"))
    );
    assert_eq!(stage.ask(Method::DELETE, "faults/1", Value::Null).await.0, 200);
    assert_eq!(stage.ask(Method::DELETE, "faults/1", Value::Null).await.0, 404);
    stage.ask(Method::DELETE, "faults", Value::Null).await;
    assert_eq!(stage.get("faults").await, json!([]));
}

#[tokio::test]
async fn a_fault_that_would_do_nothing_is_refused() {
    let stage = Stage::start().await;
    for fault in [
        json!({ "of": "jumio" }),
        json!({ "of": "jmuio", "effect": "reset" }),
        json!({ "of": "jumio", "effect": "explode" }),
        json!({ "of": "jumio", "effect": "reset", "tmies": 1 }),
        json!({ "effect": "reset" }),
    ] {
        assert_eq!(
            stage.refused(Method::POST, "faults", fault.clone()).await.0,
            400,
            "{fault}"
        );
    }
}
