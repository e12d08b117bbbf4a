//! Cross-origin calls of the sample's page (the Fetch standard's CORS protocol). Where the platform answers preflights itself (Linux
//! Consumption and Flex Consumption), it also adds the headers: two of one kind are none to a browser, so we add nothing there.

use warp::http::{HeaderValue, StatusCode, header};

use crate::routes::exchange::reply::{self, Response};
use crate::sample::front::Front;

/// How long a browser may remember the answer, in seconds.
const MAX_AGE: &str = "600";

/// The answer to a browser that asks whether its page may call.
pub(super) fn preflight(front: &Front) -> Response {
    let mut response = reply::empty(StatusCode::NO_CONTENT);
    if front.answers_preflight {
        allow(&mut response, front);
        reply::set(&mut response, header::ACCESS_CONTROL_ALLOW_METHODS, "POST");
        reply::set(
            &mut response,
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "content-type",
        );
        reply::set(&mut response, header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    } else {
        reply::set(&mut response, header::ALLOW, "POST, OPTIONS");
    }
    response
}

/// Lets the page read the answer.
pub(super) fn allow(response: &mut Response, front: &Front) {
    if !front.answers_preflight {
        return;
    }
    if let Ok(origin) = HeaderValue::from_str(&front.browser_origin()) {
        response
            .headers_mut()
            .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        reply::set(response, header::VARY, "Origin");
    }
}
