//! The pages of a check that is not begun: it waits, or cannot be.

use warp::http::StatusCode;

use super::{client_name, path};
use crate::checks::decision::family::Family;
use crate::checks::{Error, Waiting};
use crate::grants::Visit;
use crate::ids::PersonReference;
use crate::pages::{self, Correction, Language, State, View};
use crate::routes::exchange::reply::{self, Response};
use crate::routes::problem::Fault;
use crate::services::Services;

/// The page of a check that is not begun yet; it asks again by itself.
pub(in crate::routes) fn waiting(
    services: &Services,
    visit: &Visit,
    what: Waiting,
    after: Option<u32>,
    language: Language,
) -> Response {
    let (state, before) = match what {
        Waiting::Starting => (State::Starting, None),
        Waiting::InLine(before) => (State::InLine, Some(before)),
    };
    let view = View {
        before,
        after,
        ..not_begun(services, visit, state, language)
    };
    reply::page(StatusCode::OK, pages::wait(&view))
}

/// The page when the check cannot be begun now: the person may try again or leave. Where there is nothing to try again any
/// more (pressed twice, in two tabs, or approved meanwhile) the waiting page shows how things stand. Other faults stay what
/// they are.
pub(in crate::routes) async fn trouble(
    services: &Services,
    visit: &Visit,
    fault: Fault,
    language: Language,
) -> Result<Response, Fault> {
    if matches!(fault, Fault::Core(Error::NotRetryable)) {
        return Ok(reply::see_other(&path(visit.handle())));
    }
    let Some(state) = state_of(&fault) else {
        return Err(fault);
    };
    let view = refused(services, visit, state, language).await;
    let page = reply::page(fault.row().status, pages::wait(&view));
    Ok(reply::because(page, fault))
}

/// What a page shows when the check cannot be begun because of this.
pub(super) fn state_of(fault: &Fault) -> Option<State> {
    match fault {
        Fault::Core(Error::AttemptsExhausted) => Some(State::Exhausted),
        Fault::Core(Error::Vendor(_) | Error::StartsExhausted | Error::LineTooLong | Error::Busy) => {
            Some(State::Trouble)
        }
        Fault::Core(Error::PurseEmpty) => Some(State::Full),
        Fault::Core(Error::Closed) => Some(State::Closed),
        _ => None,
    }
}

/// The page of who cannot begin, with the moment from which on they can where that is known.
pub(super) async fn refused(services: &Services, visit: &Visit, state: State, language: Language) -> View {
    let next_at = match state {
        State::Exhausted | State::Trouble => services.checks.next_at(&visit.entry).await.unwrap_or_default(),
        _ => None,
    };
    View {
        next_at,
        ..not_begun(services, visit, state, language)
    }
}

fn not_begun(services: &Services, visit: &Visit, state: State, language: Language) -> View {
    View {
        has_way_back: visit.authorization.way_back.is_code() || state == State::Exhausted,
        language,
        state,
        path: path(visit.handle()),
        form_token: visit.form_token.clone(),
        client: client_name(services, visit).to_owned(),
        mishap: None,
        family: Family::Other,
        correction: Correction::Never,
        next_at: None,
        reference: PersonReference::of(visit.entry.id).to_string(),
        provider: services.provider.clone(),
        attempts_left: 0,
        can_retry: false,
        may_leave: true,
        is_told_later: true,
        can_resume: false,
        before: None,
        after: None,
    }
}
