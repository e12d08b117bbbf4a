//! What Key Vault refuses, in its own shapes.

use rig::vault::Settings;
use rig::vault::store::Value as Stored;
use serde_json::Value;

use super::client::Stage;

async fn refused(response: reqwest::Response, status: u16, code: &str) -> Value {
    assert_eq!(response.status(), status);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"]["code"], code);
    body
}

#[tokio::test]
async fn no_token_is_answered_with_a_challenge() {
    let stage = Stage::start().await;
    let url = stage.simulator.url.join("secrets/a?api-version=7.4").unwrap();
    let response = stage.http.get(url).send().await.unwrap();
    let challenge = response.headers()["www-authenticate"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        challenge.starts_with("Bearer authorization=\"https://login.windows.net/"),
        "{challenge}"
    );
    assert!(
        challenge.ends_with("resource=\"https://vault.azure.net\""),
        "{challenge}"
    );
    refused(response, 401, "Unauthorized").await;
}

#[tokio::test]
async fn a_token_for_storage_does_not_open_the_vault() {
    let stage = Stage::start().await;
    let token = stage.token("https://storage.azure.com").await;
    let url = stage.simulator.url.join("secrets/a?api-version=7.4").unwrap();
    let response = stage.http.get(url).bearer_auth(token).send().await.unwrap();
    let body = refused(response, 401, "Unauthorized").await;
    assert!(body["error"]["message"].as_str().unwrap().contains("audience"));
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let stage = Stage::start().await;
    let token = stage.token("https://vault.azure.net").await;
    stage
        .backstage
        .clock
        .advance(std::time::Duration::from_secs(86_400));
    let url = stage.simulator.url.join("secrets/a?api-version=7.4").unwrap();
    let response = stage.http.get(url).bearer_auth(token).send().await.unwrap();
    refused(response, 401, "Unauthorized").await;
}

#[tokio::test]
async fn an_unknown_secret_is_not_found() {
    let stage = Stage::start().await;
    refused(
        stage.get("secrets/nothing/?api-version=7.4").await,
        404,
        "SecretNotFound",
    )
    .await;
}

#[tokio::test]
async fn a_secret_is_no_certificate() {
    let stage = Stage::start().await;
    stage.put("a", "x");
    refused(
        stage.get("certificates/a?api-version=7.4").await,
        404,
        "CertificateNotFound",
    )
    .await;
}

#[tokio::test]
async fn a_denied_secret_is_forbidden() {
    let stage = Stage::start().await;
    stage.put("a", "x");
    let settings = Settings {
        denied: vec!["A".to_owned()],
        ..stage.simulator.vault.settings()
    };
    stage.simulator.vault.set(settings);
    let body = refused(stage.get("secrets/a/?api-version=7.4").await, 403, "Forbidden").await;
    assert_eq!(body["error"]["innererror"]["code"], "ForbiddenByPolicy");
}

#[tokio::test]
async fn a_disabled_secret_is_forbidden() {
    let stage = Stage::start().await;
    let now = stage.backstage.clock.now();
    let value = Stored {
        disabled: true,
        ..Stored::from("x")
    };
    stage
        .simulator
        .vault
        .store
        .with(|store| store.put("a", value, now))
        .unwrap();
    let body = refused(stage.get("secrets/a/?api-version=7.4").await, 403, "Forbidden").await;
    assert_eq!(body["error"]["innererror"]["code"], "SecretDisabled");
}

#[tokio::test]
async fn a_request_without_version_is_bad() {
    let stage = Stage::start().await;
    refused(stage.get("secrets/a").await, 400, "BadParameter").await;
}

#[tokio::test]
async fn another_rig_is_not_trusted() {
    let (stage, other) = (Stage::start().await, Stage::start().await);
    let client = reqwest::Client::builder()
        .tls_certs_only(reqwest::Certificate::from_pem_bundle(&other.simulator.trusted_pem).unwrap())
        .resolve(&stage.simulator.host, stage.simulator.address)
        .no_proxy()
        .build()
        .unwrap();
    assert!(
        client
            .get(stage.simulator.url.clone())
            .send()
            .await
            .unwrap_err()
            .is_connect()
    );
}
