//! What a browser is told that has brought a request, and cannot be sent on at once.
//!
//! The address that it brought the request to lives as long as the request, which is a minute when it was pushed; a page that
//! stood there would be dead by the next reload. So the browser is sent to its waiting page, whose address lives as long as
//! the sign-in, and says there what it is told. Once there is more to tell, that is told instead.

use warp::http::StatusCode;

use super::not_begun::{refused, state_of};
use super::path;
use crate::checks::Waiting;
use crate::grants::Visit;
use crate::pages::{self, Language, State};
use crate::routes::exchange::call::Call;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::problem::Fault;
use crate::services::Services;

/// Sends the browser on to be told why its check cannot be begun. Other faults stay what they are.
pub(in crate::routes) fn trouble(visit: &Visit, fault: Fault) -> Result<Response, Fault> {
    match state_of(&fault) {
        Some(state @ (State::Full | State::Closed)) => Ok(reply::because(tell(visit, state.as_str()), fault)),
        Some(_) => Ok(reply::because(tell(visit, fault.row().status.as_str()), fault)),
        None => Err(fault),
    }
}

/// Sends the browser on to be told what it waits for.
pub(in crate::routes) fn waiting(visit: &Visit, what: Waiting) -> Response {
    tell(visit, word(what))
}

fn tell(visit: &Visit, what: &str) -> Response {
    reply::see_other(&format!("{}?told={what}", path(visit.handle())))
}

const fn word(what: Waiting) -> &'static str {
    match what {
        Waiting::Starting => State::Starting.as_str(),
        Waiting::InLine(_) => State::InLine.as_str(),
    }
}

/// The page that says so; nothing when the address names nothing that anybody is told.
pub(super) async fn again(
    call: &Call,
    services: &Services,
    visit: &Visit,
    language: Language,
) -> Option<Response> {
    let query = call.query().ok()?;
    let (status, state) = match query.get("told")? {
        "starting" => (StatusCode::OK, State::Starting),
        "in_line" => (StatusCode::OK, State::InLine),
        "full" => (StatusCode::SERVICE_UNAVAILABLE, State::Full),
        "closed" => (StatusCode::SERVICE_UNAVAILABLE, State::Closed),
        "429" => (StatusCode::TOO_MANY_REQUESTS, State::Exhausted),
        "500" => (StatusCode::INTERNAL_SERVER_ERROR, State::Trouble),
        "503" => (StatusCode::SERVICE_UNAVAILABLE, State::Trouble),
        _ => return None,
    };
    let view = refused(services, visit, state, language).await;
    Some(reply::page(status, pages::wait(&view)))
}
