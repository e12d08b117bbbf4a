//! Netverify's callbacks: a form with everything in it, duplicated, reordered, wrong.

use std::collections::BTreeMap;

use rig::jumio::document::Document;
use rig::jumio::netverify::personal;
use serde_json::{Value, json};

use super::super::client::Stage;

type Fields = BTreeMap<String, String>;

impl Stage {
    /// Waits for so many callbacks and returns their fields.
    async fn forms(&self, count: usize) -> Vec<Fields> {
        self.until(|| self.receiver.got.with(|got| got.len() >= count))
            .await;
        let fields = |body: &[u8]| url::form_urlencoded::parse(body).into_owned().collect();
        self.receiver
            .got
            .with(|got| got.iter().map(|request| fields(&request.body)).collect())
    }

    fn bodies(&self) -> Vec<String> {
        let text = |body: &[u8]| String::from_utf8(body.to_vec()).unwrap();
        self.receiver
            .got
            .with(|got| got.iter().map(|request| text(&request.body)).collect())
    }
}

async fn told(scenario: &str, settings: Value) -> (Stage, Fields) {
    let stage = Stage::with(settings).await;
    let opened = stage.initiated().await;
    stage.play_with_a_licence(&opened, scenario).await;
    let form = stage.forms(1).await.remove(0);
    (stage, form)
}

fn quirks(quirks: &Value) -> Value {
    json!({ "netverify": { "quirks": quirks } })
}

#[tokio::test]
async fn a_pass_has_every_mandatory_field_and_the_person() {
    let (stage, form) = told("pass", json!({})).await;
    let request = stage.receiver.got.with(|got| got[0].clone());
    assert_eq!(request.media_type(), "application/x-www-form-urlencoded");
    assert_eq!(request.path, "/api/callback/credential");
    for (name, value) in [
        ("callBackType", "NETVERIFYID"),
        ("verificationStatus", "APPROVED_VERIFIED"),
        ("idScanStatus", "SUCCESS"),
        ("idScanSource", "WEB_CAM"),
        ("idCheckDataPositions", "OK"),
        ("idCheckDocumentValidation", "OK"),
        ("idCheckHologram", "OK"),
        ("idCheckMRZcode", "N/A"),
        ("idCheckMicroprint", "OK"),
        ("idCheckSecurityFeatures", "OK"),
        ("idCheckSignature", "OK"),
        ("merchantIdScanReference", "verification-1"),
        ("customerId", "subject-1"),
        ("idType", "DRIVING_LICENSE"),
        ("idCountry", "FRA"),
    ] {
        assert_eq!(form[name], value, "{name}");
    }
    assert_eq!(form["jumioIdScanReference"].len(), 36);
    for name in ["transactionDate", "callbackDate", "firstAttemptDate"] {
        assert_eq!(form[name].len(), 24, "{name}");
    }
    let json = |name: &str| serde_json::from_str::<Value>(&form[name]).unwrap();
    assert_eq!(
        json("identityVerification"),
        json!({ "similarity": "MATCH", "validity": true })
    );
    assert_eq!(json("dateOfBirthParts")["day"], "28");
    assert_eq!(json("idAddress")["country"], "FRA");
    assert_eq!(json("dlCategories")[0]["category"], "B");
    for name in ["idScanImage", "idScanImageFace", "idScanImageBackside"] {
        assert!(
            form[name].starts_with("https://netverify.com/recognition/v1/idscan/"),
            "{name}"
        );
    }
    let person = personal::values(&Document::samples()[2]);
    let whole: String = form.into_values().collect();
    for value in person {
        assert!(whole.contains(&value), "{value} was not told");
    }
}

#[tokio::test]
async fn a_denied_document_has_a_reason_and_nobody_in_it() {
    let (_stage, form) = told("fraud", json!({})).await;
    assert_eq!(form["verificationStatus"], "DENIED_FRAUD");
    assert_eq!(
        (form["idScanStatus"].as_str(), form["idCheckHologram"].as_str()),
        ("ERROR", "N/A")
    );
    let reason: Value = serde_json::from_str(&form["rejectReason"]).unwrap();
    assert_eq!(reason["rejectReasonDetails"]["detailsCode"], "1007");
    for absent in ["idFirstName", "idLastName", "idNumber", "identityVerification"] {
        assert!(!form.contains_key(absent), "{absent}");
    }
}

#[tokio::test]
async fn an_expiry_is_told_as_nothing_uploaded() {
    let (_stage, form) = told("never-opened", json!({})).await;
    assert_eq!(form["verificationStatus"], "NO_ID_UPLOADED");
    assert!(!form.contains_key("idType") && !form.contains_key("clientIp"));
}

#[tokio::test]
async fn what_was_preset_and_asked_for_comes_back() {
    let stage = Stage::start().await;
    let mut body = stage.initiate_body();
    body["presets"] = json!([{ "index": 1, "country": "AUT", "type": "PASSPORT" }]);
    body["reportingCriteria"] = json!("trial");
    let reply: Value = stage.initiate(&body).await.json().await.unwrap();
    let mut opened = stage.initiated().await;
    reply["transactionReference"]
        .as_str()
        .unwrap()
        .clone_into(&mut opened.execution);
    stage.play(&opened, "pass").await;
    let form = stage.forms(1).await.remove(0);
    assert_eq!(form["presetCountry"], "AUT");
    assert_eq!(form["presetIdType"], "PASSPORT");
    assert_eq!(form["merchantReportingCriteria"], "trial");
}

#[tokio::test]
async fn only_the_end_is_told_whatever_kyx_would_tell() {
    let (stage, _) = told("slow", json!({ "callbacks": { "interim": true } })).await;
    stage.until(|| stage.simulator.tenant.has_told_everything()).await;
    assert_eq!(stage.forms(1).await.len(), 1);
}

#[tokio::test]
async fn copies_are_the_same_to_the_last_letter() {
    let (stage, _) = told("pass", json!({ "callbacks": { "copies": 2 } })).await;
    stage.forms(2).await;
    let bodies = stage.bodies();
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn a_receiver_that_fails_is_called_again() {
    let stage = Stage::start().await;
    stage.receiver.answers.with(|answers| *answers = vec![500]);
    let opened = stage.initiated().await;
    stage.play(&opened, "pass").await;
    stage.forms(2).await;
    let sent = || stage.simulator.tenant.look(&opened.execution).unwrap().sent;
    stage.until(|| sent().len() == 2).await;
    assert_eq!(sent()[1].status, "APPROVED_VERIFIED");
    assert_eq!((sent()[0].answered, sent()[1].answered), (Some(500), Some(200)));
}

#[tokio::test]
async fn a_reversal_is_told_with_everything_but_the_selfie() {
    let settings = json!({ "timers": { "afterwards_ms": 0 } });
    let (stage, _) = told("late-reversal", settings).await;
    let forms = stage.forms(2).await;
    assert_eq!(forms[0]["verificationStatus"], "APPROVED_VERIFIED");
    assert_eq!(forms[1]["verificationStatus"], "DENIED_FRAUD");
    assert_eq!(forms[1]["idLastName"], "DE LA BRUYÈRE D'AVAL");
    assert!(!forms[1].contains_key("identityVerification"));
}

#[tokio::test]
async fn reversed_callbacks_tell_the_older_result_last() {
    let settings = json!({ "timers": { "afterwards_ms": 0 }, "callbacks": { "reversed": true } });
    let (stage, _) = told("late-reversal", settings).await;
    let forms = stage.forms(2).await;
    let verdicts: Vec<&str> = forms
        .iter()
        .map(|form| form["verificationStatus"].as_str())
        .collect();
    assert_eq!(verdicts, ["DENIED_FRAUD", "APPROVED_VERIFIED"]);
}

#[tokio::test]
async fn a_callback_may_name_somebody_elses_scan() {
    let stage = Stage::with(json!({ "callbacks": { "wrong_account": true } })).await;
    let opened = stage.initiated().await;
    stage.play(&opened, "pass").await;
    assert_ne!(stage.forms(1).await[0]["jumioIdScanReference"], opened.execution);
}

#[tokio::test]
async fn details_may_be_a_list_of_one() {
    let (_stage, form) = told("fraud", quirks(&json!({ "listed_details": true }))).await;
    let reason: Value = serde_json::from_str(&form["rejectReason"]).unwrap();
    assert_eq!(reason["rejectReasonDetails"][0]["detailsCode"], "1007");
}

#[tokio::test]
async fn a_reason_may_be_no_json_any_more() {
    let (_stage, form) = told("fraud", quirks(&json!({ "mangled_reason": true }))).await;
    assert!(
        form["rejectReason"].starts_with("{'rejectReasonCode':"),
        "{}",
        form["rejectReason"]
    );
}

#[tokio::test]
async fn spaces_are_written_in_two_ways() {
    let (stage, plus) = told("pass", json!({})).await;
    assert!(stage.bodies()[0].contains("idLastName=DE+LA+"));
    let (stage, percent) = told("pass", quirks(&json!({ "percent_spaces": true }))).await;
    assert!(stage.bodies()[0].contains("idLastName=DE%20LA%20"));
    assert_eq!(plus["idLastName"], percent["idLastName"]);
}

#[tokio::test]
async fn dates_may_be_missing_and_names_in_another_case() {
    let both = quirks(&json!({ "without_dates": true, "other_case": true }));
    let (_stage, form) = told("pass", both).await;
    assert!(!form.contains_key("transactionDate") && !form.contains_key("callbackDate"));
    assert_eq!(form["callbackType"], "NETVERIFYID");
    assert!(form.contains_key("idCheckMrzCode"));
}

#[tokio::test]
async fn times_may_have_no_fraction() {
    let (_stage, form) = told("pass", quirks(&json!({ "fewer_digits": 3 }))).await;
    for name in ["transactionDate", "callbackDate"] {
        assert_eq!(form[name].len(), "2026-02-03T10:11:12Z".len(), "{name}");
    }
}

#[tokio::test]
async fn a_seed_draws_the_same_variations_again() {
    let drawn = |seed: u64| async move {
        let stage = Stage::with(json!({ "netverify": { "seed": seed } })).await;
        let mut all = Vec::new();
        for _ in 0..5 {
            let opened = stage.initiated().await;
            all.push(stage.simulator.tenant.look(&opened.execution).unwrap().quirks);
        }
        all
    };
    assert_eq!(drawn(7).await, drawn(7).await);
    assert_ne!(drawn(7).await, drawn(8).await);
}

#[tokio::test]
async fn the_portals_test_message_comes_too_when_asked() {
    let (stage, _) = told("portal-test", json!({})).await;
    stage.forms(2).await;
    assert_eq!(stage.bodies()[1], r#"{"message": "Test callback"}"#);
}
