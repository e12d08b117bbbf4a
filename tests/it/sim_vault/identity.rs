//! The managed identity endpoint.

use serde_json::Value;

use super::client::Stage;

const GOOD: [(&str, &str); 2] = [
    ("api-version", "2019-08-01"),
    ("resource", "https://vault.azure.net"),
];

#[tokio::test]
async fn the_end_of_a_token_is_text() {
    let stage = Stage::start().await;
    let response = stage.identity(&GOOD, &stage.simulator.identity_header).await;
    let body: Value = response.json().await.unwrap();
    let ends = body["expires_on"].as_str().unwrap().parse::<i64>().unwrap();
    assert!(ends > stage.backstage.clock.now().unix_timestamp() + 86_000);
    assert_eq!(body["token_type"], "Bearer");
}

#[tokio::test]
async fn the_header_is_a_secret() {
    let stage = Stage::start().await;
    assert_eq!(stage.identity(&GOOD, "guess").await.status(), 401);
    let bare = stage
        .http
        .get(stage.simulator.identity_endpoint.clone())
        .query(&GOOD)
        .send()
        .await
        .unwrap();
    assert_eq!(bare.status(), 401);
}

#[tokio::test]
async fn another_protocol_version_is_refused() {
    let stage = Stage::start().await;
    let query = [("api-version", "2018-02-01"), GOOD[1]];
    assert_eq!(
        stage
            .identity(&query, &stage.simulator.identity_header)
            .await
            .status(),
        400
    );
}

#[tokio::test]
async fn an_unknown_resource_is_refused() {
    let stage = Stage::start().await;
    let query = [GOOD[0], ("resource", "https://example.com")];
    assert_eq!(
        stage
            .identity(&query, &stage.simulator.identity_header)
            .await
            .status(),
        400
    );
}

/// By whichever of its ids: an app that names an identity it does not have must not be given another one's token.
#[tokio::test]
async fn an_identity_that_is_not_assigned_is_refused() {
    let stage = Stage::start().await;
    let header = &stage.simulator.identity_header;
    let issuer = &stage.simulator.vault.issuer;
    let nobody = "00000000-0000-4000-8000-000000000009";
    for (name, known) in [
        ("client_id", &issuer.client_id),
        ("principal_id", &issuer.principal_id),
        ("object_id", &issuer.principal_id),
        ("mi_res_id", &issuer.resource_id),
        ("msi_res_id", &issuer.resource_id),
    ] {
        for unknown in [nobody, "", &issuer.tenant] {
            let response = stage.identity(&[GOOD[0], GOOD[1], (name, unknown)], header).await;
            assert_eq!(response.status(), 400, "{name}={unknown}");
            let id = response.headers()["x-correlation-id"]
                .to_str()
                .unwrap()
                .to_owned();
            let body: Value = response.json().await.unwrap();
            let words = "No User Assigned or Delegated Managed Identity found";
            assert!(body["message"].as_str().unwrap().starts_with(words), "{body}");
            assert_eq!(
                (&body["statusCode"], body["correlationId"].as_str()),
                (&400.into(), Some(id.as_str()))
            );
        }
        let query = [GOOD[0], GOOD[1], (name, known.as_str())];
        assert_eq!(stage.identity(&query, header).await.status(), 200, "{name}");
    }
}

#[tokio::test]
async fn a_request_for_no_resource_is_told_so() {
    let stage = Stage::start().await;
    let response = stage.identity(&GOOD[..1], &stage.simulator.identity_header).await;
    assert_eq!(response.status(), 400);
    assert!(response.text().await.unwrap().contains("resource is missing"));
}
