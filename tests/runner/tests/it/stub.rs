//! A REST service that remembers and tells what it was asked.

use bytes::Bytes;
use http::{HeaderMap, Method, Response};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use warp::Filter as _;
use warp::path::FullPath;

/// The running service; it ends with the test.
pub(crate) struct Stub {
    pub(crate) origin: String,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Stub {
    /// Answers by path: `/echo` tells the request in `seen`, `/refuse` is a 409, `/slow` comes too late, `/null` and
    /// `/nested` are what their names say, `/html` is no JSON,
    /// `/quiet` tells nothing, `/gone.html` is not there,
    /// `/open.html` and `/ours.html` may be read by contoso's pages, anything else by fabrikam's.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(vec![]));
        let remembered = Arc::clone(&asked);
        let own = origin.clone();
        let routes = warp::any()
            .and(warp::method())
            .and(warp::path::full())
            .and(warp::query::raw().or(warp::any().map(String::new)).unify())
            .and(warp::header::headers_cloned())
            .and(warp::body::bytes())
            .then(
                move |method: Method, path: FullPath, query: String, headers: HeaderMap, body: Bytes| {
                    let seen = line(&method, path.as_str(), &query, &headers, &body);
                    remembered.lock().expect("no panic").push(seen.clone());
                    answer(own.clone(), path.as_str().to_owned(), seen)
                },
            );
        let task = tokio::spawn(warp::serve(routes).incoming(listener).run());
        Self { origin, asked, task }
    }

    /// Every request so far: method, path and query, the headers that matter, body.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic").clone()
    }
}

fn line(method: &Method, path: &str, query: &str, headers: &HeaderMap, body: &Bytes) -> String {
    let mut seen = format!("{method} {path}?{query}");
    for name in [
        "authorization",
        "x-functions-key",
        "x-arr-clientcert",
        "city",
        "content-type",
    ] {
        if let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) {
            seen += &[" ", name, "=", value].concat();
        }
    }
    format!("{seen} {}", String::from_utf8_lossy(body))
}

async fn answer(origin: String, path: String, seen: String) -> Response<String> {
    let contract =
        json!({"version": "1.0.0", "status": 409, "code": "E1", "userMessage": "Not in this town."});
    let (status, body) = match path.as_str() {
        "/refuse" => (409, contract.to_string()),
        "/null" => (200, json!({"status": null, "seen": "null"}).to_string()),
        "/nested" => (
            200,
            json!({"data": [{"to": [{"email": "deep@example.com"}]}]}).to_string(),
        ),
        "/gone.html" => (404, String::new()),
        "/quiet" => (200, json!({"status": "ok"}).to_string()),
        "/html" => (500, "<html>down</html>".to_owned()),
        "/slow" => {
            tokio::time::sleep(Duration::from_millis(700)).await;
            (200, "{}".to_owned())
        }
        _ => (
            200,
            json!({"seen": seen, "status": "ok", "agreed": true, "score": 7}).to_string(),
        ),
    };
    if path == "/metadata" {
        return Response::new(metadata(&origin));
    }
    let allowed = match path.as_str() {
        "/open.html" => "*",
        "/ours.html" => "https://contoso.b2clogin.com",
        _ => "https://fabrikam.b2clogin.com",
    };
    let mut response = Response::new(body);
    response.headers_mut().insert(
        "access-control-allow-origin",
        http::HeaderValue::from_static(allowed),
    );
    *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
    response
        .headers_mut()
        .insert("content-type", http::HeaderValue::from_static("application/json"));
    response
}

/// Discovery document of a provider at this service.
fn metadata(origin: &str) -> String {
    json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
        "jwks_uri": format!("{origin}/keys"),
    })
    .to_string()
}
