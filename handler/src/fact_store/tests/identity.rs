//! A container that is reached with the app's managed identity, against servers on this machine.

use super::*;
use crate::http_client::loopback::{Answer, Asked, Server};

const CLIENT_ID: &str = "11111111-2222-3333-4444-555555555555";

/// Gives tokens as the identity endpoint of App Service does.
async fn identity(status: u16) -> Server {
    let token = serde_json::json!({ "access_token": "token-of-the-app", "expires_on": "4000000000" });
    Server::plain(move |_| Answer::new(status, &token).with("content-type", "application/json")).await
}

/// Holds one blob, for who brings the token.
async fn blobs() -> Server {
    Server::plain(|asked: &Asked| {
        if asked.header("authorization") != Some("Bearer token-of-the-app") {
            return Answer::new(401, "");
        }
        match asked.target.as_str() {
            "/account/facts/a/b.json" => Answer::new(200, "kept")
                .with("etag", "\"0x1\"")
                .with("last-modified", "Tue, 03 Feb 2026 10:00:00 GMT"),
            _ => Answer::new(404, ""),
        }
    })
    .await
}

fn store(identity: &Server, blobs: &Server) -> Arc<dyn FactStore> {
    let access = Access::ManagedIdentity {
        endpoint: Some(format!("http://{}/msi/token", identity.address).parse().unwrap()),
        client_id: Some(CLIENT_ID.to_owned()),
    };
    let address = format!("http://{}/account/facts", blobs.address).parse().unwrap();
    let client = http_client::build(None, "test", &[]).unwrap();
    open(&Place::Container(Box::new(Container {
        address,
        access,
        client,
    })))
    .unwrap()
}

#[tokio::test]
async fn the_identity_s_token_opens_the_container_and_is_asked_for_once() {
    let (identity, blobs) = (identity(200).await, blobs().await);
    let store = store(&identity, &blobs);
    assert_eq!(store.read("a/b.json").await.unwrap(), Some(bytes("kept")));
    assert_eq!(store.read("a/c.json").await.unwrap(), None);
    let asked = identity.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].target.starts_with("/msi/token?"), "{}", asked[0].target);
    for part in [
        "resource=https%3A%2F%2Fstorage.azure.com",
        &format!("client_id={CLIENT_ID}"),
    ] {
        assert!(asked[0].target.contains(part), "{part} in {}", asked[0].target);
    }
    assert_eq!(asked[0].header("metadata"), Some("true"));
}

#[tokio::test]
async fn an_identity_without_rights_is_an_error_and_not_an_empty_store() {
    let (identity, blobs) = (identity(200).await, Server::plain(|_| Answer::new(403, "")).await);
    let store = store(&identity, &blobs);
    assert!(store.read("a/b.json").await.is_err());
    assert!(store.list("a").await.is_err());
}

#[tokio::test]
async fn an_identity_that_is_refused_is_an_error() {
    let (identity, blobs) = (identity(400).await, blobs().await);
    assert!(store(&identity, &blobs).read("a/b.json").await.is_err());
    assert_eq!(blobs.asked().len(), 0);
}
