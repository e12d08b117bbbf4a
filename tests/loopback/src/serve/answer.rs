//! An answer, before anything goes wrong on the way.

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use serde_json::Value;

use super::{Body, full};

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers, without the ones HTTP itself needs.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The whole body.
    pub body: Bytes,
}

impl Answer {
    /// No body. A number that is no HTTP status becomes 500.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// A body of any type.
    #[must_use]
    pub fn body(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let headers = vec![(CONTENT_TYPE, HeaderValue::from_static(content_type))];
        Self {
            headers,
            body: body.into(),
            ..Self::empty(status)
        }
    }

    /// A JSON body.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::body(status, "application/json", body.to_string())
    }

    /// A page.
    #[must_use]
    pub fn page(status: u16, body: String) -> Self {
        Self::body(status, "text/html; charset=utf-8", body)
    }

    /// Sends the browser elsewhere with a GET (RFC 9110 section 15.4.4).
    #[must_use]
    pub fn see_other(location: &str) -> Self {
        Self::empty(303).header(LOCATION, location)
    }

    /// As it goes over the wire, whole.
    #[must_use]
    pub fn whole(self) -> hyper::Response<Body> {
        let mut response = hyper::Response::new(full(self.body));
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }

    /// Sets a header, once; a value that no header can carry is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.retain(|(existing, _)| *existing != name);
            self.headers.push((name, value));
        }
        self
    }
}
