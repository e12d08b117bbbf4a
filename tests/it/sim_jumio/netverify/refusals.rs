//! What Netverify refuses, each in its own words.

use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use super::super::client::Stage;

/// The message of a refusal, whose body has the shape seen on the wire.
async fn refused(response: Response, status: u16) -> String {
    assert_eq!(response.status(), status);
    assert_eq!(response.headers()["content-type"], "application/json");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["httpStatus"], status.to_string(), "a number as text");
    assert!(
        body["requestURI"]
            .as_str()
            .unwrap()
            .starts_with("https://netverify.com/"),
        "{body}"
    );
    body["message"].as_str().unwrap().to_owned()
}

/// The same call without one of its headers, or with another value.
async fn with_header(request: RequestBuilder, name: &'static str, value: Option<&str>) -> Response {
    let (client, request) = request.build_split();
    let mut request = request.unwrap();
    request.headers_mut().remove(name);
    if let Some(value) = value {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    client.execute(request).await.unwrap()
}

/// An initiate request and a reading, for rules that hold for both.
async fn both(stage: &Stage) -> [RequestBuilder; 2] {
    let opened = stage.initiated().await;
    let path = format!("api/netverify/v2/scans/{}", opened.execution);
    [
        stage
            .netverify(Method::POST, "api/v4/initiate")
            .json(&stage.initiate_body()),
        stage.netverify(Method::GET, &path),
    ]
}

/// What an initiate request with a patched body is refused with.
async fn refused_body(stage: &Stage, patch: Value) -> String {
    let mut body = stage.initiate_body();
    rig::merge::merge(&mut body, &patch);
    refused(stage.initiate(&body).await, 403).await
}

#[tokio::test]
async fn a_missing_user_agent_is_forbidden() {
    let stage = Stage::start().await;
    for request in both(&stage).await {
        let message = refused(with_header(request, "user-agent", None).await, 403).await;
        assert_eq!(message, "Forbidden: User-Agent is missing");
    }
}

#[tokio::test]
async fn a_user_agent_without_a_company_is_forbidden_where_jumio_is_strict() {
    let stage = Stage::start().await;
    let [_, reading] = both(&stage).await;
    stage.set(&json!({ "strict": true }));
    let response = with_header(reading, "user-agent", Some("curl/8.5.0")).await;
    let message = refused(response, 403).await;
    assert_eq!(
        message,
        "Forbidden: User-Agent does not name company, app and version"
    );
}

#[tokio::test]
async fn a_missing_accept_is_forbidden() {
    let stage = Stage::start().await;
    for request in both(&stage).await {
        let message = refused(with_header(request, "accept", None).await, 403).await;
        assert_eq!(message, "Forbidden: Accept is missing or odd");
    }
}

#[tokio::test]
async fn an_accept_of_something_else_is_forbidden() {
    let stage = Stage::start().await;
    for request in both(&stage).await {
        let message = refused(with_header(request, "accept", Some("text/html")).await, 403).await;
        assert_eq!(message, "Forbidden: Accept is missing or odd");
    }
}

#[tokio::test]
async fn an_image_wants_an_accept_of_images() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    stage.play(&opened, "pass").await;
    let message = refused(stage.scan(&opened, "/images/front").await, 403).await;
    assert_eq!(message, "Forbidden: Accept is missing or odd");
    let path = format!("api/netverify/v2/scans/{}/images/front", opened.execution);
    let request = stage.netverify(Method::GET, &path);
    let response = with_header(request, "accept", Some("image/jpeg, image/png")).await;
    refused(response, 404).await;
}

#[tokio::test]
async fn a_missing_content_type_is_forbidden() {
    let stage = Stage::start().await;
    let [initiate, _] = both(&stage).await;
    let message = refused(with_header(initiate, "content-type", None).await, 403).await;
    assert_eq!(message, "Forbidden: Content-Type is missing or odd");
}

#[tokio::test]
async fn a_form_is_no_initiate_request() {
    let stage = Stage::start().await;
    let request = stage
        .netverify(Method::POST, "api/v4/initiate")
        .form(&[("a", "b")]);
    let message = refused(request.send().await.unwrap(), 403).await;
    assert_eq!(message, "Forbidden: Content-Type is missing or odd");
}

#[tokio::test]
async fn a_body_of_unknown_length_is_forbidden() {
    let stage = Stage::start().await;
    let pieces = futures::stream::iter([Ok::<_, std::io::Error>("{}".to_owned())]);
    let request = stage
        .netverify(Method::POST, "api/v4/initiate")
        .header("content-type", "application/json")
        .body(reqwest::Body::wrap_stream(pieces));
    let message = refused(request.send().await.unwrap(), 403).await;
    assert_eq!(message, "Forbidden: Content-Length is missing");
}

#[tokio::test]
async fn missing_credentials_are_forbidden() {
    let stage = Stage::start().await;
    for request in both(&stage).await {
        let message = refused(with_header(request, "authorization", None).await, 403).await;
        assert_eq!(message, "Forbidden: Basic credentials are missing");
    }
}

#[tokio::test]
async fn an_access_token_is_no_credential_here() {
    let stage = Stage::start().await;
    let bearer = format!("Bearer {}", stage.token().await);
    for request in both(&stage).await {
        let message = refused(with_header(request, "authorization", Some(&bearer)).await, 403).await;
        assert_eq!(message, "Forbidden: Basic credentials are missing");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_forbidden() {
    let stage = Stage::start().await;
    for request in both(&stage).await {
        // base64 of `somebody:guess`
        let response = with_header(request, "authorization", Some("Basic c29tZWJvZHk6Z3Vlc3M=")).await;
        assert_eq!(
            refused(response, 403).await,
            "Forbidden: the credentials are invalid"
        );
    }
}

#[tokio::test]
async fn the_pair_for_administration_reads_but_does_not_initiate() {
    let stage = Stage::start().await;
    let tenant = &stage.simulator.tenant;
    let other = stage
        .http
        .get("http://localhost")
        .basic_auth(&tenant.reader_id, Some(&tenant.reader_secret));
    let other = other.build().unwrap().headers()["authorization"]
        .to_str()
        .unwrap()
        .to_owned();
    let [initiate, reading] = both(&stage).await;
    let message = refused(with_header(initiate, "authorization", Some(&other)).await, 403).await;
    assert_eq!(message, "Forbidden: these credentials only read and delete");
    assert_eq!(
        with_header(reading, "authorization", Some(&other)).await.status(),
        200
    );
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    let stage = Stage::start().await;
    let request = stage.netverify(Method::POST, "api/v4/initiate");
    let request = request.header("content-type", "application/json").body("{");
    assert_eq!(
        refused(request.send().await.unwrap(), 403).await,
        "the body is not JSON"
    );
}

#[tokio::test]
async fn a_missing_customer_reference_is_refused() {
    let stage = Stage::start().await;
    let message = refused_body(&stage, json!({ "customerInternalReference": null })).await;
    assert_eq!(message, "customerInternalReference is mandatory");
}

#[tokio::test]
async fn a_missing_user_reference_is_refused() {
    let stage = Stage::start().await;
    let message = refused_body(&stage, json!({ "userReference": null })).await;
    assert_eq!(message, "userReference is mandatory");
}

#[tokio::test]
async fn a_long_error_address_is_refused_and_a_long_success_address_is_not() {
    let stage = Stage::start().await;
    let long = format!("http://localhost:9/return?hint={}", "a".repeat(1800));
    let message = refused_body(&stage, json!({ "errorUrl": long })).await;
    assert_eq!(message, "errorUrl is longer than 255 characters");
    let mut body = stage.initiate_body();
    body["successUrl"] = json!(long);
    assert_eq!(stage.initiate(&body).await.status(), 200);
}

#[tokio::test]
async fn an_address_with_an_appended_name_is_refused() {
    let stage = Stage::start().await;
    let address = "http://localhost:9/return?transactionReference=1";
    let message = refused_body(&stage, json!({ "successUrl": address })).await;
    assert_eq!(message, "successUrl already has a parameter that is appended");
}

#[tokio::test]
async fn a_workflow_as_text_is_refused() {
    let stage = Stage::start().await;
    let message = refused_body(&stage, json!({ "workflowId": "200" })).await;
    assert_eq!(message, "workflowId is not a number");
}

#[tokio::test]
async fn a_selfie_that_was_not_activated_is_refused() {
    let stage = Stage::with(json!({ "netverify": { "identity": false } })).await;
    let message = refused_body(&stage, json!({})).await;
    assert_eq!(message, "workflowId 200 is not activated");
}

#[tokio::test]
async fn strict_addresses_are_public() {
    let stage = Stage::with(json!({ "strict": true })).await;
    assert_eq!(refused_body(&stage, json!({})).await, "callbackUrl is not https");
}

#[tokio::test]
async fn odd_values_may_be_a_bad_request_instead() {
    let stage = Stage::with(json!({ "netverify": { "refusal_status": 400 } })).await;
    refused(stage.initiate(&json!({})).await, 400).await;
}

#[tokio::test]
async fn an_unknown_scan_is_not_found_in_the_words_of_the_wire() {
    let stage = Stage::start().await;
    let path = "api/netverify/v2/scans/0b6d0f0e-3f5c-4b8c-9a51-0d6f6c1e7a11";
    let response = stage.netverify(Method::GET, path).send().await.unwrap();
    assert!(response.headers().contains_key("x-trackingid"));
    let message = refused(response, 404).await;
    assert_eq!(
        message,
        "Not found: Scan not found for 0b6d0f0e-3f5c-4b8c-9a51-0d6f6c1e7a11"
    );
}

#[tokio::test]
async fn the_status_in_a_body_may_be_a_number() {
    let stage = Stage::with(json!({ "netverify": { "quirks": { "number_status": true } } })).await;
    let response = stage
        .netverify(Method::GET, "api/netverify/v2/scans/nobody")
        .send()
        .await
        .unwrap();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["httpStatus"], 404);
}

#[tokio::test]
async fn transactions_of_one_product_are_unknown_to_the_other() {
    let stage = Stage::start().await;
    let kyx = stage.create().await;
    assert_eq!(stage.scan(&kyx, "").await.status(), 404);
    let mut scan = stage.initiated().await;
    scan.account = "subject-1".to_owned();
    assert_eq!(stage.retrieve(&scan, "/status").await.status(), 404);
    let url = stage
        .simulator
        .addresses
        .account
        .join("api/v1/accounts/subject-1")
        .unwrap();
    let update = stage.call(Method::PUT, url).await.json(&stage.body());
    assert_eq!(update.send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn methods_and_paths_that_there_are_not() {
    let stage = Stage::start().await;
    let opened = stage.initiated().await;
    let get = stage
        .netverify(Method::GET, "api/v4/initiate")
        .send()
        .await
        .unwrap();
    refused(get, 405).await;
    let scan = format!("api/netverify/v2/scans/{}", opened.execution);
    let put = stage
        .netverify(Method::PUT, &scan)
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    refused(put, 405).await;
    refused(stage.scan(&opened, "/nothing").await, 404).await;
    let other = stage.netverify(Method::GET, "api/netverify/v2/supportedIdTypes");
    refused(other.send().await.unwrap(), 404).await;
}

#[tokio::test]
async fn a_sixth_initiate_in_five_seconds_is_throttled_when_asked() {
    let stage = Stage::with(json!({ "rate_limits": true })).await;
    for _ in 0..5 {
        stage.initiated().await;
    }
    let response = stage.initiate(&stage.initiate_body()).await;
    assert_eq!(refused(response, 429).await, "Request limit exceeded");
    stage.backstage.clock.advance(std::time::Duration::from_secs(5));
    stage.initiated().await;
}

#[tokio::test]
async fn a_seventy_sixth_reading_in_five_seconds_is_throttled_when_asked() {
    let stage = Stage::with(json!({ "rate_limits": true })).await;
    let opened = stage.initiated().await;
    for _ in 0..75 {
        stage.told(&opened, "").await;
    }
    refused(stage.scan(&opened, "").await, 429).await;
}

#[tokio::test]
async fn rude_manners_refuse_a_reading_now_and_then_and_never_a_start() {
    let stage = Stage::start().await;
    stage.backstage.manners.set(Some(1));
    let opened = stage.initiated().await;
    let mut refused = 0;
    for _ in 0..600 {
        match stage.scan(&opened, "").await.status().as_u16() {
            429 => refused += 1,
            status => assert_eq!(status, 200),
        }
    }
    assert!((1..40).contains(&refused), "{refused} of 600");
    for _ in 0..300 {
        stage.initiated().await;
    }
}
