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
    assert_eq!(body["error"]["innererror"]["code"], "AccessDenied");
    let message = body["error"]["message"].as_str().unwrap();
    let issuer = &stage.simulator.vault.issuer;
    for word in [&issuer.client_id, &issuer.principal_id, "secrets get", "kv-rig"] {
        assert!(message.contains(word), "{word}: {message}");
    }
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
async fn a_version_of_the_protocol_that_does_not_exist_is_bad() {
    let stage = Stage::start().await;
    stage.put("a", "x");
    for version in ["2099-01-01", "7.99", "7", "20", ""] {
        let path = format!("secrets/a?api-version={version}");
        let message = stage.refused(&path, 400, "BadParameter").await;
        assert!(message.contains("is not recognized"), "{message}");
    }
    for version in [
        "2015-06-01",
        "7.0",
        "7.6",
        "7.6-preview.1",
        "2025-07-01",
        "2026-04-01",
    ] {
        stage.read(&format!("secrets/a?api-version={version}")).await;
    }
}

#[tokio::test]
async fn a_name_that_no_secret_can_have_is_bad() {
    let stage = Stage::start().await;
    for (written, name) in [
        ("secrets/a%3Ab", "a:b"),
        ("secrets/a_b/versions", "a_b"),
        ("certificates/a.b/policy", "a.b"),
        ("deletedsecrets/a+b", "a+b"),
        (&format!("secrets/{}", "a".repeat(128)), &"a".repeat(128)),
    ] {
        let path = format!("{written}?api-version=7.4");
        let message = stage.refused(&path, 400, "BadParameter").await;
        assert_eq!(
            message,
            format!("The request URI contains an invalid name: {name}")
        );
    }
}

#[tokio::test]
async fn what_is_no_version_is_taken_for_an_operation() {
    let stage = Stage::start().await;
    stage.put("a", "x");
    for (written, word) in [
        ("latest", "latest"),
        ("%3Cversion%3E", "<version>"),
        ("policy", "policy"),
    ] {
        let path = format!("secrets/a/{written}?api-version=7.4");
        let message = stage.refused(&path, 400, "BadParameter").await;
        assert_eq!(message, format!("Method GET does not allow operation '{word}'"));
    }
    let unknown = "0".repeat(28);
    let path = format!("secrets/a/{unknown}?api-version=7.4");
    let message = stage.refused(&path, 404, "SecretNotFound").await;
    assert!(
        message.contains(&format!("(name/id) a/{unknown} was")),
        "{message}"
    );
}

#[tokio::test]
async fn a_page_has_one_to_twenty_five_items() {
    let stage = Stage::start().await;
    stage.put("a", "x");
    for most in ["0", "26", "-1", "x", ""] {
        for list in ["secrets", "secrets/a/versions", "certificates", "deletedsecrets"] {
            let path = format!("{list}?api-version=7.4&maxresults={most}");
            stage.refused(&path, 400, "BadParameter").await;
        }
    }
    let path = "secrets?api-version=7.4&$skiptoken=1";
    stage.refused(path, 400, "BadParameter").await;
}

#[tokio::test]
async fn a_claims_challenge_asks_for_another_token() {
    let stage = Stage::start().await;
    stage.put("a", "x");
    let token = stage.token("https://vault.azure.net").await;
    let claims = serde_json::json!({ "access_token": { "nbf": { "essential": true, "value": "1" } } });
    stage.simulator.vault.issuer.revoke(Some(&claims));
    let url = stage.base.join("secrets/a?api-version=7.4").unwrap();
    let response = stage.http.get(url).bearer_auth(token).send().await.unwrap();
    let challenge = response.headers()["www-authenticate"]
        .to_str()
        .unwrap()
        .to_owned();
    let (known, asked) = challenge
        .split_once(r#", error="insufficient_claims", claims=""#)
        .unwrap();
    assert!(
        known.ends_with(r#"resource="https://vault.azure.net""#),
        "{known}"
    );
    let asked = openssl::base64::decode_block(asked.trim_end_matches('"')).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&asked).unwrap(), claims);
    refused(response, 401, "Unauthorized").await;
    stage.read("secrets/a?api-version=7.4").await;
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
