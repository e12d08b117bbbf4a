//! What every answer of the vault carries beside its body.

use rig::faults::{Effect, Fault};

use super::client::Stage;

const ALWAYS: [(&str, &str); 6] = [
    ("content-type", "application/json; charset=utf-8"),
    ("cache-control", "no-cache"),
    ("pragma", "no-cache"),
    ("expires", "-1"),
    ("x-content-type-options", "nosniff"),
    ("strict-transport-security", "max-age=31536000;includeSubDomains"),
];

fn check(headers: &reqwest::header::HeaderMap) {
    for (name, value) in ALWAYS {
        assert_eq!(headers[name], value, "{name}");
    }
    for name in [
        "x-ms-keyvault-region",
        "x-ms-keyvault-service-version",
        "x-ms-keyvault-network-info",
    ] {
        assert!(headers.contains_key(name), "{name}");
    }
    for name in ["x-ms-request-id", "x-ms-client-request-id"] {
        assert_eq!(headers[name].len(), 36, "{name}");
    }
}

#[tokio::test]
async fn good_answers_refusals_and_injected_failures_have_the_service_s_headers() {
    let stage = Stage::start().await;
    stage.put("a", "x");
    for (path, status) in [
        ("secrets/a?api-version=7.4", 200),
        ("secrets/b?api-version=7.4", 404),
        ("secrets/a_b?api-version=7.4", 400),
        ("nothing?api-version=7.4", 404),
    ] {
        let response = stage.get(path).await;
        assert_eq!(response.status(), status, "{path}");
        check(response.headers());
    }
    let url = stage.base.join("secrets/a?api-version=7.4").unwrap();
    check(stage.http.get(url).send().await.unwrap().headers());
    let fault = Fault::new("vault", "get", Effect::Status(503));
    let _number = stage.backstage.faults.add(fault);
    check(stage.get("secrets/a?api-version=7.4").await.headers());
}

#[tokio::test]
async fn the_id_that_a_client_gave_its_request_comes_back() {
    let stage = Stage::start().await;
    let id = "dd556853-61f8-4c24-8f87-91b649bda306";
    let mut seen = Vec::new();
    for _ in 0..2 {
        let url = stage.base.join("secrets/a?api-version=7.4").unwrap();
        let request = stage.http.get(url).header("x-ms-client-request-id", id);
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["x-ms-client-request-id"], id);
        seen.push(response.headers()["x-ms-request-id"].clone());
    }
    assert_ne!(seen[0], seen[1]);
}
