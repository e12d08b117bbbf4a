//! Playing the person through the control port.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::Stage;

#[tokio::test]
async fn a_scenario_is_played_and_the_way_back_is_told() {
    let stage = Stage::start().await;
    let reply = stage.create("verification-1").await;
    let finished = stage
        .post(
            "jumio/transactions/latest/finish",
            json!({ "scenario": "warning", "document": { "lastName": "FERREOL" } }),
        )
        .await;
    assert_eq!(finished["status"], "ACQUIRED");
    assert_eq!(finished["id"], reply["workflowExecution"]["id"]);
    let back = finished["return"].as_str().unwrap();
    assert!(
        back.starts_with("http://localhost:9/r?accountId=") && back.contains("acquisitionStatus=SUCCESS"),
        "{back}"
    );
    stage
        .put("jumio/settings", json!({ "timers": { "processing_ms": 0 } }))
        .await;
    let id = finished["id"].as_str().unwrap();
    assert_eq!(
        stage.get(&format!("jumio/transactions/{id}")).await["status"],
        "PROCESSED"
    );
    let path = format!(
        "api/v1/accounts/{}/workflow-executions/{id}",
        finished["account"].as_str().unwrap()
    );
    let url = stage.jumio.addresses.retrieval.join(&path).unwrap();
    let details: Value = stage
        .jumio(Method::GET, url)
        .await
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(details["decision"]["type"], "WARNING");
    let data = &details["capabilities"]["extraction"][0]["data"];
    assert_eq!(
        (&data["firstName"], &data["lastName"]),
        (&json!("MIRA"), &json!("FERREOL"))
    );
}

#[tokio::test]
async fn transactions_are_found_by_reference() {
    let stage = Stage::start().await;
    stage.create("one").await;
    stage.create("two").await;
    assert_eq!(stage.get("jumio/transactions").await.as_array().unwrap().len(), 2);
    let found = stage.get("jumio/transactions?reference=one").await;
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(found[0]["customerInternalReference"], "one");
    assert_eq!(
        stage.get("jumio/transactions/latest").await["customerInternalReference"],
        "two"
    );
}

#[tokio::test]
async fn the_default_scenario_is_what_new_transactions_play() {
    let stage = Stage::start().await;
    stage
        .put(
            "jumio/default-scenario",
            json!({ "scenario": "unreadable", "auto": true }),
        )
        .await;
    assert_eq!(
        stage.get("jumio/default-scenario").await,
        json!({ "scenario": "unreadable", "auto": true })
    );
    let reply = stage.create("one").await;
    let page = stage
        .http
        .get(reply["web"]["href"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(page.status(), 303);
    assert_eq!(
        stage.get("jumio/transactions/latest").await["scenario"],
        "unreadable"
    );
}

#[tokio::test]
async fn a_person_begins_and_is_expired() {
    let stage = Stage::start().await;
    stage.create("one").await;
    stage.post("jumio/transactions/latest/begin", Value::Null).await;
    let expired = stage.post("jumio/transactions/latest/expire", Value::Null).await;
    assert_eq!(expired["status"], "SESSION_EXPIRED");
}

#[tokio::test]
async fn the_clock_ends_links() {
    let stage = Stage::start().await;
    stage.create("one").await;
    let clock = stage.post("clock/advance", json!({ "seconds": 1800 })).await;
    assert_eq!(clock["ahead_ms"], 1_800_000);
    assert_eq!(
        stage.get("jumio/transactions/latest").await["status"],
        "TOKEN_EXPIRED"
    );
}

#[tokio::test]
async fn a_callback_is_sent_on_demand_and_its_answers_are_told() {
    let stage = Stage::start().await;
    stage.create("one").await;
    let sent = stage
        .post(
            "jumio/transactions/latest/callback",
            json!({ "status": "PROCESSED", "copies": 2, "patch": { "account": { "id": "x" } } }),
        )
        .await;
    let answered: Vec<&Value> = sent["sent"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sent| &sent["answered"])
        .collect();
    assert_eq!(answered, [405, 405], "the health host takes no POST");
    let history = stage.get("history?of=jumio&operation=health").await;
    let body: Value = serde_json::from_str(history[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["account"]["id"], "x");
    assert_eq!(body["workflowExecution"]["status"], "PROCESSED");
    assert_eq!(history[0]["body"], history[1]["body"]);
}

#[tokio::test]
async fn anything_at_all_can_be_sent_as_a_callback() {
    let stage = Stage::start().await;
    stage.create("one").await;
    let path = "jumio/transactions/latest/callback";
    stage
        .post(
            path,
            json!({ "raw": { "content_type": "text/plain", "body": "\u{0}{" } }),
        )
        .await;
    stage.post(path, json!({ "portal_test": true })).await;
    stage.post(path, json!({ "netverify": true })).await;
    let history = stage.get("history?of=jumio&operation=health").await;
    let of = |index: usize| {
        (
            &history[index]["headers"]["content-type"],
            history[index]["body"].as_str().unwrap(),
        )
    };
    assert_eq!(of(0), (&json!("text/plain"), "\u{0}{"));
    assert_eq!(
        of(1),
        (&json!("application/json"), r#"{"message": "Test callback"}"#)
    );
    assert!(of(2).1.contains("idLastName=TALVIK"));
}

#[tokio::test]
async fn nonsense_is_refused_with_a_reason() {
    let stage = Stage::start().await;
    let missing = stage
        .refused(Method::POST, "jumio/transactions/latest/finish", json!({}))
        .await;
    assert_eq!(missing, (404, "there is no such transaction".to_owned()));
    stage.create("one").await;
    let finish = "jumio/transactions/latest/finish";
    let unknown = stage
        .refused(Method::POST, finish, json!({ "scenario": "approve" }))
        .await;
    assert_eq!(
        unknown,
        (400, "there is no scenario \"approve\"; perhaps pass".to_owned())
    );
    assert_eq!(
        stage
            .refused(Method::POST, finish, json!({ "sceanrio": "pass" }))
            .await
            .0,
        400
    );
    assert_eq!(stage.refused(Method::GET, finish, Value::Null).await.0, 405);
    assert_eq!(
        stage.refused(Method::GET, "jumio/nothing", Value::Null).await.0,
        404
    );
    assert_eq!(stage.refused(Method::GET, "nothing", Value::Null).await.0, 404);
}

#[tokio::test]
async fn the_root_lists_every_route() {
    let stage = Stage::start().await;
    assert_eq!(
        stage.get("").await.as_object().unwrap().len(),
        rig::control::ROUTES.len()
    );
}
