//! A request, whole, with small readers for what services need.

use bytes::Bytes;
use http::{HeaderMap, Method};
use http_body_util::{BodyExt as _, Limited};
use serde_json::Value;

use super::Incoming;

/// No simulated service takes more; the caller is told 413.
pub const LIMIT_BYTES: usize = 1 << 20;

/// A received request.
#[derive(Clone, Debug)]
pub struct Request {
    /// HTTP method.
    pub method: Method,
    /// Path as sent, not decoded.
    pub path: String,
    /// Query string as sent, empty without one.
    pub query: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// Why there is no whole request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The body is over the limit.
    TooLarge,
    /// The client stopped in mid-body.
    CutOff,
}

impl Unreadable {
    /// The HTTP status that says so.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::TooLarge => 413,
            Self::CutOff => 400,
        }
    }
}

impl Request {
    /// Reads the body to its end, which is at most so far.
    ///
    /// # Errors
    /// There is no whole request.
    pub async fn read(incoming: Incoming, limit_bytes: usize) -> Result<Self, Unreadable> {
        let (parts, body) = incoming.into_parts();
        let collected = Limited::new(body, limit_bytes).collect().await.map_err(|error| {
            if error.is::<http_body_util::LengthLimitError>() {
                Unreadable::TooLarge
            } else {
                Unreadable::CutOff
            }
        })?;
        Ok(Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            body: collected.to_bytes(),
        })
    }

    /// The path cut at `/`, without the empty piece before the first one.
    #[must_use]
    pub fn segments(&self) -> Vec<&str> {
        self.path.trim_start_matches('/').split('/').collect()
    }

    /// A header's value, when it is there and readable.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The media type of the body in lower case, without parameters.
    #[must_use]
    pub fn media_type(&self) -> String {
        let whole = self.header("content-type").unwrap_or_default();
        whole
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }

    /// The first query parameter of that name, decoded.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<String> {
        first(self.query.as_bytes(), name)
    }

    /// The first form field of that name in the body, decoded.
    #[must_use]
    pub fn form_value(&self, name: &str) -> Option<String> {
        first(&self.body, name)
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it is not JSON.
    pub fn json(&self) -> serde_json::Result<Value> {
        serde_json::from_slice(&self.body)
    }

    /// The credential of an `Authorization` header with this scheme (case-insensitive, RFC 9110 section 11.1).
    #[must_use]
    pub fn authorization(&self, scheme: &str) -> Option<&str> {
        let (sent, credential) = self.header("authorization")?.split_once(' ')?;
        sent.eq_ignore_ascii_case(scheme).then(|| credential.trim())
    }
}

fn first(encoded: &[u8], name: &str) -> Option<String> {
    url::form_urlencoded::parse(encoded)
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}
