//! A REST service that remembers and tells what it was asked.

use http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use loopback::serve::{Answer, Listen, Request, Server, answering, bind};
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The running service; it ends with the test.
pub(crate) struct Stub {
    pub(crate) origin: String,
    asked: Arc<Mutex<Vec<String>>>,
    _server: Server,
}

impl Stub {
    /// Answers by path: `/echo` tells the request in `seen`, `/refuse` is a 409, `/slow` comes too late, `/null` and
    /// `/nested` are what their names say, `/html` is no JSON,
    /// `/quiet` tells nothing, `/gone.html` is not there,
    /// `/open.html` and `/ours.html` may be read by contoso's pages, anything else by fabrikam's.
    pub(crate) async fn start() -> Self {
        let listener = bind(([127, 0, 0, 1], 0).into()).await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(vec![]));
        let (remembered, own) = (Arc::clone(&asked), origin.clone());
        let respond = answering(move |request| {
            let seen = line(&request);
            remembered.lock().expect("no panic").push(seen.clone());
            answer(own.clone(), request.path, seen)
        });
        let server = Server::over(listener, Listen::default(), respond).expect("an address");
        Self {
            origin,
            asked,
            _server: server,
        }
    }

    /// Every request so far: method, path and query, the headers that matter, body.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic").clone()
    }
}

fn line(request: &Request) -> String {
    let mut seen = format!("{} {}?{}", request.method, request.path, request.query);
    for name in [
        "authorization",
        "x-functions-key",
        "x-arr-clientcert",
        "city",
        "content-type",
    ] {
        if let Some(value) = request.header(name) {
            seen += &[" ", name, "=", value].concat();
        }
    }
    format!("{seen} {}", String::from_utf8_lossy(&request.body))
}

async fn answer(origin: String, path: String, seen: String) -> Answer {
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
        return Answer::json(200, &metadata(&origin));
    }
    let allowed = match path.as_str() {
        "/open.html" => "*",
        "/ours.html" => "https://contoso.b2clogin.com",
        _ => "https://fabrikam.b2clogin.com",
    };
    Answer::body(status, "application/json", body).header(ACCESS_CONTROL_ALLOW_ORIGIN, allowed)
}

/// Discovery document of a provider at this service.
fn metadata(origin: &str) -> Json {
    json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
        "jwks_uri": format!("{origin}/keys"),
    })
}
