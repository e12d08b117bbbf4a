//! The channel for customers that take pictures themselves.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::client::{Opened, Stage};

struct Uploader {
    stage: Stage,
    opened: Opened,
    credential: Value,
}

impl Uploader {
    async fn start() -> Self {
        let stage = Stage::with(json!({ "scenario": "unreadable" })).await;
        let reply: Value = stage.post_account(&stage.body()).await.json().await.unwrap();
        let credential = reply["workflowExecution"]["credentials"][0].clone();
        Self {
            opened: Opened::of(&reply),
            stage,
            credential,
        }
    }

    async fn send(&self, method: Method, pointer: &str, token: &str) -> Response {
        let boundary = "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\npicture\r\n--x--\r\n";
        let address = self.credential.pointer(pointer).unwrap().as_str().unwrap();
        let request = self.stage.http.request(method, address).bearer_auth(token);
        let request = request
            .header("user-agent", "Rig Tests/1.0")
            .header("accept", "application/json");
        request
            .header("content-type", "multipart/form-data; boundary=x")
            .body(boundary)
            .send()
            .await
            .unwrap()
    }

    fn token(&self) -> &str {
        self.credential["api"]["token"].as_str().unwrap()
    }
}

#[tokio::test]
async fn pictures_are_posted_and_the_workflow_is_put() {
    let uploader = Uploader::start().await;
    assert_eq!(
        uploader
            .send(Method::POST, "/api/parts/front", uploader.token())
            .await
            .status(),
        200
    );
    assert_eq!(
        uploader
            .send(Method::PUT, "/api/workflowExecution", uploader.token())
            .await
            .status(),
        200
    );
    uploader.stage.callbacks(1).await;
    let details = uploader.stage.details(&uploader.opened).await;
    assert_eq!(super::client::label(&details, "usability"), "BLURRED");
    assert_eq!(
        uploader
            .send(Method::PUT, "/api/workflowExecution", uploader.token())
            .await
            .status(),
        409
    );
}

#[tokio::test]
async fn a_picture_cannot_be_put() {
    let uploader = Uploader::start().await;
    assert_eq!(
        uploader
            .send(Method::PUT, "/api/parts/front", uploader.token())
            .await
            .status(),
        405
    );
}

#[tokio::test]
async fn an_access_token_is_not_an_upload_token() {
    let uploader = Uploader::start().await;
    let token = uploader.stage.token().await;
    assert_eq!(
        uploader
            .send(Method::POST, "/api/parts/front", &token)
            .await
            .status(),
        401
    );
}
