//! `GET /api/callback/return/{handle}`: the browser comes back from the vendor. What the vendor added to the address says
//! nothing we believe.

use crate::checks::{CheckStatus, Checks, Entry, Error};
use crate::grants::Visit;
use crate::pages::State;
use crate::routes::browser::respond;
use crate::routes::browser::wait;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{FOLLOW, Route, Told};
use crate::routes::exchange::session;
use crate::routes::problem::Fault;
use crate::services::Services;
use crate::telemetry;

pub(in crate::routes) const ROUTE: Route = Route {
    template: "/api/callback/return/{handle}",
    methods: FOLLOW,
    shape: Shape::Page,
    told: Told::OfAPerson,
};

pub(in crate::routes) async fn answer(call: Call) -> Result<Response, Fault> {
    call.opened()?;
    let services = call.services().await?;
    let visit = visit(&call, &services).await?;
    let language = wait::language(&call, &services, &visit);
    let (checks, entry) = (services.checks.clone(), visit.entry.clone());
    let standing = call.finish(async move { note(&checks, &entry).await }).await?;
    if wait::state(&standing) == State::Approved {
        return respond::answer(&services, &visit, standing.outcome.status, language).await;
    }
    Ok(reply::see_other(&wait::path(visit.handle())))
}

/// The visit this browser belongs to, by the cookies that it sent.
async fn visit(call: &Call, services: &Services) -> Result<Visit, Fault> {
    let held = |id| session::held(call, services, id);
    let visit = services.grants.returned_visit(&call.parameter, &held).await?;
    telemetry::note_verification(visit.entry.id);
    Ok(visit)
}

async fn note(checks: &Checks, entry: &Entry) -> Result<CheckStatus, Error> {
    checks.came_back(entry).await?;
    checks.returned(entry).await?;
    checks.poll(entry).await
}
