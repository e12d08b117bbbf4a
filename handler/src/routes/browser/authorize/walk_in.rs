//! A request that names nobody: it is about whoever sits in front of the browser, and the verification is born when they come.
//!
//! A browser is known by its session (`session`), and nothing is written before that came back: what keeps no cookie
//! costs nothing.

use std::sync::Arc;

use super::account;
use super::arrive::{self, Leg, Serves};
use crate::checks::{Newcomer, Registration, Remembered, Status};
use crate::grants::Authorization;
use crate::openid::answer::refusal::{Code, Refusal};
use crate::routes::browser::respond;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::reply::Response;
use crate::routes::exchange::session::{self, Session};
use crate::routes::oauth::nobody;
use crate::routes::problem::Fault;
use crate::services::Services;
use crate::telemetry;

const LOGIN_REQUIRED: Refusal = Refusal::new(Code::LoginRequired, "nobody is known in this browser");
const OTHER_PERSON: Refusal = Refusal::new(
    Code::LoginRequired,
    "the person in this browser is not the one of id_token_hint",
);
const CHECK_REQUIRED: Refusal = Refusal::new(
    Code::InteractionRequired,
    "an identity check needs interaction with the person",
);

/// Who comes, and with what.
pub(super) struct Coming<'a> {
    /// What is asked.
    pub(super) authorization: Authorization,
    /// What names the request, where it is kept here. A credential.
    pub(super) held: Option<&'a str>,
}

/// Serves a browser that is known, and lets any other show first that it keeps a cookie.
pub(super) async fn enter(
    call: &Call,
    services: &Arc<Services>,
    coming: Coming<'_>,
    leg: Leg,
) -> Result<Response, Fault> {
    let authorization = &coming.authorization;
    let language = call.speak(&[authorization.locale.as_deref()], services.default_language);
    let sector = &authorization.sector_name();
    // Of several the first that it was handed: all its requests agree on that one.
    let Some(session) = session::of(call, services, sector).into_iter().next() else {
        if authorization.walk_in.is_some_and(|walk_in| walk_in.silent) {
            return Err(LOGIN_REQUIRED.into());
        }
        let session = Session::fresh(sector, &*call.gate.random);
        let hand_out = |response: &mut Response| session::hand_out(response, call, services, &session);
        return Ok(arrive::there_and_back(call, services, language, leg, hand_out));
    };
    let mut response = known(call, services, coming, &session).await?;
    session::keep(&mut response, call, services, &session);
    Ok(response)
}

/// A browser that has shown its session: its approval answers, or the check begins.
async fn known(
    call: &Call,
    services: &Arc<Services>,
    coming: Coming<'_>,
    session: &Session,
) -> Result<Response, Fault> {
    let Coming {
        mut authorization,
        held,
    } = coming;
    let language = call.speak(&[authorization.locale.as_deref()], services.default_language);
    let registration = Registration {
        correlation_id: Some(correlation(&authorization, call)),
        locale: authorization.locale.clone(),
        ..nobody::registration(
            &authorization.client_id,
            authorization.sector.as_deref(),
            session.subject(),
        )
    };
    let newcomer = services.checks.newcomer(registration)?;
    let remembered = remembered(services, &mut authorization, &newcomer).await?;
    let silent = authorization.walk_in.is_some_and(|walk_in| walk_in.silent);
    if silent && remembered.is_none() {
        return Err(CHECK_REQUIRED.into());
    }
    if remembered.is_some()
        && let Some(asked) = account::ask(call, services, &authorization, session)?
    {
        return Ok(asked);
    }
    if let Some(held) = held {
        services.grants.use_held(held, &session.browser()).await?;
    }
    let verification = services.checks.verification_for(newcomer).await?;
    telemetry::note_verification(verification.id);
    if remembered.is_some()
        && let Some(visit) = services
            .grants
            .reuse(&verification, authorization.clone())
            .await?
        && !services.grants.has_to_name(&visit).await?
        // Its handle opens no waiting page, so what cannot be told now is told by a check of this browser.
        && respond::may_be_told(services, &visit).await?
    {
        return respond::answer(services, &visit, Status::Approved, language).await;
    }
    if silent {
        // It was reversed in this moment, or something has come up about it that could not be read.
        return Err(CHECK_REQUIRED.into());
    }
    let browser = session.browser();
    arrive::bound(call, services, verification, authorization, browser, Serves::Each).await
}

/// The approval that may answer. One of another person than the client means does not, and if a check of its own can end
/// otherwise, one is demanded.
async fn remembered(
    services: &Services,
    authorization: &mut Authorization,
    newcomer: &Newcomer,
) -> Result<Option<Remembered>, Fault> {
    let walk_in = authorization.walk_in;
    let hinted = walk_in.and_then(|walk_in| walk_in.hinted);
    let remembered = if authorization.fresh {
        None
    } else {
        services
            .checks
            .remembered(newcomer, authorization.max_age_s)
            .await?
    };
    let Some(hinted) = hinted else {
        return Ok(remembered);
    };
    let by_document = walk_in.is_some_and(|walk_in| walk_in.by_document);
    let silent = walk_in.is_some_and(|walk_in| walk_in.silent);
    let sector = authorization.sector_name();
    let is_hinted = |known| {
        services
            .grants
            .remembered_sub(&sector, by_document, newcomer, known)
            == hinted
    };
    match remembered {
        Some(known) if is_hinted(known) => Ok(Some(known)),
        Some(_) if silent => Err(OTHER_PERSON.into()),
        // No check changes who the browser is.
        _ if !by_document && newcomer.subject != hinted => Err(OTHER_PERSON.into()),
        Some(_) => {
            authorization.fresh = true;
            Ok(None)
        }
        None => Ok(None),
    }
}

/// Clients that share a sector share its browsers, and never a request.
fn correlation(authorization: &Authorization, call: &Call) -> String {
    let request = nobody::correlation(authorization, call);
    format!("{}\n{request}", authorization.client_id)
}
