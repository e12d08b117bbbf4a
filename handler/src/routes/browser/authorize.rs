//! `GET|POST /api/verify/authorize`: a browser brings a ticket or a pushed request, and goes on to the vendor.
//!
//! A request by POST sets no cookie and starts nothing: it is kept, and the browser sent to come for it by GET.
//!
//! # Layout
//! - `kept`: a request that is kept here already, pushed by a client or registered by a caller
//! - `walk_in`: a request that names nobody; `posted`: one by POST; `account`: whether somebody else goes on
//! - `arrive`: from a good request to the vendor

mod account;
mod arrive;
mod kept;
mod posted;
mod walk_in;

use std::sync::Arc;

use crate::checks::{Error, Verification};
use crate::clients::Client;
use crate::grants::{Authorization, ResponseMode};
use crate::openid::answer::Answer;
use crate::openid::answer::metadata::AUTHORIZE;
use crate::openid::answer::refusal::{Code, Refusal};
use crate::openid::request::authorization_request::{self, Prompt, Return};
use crate::openid::request::parameters::Parameters;
use crate::routes::browser::respond::{self, deliver};
use crate::routes::exchange::call::Call;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{FOLLOW, FOLLOW_OR_POST, Route, Told};
use crate::routes::oauth::{nobody, push};
use crate::routes::problem::Fault;
use crate::seal::looks_like_a_ticket;
use crate::services::Services;
use crate::telemetry;
use arrive::Leg;
pub(in crate::routes) use arrive::go;
use walk_in::Coming;

pub(in crate::routes) const ROUTE: Route = Route {
    template: AUTHORIZE,
    methods: FOLLOW_OR_POST,
    shape: Shape::Page,
    told: Told::OfAPerson,
};

/// Where a browser that was handed a cookie brings it back, with the same query.
const BACK: &str = "/api/verify/authorize/back";

/// The parameter of a request that a caller registered and a person starts by a link of ours. No word of OAuth: those whose
/// requests come from clients never send it.
pub(in crate::routes) const LINK: &str = "idv_link";

pub(in crate::routes) const ROUTE_BACK: Route = Route {
    template: BACK,
    methods: FOLLOW,
    shape: Shape::Page,
    told: Told::OfAPerson,
};

pub(in crate::routes) async fn answer(call: Call) -> Result<Response, Fault> {
    enter(call, Leg::First).await
}

pub(in crate::routes) async fn back(call: Call) -> Result<Response, Fault> {
    enter(call, Leg::Back).await
}

async fn enter(mut call: Call, leg: Leg) -> Result<Response, Fault> {
    let services = call.services().await?;
    let parameters = if call.is_post() {
        call.form().await?
    } else {
        call.query()?
    };
    let pushed = parameters
        .get("request_uri")
        .and_then(|uri| uri.strip_prefix(push::PREFIX));
    let link = parameters.get(LINK);
    // A frame may ask what is known already (OpenID Connect Core section 3.1.2.1): that begins nothing. Beside what is kept here
    // `prompt` says nothing.
    let is_kept = link.is_some() || pushed.is_some();
    if is_kept || parameters.get("prompt") != Some("none") {
        call.opened()?;
    }
    match (link, pushed) {
        (Some(link), _) => kept::by_link(&call, &services, &parameters, link, leg).await,
        (None, Some(pushed)) => kept::by_pushed(&call, &services, &parameters, pushed, leg).await,
        (None, None) => by_ticket(&call, &services, &parameters, leg).await,
    }
}

/// What a request that is good is about.
enum Asked {
    /// Whom a ticket names.
    Ticket(Verification, Authorization),
    /// Whoever sits in front of the browser.
    WalkIn(Authorization),
}

async fn by_ticket(
    call: &Call,
    services: &Arc<Services>,
    parameters: &Parameters,
    leg: Leg,
) -> Result<Response, Fault> {
    let tags: Vec<Option<&str>> = parameters
        .get("ui_locales")
        .map(|tags| tags.split(' ').map(Some).collect())
        .unwrap_or_default();
    call.speak(&tags, services.default_language);
    let client = authorization_request::client(&services.client_auth.clients, parameters)?;
    telemetry::note_client(&client.id);
    let to = authorization_request::address(client, parameters)?;
    let fault = match checked(services, to, parameters).await {
        Ok(asked) => match proceed(call, services, parameters, asked, leg).await {
            Err(fault) if is_told_to_client(&fault) => fault,
            other => return other,
        },
        Err(fault) => fault,
    };
    let way_back = WayOfError {
        redirect_uri: to.redirect_uri,
        mode: authorization_request::response_mode(parameters),
        state: parameters.get("state"),
        issuer: respond::issuer(services, client),
    };
    sent_back(call, services, way_back, fault)
}

/// How an error goes to a client.
#[derive(Clone, Copy)]
struct WayOfError<'a> {
    redirect_uri: &'a str,
    mode: ResponseMode,
    state: Option<&'a str>,
    issuer: Option<&'a str>,
}

impl<'a> WayOfError<'a> {
    fn of(services: &'a Services, client: &Client, authorization: &'a Authorization) -> Self {
        Self {
            redirect_uri: &authorization.redirect_uri,
            mode: authorization.response_mode,
            state: authorization.state.as_deref(),
            issuer: respond::issuer(services, client),
        }
    }
}

/// Sends the browser back to the client with an error.
fn sent_back(call: &Call, services: &Services, to: WayOfError<'_>, fault: Fault) -> Result<Response, Fault> {
    let refusal = fault.row().refusal;
    let answer = Answer::error(to.redirect_uri, to.mode, to.state, refusal, to.issuer);
    let response = deliver(&answer, call.speak(&[], services.default_language))?;
    Ok(reply::because(response, fault))
}

/// What neither the person nor another try in this browser can mend.
const fn is_told_to_client(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Core(Error::WrongClient | Error::Store(_) | Error::Corrupt(_)) | Fault::Refused(_)
    )
}

async fn proceed(
    call: &Call,
    services: &Arc<Services>,
    parameters: &Parameters,
    asked: Asked,
    leg: Leg,
) -> Result<Response, Fault> {
    let (verification, authorization) = match asked {
        Asked::WalkIn(authorization) if call.is_post() => {
            return posted::come_by_get(services, parameters, authorization).await;
        }
        Asked::WalkIn(authorization) => {
            let coming = Coming {
                authorization,
                held: None,
            };
            return Box::pin(walk_in::enter(call, services, coming, leg)).await;
        }
        Asked::Ticket(verification, authorization) => (verification, authorization),
    };
    if call.is_post() {
        let client_id = authorization.client_id.clone();
        let held = services.grants.hold(&verification, authorization).await?;
        return Ok(kept::come_by_get(&client_id, &held.request_uri_value));
    }
    kept::by_ticket(call, services, parameters, (verification, authorization), leg).await
}

/// Everything a request must keep to once its answer has somewhere to go.
async fn checked(services: &Services, to: Return<'_>, parameters: &Parameters) -> Result<Asked, Fault> {
    let mut request = authorization_request::check(to, parameters)?;
    if !request.person.is_empty() || request.email.is_some() {
        let description = "values must be registered or pushed, not sent through the browser";
        return Err(Refusal::invalid(description).into());
    }
    request.authorization.locale = nobody::spoken(&request.locales);
    // What looks like a ticket is one, also a damaged one: nobody else may be checked in the place of whom it names.
    let is_ticket = request.login_hint.as_deref().is_some_and(looks_like_a_ticket);
    if to.client.walk_in && !is_ticket {
        let hint = parameters.get("id_token_hint");
        return Ok(Asked::WalkIn(nobody::authorization(
            services, to.client, request, hint,
        )));
    }
    let needs_ticket = match request.prompt {
        Prompt::None => Refusal::new(Code::LoginRequired, "login_hint must be a ticket"),
        Prompt::AsNeeded | Prompt::Login | Prompt::Select => Refusal::invalid("login_hint must be a ticket"),
    };
    let ticket = request.login_hint.ok_or(needs_ticket)?;
    let verification = services
        .checks
        .resolve_ticket(&ticket, &request.authorization.client_id)
        .await
        .map_err(Fault::Ticket)?;
    if request.prompt == Prompt::None {
        return Err(Refusal::new(
            Code::InteractionRequired,
            "an identity check needs interaction with the person",
        )
        .into());
    }
    Ok(Asked::Ticket(verification, request.authorization))
}
