//! Discovery document and key set: public, and cached for an hour.

use super::call::Call;
use super::problem::Fault;
use super::render::Shape;
use super::reply::{self, Response};
use super::serve::{GET, Route};
use crate::openid::metadata;
use crate::pages::Language;

pub(super) const DISCOVERY: Route = Route {
    template: "/api/token/.well-known/openid-configuration",
    methods: GET,
    shape: Shape::OAuth,
};
/// The same document by the name RFC 8414 §3 gives it.
pub(super) const OAUTH: Route = Route {
    template: "/api/token/.well-known/oauth-authorization-server",
    methods: GET,
    shape: Shape::OAuth,
};
pub(super) const KEYS: Route = Route {
    template: metadata::JWKS,
    methods: GET,
    shape: Shape::OAuth,
};

pub(super) async fn discovery(call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let languages = Language::ALL.map(Language::tag);
    Ok(reply::public_json(&metadata::document(
        &services.addresses,
        &languages,
    )))
}

pub(super) async fn keys(call: Call) -> Result<Response, Fault> {
    Ok(reply::public_json(call.services().await?.keys.jwks()))
}
