//! The forwarding mode: the host rebuilds the request with .NET's `HttpClient` and buffers the answer.

use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response, StatusCode, Uri};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use super::HOST_VERSION;
use super::address::{forwarded_path, forwarded_query};
use super::upstream::{self, Body, Fault, bare, full};

/// .NET refuses content headers among request headers, so the host loses them.
const DROPPED: [HeaderName; 9] = [
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_DISPOSITION,
    HeaderName::from_static("content-md5"),
    header::CONTENT_RANGE,
    header::CONTENT_LOCATION,
    header::EXPIRES,
    header::LAST_MODIFIED,
    header::ALLOW,
];

/// Answers through the handler on `port`. A caller who leaves does not stop the handler.
pub(crate) async fn answer(
    request: Request<Incoming>,
    port: u16,
    timeout: Duration,
) -> (Response<Body>, Option<Fault>) {
    let work = tokio::spawn(async move { tokio::time::timeout(timeout, exchange(request, port)).await });
    match work.await {
        Ok(Ok(Ok(response))) => (response, None),
        Ok(Ok(Err(fault))) => (bare(StatusCode::INTERNAL_SERVER_ERROR), Some(fault)),
        Ok(Err(elapsed)) => (bare(StatusCode::INTERNAL_SERVER_ERROR), Some(elapsed.into())),
        Err(panic) => (bare(StatusCode::INTERNAL_SERVER_ERROR), Some(panic.into())),
    }
}

async fn exchange(request: Request<Incoming>, port: u16) -> Result<Response<Body>, Fault> {
    let request = rebuilt(request)?;
    let response = upstream::send(upstream::connect(port).await?, request).await?;
    let (mut parts, body) = response.into_parts();
    let body: Bytes = body.collect().await?.to_bytes();
    parts.headers.remove(header::TRANSFER_ENCODING);
    parts.headers.remove(header::CONNECTION);
    Ok(Response::from_parts(parts, full(body)))
}

fn rebuilt(request: Request<Incoming>) -> Result<Request<Body>, Fault> {
    let (parts, body) = request.into_parts();
    if parts.headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(
            "'Transfer-Encoding: chunked' header can not be used when content object is not specified."
                .into(),
        );
    }
    let has_body = content_length(&parts.headers) > 0;
    let mut headers = joined(&parts.headers);
    for name in DROPPED {
        headers.remove(name);
    }
    if !has_body {
        headers.remove(header::CONTENT_TYPE);
        headers.remove(header::CONTENT_LENGTH);
    }
    add_own(&mut headers)?;
    let body = if has_body {
        body.map_err(Into::into).boxed_unsync()
    } else {
        full(Bytes::new())
    };
    let mut rebuilt = Request::builder()
        .method(parts.method)
        .uri(address(&parts.uri)?)
        .body(body)?;
    *rebuilt.headers_mut() = headers;
    Ok(rebuilt)
}

fn address(uri: &Uri) -> Result<Uri, Fault> {
    let path = forwarded_path(uri.path());
    let query = forwarded_query(uri.query().unwrap_or_default());
    let address = if query.is_empty() {
        path
    } else {
        format!("{path}?{query}")
    };
    Ok(address.parse()?)
}

fn content_length(headers: &HeaderMap) -> u64 {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    length.and_then(|length| length.parse().ok()).unwrap_or(0)
}

/// Repeated headers leave .NET as one line; cookies are joined by semicolons.
fn joined(headers: &HeaderMap) -> HeaderMap {
    let mut joined = HeaderMap::new();
    for name in headers.keys() {
        let separator: &[u8] = if name == header::COOKIE { b"; " } else { b", " };
        let values: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
        if let Ok(value) = HeaderValue::from_bytes(&values.join(separator)) {
            joined.insert(name, value);
        }
    }
    joined
}

/// Appended, not replaced: a caller's own invocation id stays in front.
fn add_own(headers: &mut HeaderMap) -> Result<(), Fault> {
    append(
        headers,
        HeaderName::from_static("x-azure-functions-hostversion"),
        HOST_VERSION,
        ", ",
    )?;
    append(
        headers,
        HeaderName::from_static("x-azure-functions-invocationid"),
        &upstream::new_id(),
        ", ",
    )?;
    append(
        headers,
        header::USER_AGENT,
        &format!("Azure-Functions-Host/{HOST_VERSION}"),
        " ",
    )
}

fn append(headers: &mut HeaderMap, name: HeaderName, value: &str, separator: &str) -> Result<(), Fault> {
    let value = match headers.get(&name) {
        Some(first) => [first.as_bytes(), separator.as_bytes(), value.as_bytes()].concat(),
        None => value.as_bytes().to_vec(),
    };
    headers.insert(name, HeaderValue::from_bytes(&value)?);
    Ok(())
}
