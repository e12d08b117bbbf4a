//! The forwarding mode: the host rebuilds the request with .NET's `HttpClient` and buffers the answer.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::response::Parts;
use http::{Method, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::ext::ReasonPhrase;

use super::HOST_VERSION;
use super::address::{forwarded_path, forwarded_query};
use super::headers::{beyond_ascii, joined, media_type, split};
use super::kestrel::target::Target;
use super::kestrel::{Arrival, Framing, has_option};
use super::loan::Loan;
use super::message::{Body, Fault, bare, full, new_id};
use super::upstream::{Outgoing, Upstream};

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

/// Answers through the handler.
pub(crate) async fn answer(arrival: Arrival, handler: &Arc<Upstream>) -> (Response<Body>, Option<Fault>) {
    match exchange(arrival, handler).await {
        Ok(response) => (response, None),
        Err(fault) => (bare(StatusCode::INTERNAL_SERVER_ERROR), Some(fault)),
    }
}

async fn exchange(arrival: Arrival, handler: &Arc<Upstream>) -> Result<Response<Body>, Fault> {
    let outgoing = rebuilt(arrival)?;
    let response = handler.send(&outgoing).await?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        // The host reads the other protocol as an answer that never ends.
        return std::future::pending().await;
    }
    let (mut parts, body) = response.into_parts();
    let body: Bytes = body.collect().await?.to_bytes();
    if beyond_ascii(&parts.headers).is_some() {
        return Ok(failed_late(&mut parts));
    }
    answered(&mut parts.headers, parts.status);
    Ok(Response::from_parts(parts, full(body)))
}

/// A failure after the handler's status was taken over: its reason stays.
fn failed_late(parts: &mut Parts) -> Response<Body> {
    let mut failure = bare(StatusCode::INTERNAL_SERVER_ERROR);
    let usual = parts.status.canonical_reason().unwrap_or_default().as_bytes();
    let reason = parts
        .extensions
        .remove()
        .or_else(|| ReasonPhrase::try_from(usual).ok());
    if let Some(reason) = reason {
        failure.extensions_mut().insert::<ReasonPhrase>(reason);
    }
    failure
}

/// What the host changes in the headers of an answer.
fn answered(headers: &mut HeaderMap, status: StatusCode) {
    headers.remove(header::TRANSFER_ENCODING);
    if status == StatusCode::NOT_MODIFIED {
        headers
            .entry(header::CONTENT_LENGTH)
            .or_insert(HeaderValue::from_static("0"));
    }
    split(headers, &header::ALLOW);
    if let Some(media) = headers.get(header::CONTENT_TYPE).and_then(media_type) {
        headers.insert(header::CONTENT_TYPE, media);
    }
}

fn rebuilt(arrival: Arrival) -> Result<Outgoing, Fault> {
    let Arrival {
        method,
        target,
        headers,
        framing,
        body,
    } = arrival;
    if framing == Framing::Chunks {
        return Err(
            "'Transfer-Encoding: chunked' header can not be used when content object is not specified."
                .into(),
        );
    }
    if let Some(name) = beyond_ascii(&headers) {
        return Err(format!("Request headers must contain only ASCII characters ({name})").into());
    }
    let has_body = matches!(framing, Framing::Length(1..));
    let mut headers = joined(&headers);
    for name in DROPPED {
        headers.remove(name);
    }
    options(&mut headers);
    if !has_body {
        headers.remove(header::CONTENT_TYPE);
        if method == Method::POST || method == Method::PUT {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
    } else if headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| media_type(value).is_none())
    {
        return Err("The format of the value of Content-Type is invalid.".into());
    }
    add_own(&mut headers)?;
    let content = has_body.then(|| Loan::new(body));
    Ok(Outgoing {
        method,
        target: address(&target),
        headers,
        content,
    })
}

fn address(target: &Target) -> String {
    let path = forwarded_path(&target.path);
    let query = forwarded_query(target.query.as_deref().unwrap_or_default());
    if query.is_empty() {
        path
    } else {
        format!("{path}?{query}")
    }
}

/// Of the caller's wishes for its connection, .NET knows only whether it stays.
fn options(headers: &mut HeaderMap) {
    let kept = ["close", "keep-alive"]
        .into_iter()
        .find(|option| has_option(headers, option));
    headers.remove(header::CONNECTION);
    headers.extend(kept.map(|option| (header::CONNECTION, HeaderValue::from_static(option))));
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
        &new_id(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_changed_a_little() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
        answered(&mut headers, StatusCode::NOT_MODIFIED);
        assert_eq!(
            headers.get_all(header::ALLOW).iter().collect::<Vec<_>>(),
            ["GET", "POST"]
        );
        assert_eq!(headers[header::CONTENT_LENGTH], "0");
    }

    #[test]
    fn of_a_connections_options_only_two_are_kept() {
        let mut headers =
            HeaderMap::from_iter([(header::CONNECTION, HeaderValue::from_static("keep-alive, X-Hop"))]);
        options(&mut headers);
        assert_eq!(headers[header::CONNECTION], "keep-alive");
    }
}
