//! A request as it came, its body unread: who sends must prove itself before we listen. Only in a form the proof itself may
//! stand; it is gathered before anything else is done.

use std::pin::Pin;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, StreamExt};
use warp::http::{HeaderMap, Method, header};
use warp::{Filter, Rejection};

use crate::routes::problem::BodyFault;
use crate::routes::traffic::{Bodies, Place};

/// Maximum length of a form, in bytes: `state` and `nonce` at their longest, and what else stands beside them.
pub(in crate::routes) const FORM_MAX: usize = 64 * 1024;
/// Maximum length of a query, in bytes: no server in front of us lets longer ones pass.
pub(in crate::routes) const QUERY_MAX: usize = 32 * 1024;
/// Media type of forms.
pub(in crate::routes) const FORM: &str = "application/x-www-form-urlencoded";

/// Where App Service puts a client certificate.
pub(in crate::routes) const CERTIFICATE: &str = "x-arr-clientcert";

/// How long a body may take to arrive: less than any answer may take.
const BODY_TIME: Duration = Duration::from_secs(7);
/// As much of a body that nobody wanted is read and thrown away: closing a connection on a sender who is still sending
/// resets it, and then no sender, and no proxy between us, sees the answer.
const THROWN_AWAY: usize = 4 * 1024 * 1024;
/// For at most this long.
const THROW_TIME: Duration = Duration::from_secs(5);

type Body = Pin<Box<dyn Stream<Item = Result<Bytes, warp::Error>> + Send + Sync>>;

/// A request.
pub(in crate::routes) struct Incoming {
    pub(in crate::routes) method: Method,
    pub(in crate::routes) headers: HeaderMap,
    /// The query as it came; empty when there is none.
    pub(in crate::routes) query: String,
    body: Body,
    /// The body has been read to its end, or there is none.
    is_read: bool,
    /// The body, if it was gathered.
    gathered: Option<Result<Bytes, BodyFault>>,
}

/// Takes any request apart.
pub(in crate::routes) fn incoming() -> impl Filter<Extract = (Incoming,), Error = Rejection> + Clone {
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let body = warp::body::stream().map(|body| {
        let body = StreamExt::map(body, |piece: Result<_, warp::Error>| piece.map(take));
        Box::pin(body) as Body
    });
    let parts = warp::method().and(warp::header::headers_cloned()).and(query);
    parts
        .and(body)
        .map(|method, headers: HeaderMap, query, body| Incoming {
            is_read: !is_announced(&headers),
            method,
            headers,
            query,
            body,
            gathered: None,
        })
}

/// Whether a body is announced at all (RFC 9112 §6.3).
fn is_announced(headers: &HeaderMap) -> bool {
    let is_none = |length: &header::HeaderValue| length.as_bytes() == b"0";
    headers.contains_key(header::TRANSFER_ENCODING)
        || headers
            .get(header::CONTENT_LENGTH)
            .is_some_and(|length| !is_none(length))
}

fn take(mut piece: impl Buf) -> Bytes {
    piece.copy_to_bytes(piece.remaining())
}

impl Incoming {
    /// Every value of a header. One that is no text counts as an empty one: were it passed over, of two headers that must
    /// not be there twice only one would be seen.
    pub(in crate::routes) fn values(&self, name: impl header::AsHeaderName) -> Vec<&str> {
        self.headers
            .get_all(name)
            .iter()
            .map(|value| value.to_str().unwrap_or_default())
            .collect()
    }

    /// Length of the body as the sender announces it, bytes.
    pub(in crate::routes) fn announced(&self) -> Option<u64> {
        self.value(header::CONTENT_LENGTH)
            .and_then(|length| length.parse().ok())
    }

    /// The value of a header that was sent once, as text.
    pub(in crate::routes) fn value(&self, name: impl header::AsHeaderName) -> Option<&str> {
        match self.values(name).as_slice() {
            [value] => Some(value),
            _ => None,
        }
    }

    /// The value of the last header of this name: a front end adds its own behind those of others.
    pub(in crate::routes) fn last(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.values(name).last().copied()
    }

    /// Whether the body is of this media type, whatever its parameters say.
    pub(in crate::routes) fn is(&self, media_type: &str) -> bool {
        let essence = self
            .value(header::CONTENT_TYPE)
            .and_then(|value| value.split(';').next());
        essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type))
    }

    /// Waits for a form, which [`Incoming::read`] then gives at once; without the place, if it is not there already.
    pub(in crate::routes) async fn gather(&mut self, bodies: &Bodies, place: &mut Option<Place>) {
        let is_short = self.announced().is_none_or(|length| length <= FORM_MAX as u64);
        if self.is_read || !is_short || !self.is(FORM) {
            return;
        }
        let form = bodies.wait_for(self.read(FORM_MAX), place).await;
        self.gathered = Some(form.unwrap_or(Err(BodyFault::TooSlow)));
    }

    /// Reads the body, at most `limit` bytes.
    ///
    /// # Errors
    /// Too long, cut off, or too slow.
    pub(in crate::routes) async fn read(&mut self, limit: usize) -> Result<Bytes, BodyFault> {
        if let Some(gathered) = self.gathered.take() {
            return gathered
                .and_then(|body| (body.len() <= limit).then_some(body).ok_or(BodyFault::TooLarge));
        }
        if self.announced().is_some_and(|length| length > limit as u64) {
            return Err(BodyFault::TooLarge);
        }
        let reading = tokio::time::timeout(BODY_TIME, read(&mut self.body, limit));
        let body = reading.await.map_err(|_| BodyFault::TooSlow)?;
        // One that is cut off has nothing more to come.
        self.is_read = !matches!(body, Err(BodyFault::TooLarge));
        body
    }
}

impl Drop for Incoming {
    /// What is still to come is thrown away while the answer is already on its way.
    fn drop(&mut self) {
        if self.is_read {
            return;
        }
        let nothing: Body = Box::pin(futures::stream::empty());
        let body = std::mem::replace(&mut self.body, nothing);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(tokio::time::timeout(THROW_TIME, throw_away(body)));
        }
    }
}

async fn throw_away(mut body: Body) {
    let mut length = 0;
    while let Some(Ok(piece)) = body.next().await {
        length += piece.len();
        if length > THROWN_AWAY {
            return;
        }
    }
}

async fn read(body: &mut Body, limit: usize) -> Result<Bytes, BodyFault> {
    let mut whole = BytesMut::new();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|_| BodyFault::CutOff)?;
        if whole.len() + piece.len() > limit {
            return Err(BodyFault::TooLarge);
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;

    fn incoming(body: impl Stream<Item = Result<Bytes, warp::Error>> + Send + Sync + 'static) -> Incoming {
        Incoming {
            method: Method::POST,
            headers: HeaderMap::new(),
            query: String::new(),
            body: Box::pin(body),
            is_read: false,
            gathered: None,
        }
    }

    #[tokio::test]
    async fn a_body_of_exactly_the_limit_is_read() {
        let pieces = stream::iter([Ok(Bytes::from_static(b"ab")), Ok(Bytes::from_static(b"c"))]);
        assert_eq!(incoming(pieces).read(3).await.unwrap(), "abc");
    }

    #[test]
    fn a_second_header_that_is_no_text_is_not_overlooked() {
        let mut incoming = incoming(stream::empty());
        incoming
            .headers
            .insert(header::AUTHORIZATION, "Basic YTpi".parse().unwrap());
        assert_eq!(incoming.value(header::AUTHORIZATION), Some("Basic YTpi"));
        let odd = header::HeaderValue::from_bytes(b"Basic \xff").unwrap();
        incoming.headers.append(header::AUTHORIZATION, odd);
        assert_eq!(incoming.values(header::AUTHORIZATION), ["Basic YTpi", ""]);
        assert_eq!(incoming.value(header::AUTHORIZATION), None);
    }

    #[tokio::test]
    async fn one_byte_more_is_refused() {
        let pieces = stream::iter([Ok(Bytes::from_static(b"ab")), Ok(Bytes::from_static(b"cd"))]);
        assert_eq!(incoming(pieces).read(3).await, Err(BodyFault::TooLarge));
    }

    #[tokio::test]
    async fn a_body_that_nobody_reads_is_thrown_away() {
        let (told, mut ended) = tokio::sync::mpsc::channel::<()>(1);
        let pieces = stream::unfold((0, told), |(n, told)| async move {
            (n < 10).then(|| (Ok(Bytes::from_static(&[0; 1000])), (n + 1, told)))
        });
        drop(incoming(pieces));
        // The sender of the stream is dropped with its last piece.
        assert_eq!(ended.recv().await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_arrive_is_given_up() {
        let began = tokio::time::Instant::now();
        assert_eq!(incoming(stream::pending()).read(3).await, Err(BodyFault::TooSlow));
        assert_eq!(began.elapsed(), BODY_TIME);
    }
}
