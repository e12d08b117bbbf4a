//! A person's way through the hosted page.

use std::collections::HashMap;

use serde_json::json;

use super::client::{Stage, label};

fn query(location: &str) -> HashMap<String, String> {
    url::Url::parse(location)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect()
}

fn location(response: &reqwest::Response) -> String {
    response.headers()["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_person_submits_and_comes_back() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    let page = stage.http.get(&opened.href).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let text = page.text().await.unwrap();
    assert!(
        text.contains("SIMULATOR") && text.contains("verification-1"),
        "{text}"
    );

    let back = stage
        .press(
            &opened,
            &[("action", "submit"), ("scenario", "pass"), ("person", "2")],
        )
        .await;
    assert_eq!(back.status(), 303);
    let location = location(&back);
    assert!(
        location.starts_with("http://localhost:9/return/handle?"),
        "{location}"
    );
    let query = query(&location);
    assert_eq!(query["acquisitionStatus"], "SUCCESS");
    assert_eq!(query["accountId"], opened.account);
    assert_eq!(query["workflowExecutionId"], opened.execution);
    assert_eq!(query["customerInternalReference"], "verification-1");

    let callbacks = stage.callbacks(1).await;
    assert_eq!(callbacks[0]["workflowExecution"]["status"], "PROCESSED");
    let details = stage.details(&opened).await;
    assert_eq!(details["decision"]["type"], "PASSED");
    assert_eq!(
        details["capabilities"]["extraction"][0]["data"]["firstName"],
        "ANAÏS"
    );
}

#[tokio::test]
async fn what_is_typed_replaces_what_the_document_says() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    let fields = [
        ("action", "submit"),
        ("scenario", "pass"),
        ("person", "0"),
        ("lastName", "Ferreol"),
        ("dateOfBirth", ""),
    ];
    stage.press(&opened, &fields).await;
    stage.callbacks(1).await;
    let details = stage.details(&opened).await;
    let data = &details["capabilities"]["extraction"][0]["data"];
    assert_eq!(
        (&data["firstName"], &data["lastName"]),
        (&json!("MIRA"), &json!("Ferreol"))
    );
    assert_eq!(data["dateOfBirth"], "1988-04-12");
}

#[tokio::test]
async fn a_document_is_shown_from_a_small_file() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    let file = r#"{"scenario": "other-face", "document": {"firstName": "ANA", "dateOfBirth": "1990-01-02"}}"#;
    let fields = [
        ("action", "submit"),
        ("scenario", "pass"),
        ("person", "0"),
        ("file", file),
    ];
    stage.press(&opened, &fields).await;
    stage.callbacks(1).await;
    let details = stage.details(&opened).await;
    let data = &details["capabilities"]["extraction"][0]["data"];
    assert_eq!(
        (&data["firstName"], &data["lastName"], &data["dateOfBirth"]),
        (&json!("ANA"), &json!("TALVIK"), &json!("1990-01-02"))
    );
    assert_eq!(label(&details, "similarity"), "NO_MATCH");
}

#[tokio::test]
async fn what_is_no_small_file_is_told_so_and_nothing_is_submitted() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    let fields = [
        ("action", "submit"),
        ("scenario", "pass"),
        ("file", r#"{"name": "Ana"}"#),
    ];
    let refused = stage.press(&opened, &fields).await;
    assert_eq!(refused.status(), 400);
    let text = refused.text().await.unwrap();
    assert!(text.contains("unknown field `name`"), "{text}");
    let status: serde_json::Value = stage.retrieve(&opened, "/status").await.json().await.unwrap();
    assert_eq!(status["workflowExecution"]["status"], "INITIATED");
}

#[tokio::test]
async fn an_error_goes_to_the_error_address_after_its_query() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    let back = stage
        .press(&opened, &[("action", "error"), ("errorCode", "9820")])
        .await;
    let location = location(&back);
    assert!(
        location.starts_with("http://localhost:9/return/handle?from=jumio&accountId="),
        "{location}"
    );
    let query = query(&location);
    assert_eq!(
        (query["acquisitionStatus"].as_str(), query["errorCode"].as_str()),
        ("ERROR", "9820")
    );
    let status: serde_json::Value = stage.retrieve(&opened, "/status").await.json().await.unwrap();
    assert_eq!(status["workflowExecution"]["status"], "INITIATED");
}

#[tokio::test]
async fn leaving_expires_the_session_after_fifteen_minutes() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    stage.press(&opened, &[("action", "abandon")]).await;
    stage.backstage.clock.advance(std::time::Duration::from_secs(899));
    let look = || stage.simulator.tenant.look(&opened.execution).unwrap().status();
    assert_eq!(look(), "INITIATED");
    stage.backstage.clock.advance(std::time::Duration::from_secs(2));
    let callbacks = stage.callbacks(1).await;
    assert_eq!(callbacks[0]["workflowExecution"]["status"], "SESSION_EXPIRED");
}

#[tokio::test]
async fn leaving_can_expire_at_once() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    stage
        .press(&opened, &[("action", "abandon"), ("at_once", "1")])
        .await;
    let callbacks = stage.callbacks(1).await;
    assert_eq!(callbacks[0]["workflowExecution"]["status"], "SESSION_EXPIRED");
}

#[tokio::test]
async fn an_expired_link_goes_to_the_error_address() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    stage
        .backstage
        .clock
        .advance(std::time::Duration::from_secs(1801));
    let page = stage.http.get(&opened.href).send().await.unwrap();
    assert_eq!(page.status(), 303);
    assert_eq!(query(&location(&page))["errorCode"], "9200");
}

#[tokio::test]
async fn a_second_submission_changes_nothing() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    stage
        .press(&opened, &[("action", "submit"), ("scenario", "unreadable")])
        .await;
    stage.callbacks(1).await;
    let again = stage
        .press(&opened, &[("action", "submit"), ("scenario", "pass")])
        .await;
    assert_eq!(again.status(), 303);
    assert_eq!(label(&stage.details(&opened).await, "usability"), "BLURRED");
}

#[tokio::test]
async fn a_forged_link_is_refused() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    let mut forged = opened.href.clone();
    let cut = forged.find("&locale").unwrap();
    let last = if forged.as_bytes()[cut - 2] == b'A' {
        "B"
    } else {
        "A"
    };
    forged.replace_range(cut - 2..cut - 1, last);
    assert_eq!(stage.http.get(forged).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn automatic_play_sends_the_browser_straight_back() {
    let stage = Stage::with(json!({ "auto": true, "scenario": "other-face" })).await;
    let opened = stage.create().await;
    let page = stage.http.get(&opened.href).send().await.unwrap();
    assert_eq!(page.status(), 303);
    stage.callbacks(1).await;
    assert_eq!(label(&stage.details(&opened).await, "similarity"), "NO_MATCH");
}

#[tokio::test]
async fn an_unknown_button_or_scenario_is_refused() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    assert_eq!(stage.press(&opened, &[("action", "dance")]).await.status(), 400);
    assert_eq!(
        stage
            .press(&opened, &[("action", "submit"), ("scenario", "x")])
            .await
            .status(),
        400
    );
    assert_eq!(
        stage
            .press(&opened, &[("action", "error"), ("errorCode", "1")])
            .await
            .status(),
        400
    );
}
