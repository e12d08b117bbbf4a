//! Discovery document and key set: public, and kept for a while by whoever reads them.
//!
//! The document never waits for a secret. Where the settings do not say our own address there is none to give, and 503: clients
//! ask again after that, while they would keep a document that is wrong.

use std::time::Duration;

use warp::http::HeaderValue;

use crate::openid::answer::metadata;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::cors::Cors;
use crate::routes::exchange::gate::Gate;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{GET, Route, Told};
use crate::routes::problem::{Fault, NotReady};

pub(in crate::routes) const DISCOVERY: Route = Route {
    template: "/.well-known/openid-configuration",
    methods: GET,
    shape: Shape::OAuth,
    told: Told::Damped,
};
/// The same document by the name RFC 8414 §3 gives it.
pub(in crate::routes) const OAUTH: Route = Route {
    template: "/.well-known/oauth-authorization-server",
    methods: GET,
    shape: Shape::OAuth,
    told: Told::Damped,
};
pub(in crate::routes) const KEYS: Route = Route {
    template: metadata::JWKS,
    methods: GET,
    shape: Shape::OAuth,
    told: Told::Damped,
};

/// Pages of any origin may read both, for all of it is public. Whether we say so is known before any secret is, so that the
/// answers are the same from the first moment on.
pub(in crate::routes) const ANY_PAGE: Cors = Cors {
    reader,
    methods: "GET",
    headers: "*",
};

/// For how long anybody may keep the document: it changes with the settings alone.
const FRESH: Duration = Duration::from_secs(3600);

fn reader(gate: &Gate, _origin: Option<&str>) -> Option<HeaderValue> {
    gate.published.for_pages.then(|| HeaderValue::from_static("*"))
}

pub(in crate::routes) async fn discovery(call: Call) -> Result<Response, Fault> {
    let document = call.gate.published.discovery.clone().ok_or(NotReady)?;
    Ok(reply::public_json(document, FRESH))
}

pub(in crate::routes) async fn keys(call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let keys = &services.key_set;
    Ok(reply::public_json(keys.document.clone(), keys.fresh))
}
