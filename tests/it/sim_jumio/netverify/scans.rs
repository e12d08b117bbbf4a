//! Results as the retrieval API tells them.

use reqwest::Method;
use rig::jumio::scenario::{Named, SCENARIOS};
use serde_json::{Value, json};

use super::super::client::{Opened, Stage};

const REASON: &str = "/verification/rejectReason";

async fn played(scenario: &str) -> Value {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    stage.play(&opened, scenario).await;
    stage.told(&opened, "/data").await
}

/// `transaction.status` and `document.status`.
fn ended(data: &Value) -> (&str, &str) {
    let text = |block: &str| data[block]["status"].as_str().unwrap();
    (text("transaction"), text("document"))
}

async fn state(stage: &Stage, opened: &Opened) -> String {
    let told = stage.told(opened, "").await;
    assert_eq!(told["scanReference"], opened.execution);
    told["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_initiate_reply_has_three_members_and_a_type_of_its_own() {
    let stage = Stage::start().await;
    let response = stage.initiate(&stage.initiate_body()).await;
    assert_eq!(
        response.headers()["content-type"],
        "application/json;charset=UTF-8"
    );
    let reply: Value = response.json().await.unwrap();
    let mut members: Vec<&String> = reply.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(members, ["redirectUrl", "timestamp", "transactionReference"]);
    assert_eq!(reply["timestamp"].as_str().unwrap().len(), 24);
    let link = reply["redirectUrl"].as_str().unwrap();
    let host = stage.simulator.addresses.netverify.as_str();
    assert!(
        link.starts_with(&format!("{host}web/v4/app?locale=en&authorizationToken=")) && link.len() > 255,
        "{link}"
    );
}

#[tokio::test]
async fn a_scan_is_pending_until_it_was_processed() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    assert_eq!(state(&stage, &opened).await, "PENDING");
    stage.play(&opened, "pass").await;
    assert_eq!(state(&stage, &opened).await, "DONE");
}

#[tokio::test]
async fn what_is_pending_has_no_data_or_some() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    assert_eq!(stage.scan(&opened, "/data").await.status(), 404);
    stage.set(&json!({ "netverify": { "pending_data_status": 200 } }));
    let data = stage.told(&opened, "/data").await;
    assert_eq!(data["transaction"]["status"], "PENDING");
    assert!(
        data.get("document").is_none() && data.get("verification").is_none(),
        "{data}"
    );
}

#[tokio::test]
async fn every_answer_about_a_scan_has_a_tracking_id_and_the_plain_type() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    let response = stage.scan(&opened, "").await;
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["x-trackingid"].len(), 36);
}

#[tokio::test]
async fn a_pass_has_everything() {
    let data = played("pass").await;
    assert_eq!(ended(&data), ("DONE", "APPROVED_VERIFIED"));
    let document = &data["document"];
    assert_eq!(document["firstName"], "MIRA");
    assert_eq!(
        (&document["dob"], &document["number"]),
        (&json!("1988-04-12"), &json!("ZX0000017"))
    );
    assert_eq!(document["dateOfBirthParts"]["month"], "04");
    let selfie = &data["verification"]["identityVerification"];
    assert_eq!(selfie, &json!({ "similarity": "MATCH", "validity": "true" }));
    assert_eq!(data["verification"]["mrzCheck"], "OK");
    let transaction = &data["transaction"];
    assert_eq!(transaction["merchantScanReference"], "verification-1");
    assert_eq!(transaction["customerId"], "subject-1");
    assert_eq!(transaction["source"], "WEB_CAM");
    assert!(transaction.get("updatedAt").is_none());
}

#[tokio::test]
async fn blocks_are_told_by_themselves_too() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    stage.play(&opened, "pass").await;
    let data = stage.told(&opened, "/data").await;
    for block in ["document", "transaction", "verification"] {
        let told = stage.told(&opened, &format!("/data/{block}")).await;
        assert_eq!(told["scanReference"], opened.execution);
        for (name, value) in data[block].as_object().unwrap() {
            assert_eq!(told[name], *value, "{block}.{name}");
        }
    }
}

#[tokio::test]
async fn another_face_is_an_accepted_document_all_the_same() {
    let data = played("other-face").await;
    assert_eq!(ended(&data), ("DONE", "APPROVED_VERIFIED"));
    assert_eq!(
        data["verification"]["identityVerification"]["similarity"],
        "NO_MATCH"
    );
}

#[tokio::test]
async fn an_invalid_selfie_has_a_reason() {
    let selfie = played("liveness/MULTIPLE_PEOPLE").await["verification"]["identityVerification"].clone();
    assert_eq!(selfie["validity"], "false");
    assert_eq!(selfie["reason"], "MULTIPLE_PEOPLE");
}

#[tokio::test]
async fn fraud_has_one_detail_or_many() {
    let data = played("fraud").await;
    assert_eq!(ended(&data), ("DONE", "DENIED_FRAUD"));
    let reason = data.pointer(REASON).unwrap();
    assert_eq!(reason["rejectReasonCode"], "100");
    assert_eq!(reason["rejectReasonDescription"], "MANIPULATED_DOCUMENT");
    assert_eq!(reason["rejectReasonDetails"]["detailsCode"], "1007");
    let data = played("fraud-many").await;
    let details = &data.pointer(REASON).unwrap()["rejectReasonDetails"];
    assert_eq!(details[0]["detailsDescription"], "NAME");
    assert_eq!(details.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_denied_document_has_little_on_it_and_no_selfie() {
    let data = played("fraud").await;
    let mut members: Vec<&String> = data["document"].as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(members, ["issuingCountry", "status", "type"]);
    assert!(data["verification"].get("identityVerification").is_none());
}

#[tokio::test]
async fn an_unreadable_document_is_an_error() {
    let data = played("unreadable").await;
    assert_eq!(ended(&data), ("DONE", "ERROR_NOT_READABLE_ID"));
    let reason = data.pointer(REASON).unwrap();
    assert_eq!(
        (
            &reason["rejectReasonCode"],
            &reason["rejectReasonDetails"]["detailsCode"]
        ),
        (&json!("200"), &json!("2001"))
    );
}

#[tokio::test]
async fn unsupported_documents_have_a_status_and_no_reason() {
    for (scenario, verdict) in [
        ("unsupported-type", "DENIED_UNSUPPORTED_ID_TYPE"),
        ("unsupported-country", "DENIED_UNSUPPORTED_ID_COUNTRY"),
    ] {
        let data = played(scenario).await;
        assert_eq!(ended(&data), ("DONE", verdict));
        assert_eq!(data.pointer(REASON), None);
    }
}

#[tokio::test]
async fn expiries_have_failed() {
    for scenario in ["never-opened", "abandoned"] {
        let data = played(scenario).await;
        assert_eq!(ended(&data), ("FAILED", "NO_ID_UPLOADED"), "{scenario}");
        assert_eq!(data["document"], json!({ "status": "NO_ID_UPLOADED" }));
    }
}

#[tokio::test]
async fn whoever_leaves_after_a_picture_has_a_result() {
    let data = played("abandoned-late").await;
    assert_eq!(ended(&data), ("DONE", "ERROR_NOT_READABLE_ID"));
}

#[tokio::test]
async fn an_expiry_may_look_like_a_rejection() {
    assert_eq!(
        ended(&played("expired-rejected").await),
        ("FAILED", "DENIED_FRAUD")
    );
}

#[tokio::test]
async fn blocks_that_would_prove_a_pass_may_be_missing() {
    let data = played("nothing-checked").await;
    assert_eq!(ended(&data), ("DONE", "APPROVED_VERIFIED"));
    assert!(data.get("verification").is_none());
    let data = played("no-face-match").await;
    assert!(data["verification"].get("identityVerification").is_none());
    assert_eq!(data["verification"]["mrzCheck"], "OK");
}

#[tokio::test]
async fn any_block_may_be_missing() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    stage.play(&opened, "pass").await;
    for block in ["document", "transaction", "verification"] {
        stage.set(&json!({ "netverify": { "quirks": { "without": block } } }));
        assert!(stage.told(&opened, "/data").await.get(block).is_none(), "{block}");
        assert_eq!(stage.scan(&opened, &format!("/data/{block}")).await.status(), 404);
    }
}

#[tokio::test]
async fn words_that_nobody_knows() {
    assert_eq!(ended(&played("unknown-words").await), ("DONE", "PROBABLY"));
    assert_eq!(ended(&played("technical-error").await), ("DONE", "UNKNOWN"));
}

#[tokio::test]
async fn a_face_seen_before_is_told_beside_the_pass() {
    let stage = Stage::start().await;
    let first = stage.initiated().await;
    stage.play(&first, "pass").await;
    let again = stage.initiated().await;
    stage.play(&again, "repeated-face-own").await;
    let findings = |data: &Value| data["verification"]["additionalChecks"]["faceSearchFindings"].clone();
    let told = findings(&stage.told(&again, "/data").await);
    assert_eq!(told, json!({ "status": "DONE", "findings": [first.execution] }));
    stage.set(&json!({ "netverify": { "quirks": { "text_findings": true } } }));
    let told = findings(&stage.told(&again, "/data").await);
    assert_eq!(told["findings"], first.execution);
}

#[tokio::test]
async fn validity_is_text_or_a_boolean() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    stage.play(&opened, "pass").await;
    for (setting, expected) in [
        ("documented", json!("true")),
        ("bool", json!(true)),
        ("text", json!("true")),
        ("capitals", json!("TRUE")),
    ] {
        stage.set(&json!({ "netverify": { "quirks": { "validity": setting } } }));
        let data = stage.told(&opened, "/data").await;
        assert_eq!(
            data["verification"]["identityVerification"]["validity"], expected,
            "{setting}"
        );
    }
}

#[tokio::test]
async fn times_have_three_digits_or_fewer() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    for (fewer, length) in [(0, 24), (1, 23), (2, 22), (3, 20)] {
        stage.set(&json!({ "netverify": { "quirks": { "fewer_digits": fewer } } }));
        let told = stage.told(&opened, "").await;
        assert_eq!(told["timestamp"].as_str().unwrap().len(), length);
    }
}

#[tokio::test]
async fn a_late_reversal_keeps_everything_it_knew() {
    let stage = Stage::with(json!({ "timers": { "afterwards_ms": 0 } })).await;
    let opened = stage.initiated().await;
    stage.play(&opened, "late-reversal").await;
    stage
        .until(|| stage.receiver.got.with(|got| got.len() == 2))
        .await;
    let data = stage.told(&opened, "/data").await;
    assert_eq!(ended(&data), ("DONE", "DENIED_FRAUD"));
    assert!(data["transaction"]["updatedAt"].is_string());
    assert_eq!(data["document"]["lastName"], "TALVIK");
    assert_eq!(
        data["verification"]["identityVerification"]["similarity"],
        "MATCH"
    );
}

#[tokio::test]
async fn a_result_may_come_after_its_callback() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    stage.play(&opened, "callback-before-result").await;
    stage
        .until(|| stage.receiver.got.with(|got| got.len() == 1))
        .await;
    assert_eq!(state(&stage, &opened).await, "PENDING");
    stage.backstage.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(state(&stage, &opened).await, "DONE");
}

#[tokio::test]
async fn images_are_listed_and_cannot_be_had() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    stage.play_with_a_licence(&opened, "pass").await;
    let images = stage.told(&opened, "/images").await;
    let classifiers: Vec<&str> = images["images"]
        .as_array()
        .unwrap()
        .iter()
        .map(|image| image["classifier"].as_str().unwrap())
        .collect();
    assert_eq!(classifiers, ["front", "back", "face"]);
    let href = images["images"][0]["href"].as_str().unwrap();
    assert!(
        href.starts_with("https://netverify.com/"),
        "{href} stays in the rig"
    );
    assert_eq!(images["livenessImages"].as_array().unwrap().len(), 2);
    stage.set(&json!({ "netverify": { "quirks": { "single_image": true } } }));
    let images = stage.told(&opened, "/images").await;
    assert_eq!(images["images"]["classifier"], "front");
}

#[tokio::test]
async fn nobody_was_photographed_who_never_came() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    stage.play(&opened, "never-opened").await;
    assert_eq!(stage.told(&opened, "/images").await["images"], json!([]));
}

#[tokio::test]
async fn without_a_selfie_there_is_no_face() {
    let stage = Stage::start().await;
    let mut body = stage.initiate_body();
    body["workflowId"] = json!(102);
    let reply: Value = stage.initiate(&body).await.json().await.unwrap();
    let mut opened = stage.initiated().await;
    reply["transactionReference"]
        .as_str()
        .unwrap()
        .clone_into(&mut opened.execution);
    stage.play(&opened, "other-face").await;
    let data = stage.told(&opened, "/data").await;
    assert_eq!(ended(&data), ("DONE", "APPROVED_VERIFIED"));
    assert!(data["verification"].get("identityVerification").is_none());
    assert_eq!(data["transaction"]["source"], "WEB_UPLOAD");
    assert!(
        stage
            .told(&opened, "/images")
            .await
            .get("livenessImages")
            .is_none()
    );
}

#[tokio::test]
async fn deletion_is_final() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    stage.play(&opened, "pass").await;
    let path = format!("api/netverify/v2/scans/{}", opened.execution);
    let delete = || stage.netverify(Method::DELETE, &path).send();
    assert_eq!(delete().await.unwrap().status(), 200);
    for rest in ["", "/data", "/images"] {
        assert_eq!(stage.scan(&opened, rest).await.status(), 404, "{rest}");
    }
    assert_eq!(delete().await.unwrap().status(), 404);
}

#[tokio::test]
async fn the_hosted_page_may_be_off() {
    let stage = Stage::with(json!({ "scenario": "web-off" })).await;
    let reply: Value = stage.initiate(&stage.initiate_body()).await.json().await.unwrap();
    assert!(reply.get("redirectUrl").is_none() && reply["transactionReference"].is_string());
}

#[tokio::test]
async fn every_scenario_is_told() {
    let ends = |scenario: &&Named| scenario.name != "held";
    for scenario in SCENARIOS.iter().filter(ends) {
        let stage = Stage::with(json!({ "timers": { "afterwards_ms": 60_000 } })).await;
        let opened = stage.initiated().await;
        stage.play(&opened, scenario.name).await;
        stage.backstage.clock.advance(std::time::Duration::from_secs(1));
        let data = stage.told(&opened, "/data").await;
        assert_ne!(ended(&data).0, "PENDING", "{}", scenario.name);
    }
}

#[tokio::test]
async fn what_is_held_is_pending_for_ever() {
    let stage = Stage::with(json!({})).await;
    let opened = stage.initiated().await;
    stage.play(&opened, "held").await;
    stage
        .backstage
        .clock
        .advance(std::time::Duration::from_secs(3600));
    assert_eq!(stage.told(&opened, "").await["status"], "PENDING");
}
