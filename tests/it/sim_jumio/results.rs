//! Results: every scenario as the retrieval host tells it.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Stage, label};

async fn played(scenario: &str) -> Value {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    stage.play(&opened, scenario).await;
    stage.details(&opened).await
}

fn decided(details: &Value) -> (&str, &str, f64) {
    let text = |pointer: &str| details.pointer(pointer).unwrap().as_str().unwrap();
    let score = details.pointer("/decision/risk/score").unwrap().as_f64().unwrap();
    (text("/workflow/status"), text("/decision/type"), score)
}

#[tokio::test]
async fn pass() {
    let details = played("pass").await;
    assert_eq!(decided(&details), ("PROCESSED", "PASSED", 0.0));
    for capability in ["usability", "imageChecks", "extraction", "dataChecks", "liveness"] {
        assert_eq!(label(&details, capability), "OK", "{capability}");
    }
    assert_eq!(label(&details, "similarity"), "MATCH");
    assert_eq!(details["workflow"]["definitionKey"], "10164");
}

#[tokio::test]
async fn rejections() {
    let expected = [
        ("other-face", "similarity", "NO_MATCH"),
        ("fraud", "imageChecks", "MANIPULATED_DOCUMENT"),
        ("unreadable", "usability", "BLURRED"),
        ("unsupported-type", "usability", "UNSUPPORTED_DOCUMENT_TYPE"),
        ("unsupported-country", "usability", "UNSUPPORTED_COUNTRY"),
    ];
    for (scenario, capability, wanted) in expected {
        let details = played(scenario).await;
        assert_eq!(decided(&details), ("PROCESSED", "REJECTED", 100.0), "{scenario}");
        assert_eq!(label(&details, capability), wanted, "{scenario}");
    }
}

#[tokio::test]
async fn many_findings_are_many_entries() {
    let details = played("fraud-many").await;
    assert_eq!(
        details["capabilities"]["imageChecks"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn warning() {
    let details = played("warning").await;
    assert_eq!(decided(&details), ("PROCESSED", "WARNING", 50.0));
    assert_eq!(label(&details, "imageChecks"), "REPEATED_FACE");
}

#[tokio::test]
async fn expiries_decide_nothing() {
    assert_eq!(
        decided(&played("never-opened").await),
        ("TOKEN_EXPIRED", "NOT_EXECUTED", -1.0)
    );
    assert_eq!(
        decided(&played("abandoned").await),
        ("SESSION_EXPIRED", "NOT_EXECUTED", -1.0)
    );
}

#[tokio::test]
async fn an_expiry_may_look_like_a_rejection() {
    assert_eq!(
        decided(&played("expired-rejected").await),
        ("SESSION_EXPIRED", "REJECTED", 100.0)
    );
}

#[tokio::test]
async fn a_link_never_opened_was_never_started() {
    let details = played("never-opened").await;
    assert!(details.get("startedAt").is_none() && details.get("completedAt").is_some());
}

#[tokio::test]
async fn a_pass_with_nothing_checked() {
    let details = played("nothing-checked").await;
    assert_eq!(decided(&details), ("PROCESSED", "PASSED", 0.0));
    assert_eq!(details["capabilities"], json!({}));
}

#[tokio::test]
async fn a_pure_v3_workflow_has_no_decision() {
    let details = played("shape-v3").await;
    assert!(details.get("decision").is_none() && details.get("steps").is_none());
    assert_eq!(label(&details, "similarity"), "MATCH");
}

#[tokio::test]
async fn types_may_be_swapped() {
    let details = played("shape-types").await;
    assert_eq!(details["workflow"]["definitionKey"], 10164);
    assert!(details["capabilities"]["extraction"][0]["data"]["currentAge"].is_string());
    let created = details["createdAt"].as_str().unwrap();
    assert_eq!(created.len(), "2026-02-03T10:11:12Z".len(), "{created}");
}

#[tokio::test]
async fn many_entries_and_any_order() {
    let details = played("shape-many").await;
    assert_eq!(details["capabilities"]["similarity"].as_array().unwrap().len(), 2);
    let details = played("shape-order").await;
    assert_eq!(details["credentials"][0]["category"], "FACEMAP");
}

#[tokio::test]
async fn any_label_by_its_name() {
    let details = played("dataChecks/MRZ_CHECKSUM").await;
    assert_eq!(decided(&details), ("PROCESSED", "REJECTED", 100.0));
    assert_eq!(label(&details, "dataChecks"), "MRZ_CHECKSUM");
}

#[tokio::test]
async fn a_channel_may_be_off() {
    for (scenario, missing) in [("web-off", "web"), ("sdk-off", "sdk")] {
        let stage = Stage::with(json!({ "scenario": scenario })).await;
        let reply: Value = stage.post_account(&stage.body()).await.json().await.unwrap();
        assert!(reply.get(missing).is_none(), "{scenario}");
    }
}

#[tokio::test]
async fn a_pending_result_has_decided_nothing() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    assert_eq!(
        decided(&stage.details(&opened).await),
        ("INITIATED", "NOT_EXECUTED", -1.0)
    );
}

#[tokio::test]
async fn a_result_may_come_after_its_callback() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    stage.play(&opened, "callback-before-result").await;
    stage.callbacks(1).await;
    assert_eq!(stage.retrieve(&opened, "").await.status(), 404);
    assert_eq!(stage.retrieve(&opened, "/status").await.status(), 404);
    stage.backstage.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(stage.retrieve(&opened, "").await.status(), 200);
}

#[tokio::test]
async fn a_late_reversal_calls_again() {
    let stage = Stage::with(json!({ "timers": { "afterwards_ms": 0 } })).await;
    let opened = stage.create().await;
    stage.play(&opened, "late-reversal").await;
    stage.callbacks(2).await;
    assert_eq!(
        decided(&stage.details(&opened).await),
        ("PROCESSED", "REJECTED", 100.0)
    );
}

#[tokio::test]
async fn deletion_leaves_a_404_or_a_wiped_record() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    stage.play(&opened, "pass").await;
    let path = format!(
        "api/v1/accounts/{}/workflow-executions/{}",
        opened.account, opened.execution
    );
    let url = stage.simulator.addresses.retrieval.join(&path).unwrap();
    assert_eq!(
        stage
            .call(Method::DELETE, url.clone())
            .await
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(stage.retrieve(&opened, "").await.status(), 404);
    assert_eq!(
        stage
            .call(Method::DELETE, url)
            .await
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    stage.set(&json!({ "wiped_details": true }));
    let details = stage.details(&opened).await;
    assert!(details.get("wipedOutAt").is_some() && details.get("capabilities").is_none());
}

#[tokio::test]
async fn ids_of_two_people_do_not_mix() {
    let stage = Stage::start().await;
    let (mut one, other) = (stage.create().await, stage.create().await);
    one.account = other.account;
    assert_eq!(stage.retrieve(&one, "").await.status(), 404);
}

#[tokio::test]
async fn addresses_inside_documents_lead_out_of_the_rig() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    let status: Value = stage.retrieve(&opened, "/status").await.json().await.unwrap();
    let href = status["workflowExecution"]["href"].as_str().unwrap();
    assert!(
        !href.contains(&opened.account) && href.starts_with("https://retrieval."),
        "{href}"
    );
}

#[tokio::test]
async fn a_deleted_account_takes_its_executions_along() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    let path = format!("api/v1/accounts/{}", opened.account);
    let url = stage.simulator.addresses.retrieval.join(&path).unwrap();
    assert_eq!(
        stage
            .call(Method::DELETE, url.clone())
            .await
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(stage.retrieve(&opened, "/status").await.status(), 404);
    let update = stage.simulator.addresses.account.join(&path).unwrap();
    let response = stage
        .call(Method::PUT, update)
        .await
        .json(&stage.body())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(
        stage
            .call(Method::DELETE, url)
            .await
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
}
