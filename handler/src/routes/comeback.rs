//! `GET /api/callback/return/{handle}`: the browser comes back from the vendor. What the vendor added to the address says
//! nothing we believe.

use super::call::Call;
use super::deliver;
use super::gate::Services;
use super::problem::Fault;
use super::render::Shape;
use super::reply::{self, Response};
use super::serve::{FOLLOW, Route};
use super::wait;
use crate::pages::State;
use crate::verification::{Error, Standing, Verifications, Visit};

pub(super) const ROUTE: Route = Route {
    template: "/api/callback/return/{handle}",
    methods: FOLLOW,
    shape: Shape::Page,
};

pub(super) async fn answer(call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let visit = visit(&call, &services).await?;
    let language = wait::language(&call, &services, &visit);
    let (verifications, same) = (services.verifications.clone(), visit.clone());
    let standing = call
        .finish(async move { note(&verifications, &same).await })
        .await?;
    if wait::state(&standing) == State::Approved {
        return deliver::code(&services, &visit, language).await;
    }
    Ok(reply::see_other(&wait::path(&visit.handle)))
}

/// The visit this browser belongs to: that of a later sign-in which has taken the transaction over, if it holds that one's
/// cookie.
async fn visit(call: &Call, services: &Services) -> Result<Visit, Fault> {
    let visit = wait::visit(call, services, &call.parameter).await?;
    match services.verifications.continued(&visit).await? {
        Some(later) => Ok(wait::visit(call, services, &later).await.unwrap_or(visit)),
        None => Ok(visit),
    }
}

async fn note(verifications: &Verifications, visit: &Visit) -> Result<Standing, Error> {
    verifications.returned(visit).await?;
    verifications.standing(visit).await
}
