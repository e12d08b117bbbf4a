//! A request that names nobody: it is about whoever sits in front of the browser, and the verification is born when they come.
//!
//! A browser is known by its session ([`session`]), and nothing is written before that came back: what keeps no cookie
//! costs nothing.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::form_urlencoded;

use super::arrive::{self, Leg};
use super::spoken;
use crate::checks::{Newcomer, Registration, Remembered, Status};
use crate::clients::Client;
use crate::grants::{Authorization, WalkIn};
use crate::ids::SubjectHash;
use crate::openid::answer::metadata::AUTHORIZE;
use crate::openid::answer::refusal::{Code, Refusal};
use crate::openid::request::authorization_request::{Prompt, Request};
use crate::openid::request::parameters::Parameters;
use crate::routes::browser::respond;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::session::{self, Session};
use crate::routes::problem::{BodyFault, Fault};
use crate::services::Services;

/// Stands as the caller of such a registration.
const CALLER: &str = "walk-in";
/// Maximum length of the query that a posted request becomes, in bytes: the host takes request lines of 8,192.
const MAX_QUERY: usize = 6 * 1024;
/// What is taken over of a posted request. The rest says nothing to us.
const TAKEN_OVER: [&str; 14] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
    "prompt",
    "max_age",
    "ui_locales",
    "claims",
    "id_token_hint",
];

const LOGIN_REQUIRED: Refusal = Refusal::new(Code::LoginRequired, "nobody is known in this browser");
const OTHER_PERSON: Refusal = Refusal::new(
    Code::LoginRequired,
    "the person in this browser is not the one of id_token_hint",
);
const CHECK_REQUIRED: Refusal = Refusal::new(
    Code::InteractionRequired,
    "an identity check needs interaction with the person",
);

/// What is asked for a person whom nobody has named. A `login_hint` is in the browser's hands: it never says who they are.
pub(in crate::routes) fn authorization(
    services: &Services,
    client: &Client,
    request: Request,
    id_token_hint: Option<&str>,
) -> Authorization {
    let asked = request.authorization;
    // How old a session the client takes is nothing but an age that it never wants exceeded.
    let session_s = client.session_life.map_or(0, |life| life.as_secs());
    Authorization {
        max_age_s: Some(
            asked
                .max_age_s
                .map_or(session_s, |asked_s| asked_s.min(session_s)),
        ),
        locale: spoken(&request.locales),
        stranger: true,
        walk_in: Some(WalkIn {
            by_document: client.by_document,
            silent: request.prompt == Prompt::None,
            select: request.prompt == Prompt::Select,
            hinted: id_token_hint.and_then(|token| hinted(services, &client.id, token)),
        }),
        ..asked
    }
}

/// Whom a genuine ID token of ours names, however old it is. What is not ours says nothing.
fn hinted(services: &Services, client_id: &str, token: &str) -> Option<SubjectHash> {
    let issuer = &services.addresses.issuer;
    let claims = services.keys.recognise_own(token, issuer, client_id).ok()?;
    claims.get("sub")?.as_str()?.parse().ok()
}

/// To the same request by GET: with a request that another site posts, no cookie comes.
pub(super) fn come_by_get(parameters: &Parameters) -> Result<Response, Fault> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in TAKEN_OVER {
        if let Some(value) = parameters.get(name) {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.len() > MAX_QUERY {
        return Err(BodyFault::TooLarge.into());
    }
    Ok(reply::see_other(&format!("{AUTHORIZE}?{query}")))
}

/// Serves a browser that is known, and lets any other show first that it keeps a cookie.
pub(super) async fn enter(
    call: &Call,
    services: &Arc<Services>,
    authorization: Authorization,
    leg: Leg,
) -> Result<Response, Fault> {
    let language = call.speak(&[authorization.locale.as_deref()], services.default_language);
    let sector = authorization.client_id.clone();
    // Of several the first that it was handed: all its requests agree on that one.
    let Some(session) = session::of(call, services, &sector).into_iter().next() else {
        if authorization.walk_in.is_some_and(|walk_in| walk_in.silent) {
            return Err(LOGIN_REQUIRED.into());
        }
        let session = Session::fresh(&sector, &*call.gate.random);
        let hand_out = |response: &mut Response| session::hand_out(response, call, services, &session);
        return Ok(arrive::there_and_back(call, language, leg, hand_out));
    };
    let mut response = known(call, services, authorization, &session).await?;
    session::keep(&mut response, call, services, &session);
    Ok(response)
}

/// A browser that has shown its session: its approval answers, or the check begins.
async fn known(
    call: &Call,
    services: &Arc<Services>,
    mut authorization: Authorization,
    session: &Session,
) -> Result<Response, Fault> {
    let language = call.speak(&[authorization.locale.as_deref()], services.default_language);
    let newcomer = services
        .checks
        .newcomer(registration(&authorization, session, call))?;
    let remembered = remembered(services, &mut authorization, &newcomer).await?;
    let silent = authorization.walk_in.is_some_and(|walk_in| walk_in.silent);
    if silent && remembered.is_none() {
        return Err(CHECK_REQUIRED.into());
    }
    let verification = services.checks.verification_for(newcomer).await?;
    if remembered.is_some()
        && let Some(visit) = services
            .grants
            .reuse(&verification, authorization.clone())
            .await?
    {
        return respond::answer(services, &visit, Status::Approved, language).await;
    }
    if silent {
        // It was reversed in this moment.
        return Err(CHECK_REQUIRED.into());
    }
    arrive::bound(call, services, verification, authorization, session.browser()).await
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
    let is_hinted = |known| services.grants.remembered_sub(authorization, newcomer, known) == hinted;
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

/// The browser as a subject. Its requests are told apart as pushed ones are.
fn registration(authorization: &Authorization, session: &Session, call: &Call) -> Registration {
    Registration {
        caller: CALLER.to_owned(),
        client_id: Some(authorization.client_id.clone()),
        subject: session.subject(),
        correlation_id: Some(correlation(authorization, call)),
        locale: authorization.locale.clone(),
        walk_in: true,
        ..Registration::default()
    }
}

/// The same for the same request: client libraries make these values afresh for every sign-in. One without any of them stands
/// alone.
pub(in crate::routes) fn correlation(authorization: &Authorization, call: &Call) -> String {
    let parts = [
        &authorization.state,
        &authorization.nonce,
        &authorization.code_challenge,
    ];
    if parts.iter().all(|part| part.is_none()) {
        return URL_SAFE_NO_PAD.encode(call.gate.random.bytes::<16>());
    }
    parts.map(|part| part.as_deref().unwrap_or_default()).join("\n")
}
