//! Discovery document and key set: public, and cached for an hour.

use crate::openid::answer::metadata;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{GET, Route, Told};
use crate::routes::problem::Fault;

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

pub(in crate::routes) async fn discovery(call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    Ok(reply::public_json(services.published.discovery.clone()))
}

pub(in crate::routes) async fn keys(call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    Ok(reply::public_json(services.published.keys.clone()))
}
