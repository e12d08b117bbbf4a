//! `GET /api/callback/return/{handle}`: the browser comes back from the vendor. What the vendor added to the address says
//! nothing we believe.

use super::call::Call;
use super::cookie;
use super::deliver;
use super::gate::Services;
use super::problem::Fault;
use super::render::Shape;
use super::reply::{self, Response};
use super::serve::{FOLLOW, Route};
use super::wait;
use crate::checks::{CheckStatus, Checks, Error, Visit};
use crate::pages::State;
use crate::seal::Purpose;

pub(super) const ROUTE: Route = Route {
    template: "/api/callback/return/{handle}",
    methods: FOLLOW,
    shape: Shape::Page,
};

pub(super) async fn answer(call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let visit = visit(&call, &services).await?;
    let language = wait::language(&call, &services, &visit);
    let (checks, same) = (services.checks.clone(), visit.clone());
    let standing = call.finish(async move { note(&checks, &same).await }).await?;
    if wait::state(&standing) == State::Approved {
        return deliver::code(&services, &visit, language).await;
    }
    Ok(reply::see_other(&wait::path(&visit.handle)))
}

/// The visit this browser belongs to. Sign-ins of one subject share a transaction, also from several browsers, and the
/// vendor sends all of them to the same address: that of a later sign-in, if this browser holds its cookie, else the one
/// that began the transaction, else the same request in another browser.
async fn visit(call: &Call, services: &Services) -> Result<Visit, Fault> {
    let opened = services
        .seal
        .open(Purpose::Handle, &call.parameter, call.gate.clock.now());
    let home = opened.map_err(Error::from)?.id;
    for later in services.checks.continued(home).await? {
        if let Some(visit) = held(wait::visit(call, services, &later).await)? {
            return Ok(visit);
        }
    }
    if let Some(visit) = held(wait::visit(call, services, &call.parameter).await)? {
        return Ok(visit);
    }
    for browser in cookie::of(&call.incoming, services, home) {
        if let Some(handle) = services.checks.beside(&call.parameter, &browser).await? {
            return wait::visit(call, services, &handle).await;
        }
    }
    Err(Error::WrongBrowser.into())
}

/// Nothing for the visit of another browser.
fn held(visit: Result<Visit, Fault>) -> Result<Option<Visit>, Fault> {
    match visit {
        Ok(visit) => Ok(Some(visit)),
        Err(Fault::Core(Error::WrongBrowser)) => Ok(None),
        Err(fault) => Err(fault),
    }
}

async fn note(checks: &Checks, visit: &Visit) -> Result<CheckStatus, Error> {
    checks.returned(visit).await?;
    checks.poll(visit).await
}
