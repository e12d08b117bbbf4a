//! A person's way through Netverify's hosted page.

use std::collections::HashMap;

use reqwest::Response;
use serde_json::json;

use super::super::client::{Opened, Stage};

impl Stage {
    /// Presses a button of Netverify's hosted page.
    async fn press_there(&self, opened: &Opened, fields: &[(&str, &str)]) -> Response {
        let page: url::Url = opened.href.parse().unwrap();
        let query: HashMap<String, String> = page.query_pairs().into_owned().collect();
        let mut form = vec![("authorizationToken", query["authorizationToken"].as_str())];
        form.extend(fields);
        let url = self.simulator.addresses.netverify.join("web/v4/app").unwrap();
        self.http.post(url).form(&form).send().await.unwrap()
    }

    fn status_of(&self, opened: &Opened) -> &'static str {
        let transaction = self.simulator.tenant.look(&opened.execution).unwrap();
        rig::jumio::netverify::words::status(&transaction)
    }
}

fn location(response: &Response) -> String {
    assert_eq!(response.status(), 303);
    response.headers()["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_person_submits_and_comes_back_with_three_parameters() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    let page = stage.http.get(&opened.href).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let text = page.text().await.unwrap();
    assert!(text.contains("SIMULATOR") && text.contains("Netverify"), "{text}");
    let fields = [("action", "submit"), ("scenario", "pass"), ("person", "2")];
    let back = location(&stage.press_there(&opened, &fields).await);
    let expected = format!(
        "http://localhost:9/return/handle?transactionStatus=SUCCESS&customerInternalReference=verification-1&transactionReference={}",
        opened.execution
    );
    assert_eq!(back, expected);
    stage.until(|| stage.status_of(&opened) == "DONE").await;
    assert_eq!(
        stage.told(&opened, "/data").await["document"]["firstName"],
        "ANAÏS"
    );
}

#[tokio::test]
async fn an_error_goes_to_the_error_address_after_its_query_with_a_fourth() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    let fields = [("action", "error"), ("errorCode", "9820")];
    let back = location(&stage.press_there(&opened, &fields).await);
    assert!(
        back.starts_with("http://localhost:9/return/handle?from=jumio&transactionStatus=ERROR&"),
        "{back}"
    );
    assert!(back.ends_with("&errorCode=9820"), "{back}");
    assert_eq!(stage.status_of(&opened), "PENDING");
}

#[tokio::test]
async fn a_long_success_address_with_a_token_in_it_is_kept_whole() {
    let stage = Stage::start().await;
    let mut body = stage.initiate_body();
    let address = format!("http://localhost:9/return?id_token_hint={}", "a".repeat(1500));
    body["successUrl"] = json!(address);
    let reply: serde_json::Value = stage.initiate(&body).await.json().await.unwrap();
    let opened = Opened {
        account: String::new(),
        execution: reply["transactionReference"].as_str().unwrap().to_owned(),
        href: reply["redirectUrl"].as_str().unwrap().to_owned(),
    };
    let fields = [("action", "submit"), ("scenario", "pass")];
    let back = location(&stage.press_there(&opened, &fields).await);
    assert!(
        back.starts_with(&format!("{address}&transactionStatus=SUCCESS&")),
        "{back}"
    );
}

#[tokio::test]
async fn leaving_fails_after_fifteen_minutes() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    stage.press_there(&opened, &[("action", "abandon")]).await;
    stage.backstage.clock.advance(std::time::Duration::from_secs(899));
    assert_eq!(stage.status_of(&opened), "PENDING");
    stage.backstage.clock.advance(std::time::Duration::from_secs(2));
    assert_eq!(stage.status_of(&opened), "FAILED");
    let back = location(&stage.http.get(&opened.href).send().await.unwrap());
    assert!(back.ends_with("&errorCode=9210"), "{back}");
}

#[tokio::test]
async fn leaving_after_a_blurred_picture_is_a_result_after_fifteen_minutes() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    let page = stage.press_there(&opened, &[("action", "attempt")]).await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("so far 1"));
    stage.backstage.clock.advance(std::time::Duration::from_secs(901));
    assert_eq!(stage.status_of(&opened), "DONE");
    let data = stage.told(&opened, "/data").await;
    assert_eq!(data["document"]["status"], "ERROR_NOT_READABLE_ID");
}

#[tokio::test]
async fn a_third_blurred_picture_is_the_last() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    for _ in 0..2 {
        let page = stage.press_there(&opened, &[("action", "attempt")]).await;
        assert_eq!(page.status(), 200);
    }
    let back = location(&stage.press_there(&opened, &[("action", "attempt")]).await);
    assert!(back.ends_with("&errorCode=9835"), "{back}");
    stage.until(|| stage.status_of(&opened) == "DONE").await;
    let data = stage.told(&opened, "/data").await;
    assert_eq!(data["document"]["status"], "ERROR_NOT_READABLE_ID");
    let again = location(&stage.http.get(&opened.href).send().await.unwrap());
    assert!(again.ends_with("&errorCode=9835"), "{again}");
}

#[tokio::test]
async fn a_second_picture_may_be_a_good_one() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    stage.press_there(&opened, &[("action", "attempt")]).await;
    let fields = [("action", "submit"), ("scenario", "pass")];
    location(&stage.press_there(&opened, &fields).await);
    stage.until(|| stage.status_of(&opened) == "DONE").await;
    let data = stage.told(&opened, "/data").await;
    assert_eq!(data["document"]["status"], "APPROVED_VERIFIED");
}

#[tokio::test]
async fn a_link_nobody_opens_lives_as_long_as_it_was_asked_to() {
    let stage = Stage::start().await;
    let mut body = stage.initiate_body();
    body["tokenLifetimeInMinutes"] = json!(5);
    let reply: serde_json::Value = stage.initiate(&body).await.json().await.unwrap();
    let opened = Opened {
        account: String::new(),
        execution: reply["transactionReference"].as_str().unwrap().to_owned(),
        href: reply["redirectUrl"].as_str().unwrap().to_owned(),
    };
    stage.backstage.clock.advance(std::time::Duration::from_secs(299));
    assert_eq!(stage.status_of(&opened), "PENDING");
    stage.backstage.clock.advance(std::time::Duration::from_secs(2));
    let back = location(&stage.http.get(&opened.href).send().await.unwrap());
    assert!(back.ends_with("&errorCode=9200"), "{back}");
    assert_eq!(stage.status_of(&opened), "FAILED");
}

#[tokio::test]
async fn a_link_of_one_product_is_not_known_to_the_other() {
    let stage = Stage::start().await;
    let (kyx, scan) = (stage.create().await, stage.initiated().await);
    assert_eq!(
        stage.press_there(&kyx, &[("action", "abandon")]).await.status(),
        401
    );
    assert_eq!(stage.press(&scan, &[("action", "abandon")]).await.status(), 401);
}

#[tokio::test]
async fn kyx_counts_no_attempts() {
    let stage = Stage::start().await;
    let opened = stage.create().await;
    assert_eq!(stage.press(&opened, &[("action", "attempt")]).await.status(), 400);
}

#[tokio::test]
async fn automatic_play_sends_the_browser_straight_back() {
    let stage = Stage::with(json!({ "auto": true, "scenario": "abandoned" })).await;
    let opened = stage.initiated().await;
    let back = location(&stage.http.get(&opened.href).send().await.unwrap());
    assert!(back.ends_with("&errorCode=9210"), "{back}");
}
