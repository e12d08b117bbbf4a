//! The proxying mode: a streaming reverse proxy (YARP) that keeps the address as it came.

use std::time::Duration;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response, StatusCode, Uri};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use super::HOST_VERSION;
use super::front::Visitor;
use super::upstream::{self, Body, Fault, bare};

/// The proxy gives up on a handler that says nothing for this long.
const ACTIVITY_TIMEOUT: Duration = Duration::from_secs(240);

/// Taken out in both directions. Also the answer's Strict-Transport-Security: set it in host.json.
const STRIPPED: [HeaderName; 12] = [
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
    header::STRICT_TRANSPORT_SECURITY,
];

/// Answers through the handler on `port`. Dropping the future drops the handler's connection.
pub(crate) async fn answer(
    request: Request<Incoming>,
    port: u16,
    visitor: &Visitor,
) -> (Response<Body>, Option<Fault>) {
    match tokio::time::timeout(ACTIVITY_TIMEOUT, exchange(request, port, visitor)).await {
        Ok(Ok(response)) => (response, None),
        Ok(Err(fault)) => (bare(StatusCode::BAD_GATEWAY), Some(fault)),
        Err(elapsed) => (bare(StatusCode::GATEWAY_TIMEOUT), Some(elapsed.into())),
    }
}

async fn exchange(request: Request<Incoming>, port: u16, visitor: &Visitor) -> Result<Response<Body>, Fault> {
    let (mut parts, body) = request.into_parts();
    strip(&mut parts.headers);
    forwarded_headers(&mut parts.headers, visitor)?;
    parts
        .headers
        .insert(header::HOST, HeaderValue::from_str(&format!("127.0.0.1:{port}"))?);
    parts.uri = parts
        .uri
        .path_and_query()
        .map_or_else(Uri::default, |address| Uri::from(address.clone()));
    let request = Request::from_parts(parts, body.map_err(Into::into).boxed_unsync());
    let mut response = upstream::send(upstream::connect_patiently(port).await?, request).await?;
    strip(response.headers_mut());
    Ok(response)
}

fn strip(headers: &mut HeaderMap) {
    for name in STRIPPED {
        headers.remove(name);
    }
}

/// Overwritten, whatever the front end said: the caller's own address is lost here.
fn forwarded_headers(headers: &mut HeaderMap, visitor: &Visitor) -> Result<(), Fault> {
    let id = upstream::new_id();
    let public_host = headers.get(header::HOST).cloned();
    headers.remove("x-forwarded-prefix");
    headers.remove("x-forwarded-host");
    if let Some(host) = public_host {
        headers.insert("x-forwarded-host", host);
    }
    headers.insert(
        "x-forwarded-for",
        HeaderValue::from_str(&visitor.peer.ip().to_string())?,
    );
    headers.insert("x-forwarded-proto", HeaderValue::from_static(visitor.scheme));
    headers.insert(
        "x-azure-functions-hostversion",
        HeaderValue::from_static(HOST_VERSION),
    );
    headers.insert("x-azure-functions-invocationid", HeaderValue::from_str(&id)?);
    headers.insert("x-ms-invocation-id", HeaderValue::from_str(&id)?);
    Ok(())
}
