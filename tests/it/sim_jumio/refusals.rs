//! What Jumio refuses.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Opened, Stage};

async fn refused(response: reqwest::Response, status: u16) -> Value {
    assert_eq!(response.status(), status);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["status"], status);
    body
}

#[tokio::test]
async fn a_wrong_secret_gets_no_token() {
    let stage = Stage::start().await;
    let tenant = &stage.simulator.tenant;
    let wrong = stage.token_request().basic_auth(&tenant.client_id, Some("guess"));
    // reqwest adds a second Authorization header, so the right one is not sent at all here.
    let (client, request) = wrong.build_split();
    let mut request = request.unwrap();
    let last = request
        .headers()
        .get_all("authorization")
        .iter()
        .next_back()
        .unwrap()
        .clone();
    request.headers_mut().insert("authorization", last);
    let body = refused(client.execute(request).await.unwrap(), 401).await;
    assert_eq!(body["detail"], "The provided credentials are invalid");
}

#[tokio::test]
async fn another_grant_is_refused() {
    let stage = Stage::start().await;
    let response = stage
        .token_request()
        .form(&[("grant_type", "password")])
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 400);
}

#[tokio::test]
async fn a_missing_user_agent_is_forbidden_everywhere() {
    let stage = Stage::start().await;
    let addresses = &stage.simulator.addresses;
    for url in [
        &addresses.auth.join("oauth2/token").unwrap(),
        &addresses.account.join("api/v1/accounts").unwrap(),
    ] {
        let response = stage
            .http
            .post(url.clone())
            .header("accept", "application/json")
            .send()
            .await
            .unwrap();
        refused(response, 403).await;
    }
    let response = stage
        .http
        .get(addresses.status.clone())
        .header("accept", "application/json")
        .send()
        .await;
    refused(response.unwrap(), 403).await;
}

#[tokio::test]
async fn a_missing_accept_is_forbidden() {
    let stage = Stage::start().await;
    let url = stage.simulator.addresses.account.join("api/v1/accounts").unwrap();
    let request = stage
        .http
        .post(url)
        .header("user-agent", "Rig Tests/1.0")
        .header("accept", "text/html");
    refused(request.send().await.unwrap(), 403).await;
}

#[tokio::test]
async fn a_form_is_no_account_request() {
    let stage = Stage::start().await;
    let url = stage.simulator.addresses.account.join("api/v1/accounts").unwrap();
    let response = stage
        .call(Method::POST, url)
        .await
        .form(&[("a", "b")])
        .send()
        .await
        .unwrap();
    refused(response, 403).await;
}

#[tokio::test]
async fn an_expired_access_token_is_refused() {
    let stage = Stage::start().await;
    let url = stage.simulator.addresses.account.join("api/v1/accounts").unwrap();
    let request = stage.call(Method::POST, url).await.json(&stage.body());
    stage
        .backstage
        .clock
        .advance(std::time::Duration::from_secs(3600));
    refused(request.send().await.unwrap(), 401).await;
}

#[tokio::test]
async fn an_access_token_of_another_start_is_refused() {
    let (stage, other) = (Stage::start().await, Stage::start().await);
    let url = stage.simulator.addresses.account.join("api/v1/accounts").unwrap();
    let response = stage
        .http
        .post(url)
        .bearer_auth(other.token().await)
        .header("user-agent", "Rig Tests/1.0")
        .header("accept", "application/json")
        .json(&stage.body())
        .send();
    refused(response.await.unwrap(), 401).await;
}

#[tokio::test]
async fn a_body_that_is_not_json_is_a_bad_request() {
    let stage = Stage::start().await;
    let url = stage.simulator.addresses.account.join("api/v1/accounts").unwrap();
    let request = stage
        .call(Method::POST, url)
        .await
        .header("content-type", "application/json")
        .body("{");
    let body = refused(request.send().await.unwrap(), 400).await;
    assert_eq!(body["detail"], "The body is not JSON");
}

#[tokio::test]
async fn a_missing_location_is_a_bad_request() {
    let stage = Stage::start().await;
    let mut body = stage.body();
    body["userConsent"]
        .as_object_mut()
        .unwrap()
        .remove("userLocation");
    refused(stage.post_account(&body).await, 400).await;
}

#[tokio::test]
async fn strict_addresses_have_no_port() {
    let stage = Stage::with(json!({ "strict": true })).await;
    let body = refused(stage.post_account(&stage.body()).await, 400).await;
    assert_eq!(body["detail"], "callbackUrl is not https");
}

#[tokio::test]
async fn a_repeat_is_an_update_of_the_same_account() {
    let stage = Stage::start().await;
    let first = stage.create().await;
    let url = stage
        .simulator
        .addresses
        .account
        .join(&format!("api/v1/accounts/{}", first.account))
        .unwrap();
    let reply = stage
        .call(Method::PUT, url)
        .await
        .json(&stage.body())
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 200);
    let second = Opened::of(&reply.json().await.unwrap());
    assert_eq!(second.account, first.account);
    assert_ne!(second.execution, first.execution);
}

#[tokio::test]
async fn an_update_of_an_unknown_account_is_not_found() {
    let stage = Stage::start().await;
    let url = stage
        .simulator
        .addresses
        .account
        .join("api/v1/accounts/nobody")
        .unwrap();
    let response = stage
        .call(Method::PUT, url)
        .await
        .json(&stage.body())
        .send()
        .await
        .unwrap();
    refused(response, 404).await;
}

#[tokio::test]
async fn a_second_account_in_a_second_is_throttled_when_asked() {
    let stage = Stage::with(json!({ "rate_limits": true })).await;
    stage.create().await;
    let body = refused(stage.post_account(&stage.body()).await, 429).await;
    assert_eq!(body["title"], "Too Many Requests");
    stage.backstage.clock.advance(std::time::Duration::from_secs(1));
    stage.create().await;
}

#[tokio::test]
async fn repeated_token_requests_get_the_same_token_until_it_is_old() {
    let stage = Stage::start().await;
    let first = stage.token().await;
    assert_eq!(stage.token().await, first);
    stage
        .backstage
        .clock
        .advance(std::time::Duration::from_secs(3001));
    assert_ne!(stage.token().await, first);
}

#[tokio::test]
async fn a_method_a_path_does_not_have_is_refused() {
    let stage = Stage::start().await;
    let url = stage.simulator.addresses.account.join("api/v1/accounts").unwrap();
    refused(
        stage
            .call(Method::PUT, url)
            .await
            .json(&stage.body())
            .send()
            .await
            .unwrap(),
        405,
    )
    .await;
}

#[tokio::test]
async fn hosts_do_not_answer_for_each_other() {
    let stage = Stage::start().await;
    let url = stage.simulator.addresses.retrieval.join("oauth2/token").unwrap();
    refused(
        stage
            .call(Method::POST, url)
            .await
            .json(&json!({}))
            .send()
            .await
            .unwrap(),
        404,
    )
    .await;
}
