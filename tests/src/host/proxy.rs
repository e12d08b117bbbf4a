//! The proxying mode: a streaming reverse proxy (YARP), and around it ten attempts (`RetryProxyHandler`).

use std::sync::Arc;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Response, StatusCode};

use super::HOST_VERSION;
use super::address::{proxied_path, proxied_query};
use super::front::Visitor;
use super::headers::{beyond_ascii, joined};
use super::kestrel::{Arrival, Framing, has_option};
use super::loan::Loan;
use super::log::{Level, Log};
use super::message::{Body, Fault, bare, new_id};
use super::times::Times;
use super::upstream::{self, Outgoing, Upstream};

/// Attempts in all.
const ATTEMPTS: u32 = 10;

/// Of one connection only, in both directions.
const STRIPPED: [HeaderName; 11] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    HeaderName::from_static("keep-alive"),
    header::UPGRADE,
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-authentication-info"),
    header::TE,
    HeaderName::from_static("alt-svc"),
    header::UPGRADE_INSECURE_REQUESTS,
];

/// Answers through the handler. Dropping the future drops the handler's connection.
pub(crate) async fn answer(
    arrival: Arrival,
    handler: &Arc<Upstream>,
    visitor: &Visitor,
    host: (&Times, &Log),
) -> (Response<Body>, Option<Fault>) {
    let work = exchange(arrival, handler, visitor, host);
    match tokio::time::timeout(host.0.activity, work).await {
        Ok(Ok(response)) => (response, None),
        Ok(Err(fault)) => (bare(StatusCode::INTERNAL_SERVER_ERROR), Some(fault)),
        Err(elapsed) => (bare(StatusCode::INTERNAL_SERVER_ERROR), Some(elapsed.into())),
    }
}

async fn exchange(
    arrival: Arrival,
    handler: &Arc<Upstream>,
    visitor: &Visitor,
    host: (&Times, &Log),
) -> Result<Response<Body>, Fault> {
    let outgoing = rebuilt(arrival, handler.port, visitor)?;
    let mut response = patiently(&outgoing, handler, host).await?;
    if let Some(content) = &outgoing.content {
        content.sent().await?;
    }
    if let Some(name) = beyond_ascii(response.headers()) {
        return Err(format!("Invalid non-ASCII character in header {name}").into());
    }
    let is_switch = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    let upgrade = response
        .headers()
        .get(header::UPGRADE)
        .cloned()
        .filter(|_| is_switch);
    strip(response.headers_mut());
    switch(response.headers_mut(), upgrade);
    Ok(response)
}

/// Tries again after any failure, whatever the method: a request without a body may so be executed ten times.
async fn patiently(
    outgoing: &Outgoing,
    handler: &Arc<Upstream>,
    (times, log): (&Times, &Log),
) -> Result<Response<Body>, Fault> {
    let mut pause = times.first_pause;
    for number in 1..ATTEMPTS {
        match attempt(outgoing, handler).await {
            Ok(response) => return Ok(response),
            Err(fault) if outgoing.content.as_ref().is_some_and(Loan::is_broken) => return Err(fault),
            Err(_again) => {
                let text = format!("Failed to proxy request to the worker. Attempt {number} of {ATTEMPTS}.");
                log.host(Level::Warning, text);
                tokio::time::sleep(pause).await;
            }
        }
        pause = pause.saturating_mul(2).min(times.longest_pause);
    }
    attempt(outgoing, handler).await
}

async fn attempt(outgoing: &Outgoing, handler: &Arc<Upstream>) -> Result<Response<Body>, Fault> {
    if let Some(name) = beyond_ascii(&outgoing.headers) {
        return Err(format!("Request headers must contain only ASCII characters ({name})").into());
    }
    handler.send(outgoing).await
}

fn rebuilt(arrival: Arrival, port: u16, visitor: &Visitor) -> Result<Outgoing, Fault> {
    let Arrival {
        method,
        target,
        mut headers,
        framing,
        body,
    } = arrival;
    let path = proxied_path(&target.path);
    let target = target
        .query
        .map(|query| format!("{path}?{}", proxied_query(&query)))
        .unwrap_or(path);
    let upgrade = headers
        .get(header::UPGRADE)
        .cloned()
        .filter(|_| has_option(&headers, "upgrade"));
    strip(&mut headers);
    headers.remove(header::FORWARDED);
    switch(&mut headers, upgrade);
    let mut headers = joined(&headers);
    forwarded_headers(&mut headers, visitor)?;
    headers.insert(header::HOST, upstream::own_host(port));
    match framing {
        Framing::Chunks => {
            headers.insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        }
        Framing::Nothing if method == Method::POST || method == Method::PUT => {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Framing::Nothing | Framing::Length(_) => {}
    }
    let has_content = headers.contains_key(header::CONTENT_LENGTH) || framing == Framing::Chunks;
    Ok(Outgoing {
        method,
        target,
        headers,
        content: has_content.then(|| Loan::new(body)),
    })
}

fn strip(headers: &mut HeaderMap) {
    for name in STRIPPED {
        headers.remove(name);
    }
}

/// Another protocol is let through.
fn switch(headers: &mut HeaderMap, upgrade: Option<HeaderValue>) {
    if let Some(protocol) = upgrade {
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(header::UPGRADE, protocol);
    }
}

/// Overwritten, whatever the front end said: the caller's own address is lost here. Only `x-ms-invocation-id` is the
/// caller's where it sent one.
fn forwarded_headers(headers: &mut HeaderMap, visitor: &Visitor) -> Result<(), Fault> {
    let id = HeaderValue::try_from(new_id())?;
    let public_host = headers.get(header::HOST).cloned();
    headers.remove("x-forwarded-prefix");
    headers.remove("x-forwarded-host");
    if let Some(host) = public_host {
        headers.insert("x-forwarded-host", host);
    }
    headers.insert(
        "x-forwarded-for",
        HeaderValue::try_from(visitor.peer.ip().to_string())?,
    );
    headers.insert("x-forwarded-proto", HeaderValue::from_static(visitor.scheme));
    headers.insert(
        "x-azure-functions-hostversion",
        HeaderValue::from_static(HOST_VERSION),
    );
    headers.entry("x-ms-invocation-id").or_insert_with(|| id.clone());
    headers.insert("x-azure-functions-invocationid", id);
    Ok(())
}
