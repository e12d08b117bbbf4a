//! `GET /api/callback/return/{handle}`: the browser comes back from the vendor. What the vendor added to the address says
//! nothing we believe; where it is an error, it picks what the page says.
//!
//! # Layout
//! - `error_code`: what went wrong there

mod error_code;

use warp::http::StatusCode;

use crate::checks::{CheckStatus, Checks, Entry, Error};
use crate::grants::Visit;
use crate::ids::PersonReference;
use crate::openid::answer::refusal::Refusal;
use crate::pages::{self, ElsewhereView, Language, MISHAP, State};
use crate::routes::browser::respond;
use crate::routes::browser::wait;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{FOLLOW_OR_POST, Route, Told};
use crate::routes::exchange::session;
use crate::routes::problem::Fault;
use crate::services::Services;
use crate::telemetry;

pub(in crate::routes) const ROUTE: Route = Route {
    template: "/api/callback/return/{handle}",
    methods: FOLLOW_OR_POST,
    shape: Shape::Page,
    told: Told::OfAPerson,
};

pub(in crate::routes) async fn answer(mut call: Call) -> Result<Response, Fault> {
    call.opened()?;
    let services = call.services().await?;
    if call.is_post() {
        return said(&mut call, &services).await;
    }
    let visit = match visit(&call, &services).await {
        Err(Fault::Core(Error::WrongBrowser)) => return ask(&call, &services).await,
        visit => visit?,
    };
    let language = wait::language(&call, &services, &visit);
    let (checks, entry) = (services.checks.clone(), visit.entry.clone());
    let standing = call.finish(async move { note(&checks, &entry).await }).await?;
    if wait::state(&standing) == State::Approved {
        return respond::answer(&services, &visit, standing.outcome.status, language).await;
    }
    let page = wait::path(visit.handle());
    let Some(mishap) = error_code::mishap(&call.incoming.query) else {
        return Ok(reply::see_other(&page));
    };
    let mishap = mishap.as_str();
    tracing::info!(
        mishap,
        code = "browser.mishap",
        "browser came back from the vendor with an error"
    );
    Ok(reply::see_other(&format!("{page}?{MISHAP}={mishap}")))
}

/// A browser that did not begin: its person is asked whether they did, where nobody else answers for the sign-in.
async fn ask(call: &Call, services: &Services) -> Result<Response, Fault> {
    let visit = another(call, services).await?;
    let (checks, entry) = (services.checks.clone(), visit.entry.clone());
    let is_asked = call
        .finish(async move { checks.came_back_elsewhere(&entry).await })
        .await?;
    if !is_asked {
        return Err(Error::WrongBrowser.into());
    }
    let view = ElsewhereView {
        language: elsewhere(call, services, &visit),
        client: wait::client_name(services, &visit),
        values: visit.authorization.released.all(),
        path: &format!("/api/callback/return/{}", visit.handle()),
        form_token: &visit.form_token,
    };
    Ok(reply::page(StatusCode::OK, pages::asked_elsewhere(&view)))
}

/// What they answered. After a yes the check goes on in the browser that began.
async fn said(call: &mut Call, services: &Services) -> Result<Response, Fault> {
    let form = call.form().await?;
    let visit = another(call, services).await?;
    let language = elsewhere(call, services, &visit);
    let is_own = match form.get("action") {
        _ if !visit.has_sent(form.get(pages::FORM_TOKEN)) => return Err(Fault::Form),
        Some("own") => true,
        Some("not_own") => false,
        _ => return Err(Refusal::invalid("action is not one of own, not_own").into()),
    };
    let (checks, entry) = (services.checks.clone(), visit.entry.clone());
    call.finish(async move { checks.answer_elsewhere(&entry, is_own).await })
        .await?;
    if is_own {
        return Err(Error::WrongBrowser.into());
    }
    let reference = PersonReference::of(visit.entry.id).to_string();
    let page = pages::stopped_elsewhere(language, &reference, &services.provider);
    Ok(reply::page(StatusCode::OK, page))
}

/// Who has another browser than who began may be somebody else, and is spoken to in the language of theirs, not in the one that
/// was asked for where it was begun.
fn elsewhere(call: &Call, services: &Services, visit: &Visit) -> Language {
    let asked_for = visit.authorization.locale.as_deref().and_then(Language::of_tag);
    call.speak(&[], asked_for.unwrap_or(services.default_language))
}

async fn another(call: &Call, services: &Services) -> Result<Visit, Fault> {
    let visit = services.grants.visit_of_another(&call.parameter).await?;
    let visit = visit.ok_or(Error::WrongBrowser)?;
    telemetry::note_verification(visit.entry.id);
    Ok(visit)
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
