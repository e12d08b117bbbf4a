//! Callbacks: duplicated, reordered, late, never, wrong.

use serde_json::json;

use super::client::Stage;

fn statuses(callbacks: &[serde_json::Value]) -> Vec<&str> {
    callbacks
        .iter()
        .map(|body| body["workflowExecution"]["status"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_callback_has_ids_and_a_status_and_nothing_else() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    stage.play(&opened, "pass").await;
    let callbacks = stage.callbacks(1).await;
    let mut members: Vec<&String> = callbacks[0].as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(
        members,
        ["account", "callbackSentAt", "userReference", "workflowExecution"]
    );
    assert_eq!(callbacks[0]["userReference"], "subject-1");
    assert_eq!(callbacks[0]["account"]["id"], opened.account);
    let request = stage.receiver.got.with(|got| got[0].clone());
    assert_eq!(request.path, "/api/callback/credential");
    assert_eq!(request.media_type(), "application/json");
}

#[tokio::test]
async fn interim_statuses_come_first_on_the_same_address() {
    let stage = Stage::with(json!({ "callbacks": { "interim": true } })).await;
    let opened = stage.create().await;
    stage.http.get(&opened.href).send().await.unwrap();
    stage.callbacks(1).await;
    stage.play(&opened, "pass").await;
    let callbacks = stage.callbacks(3).await;
    assert_eq!(
        statuses(&callbacks),
        ["ACQUISITION_STARTED", "ACQUIRED", "PROCESSED"]
    );
}

#[tokio::test]
async fn reversed_callbacks_tell_the_end_first() {
    let stage = Stage::with(json!({ "callbacks": { "interim": true, "reversed": true } })).await;
    let opened = stage.create().await;
    stage.play(&opened, "pass").await;
    let callbacks = stage.callbacks(3).await;
    assert_eq!(
        statuses(&callbacks),
        ["PROCESSED", "ACQUIRED", "ACQUISITION_STARTED"]
    );
}

#[tokio::test]
async fn copies_have_the_same_stamp() {
    let stage = Stage::with(json!({ "callbacks": { "copies": 2 } })).await;
    let opened = stage.create().await;
    stage.play(&opened, "pass").await;
    let callbacks = stage.callbacks(2).await;
    assert_eq!(callbacks[0], callbacks[1]);
}

#[tokio::test]
async fn copies_can_have_a_stamp_each() {
    let stage = Stage::with(json!({ "callbacks": { "copies": 2, "same_stamp": false, "retries": 0 } })).await;
    let opened = stage.create().await;
    stage.play(&opened, "pass").await;
    let callbacks = stage.callbacks(2).await;
    assert_eq!(
        callbacks[0]["workflowExecution"],
        callbacks[1]["workflowExecution"]
    );
}

#[tokio::test]
async fn a_receiver_that_fails_is_called_again() {
    let stage = Stage::start().await;
    stage.receiver.answers.with(|answers| *answers = vec![500, 503]);
    let opened = stage.create().await;
    stage.play(&opened, "pass").await;
    stage.callbacks(3).await;
    let sent = || stage.simulator.tenant.look(&opened.execution).unwrap().sent;
    stage.until(|| sent().len() == 3).await;
    let answered: Vec<Option<u16>> = sent().iter().map(|sent| sent.answered).collect();
    assert_eq!(answered, [Some(500), Some(503), Some(200)]);
}

#[tokio::test]
async fn a_receiver_that_never_agrees_is_left_alone_in_the_end() {
    let stage = Stage::with(json!({ "callbacks": { "retries": 1 } })).await;
    stage.receiver.answers.with(|answers| *answers = vec![202; 9]);
    let opened = stage.create().await;
    stage.play(&opened, "pass").await;
    stage.until(|| stage.simulator.tenant.has_told_everything()).await;
    assert_eq!(stage.receiver.got.with(|got| got.len()), 2);
}

#[tokio::test]
async fn callbacks_can_be_switched_off() {
    let stage = Stage::with(json!({ "callbacks": { "send": false } })).await;
    let opened = stage.create().await;
    stage.play(&opened, "pass").await;
    stage.until(|| stage.simulator.tenant.has_told_everything()).await;
    assert_eq!(stage.receiver.got.with(|got| got.len()), 0);
}

#[tokio::test]
async fn a_callback_may_name_somebody_elses_account() {
    let stage = Stage::with(json!({ "callbacks": { "wrong_account": true } })).await;
    let opened = stage.create().await;
    stage.play(&opened, "pass").await;
    let callbacks = stage.callbacks(1).await;
    assert_ne!(callbacks[0]["account"]["id"], opened.account);
    assert_eq!(callbacks[0]["workflowExecution"]["id"], opened.execution);
}

#[tokio::test]
async fn the_older_shape_carries_personal_data() {
    let stage = Stage::with(json!({ "callbacks": { "netverify": true } })).await;
    let opened = stage.create().await;
    stage.play(&opened, "pass").await;
    stage
        .until(|| stage.receiver.got.with(|got| !got.is_empty()))
        .await;
    let request = stage.receiver.got.with(|got| got[0].clone());
    assert_eq!(request.media_type(), "application/x-www-form-urlencoded");
    assert_eq!(
        request.form_value("verificationStatus").unwrap(),
        "APPROVED_VERIFIED"
    );
    assert_eq!(request.form_value("idLastName").unwrap(), "TALVIK");
    assert_eq!(
        request.form_value("merchantIdScanReference").unwrap(),
        "verification-1"
    );
}

#[tokio::test]
async fn the_portals_test_message_comes_too_when_asked() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    stage.play(&opened, "portal-test").await;
    let callbacks = stage.callbacks(2).await;
    assert_eq!(callbacks[1], json!({ "message": "Test callback" }));
}

#[tokio::test]
async fn a_slow_check_tells_each_status() {
    let stage = Stage::with(json!({ "timers": { "processing_ms": 10 } })).await;
    let opened = stage.create().await;
    stage.play(&opened, "slow").await;
    let callbacks = stage.callbacks(3).await;
    assert_eq!(
        statuses(&callbacks),
        ["ACQUISITION_STARTED", "ACQUIRED", "PROCESSED"]
    );
}
