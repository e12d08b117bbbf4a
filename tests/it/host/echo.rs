//! The smallest custom handler that is useful to test a host: answers with what it was sent.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    eprintln!("warning: this is written to standard error");
    eprintln!("and this looks like an error");
    if let Some(milliseconds) = number("ECHO_READY_AFTER_MS") {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    if let Some(code) = number("ECHO_EXIT_AT_ONCE") {
        exit(code);
    }
    let port = number("FUNCTIONS_CUSTOMHANDLER_PORT")
        .and_then(|port| u16::try_from(port).ok())
        .unwrap_or(0);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            let server = hyper::server::conn::http1::Builder::new();
            let _closed = server
                .serve_connection(TokioIo::new(stream), service_fn(answer))
                .await;
        });
    }
}

/// Says on standard error when the host dropped a request that was being worked on.
struct Cancelled;

impl Drop for Cancelled {
    fn drop(&mut self) {
        eprintln!("warning: cancelled");
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let last = parts.uri.path().rsplit('/').next().unwrap_or_default().to_owned();
    match last.split_once('-') {
        Some(("exit", code)) => exit(code.parse().unwrap_or(1)),
        Some(("wait", milliseconds)) => {
            let cancelled = Cancelled;
            tokio::time::sleep(Duration::from_millis(milliseconds.parse().unwrap_or(0))).await;
            std::mem::forget(cancelled);
            eprintln!("warning: finished");
        }
        _ => {}
    }
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    let headers: Vec<Value> = parts
        .headers
        .iter()
        .map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())]))
        .collect();
    let seen = json!({
        "method": parts.method.as_str(),
        "target": parts.uri.to_string(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
        "variables": std::env::vars().collect::<std::collections::BTreeMap<_, _>>(),
        "process": std::process::id(),
    });
    let mut response = Response::new(Full::from(seen.to_string()));
    let headers = response.headers_mut();
    headers.append("set-cookie", http::HeaderValue::from_static("a=1"));
    headers.append("set-cookie", http::HeaderValue::from_static("b=2"));
    headers.insert(
        "strict-transport-security",
        http::HeaderValue::from_static("max-age=1"),
    );
    if last == "moved" {
        *response.status_mut() = http::StatusCode::FOUND;
        response.headers_mut().insert(
            "location",
            http::HeaderValue::from_static("https://elsewhere.example/"),
        );
    }
    Ok(response)
}

fn number(name: &str) -> Option<u64> {
    std::env::vars().find(|(key, _)| key == name)?.1.parse().ok()
}

fn exit(code: u64) -> ! {
    std::process::exit(i32::try_from(code).unwrap_or(1))
}
