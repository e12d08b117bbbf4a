//! `/api/verify/wait/{handle}`: where the person waits and chooses. Works without script; with it, the page asks for
//! `…/status` and renews itself when something changed.
//!
//! # Layout
//! - `act`: what the person chose
//! - `consent`: `…/consent`, where the person agrees to the check
//! - `country`: `…/country`, where the person says where they are
//! - `not_begun`: what is shown while there is no check
//! - `release`: `…/release`, where the person is shown what the client is told of their document
//! - `onward`: `…/continue`, which leads to whatever is next
//! - `told`: what was told elsewhere, and is told here again

mod act;
mod consent;
mod country;
mod not_begun;
mod onward;
mod release;
pub(in crate::routes) mod told;

use std::sync::Arc;

pub(in crate::routes) use act::{Action, agreeing, asking};
pub(in crate::routes) use consent::consent;
pub(in crate::routes) use country::country;
pub(in crate::routes) use not_begun::{trouble, waiting};
pub(in crate::routes) use onward::onward;
pub(in crate::routes) use release::release;
use serde_json::json;
use time::OffsetDateTime;
use warp::http::StatusCode;

use crate::checks::decision::family::Family;
use crate::checks::outcome::ATTEMPTS_EXHAUSTED;
use crate::checks::{CheckStatus, Error, Status, Step};
use crate::clients::{OF_B2C, Outcomes};
use crate::grants::{Visit, WayBack};
use crate::ids::PersonReference;
use crate::openid::request::parameters::Parameters;
use crate::pages::{self, Correction, Language, Mishap, State, View};
pub(in crate::routes) use crate::routes::browser::addresses::{path, showing};
use crate::routes::browser::respond;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{FOLLOW, GET, GET_AND_POST, Route, Told};
use crate::routes::exchange::session;
use crate::routes::problem::Fault;
use crate::seal::Purpose;
use crate::services::Services;
use crate::telemetry;

pub(in crate::routes) const ROUTE: Route = Route {
    template: "/api/verify/wait/{handle}",
    methods: GET_AND_POST,
    shape: Shape::Page,
    told: Told::OfAPerson,
};
pub(in crate::routes) const STATUS: Route = Route {
    template: "/api/verify/wait/{handle}/status",
    methods: GET,
    shape: Shape::OAuth,
    told: Told::OfAPerson,
};
pub(in crate::routes) const COUNTRY: Route = Route {
    template: "/api/verify/wait/{handle}/country",
    methods: GET_AND_POST,
    shape: Shape::Page,
    told: Told::OfAPerson,
};
pub(in crate::routes) const CONSENT: Route = Route {
    template: "/api/verify/wait/{handle}/consent",
    methods: GET_AND_POST,
    shape: Shape::Page,
    told: Told::OfAPerson,
};
pub(in crate::routes) const RELEASE: Route = Route {
    template: "/api/verify/wait/{handle}/release",
    methods: GET_AND_POST,
    shape: Shape::Page,
    told: Told::OfAPerson,
};
pub(in crate::routes) const ONWARD: Route = Route {
    template: "/api/verify/wait/{handle}/continue",
    methods: FOLLOW,
    shape: Shape::Page,
    told: Told::OfAPerson,
};

/// The visit of the handle in the path, if this browser began it.
pub(in crate::routes) async fn visit(call: &Call, services: &Services, handle: &str) -> Result<Visit, Fault> {
    let opened = services.seal.open(Purpose::Handle, handle, call.gate.clock.now());
    let id = opened.map_err(Error::from)?.id;
    telemetry::note_verification(id);
    let held = session::held(call, services, id);
    let visit = services.grants.visit_by(handle, &held, None).await?;
    Ok(call.located(services, visit))
}

pub(in crate::routes) fn language(call: &Call, services: &Services, visit: &Visit) -> Language {
    call.speak(
        &[visit.authorization.locale.as_deref()],
        services.default_language,
    )
}

/// What the client is called towards people.
pub(in crate::routes) fn client_name<'a>(services: &'a Services, visit: &'a Visit) -> &'a str {
    let id = &visit.authorization.client_id;
    let client = services.client_auth.clients.get(id);
    client.map_or(id, |client| client.shown_name())
}

pub(in crate::routes) async fn answer(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let visit = visit(&call, &services, &call.parameter).await?;
    let language = language(&call, &services, &visit);
    if call.is_post() {
        call.opened()?;
        return act::act(&mut call, &services, visit, language).await;
    }
    let standing = poll(&call, &services, &visit).await?;
    if standing.step == Step::NotBegun
        && let Some(told) = told::again(&call, &services, &visit, language).await
    {
        return Ok(told);
    }
    let way_back = way_back(&call, &services, &visit, &standing);
    if way_back == Leaving::Overdue {
        return respond::overdue(&services, &visit, language).await;
    }
    let view = View {
        language,
        state: state(&standing),
        path: path(visit.handle()),
        form_token: visit.form_token.clone(),
        client: client_name(&services, &visit).to_owned(),
        has_way_back: way_back == Leaving::Free,
        mishap: mishap(&call).filter(|_| is_unfinished(&standing)),
        family: family(&standing),
        correction: correction(&services, &visit, &standing),
        next_at: standing.next_at,
        reference: PersonReference::of(visit.entry.id).to_string(),
        provider: services.provider.clone(),
        attempts_left: standing.outcome.attempts_left,
        can_retry: standing.can_retry,
        may_leave: standing.may_leave,
        is_told_later: is_told_later(&services, &visit),
        can_resume: standing.can_resume,
        before: before(standing.step),
        after: None,
    };
    Ok(reply::page(StatusCode::OK, pages::wait(&view)))
}

/// A form that is none of the pages that this browser was shown does nothing: the page is shown instead.
fn refuse_foreign(visit: &Visit, form: &Parameters) -> Option<Response> {
    let is_ours = visit.has_sent(form.get(pages::FORM_TOKEN));
    (!is_ours).then(|| reply::because(reply::see_other(&path(visit.handle())), Fault::Form))
}

/// Whether the person may go back now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaving {
    /// As they like.
    Free,
    /// Not yet: what they would be told there is not what they would be told after another try.
    Never,
    /// There has been no outcome for so long that they are sent back without one.
    Overdue,
}

fn way_back(call: &Call, services: &Services, visit: &Visit, standing: &CheckStatus) -> Leaving {
    let now = call.gate.clock.now();
    if visit.authorization.way_back.is_code() {
        let waits = matches!(state(standing), State::Checking | State::Unconfirmed);
        let is_overdue = waits && is_forgotten(services, visit, now);
        return if is_overdue {
            Leaving::Overdue
        } else {
            Leaving::Free
        };
    }
    let front = services.sample.as_ref();
    if !front.is_some_and(|front| visit.may_go_back(standing, front.return_within, now)) {
        return Leaving::Never;
    }
    match state(standing) {
        State::Checking => Leaving::Overdue,
        // Nobody has checked them: there is nothing to go back with.
        State::Ready | State::InLine | State::Starting | State::AtVendor => Leaving::Never,
        _ => Leaving::Free,
    }
}

/// Whether the client has waited so long for the answer that it is about to forget the sign-in.
fn is_forgotten(services: &Services, visit: &Visit, now: OffsetDateTime) -> bool {
    let client = services.client_auth.clients.get(&visit.authorization.client_id);
    let within = client.and_then(|client| client.return_within);
    within.is_some_and(|within| now >= visit.began_at + within)
}

/// Whether whoever the person goes back to without a result can hear it later.
fn is_told_later(services: &Services, visit: &Visit) -> bool {
    let (clients, request) = (&services.client_auth.clients, &visit.authorization);
    !request.way_back.is_code() || clients.outcomes(&request.client_id) == Outcomes::Claims
}

/// Whether somebody whose check has no outcome may go back meanwhile: the page that they look at does not know it yet.
fn is_due(call: &Call, services: &Services, visit: &Visit, standing: &CheckStatus) -> bool {
    let is_held = state(standing) == State::Review && !visit.authorization.way_back.is_code();
    match way_back(call, services, visit, standing) {
        Leaving::Overdue => true,
        Leaving::Free => is_held,
        Leaving::Never => false,
    }
}

/// Asking the vendor must not be cut short by a browser that leaves.
async fn poll(call: &Call, services: &Arc<Services>, visit: &Visit) -> Result<CheckStatus, Fault> {
    let (checks, entry) = (services.checks.clone(), visit.entry.clone());
    call.finish(async move { checks.poll(&entry).await }).await
}

pub(in crate::routes) fn state(standing: &CheckStatus) -> State {
    if standing.outcome.reason == Some(ATTEMPTS_EXHAUSTED) {
        return State::Exhausted;
    }
    match (standing.step, standing.outcome.status) {
        (Step::NotBegun, _) => State::Ready,
        (Step::Unconfirmed, _) => State::Unconfirmed,
        (Step::InLine(_), _) => State::InLine,
        (Step::Starting, _) => State::Starting,
        (Step::AtVendor, _) => State::AtVendor,
        (Step::Checking, _) | (Step::Done, Status::Pending) => State::Checking,
        (Step::Done, Status::Approved) => State::Approved,
        (Step::Done, Status::Rejected) => State::Rejected,
        (Step::Done, Status::Review) => State::Review,
        (Step::Done, Status::Expired) => State::Expired,
        (Step::Done, Status::Cancelled) => State::Cancelled,
        (Step::Done, Status::Error) => State::Trouble,
    }
}

/// What a rejection is about: better light does not help whose account has another name.
fn family(standing: &CheckStatus) -> Family {
    let reason = standing.outcome.reason.as_ref();
    reason.map_or(Family::Other, Family::of)
}

/// Whether whoever registered the person is told by claims why the document did not match, and can have it corrected. B2C's
/// policies ask whoever signs up, and nobody who has an account; which it is, a registration does not say.
fn correction(services: &Services, visit: &Visit, standing: &CheckStatus) -> Correction {
    let (clients, request) = (&services.client_auth.clients, &visit.authorization);
    let hears_why = request.way_back == WayBack::Code
        && request.walk_in.is_none()
        && clients.outcomes(&request.client_id) == Outcomes::Claims;
    match hears_why {
        _ if standing.is_corrected => Correction::InVain,
        false => Correction::Never,
        true if request.redirect_uri.ends_with(OF_B2C) => Correction::Perhaps,
        true => Correction::Possible,
    }
}

/// What went wrong at the vendor, as the address of the page says.
fn mishap(call: &Call) -> Option<Mishap> {
    let query = call.query().ok()?;
    query.get(pages::MISHAP).and_then(Mishap::of)
}

/// The person has come back, and the vendor waits for them still.
fn is_unfinished(standing: &CheckStatus) -> bool {
    state(standing) == State::Checking && standing.can_resume
}

/// How many are before a person who is in line.
fn before(step: Step) -> Option<usize> {
    match step {
        Step::InLine(before) => Some(before),
        _ => None,
    }
}

/// `GET …/status`, for the script of the page, which renews the page when `state` is another than the page's own; `due` is no
/// state of a page. It is asked with the parameters of the page.
pub(in crate::routes) async fn status(call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let visit = visit(&call, &services, &call.parameter).await?;
    let standing = poll(&call, &services, &visit).await?;
    let state = state(&standing);
    // The page that says why the check is not finished, which it is.
    let is_finished = mishap(&call).is_some() && !is_unfinished(&standing);
    let told = if is_finished || is_due(&call, &services, &visit, &standing) {
        "due"
    } else {
        state.as_str()
    };
    let body = json!({
        "state": told,
        "status": standing.outcome.status.as_str(),
        "poll_after_ms": if state == State::Checking { 2000 } else { 5000 },
    });
    Ok(reply::json(StatusCode::OK, &body))
}
