//! Answers and the headers that go with them. Nothing is cached unless it says so.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use serde_json::Value;
use warp::Reply as _;
use warp::http::header::{self, HeaderName};
use warp::http::{HeaderValue, StatusCode};

use crate::routes::problem::Fault;

/// An answer.
pub(in crate::routes) type Response = warp::reply::Response;

/// `Content-Security-Policy` of pages that post to nobody but us.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The same for a page whose form goes to a client: browsers hold a form's every redirect against `form-action`, and only
/// the client knows where its own lead.
const POSTING_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// An answer without a body.
pub(in crate::routes) fn empty(status: StatusCode) -> Response {
    let mut response = Response::default();
    *response.status_mut() = status;
    set(&mut response, header::CACHE_CONTROL, "no-store");
    response
}

/// JSON, not to be cached (RFC 6749 §5.1).
pub(in crate::routes) fn json(status: StatusCode, value: &Value) -> Response {
    let mut response = body(status, "application/json; charset=utf-8", value.to_string());
    set(&mut response, header::PRAGMA, "no-cache");
    response
}

/// A problem (RFC 9457).
pub(in crate::routes) fn problem(status: StatusCode, value: &Value) -> Response {
    body(
        status,
        "application/problem+json; charset=utf-8",
        value.to_string(),
    )
}

/// JSON that is written already.
pub(in crate::routes) fn json_text(status: StatusCode, text: Bytes) -> Response {
    body(status, "application/json; charset=utf-8", text)
}

/// The same, and `handed_over` is called when the server has taken the whole body, and not when it has not.
///
/// What that proves: hyper takes the one piece and lets the body go while it writes; it writes the piece to the socket in
/// the same turn, before any other task runs. It does not prove that the bytes arrived, nor that a socket which breaks in
/// that very turn took them: such an answer counts as given. An answer that is dropped before (the client went, the
/// request took too long, the process ended) does not.
pub(in crate::routes) fn json_noting_its_end(
    status: StatusCode,
    value: &Value,
    handed_over: impl FnOnce() + Send + Sync + Unpin + 'static,
) -> Response {
    let mut response = json(status, &Value::Null);
    let content = Bytes::from(value.to_string());
    // Without it the body would be sent in chunks: of a stream nobody knows the length.
    let length = HeaderValue::from(content.len());
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    let body = OnePiece {
        piece: Some(content),
        handed_over: Some(handed_over),
    };
    *response.body_mut() = warp::reply::stream(body).into_response().into_body();
    response
}

/// A body of one piece that tells when it is let go after that was taken.
struct OnePiece<F: FnOnce()> {
    piece: Option<Bytes>,
    handed_over: Option<F>,
}

impl<F: FnOnce() + Unpin> Stream for OnePiece<F> {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.piece.take().map(Ok))
    }
}

impl<F: FnOnce()> Drop for OnePiece<F> {
    fn drop(&mut self) {
        if self.piece.is_none()
            && let Some(handed_over) = self.handed_over.take()
        {
            handed_over();
        }
    }
}

/// JSON that anybody may keep for so long.
pub(in crate::routes) fn public_json(document: Bytes, fresh: Duration) -> Response {
    public(body(StatusCode::OK, "application/json", document), fresh)
}

/// Text that anybody may keep for so long.
pub(in crate::routes) fn public_text(text: String, fresh: Duration) -> Response {
    public(body(StatusCode::OK, "text/plain; charset=utf-8", text), fresh)
}

/// An answer that anybody may keep for so long (RFC 9111 section 5.2.2), in whole seconds.
fn public(mut response: Response, fresh: Duration) -> Response {
    let kept = HeaderValue::try_from(format!("public, max-age={}", fresh.as_secs()));
    if let Ok(kept) = kept {
        response.headers_mut().insert(header::CACHE_CONTROL, kept);
    }
    response
}

/// A page of ours.
pub(in crate::routes) fn page(status: StatusCode, html: String) -> Response {
    secured(body(status, "text/html; charset=utf-8", html), PAGE_POLICY)
}

/// A page whose form goes to a client.
pub(in crate::routes) fn posting_page(html: String) -> Response {
    secured(
        body(StatusCode::OK, "text/html; charset=utf-8", html),
        POSTING_POLICY,
    )
}

/// To another address, with GET (RFC 9110 §15.4.4). An address that cannot stand in a header is a fault of ours.
pub(in crate::routes) fn see_other(address: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(address) else {
        return empty(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let mut response = empty(StatusCode::SEE_OTHER);
    response.headers_mut().insert(header::LOCATION, location);
    set(&mut response, header::REFERRER_POLICY, "no-referrer");
    response
}

/// A file that never changes under its address.
pub(in crate::routes) fn asset(media_type: &'static str, content: &'static str) -> Response {
    let mut response = body(StatusCode::OK, media_type, content);
    set(
        &mut response,
        header::CACHE_CONTROL,
        "public, max-age=31536000, immutable",
    );
    response
}

/// What went wrong behind an answer that words it in its own way, for the line that closes the request.
#[derive(Clone)]
struct Cause(Arc<Fault>);

/// The same answer, and why it is what it is.
pub(in crate::routes) fn because(mut response: Response, fault: Fault) -> Response {
    response.extensions_mut().insert(Cause(Arc::new(fault)));
    response
}

/// Why an answer is what it is, if that was said.
pub(in crate::routes) fn cause(response: &mut Response) -> Option<Arc<Fault>> {
    response
        .extensions_mut()
        .remove::<Cause>()
        .map(|Cause(fault)| fault)
}

/// Sets a header to a fixed value.
pub(in crate::routes) fn set(response: &mut Response, name: HeaderName, value: &'static str) {
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}

fn body(status: StatusCode, media_type: &'static str, content: impl Into<Bytes>) -> Response {
    let mut response = Response::new(content.into().into());
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, media_type);
    set(&mut response, header::CACHE_CONTROL, "no-store");
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}

fn secured(mut response: Response, policy: &'static str) -> Response {
    set(&mut response, header::CONTENT_SECURITY_POLICY, policy);
    set(&mut response, header::REFERRER_POLICY, "no-referrer");
    set(&mut response, header::X_FRAME_OPTIONS, "DENY");
    let opener = HeaderName::from_static("cross-origin-opener-policy");
    set(&mut response, opener, "same-origin");
    let permissions = HeaderName::from_static("permissions-policy");
    set(
        &mut response,
        permissions,
        "camera=(), microphone=(), geolocation=()",
    );
    response
}
