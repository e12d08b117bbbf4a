//! The same verbs for transactions of Netverify.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::Stage;

impl Stage {
    /// What the retrieval API answers.
    async fn scan(&self, scan: &str, rest: &str) -> reqwest::Result<reqwest::Response> {
        let path = format!("api/netverify/v2/scans/{scan}{rest}");
        self.netverify(Method::GET, &path).send().await
    }

    /// A stage with one transaction that is processed at once.
    async fn with_a_scan() -> (Self, String) {
        let stage = Self::start().await;
        let timers = json!({ "timers": { "processing_ms": 0, "afterwards_ms": 0 } });
        stage.put("jumio/settings", timers).await;
        let scan = stage.initiate("verification-1").await;
        (stage, scan)
    }
}

#[tokio::test]
async fn a_transaction_says_which_product_it_is_of() {
    let (stage, scan) = Stage::with_a_scan().await;
    let told = stage.get(&format!("jumio/transactions/{scan}")).await;
    assert_eq!(
        (&told["api"], &told["status"]),
        (&json!("netverify"), &json!("PENDING"))
    );
    assert_eq!(told["account"], Value::Null);
    assert_eq!(told["workflowKey"], "200");
    assert_eq!(told["quirks"]["validity"], "documented");
    let page = told["href"].as_str().unwrap();
    assert!(
        page.starts_with(stage.jumio.addresses.netverify.as_str()),
        "{page}"
    );
    stage.create("verification-2").await;
    let other = stage.get("jumio/transactions/latest").await;
    assert_eq!((&other["api"], &other["quirks"]), (&json!("kyx"), &Value::Null));
    let found = stage.get("jumio/transactions?reference=verification-1").await;
    assert_eq!(found[0]["id"], *scan);
}

#[tokio::test]
async fn a_scenario_is_played_with_a_document_and_reversed() {
    let (stage, scan) = Stage::with_a_scan().await;
    let finish = "jumio/transactions/latest/finish";
    let ask = json!({ "scenario": "pass", "document": { "lastName": "FERREOL" } });
    let finished = stage.post(finish, ask).await;
    let back = finished["return"].as_str().unwrap();
    assert!(
        back.starts_with("http://localhost:9/r?transactionStatus=SUCCESS&"),
        "{back}"
    );
    assert_eq!(stage.get("jumio/transactions/latest").await["status"], "DONE");
    let data: Value = stage.scan(&scan, "/data").await.unwrap().json().await.unwrap();
    assert_eq!(data["document"]["lastName"], "FERREOL");
    assert_eq!(data["document"]["status"], "APPROVED_VERIFIED");
    stage.post(finish, json!({ "scenario": "fraud" })).await;
    let data: Value = stage.scan(&scan, "/data").await.unwrap().json().await.unwrap();
    assert_eq!(data["document"]["status"], "DENIED_FRAUD");
    assert_eq!(data["document"]["lastName"], "FERREOL");
    assert!(data["transaction"]["updatedAt"].is_string());
}

#[tokio::test]
async fn a_person_comes_leaves_and_is_forgotten() {
    let (stage, scan) = Stage::with_a_scan().await;
    let begun = stage.post("jumio/transactions/latest/begin", Value::Null).await;
    assert_eq!(begun["status"], "PENDING");
    let left = stage.post("jumio/transactions/latest/expire", Value::Null).await;
    assert_eq!(left["status"], "FAILED");
    let path = format!("jumio/transactions/{scan}");
    assert_eq!(stage.ask(Method::DELETE, &path, Value::Null).await.0, 200);
    assert_eq!(stage.scan(&scan, "").await.unwrap().status(), 404);
}

#[tokio::test]
async fn callbacks_are_sent_right_and_wrong() {
    let (stage, _) = Stage::with_a_scan().await;
    stage
        .put("jumio/settings", json!({ "callbacks": { "send": false } }))
        .await;
    stage
        .post("jumio/transactions/latest/finish", json!({ "scenario": "pass" }))
        .await;
    stage.get("jumio/transactions/latest").await;
    // The host that is called refuses, and its history shows what it was sent.
    let stage = &stage;
    let sent = |ask: Value| async move {
        stage.ask(Method::DELETE, "history", Value::Null).await;
        let answer = stage.post("jumio/transactions/latest/callback", ask).await;
        let entry = stage.get("history").await[0].clone();
        let body = entry["body"].as_str().unwrap().to_owned();
        (answer["sent"][0]["status"].as_str().unwrap().to_owned(), body)
    };
    let (status, body) = sent(json!({})).await;
    assert_eq!(status, "APPROVED_VERIFIED");
    assert!(
        body.contains("verificationStatus=APPROVED_VERIFIED") && body.contains("idLastName=TALVIK"),
        "{body}"
    );
    let (status, body) = sent(json!({ "status": "DENIED_FRAUD" })).await;
    assert_eq!(status, "DENIED_FRAUD");
    assert!(
        body.contains("idScanStatus=ERROR") && !body.contains("TALVIK"),
        "{body}"
    );
    let patch = json!({ "patch": { "jumioIdScanReference": "somebody-else", "idNumber": null } });
    let (_, body) = sent(patch).await;
    assert!(
        body.contains("jumioIdScanReference=somebody-else") && !body.contains("idNumber="),
        "{body}"
    );
    let (status, body) = sent(json!({ "portal_test": true })).await;
    assert_eq!(
        (status.as_str(), body.as_str()),
        ("test", r#"{"message": "Test callback"}"#)
    );
}

#[tokio::test]
async fn each_call_has_a_name_by_which_it_fails_and_is_remembered() {
    let (stage, scan) = Stage::with_a_scan().await;
    stage
        .post("jumio/transactions/latest/finish", json!({ "scenario": "pass" }))
        .await;
    stage.get("jumio/transactions/latest").await;
    for (operation, rest) in [
        ("scan", ""),
        ("scan-data", "/data"),
        ("scan-document", "/data/document"),
        ("scan-transaction", "/data/transaction"),
        ("scan-verification", "/data/verification"),
        ("scan-images", "/images"),
    ] {
        let fault = json!({ "of": "jumio", "operation": operation, "effect": { "status": 503 }, "times": 1 });
        stage.post("faults", fault).await;
        let response = stage.scan(&scan, rest).await.unwrap();
        assert_eq!(response.status(), 503, "{operation}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["httpStatus"], "503", "in the shape of Netverify's errors");
        assert_eq!(
            stage.scan(&scan, rest).await.unwrap().status(),
            200,
            "{operation}"
        );
        let history = stage
            .get(&format!("history?of=jumio&operation={operation}"))
            .await;
        assert_eq!(history.as_array().unwrap().len(), 2, "{operation}");
    }
}

#[tokio::test]
async fn a_start_may_be_lost_after_the_deed() {
    let (stage, _) = Stage::with_a_scan().await;
    let fault =
        json!({ "of": "jumio", "operation": "initiate", "effect": "reset", "after": true, "times": 1 });
    stage.post("faults", fault).await;
    let body = json!({ "customerInternalReference": "two", "userReference": "subject-1" });
    let request = stage.netverify(Method::POST, "api/v4/initiate").json(&body);
    assert!(request.send().await.is_err());
    assert_eq!(
        stage
            .get("jumio/transactions?reference=two")
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_start_may_be_throttled() {
    let (stage, _) = Stage::with_a_scan().await;
    let fault = json!({ "of": "jumio", "operation": "initiate", "effect": { "status": 429 }, "times": 1,
        "retry_after_s": 2 });
    stage.post("faults", fault).await;
    let request = stage.netverify(Method::POST, "api/v4/initiate").json(&json!({}));
    let response = request.send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (429, &"2".parse().unwrap())
    );
}

#[tokio::test]
async fn data_may_break_off_or_be_something_else() {
    let (stage, scan) = Stage::with_a_scan().await;
    stage
        .post("jumio/transactions/latest/finish", json!({ "scenario": "pass" }))
        .await;
    stage.get("jumio/transactions/latest").await;
    let fault =
        |effect: Value| json!({ "of": "jumio", "operation": "scan-data", "effect": effect, "times": 1 });
    stage.post("faults", fault(json!("truncate"))).await;
    assert!(stage.scan(&scan, "/data").await.unwrap().bytes().await.is_err());
    stage.post("faults", fault(json!("garbage"))).await;
    assert!(
        stage
            .scan(&scan, "/data")
            .await
            .unwrap()
            .json::<Value>()
            .await
            .is_err()
    );
    stage
        .post("faults", fault(json!({ "content-type": "text/html" })))
        .await;
    let response = stage.scan(&scan, "/data").await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/html");
    stage.post("faults", fault(json!("reset"))).await;
    assert!(stage.scan(&scan, "/data").await.is_err());
}

#[tokio::test]
async fn nonsense_in_the_settings_is_refused() {
    let (stage, _) = Stage::with_a_scan().await;
    for wrong in [
        json!({ "netverify": { "quirk": {} } }),
        json!({ "netverify": { "quirks": { "validity": "yes" } } }),
        json!({ "netverify": { "quirks": { "without": "face" } } }),
        json!({ "netverify": { "refusal_status": 500 } }),
        json!({ "netverify": { "pending_data_status": 204 } }),
    ] {
        let (status, _) = stage.refused(Method::PUT, "jumio/settings", wrong.clone()).await;
        assert_eq!(status, 400, "{wrong}");
    }
}
