//! Microsoft's own crates, unmodified and with every check on, read the simulated vault.
//!
//! The managed identity crate reads the process environment, so the reading happens in a child process that is this
//! test binary again, running one ignored test.

use std::process::Stdio;
use std::sync::Arc;

use azure_core::http::{ClientOptions, Transport};
use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions};
use azure_security_keyvault_secrets::{SecretClient, SecretClientOptions};
use futures::TryStreamExt as _;
use rig::vault::certificate::Format;
use tokio::process::Command;

use super::client::Stage;

#[tokio::test]
async fn the_azure_crates_read_secrets_certificates_and_lists() {
    let stage = Stage::start().await;
    stage.put("JumioSettings--AuthPassword", "invented");
    for number in 0..30 {
        stage.put(&format!("filler-{number}"), "x");
    }
    stage.simulator.vault.rotate("signing", Format::Pkcs12).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sim_vault::azure::child", "--ignored", "--nocapture"])
        .env("IDENTITY_ENDPOINT", stage.simulator.identity_endpoint.as_str())
        .env("IDENTITY_HEADER", &stage.simulator.identity_header)
        .env(
            "RIG_VAULT",
            format!("{}|{}", stage.simulator.host, stage.simulator.address),
        )
        .env(
            "RIG_CA",
            String::from_utf8(stage.simulator.trusted_pem.clone()).unwrap(),
        )
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(
        stage.backstage.history.count("identity", "token"),
        1,
        "one token serves every call"
    );
    let unauthorized = stage
        .backstage
        .history
        .of(Some("vault"))
        .iter()
        .filter(|e| e.status == Some(401))
        .count();
    assert_eq!(unauthorized, 1, "the first call is challenged");
    assert_eq!(
        ["list", "page"].map(|operation| stage.backstage.history.count("vault", operation)),
        [1, 1],
        "32 names are two pages"
    );
}

fn environment(name: &str) -> String {
    std::env::var_os(name).unwrap().into_string().unwrap()
}

#[tokio::test]
#[ignore = "runs in the child process of the test above"]
async fn child() {
    rig::certs::install_tls();
    let vault = environment("RIG_VAULT");
    let (host, address) = vault.split_once('|').unwrap();
    let http = reqwest::Client::builder()
        .tls_certs_only(reqwest::Certificate::from_pem_bundle(environment("RIG_CA").as_bytes()).unwrap())
        .resolve(host, address.parse().unwrap())
        .no_proxy()
        .build()
        .unwrap();
    let options = || ClientOptions {
        transport: Some(Transport::new(Arc::new(http.clone()))),
        ..ClientOptions::default()
    };
    let credential = ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
        client_options: options(),
        ..ManagedIdentityCredentialOptions::default()
    }))
    .unwrap();
    let client_options = SecretClientOptions {
        client_options: options(),
        ..SecretClientOptions::default()
    };
    let client = SecretClient::new(&format!("https://{host}/"), credential, Some(client_options)).unwrap();

    let secret = client
        .get_secret("JumioSettings--AuthPassword", None)
        .await
        .unwrap()
        .into_model()
        .unwrap();
    assert_eq!(secret.value.as_deref(), Some("invented"));
    let certificate = client
        .get_secret("signing", None)
        .await
        .unwrap()
        .into_model()
        .unwrap();
    assert_eq!(certificate.content_type.as_deref(), Some("application/x-pkcs12"));
    let missing = client.get_secret("nothing", None).await.unwrap_err();
    assert_eq!(
        missing.http_status(),
        Some(azure_core::http::StatusCode::NotFound)
    );
    let names: Vec<_> = client
        .list_secret_properties(None)
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(names.len(), 32);
}
