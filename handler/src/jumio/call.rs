//! One call: how it is named, where it goes, and whether it may be sent again.

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, RequestBuilder};
use url::Url;

use crate::jumio::transport::Repeat;

/// One call, before it is authorised.
pub(super) struct Call {
    /// What the log calls it: "the `<name>`".
    pub(super) name: &'static str,
    method: Method,
    url: Url,
    body: Option<Bytes>,
    /// Whether it may be sent again.
    pub(super) repeat: Repeat,
}

impl Call {
    /// A read or a delete.
    pub(super) fn safe(name: &'static str, method: Method, url: Url) -> Self {
        Self {
            name,
            method,
            url,
            body: None,
            repeat: Repeat::Safe,
        }
    }

    /// A create or an update, with its JSON.
    pub(super) fn create(name: &'static str, method: Method, url: Url, body: Bytes) -> Self {
        Self {
            name,
            method,
            url,
            body: Some(body),
            repeat: Repeat::Unsafe,
        }
    }

    /// As a request, which does not prove itself yet.
    pub(super) fn request(&self, http: &reqwest::Client) -> RequestBuilder {
        let request = http.request(self.method.clone(), self.url.clone());
        match &self.body {
            Some(body) => request
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(body.clone()),
            None => request,
        }
    }
}

/// An address below a base. Each part of the path is encoded: none of them can change what stands before it.
pub(super) fn under(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    // Fails only for addresses such as `mailto:`, which `Config::faults` refuses.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}
