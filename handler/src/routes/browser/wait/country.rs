//! `/api/verify/wait/{handle}/country`: asks where the person is, when the vendor has to know it and nobody has said so.
//!
//! As on the waiting page, what leads on from a form is a page and no redirect.

use std::sync::Arc;

use warp::http::StatusCode;

use super::act::{Action, go_on};
use super::{language, path, refuse_foreign, visit};
use crate::checks::vendor::{Need, Place};
use crate::grants::Visit;
use crate::pages::{self, Asked, Language, PlaceView};
use crate::routes::exchange::call::Call;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::problem::Fault;
use crate::services::Services;

/// One request about one visit.
struct Asking<'a> {
    visit: &'a Visit,
    language: Language,
    action: Action,
}

impl Asking<'_> {
    fn page(&self, status: StatusCode, need: Need, is_refused: bool) -> Response {
        let view = PlaceView {
            language: self.language,
            path: &path(self.visit.handle()),
            asked: asked(need),
            is_refused,
            action: self.action.as_str(),
            form_token: &self.visit.form_token,
        };
        reply::page(status, pages::place(&view))
    }
}

const fn asked(need: Need) -> Asked {
    match need {
        Need::Country => Asked::Country,
        Need::State => Asked::State,
    }
}

pub(in crate::routes) async fn country(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let visit = visit(&call, &services, &call.parameter).await?;
    let language = language(&call, &services, &visit);
    if call.is_post() {
        call.opened()?;
        return said(&mut call, &services, &visit, language).await;
    }
    let asking = Asking {
        visit: &visit,
        language,
        action: Action::afterwards(call.query()?.get("for")),
    };
    match services.checks.unknown_place(&visit.entry).await? {
        Some(need) => Ok(asking.page(StatusCode::OK, need, false)),
        // Said already, in another tab for instance.
        None => Ok(reply::see_other(&pages::to_vendor(&path(visit.handle())))),
    }
}

/// Takes the answer. A state is asked for in a second step, and comes with its country.
async fn said(
    call: &mut Call,
    services: &Arc<Services>,
    visit: &Visit,
    language: Language,
) -> Result<Response, Fault> {
    let form = call.form().await?;
    if let Some(refused) = refuse_foreign(visit, &form) {
        return Ok(refused);
    }
    let asking = Asking {
        visit,
        language,
        action: Action::afterwards(form.get("action")),
    };
    let Some(country) = Asked::Country.chosen(form.get("country")) else {
        return Ok(asking.page(StatusCode::BAD_REQUEST, Need::Country, true));
    };
    let state = Asked::State.chosen(form.get("state"));
    let is_state_refused = form.has("state") && state.is_none();
    let place = Place {
        country: Some(country.to_owned()),
        state: state
            .filter(|_| country == pages::UNITED_STATES)
            .map(str::to_owned),
    };
    match services.checks.locate(&visit.entry, place).await? {
        Some(need) if is_state_refused => Ok(asking.page(StatusCode::BAD_REQUEST, need, true)),
        Some(need) => Ok(asking.page(StatusCode::OK, need, false)),
        None => go_on(call, services, asking.visit, asking.language, asking.action).await,
    }
}
