//! A request, taken apart.

use crate::engine::request::{Caller, find};
use http::{HeaderMap, Method};
use loopback::debug_only;
use loopback::serve::Request;
use std::net::SocketAddr;

/// A request of a browser or an application.
pub(super) struct Ask {
    pub(super) method: Method,
    /// Path, percent-decoded.
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    /// Fields of a posted form.
    pub(super) form: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    peer: SocketAddr,
}

debug_only!(Ask: method, path);

impl Ask {
    pub(super) fn new(request: Request, peer: SocketAddr) -> Self {
        let pairs = |bytes: &[u8]| {
            url::form_urlencoded::parse(bytes)
                .into_owned()
                .collect::<Vec<_>>()
        };
        let form = if request.method == Method::POST {
            pairs(&request.body)
        } else {
            vec![]
        };
        Self {
            path: decoded(&request.path),
            query: pairs(request.query.as_bytes()),
            form,
            method: request.method,
            headers: request.headers,
            peer,
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        find(&self.query, name).map(str::to_owned)
    }

    /// A field of the form.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        find(&self.form, name)
    }

    /// Query and form together, as authorization requests come either way.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        self.query.iter().chain(&self.form).cloned().collect()
    }

    /// What the connection tells about the browser.
    pub(super) fn caller(&self) -> Caller {
        Caller {
            ip: Some(self.peer.ip().to_string()),
            accept_language: self.header("accept-language").map(str::to_owned),
            host: self.header("host").map(str::to_owned),
        }
    }
}

/// A plus sign is a plus sign in a path.
fn decoded(path: &str) -> String {
    let escaped = path.replace('+', "%2B");
    let mut pairs = url::form_urlencoded::parse(escaped.as_bytes());
    pairs
        .next()
        .map(|(text, _)| text.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded() {
        assert_eq!(decoded("/a%20b/c+d"), "/a b/c+d");
        assert_eq!(decoded("/"), "/");
    }
}
