//! Calls of pages from other origins (the Fetch standard's CORS protocol), as the platform of the plan treats them.
//!
//! On Linux Consumption and Flex Consumption the host has a CORS policy of its own, also when the site's list is empty:
//! ASP.NET's middleware answers every preflight before a function is looked for, and adds the header to what the app answers.
//! On the other plans, with an empty list, nothing is done: a preflight is a request like any other.

use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, Response, StatusCode};

use super::kestrel::Arrival;
use super::message::{Body, bare};

/// Who answers pages of other origins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cors {
    /// Nobody before the app: App Service plans, and Core Tools, where the site names no origin.
    #[default]
    App,
    /// The host, with the site's list of origins: Linux Consumption and Flex Consumption.
    Platform(Vec<String>),
}

impl Cors {
    /// The answer to a preflight that never reaches a function: 204, with the headers where the origin is listed and without
    /// them where it is not. What the page wants to send is allowed whatever it is.
    pub(crate) fn preflight(&self, arrival: &Arrival) -> Option<Response<Body>> {
        let Self::Platform(_) = self else { return None };
        let wanted = arrival.headers.get(header::ACCESS_CONTROL_REQUEST_METHOD);
        let wanted = wanted.filter(|_| arrival.method == Method::OPTIONS)?;
        let origin = arrival.headers.get(header::ORIGIN)?;
        let mut answer = bare(StatusCode::NO_CONTENT);
        if self.lists(origin) {
            let headers = answer.headers_mut();
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, wanted.clone());
            if let Some(names) = arrival.headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
                headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
            }
        }
        self.allow(Some(origin), answer.headers_mut());
        Some(answer)
    }

    /// Lets a page of a listed origin read an answer. A header of the app's own stays beside it: whether the real host replaces it
    /// is not measured, and two are none to a browser.
    pub(crate) fn allow(&self, origin: Option<&HeaderValue>, answer: &mut HeaderMap) {
        if let Some(origin) = origin.filter(|origin| self.lists(origin)) {
            answer.append(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            answer.append(header::VARY, HeaderValue::from_static("Origin"));
        }
    }

    fn lists(&self, origin: &HeaderValue) -> bool {
        match self {
            Self::App => false,
            Self::Platform(origins) => origins
                .iter()
                .any(|listed| listed.as_bytes() == origin.as_bytes()),
        }
    }
}
