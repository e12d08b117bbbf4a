//! The sample's page, which polls from the tenant's origin. Where the platform answers preflights itself (Linux Consumption and
//! Flex Consumption), it also adds the headers: two of one kind are none to a browser, so we add nothing there.

use warp::http::HeaderValue;

use crate::routes::exchange::cors::Cors;
use crate::routes::exchange::gate::Gate;

/// What the page may do: post JSON, from the origin of `AppSettings:BaseRedirectUrl`.
pub(super) const PAGE: Cors = Cors {
    reader,
    methods: "POST",
    headers: "content-type",
};

/// Until the services are there, the settings of the environment have to do: the page asks while we start, too.
fn reader(gate: &Gate, _origin: Option<&str>) -> Option<HeaderValue> {
    let Some(services) = gate.services_now() else {
        return gate.page_origin.clone();
    };
    let front = services.sample.as_ref().filter(|front| front.answers_preflight)?;
    HeaderValue::from_str(&front.browser_origin()).ok()
}
