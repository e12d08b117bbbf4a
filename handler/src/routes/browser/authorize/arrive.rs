//! From a good request to the vendor: nothing begins before the browser has shown that it keeps our cookie.
//!
//! A cookie that an answer sets may never arrive: the answer is lost, the person clicks twice, the host sends the request
//! again. So no answer binds a request to the cookie that it sets itself. It sends the browser to [`BACK`] with the request as
//! it was, and what comes back from there is the cookie that the browser holds.

use std::sync::Arc;

use secrecy::ExposeSecret as _;
use warp::http::StatusCode;

use super::BACK;
use crate::checks::{Begun, Status, Verification};
use crate::grants::{Authorization, Visit};
use crate::ids::VerificationId;
use crate::openid::answer::metadata::AUTHORIZE;
use crate::pages::{self, Language};
use crate::routes::browser::respond;
use crate::routes::browser::wait;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::cookie;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::problem::Fault;
use crate::services::Services;
use crate::telemetry;

/// How far a browser has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leg {
    /// Its first request: it may not have been handed a cookie yet.
    First,
    /// It was handed one and sent here.
    Back,
}

/// Whom it serves by what a browser is named, where nothing was bound to it yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Serves {
    /// The first that comes, as a ticket does.
    OneBrowser,
    /// Every one: it is bound already, or the browser is whom it is about.
    Each,
}

/// A browser that sent no cookie: an approval that is there answers it; otherwise it is handed one and sent to bring it
/// back, once.
pub(super) async fn unbound(
    call: &Call,
    services: &Arc<Services>,
    verification: Verification,
    authorization: Authorization,
    leg: Leg,
) -> Result<Response, Fault> {
    let id = verification.id;
    telemetry::note_verification(id);
    let language = call.speak(&[authorization.locale.as_deref()], services.default_language);
    // Values of the document are told to nobody who has not come back with a cookie.
    let reused = if authorization.released.is_empty() {
        services.grants.reuse(&verification, authorization).await?
    } else {
        None
    };
    // Its handle opens no waiting page, so what cannot be told now is told once there is a cookie.
    if let Some(visit) = reused
        && respond::may_be_told(services, &visit).await?
    {
        return respond::answer(services, &visit, Status::Approved, language).await;
    }
    Ok(hop(call, services, id, language, leg))
}

/// A browser that sent no cookie is handed one and sent to bring it back, once.
pub(super) fn sent_for_a_cookie(
    call: &Call,
    services: &Services,
    id: VerificationId,
    authorization: &Authorization,
    leg: Leg,
) -> Response {
    telemetry::note_verification(id);
    let language = call.speak(&[authorization.locale.as_deref()], services.default_language);
    hop(call, services, id, language, leg)
}

fn hop(call: &Call, services: &Services, id: VerificationId, language: Language, leg: Leg) -> Response {
    let hand_out = |response: &mut Response| cookie::hand_out(response, services, id, &*call.gate.random);
    there_and_back(call, services, language, leg, hand_out)
}

/// Hands a browser that sent none some cookie, and sends it to bring that back, once.
pub(super) fn there_and_back(
    call: &Call,
    services: &Services,
    language: Language,
    leg: Leg,
    hand_out: impl FnOnce(&mut Response),
) -> Response {
    let query = &call.incoming.query;
    if leg == Leg::Back {
        let again = format!("{AUTHORIZE}?{query}");
        let page = pages::no_cookies(language, &again, &call.request_id, &services.provider);
        return reply::because(reply::page(StatusCode::FORBIDDEN, page), Fault::NoCookie);
    }
    let mut response = reply::see_other(&format!("{BACK}?{query}"));
    hand_out(&mut response);
    response
}

/// Binds the request to the browser, begins the check, and sends the browser there.
pub(super) async fn bound(
    call: &Call,
    services: &Arc<Services>,
    verification: Verification,
    authorization: Authorization,
    browser: String,
    serves: Serves,
) -> Result<Response, Fault> {
    telemetry::note_verification(verification.id);
    let grants = &services.grants;
    let authorized = match serves {
        Serves::OneBrowser => {
            grants
                .authorize_by_ticket(&verification, authorization, &browser)
                .await
        }
        Serves::Each => grants.authorize(&verification, authorization, &browser).await,
    };
    let visit = call.located(services, authorized?);
    if services.grants.has_to_name(&visit).await? {
        return Ok(reply::see_other(&wait::showing(
            visit.handle(),
            wait::Action::Begin.as_str(),
        )));
    }
    let begun = services.checks.begin(&visit.entry).await;
    let language = call.speak(
        &[visit.authorization.locale.as_deref()],
        services.default_language,
    );
    match begun {
        Ok(Begun::Waiting { what, .. }) => Ok(wait::told::waiting(&visit, what)),
        Ok(begun) => go(services, &visit, &begun, language).await,
        Err(error) => wait::told::trouble(&visit, error.into()),
    }
}

/// Sends a browser where it belongs once the check was begun: to the vendor; with an approval back to the client; else to
/// the waiting page, where there is something to read or to choose.
pub(in crate::routes) async fn go(
    services: &Services,
    visit: &Visit,
    begun: &Begun,
    language: Language,
) -> Result<Response, Fault> {
    match begun {
        Begun::Redirect(address) => Ok(reply::see_other(address.expose_secret())),
        Begun::Settled(outcome) if outcome.status == Status::Approved => {
            respond::answer(services, visit, outcome.status, language).await
        }
        Begun::Settled(_) => Ok(reply::see_other(&wait::path(visit.handle()))),
        Begun::Waiting { what, after } => Ok(wait::waiting(services, visit, *what, *after, language)),
        Begun::NeedsConsent => Ok(reply::see_other(&wait::agreeing(
            visit.handle(),
            wait::Action::Begin,
        ))),
        Begun::NeedsPlace => Ok(reply::see_other(&wait::asking(
            visit.handle(),
            wait::Action::Begin,
        ))),
    }
}
