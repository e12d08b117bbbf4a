//! `GET|POST /api/verify/authorize`: a browser brings a ticket or a pushed request, and goes on to the vendor.
//!
//! A request by POST sets no cookie and starts nothing: it is kept, and the browser sent to come for it by GET.
//!
//! # Layout
//! - `arrive`: from a good request to the vendor

mod arrive;

use std::sync::Arc;

use url::form_urlencoded;

use crate::checks::{Error, Verification};
use crate::grants::{Authorization, Grants};
use crate::openid::answer::Answer;
use crate::openid::answer::metadata::AUTHORIZE;
use crate::openid::answer::refusal::{Code, REPEATED, Refusal};
use crate::openid::request::authorization_request::{self, Prompt, Return, Untrusted};
use crate::openid::request::parameters::Parameters;
use crate::routes::browser::respond::deliver;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::cookie;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{FOLLOW, FOLLOW_OR_POST, Route, Told};
use crate::routes::oauth::push;
use crate::routes::problem::Fault;
use crate::services::Services;
use crate::telemetry;
use arrive::Leg;
pub(in crate::routes) use arrive::go;

pub(in crate::routes) const ROUTE: Route = Route {
    template: AUTHORIZE,
    methods: FOLLOW_OR_POST,
    shape: Shape::Page,
    told: Told::OfAPerson,
};

/// Where a browser that was handed a cookie brings it back, with the same query.
const BACK: &str = "/api/verify/authorize/back";

/// Names, in an address of our own, that the browser was sent once more because another of its cookies may have been
/// served.
const AGAIN: &str = "again";

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
    match parameters
        .get("request_uri")
        .and_then(|uri| uri.strip_prefix(push::PREFIX))
    {
        Some(pushed) => by_pushed(&call, &services, &parameters, pushed, leg).await,
        None => by_ticket(&call, &services, &parameters, leg).await,
    }
}

/// Nothing but `client_id` beside `request_uri` counts (RFC 9126 §4). Until the request is found nobody knows where an
/// error could go, so all of them are pages.
async fn by_pushed(
    call: &Call,
    services: &Arc<Services>,
    parameters: &Parameters,
    pushed: &str,
    leg: Leg,
) -> Result<Response, Fault> {
    if parameters.repeated().is_some() {
        return Err(REPEATED.into());
    }
    let client = authorization_request::client(&services.client_auth.clients, parameters)?;
    telemetry::note_client(&client.id);
    if call.is_post() {
        return Ok(come_by_get(&client.id, pushed));
    }
    let grants = &services.grants;
    let (verification, authorization) = grants.look_up_pushed(pushed, &client.id).await?;
    // The settings may have changed since it was pushed.
    if !client.redirect_uris.contains(&authorization.redirect_uri) {
        return Err(Untrusted::RedirectUri.into());
    }
    let held = cookie::of(&call.incoming, services, verification.id);
    let served = match serves(grants, &verification, pushed, &held).await {
        Err(Error::Used) if parameters.get(AGAIN).is_none() => {
            return Ok(come_once_more(&client.id, pushed));
        }
        served => served?,
    };
    let Some(browser) = served else {
        // Not even an approval answers it before: a pushed request serves one browser.
        return Ok(arrive::sent_for_a_cookie(
            call,
            services,
            verification.id,
            &authorization,
            leg,
        ));
    };
    arrive::bound(call, services, verification, authorization, browser).await
}

/// Which of the cookie values a pushed request serves; none when there is none.
async fn serves(
    grants: &Grants,
    verification: &Verification,
    pushed: &str,
    held: &[String],
) -> Result<Option<String>, Error> {
    let mut refused = None;
    for browser in held {
        match grants.use_pushed(verification, pushed, browser).await {
            Ok(()) => return Ok(Some(browser.clone())),
            Err(Error::Used) => refused = Some(Error::Used),
            Err(error) => return Err(error),
        }
    }
    refused.map_or(Ok(None), Err)
}

/// To the same request by GET. The address holds nothing of the person: what was asked lies in the store.
fn come_by_get(client_id: &str, pushed: &str) -> Response {
    reply::see_other(&format!("{AUTHORIZE}?{}", query(client_id, pushed, &[])))
}

/// Two requests of a double click may each be handed a cookie, and the one that was served is the other's. By the time of
/// one more hop the browser holds both; a stranger's holds what it held.
fn come_once_more(client_id: &str, pushed: &str) -> Response {
    reply::see_other(&format!("{BACK}?{}", query(client_id, pushed, &[(AGAIN, "1")])))
}

fn query(client_id: &str, pushed: &str, more: &[(&str, &str)]) -> String {
    let uri = format!("{}{pushed}", push::PREFIX);
    form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", client_id)
        .append_pair("request_uri", &uri)
        .extend_pairs(more)
        .finish()
}

async fn by_ticket(
    call: &Call,
    services: &Arc<Services>,
    parameters: &Parameters,
    leg: Leg,
) -> Result<Response, Fault> {
    let locale = parameters
        .get("ui_locales")
        .and_then(|tags| tags.split(' ').next());
    call.speak(&[locale], services.default_language);
    let client = authorization_request::client(&services.client_auth.clients, parameters)?;
    telemetry::note_client(&client.id);
    let to = authorization_request::address(client, parameters)?;
    let fault = match checked(services, to, parameters).await {
        Ok((verification, authorization)) => {
            match proceed(call, services, verification, authorization, leg).await {
                Err(fault) if is_told_to_client(&fault) => fault,
                other => return other,
            }
        }
        Err(fault) => fault,
    };
    let row = fault.row();
    let mode = authorization_request::response_mode(parameters);
    let issuer = &services.addresses.issuer;
    let answer = Answer::error(
        to.redirect_uri,
        mode,
        parameters.get("state"),
        row.refusal,
        issuer,
    );
    let response = deliver(&answer, call.speak(&[], services.default_language))?;
    Ok(reply::because(response, fault))
}

/// What neither the person nor another try in this browser can mend.
const fn is_told_to_client(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Core(Error::WrongClient | Error::Store(_) | Error::Corrupt(_))
    )
}

async fn proceed(
    call: &Call,
    services: &Arc<Services>,
    verification: Verification,
    authorization: Authorization,
    leg: Leg,
) -> Result<Response, Fault> {
    if call.is_post() {
        let client_id = authorization.client_id.clone();
        let held = services.grants.hold(&verification, authorization).await?;
        return Ok(come_by_get(&client_id, &held.request_uri_value));
    }
    match arrive::browser(call, services, &verification, &authorization).await? {
        Some(browser) => arrive::bound(call, services, verification, authorization, browser).await,
        None => arrive::unbound(call, services, verification, authorization, leg).await,
    }
}

/// Everything a request must keep to once its answer has somewhere to go.
async fn checked(
    services: &Services,
    to: Return<'_>,
    parameters: &Parameters,
) -> Result<(Verification, Authorization), Fault> {
    let request = authorization_request::check(to, parameters)?;
    if !request.person.is_empty() {
        let description = "values to compare must be registered or pushed, not sent through the browser";
        return Err(Refusal::invalid(description).into());
    }
    let needs_ticket = match request.prompt {
        Prompt::None => Refusal::new(Code::LoginRequired, "login_hint must be a ticket"),
        Prompt::AsNeeded | Prompt::Login => Refusal::invalid("login_hint must be a ticket"),
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
    Ok((verification, request.authorization))
}
