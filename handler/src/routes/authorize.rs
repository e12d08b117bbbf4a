//! `GET|POST /api/verify/authorize`: a browser brings a ticket or a pushed request, and goes on to the vendor.

use std::sync::Arc;

use secrecy::ExposeSecret as _;

use super::call::Call;
use super::cookie;
use super::deliver::{self, deliver};
use super::gate::Services;
use super::problem::Fault;
use super::push;
use super::render::Shape;
use super::reply::{self, Response};
use super::serve::{FOLLOW_OR_POST, Route};
use super::wait;
use crate::ids::VerificationId;
use crate::openid::answer::Answer;
use crate::openid::authorization_request::{self, Prompt, Return, Untrusted};
use crate::openid::metadata::AUTHORIZE;
use crate::openid::parameters::Parameters;
use crate::openid::refusal::{Code, REPEATED, Refusal};
use crate::pages::Language;
use crate::seal::Purpose;
use crate::telemetry;
use crate::verification::{Authorization, Begun, Error, Status, Visit};

pub(super) const ROUTE: Route = Route {
    template: AUTHORIZE,
    methods: FOLLOW_OR_POST,
    shape: Shape::Page,
};

pub(super) async fn answer(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let parameters = if call.is_post() {
        call.form().await?
    } else {
        call.query()?
    };
    call.speak(
        &[parameters
            .get("ui_locales")
            .and_then(|tags| tags.split(' ').next())],
        services.default_language,
    );
    match parameters
        .get("request_uri")
        .and_then(|uri| uri.strip_prefix(push::PREFIX))
    {
        Some(pushed) => by_pushed(&call, &services, &parameters, pushed).await,
        None => by_ticket(&call, &services, &parameters).await,
    }
}

/// Nothing but `client_id` beside `request_uri` counts (RFC 9126 §4). Until the request is found nobody knows where an
/// error could go, so all of them are pages.
async fn by_pushed(
    call: &Call,
    services: &Arc<Services>,
    parameters: &Parameters,
    pushed: &str,
) -> Result<Response, Fault> {
    if parameters.repeated().is_some() {
        return Err(REPEATED.into());
    }
    let client = parameters
        .get("client_id")
        .and_then(|id| services.client_auth.clients.get(id));
    let client = client.ok_or(Untrusted::Client)?;
    telemetry::note_client(&client.id);
    let opened = services
        .seal
        .open(Purpose::RequestUri, pushed, call.gate.clock.now());
    let id = opened.map_err(Error::from)?.id;
    let browser = browser(call, services, id);
    let (id, authorization) = services
        .verifications
        .resolve_pushed(pushed, &client.id, &browser)
        .await?;
    // The settings may have changed since it was pushed.
    if !client.redirect_uris.contains(&authorization.redirect_uri) {
        return Err(Untrusted::RedirectUri.into());
    }
    proceed(call, services, id, authorization, browser).await
}

async fn by_ticket(
    call: &Call,
    services: &Arc<Services>,
    parameters: &Parameters,
) -> Result<Response, Fault> {
    let client = authorization_request::client(&services.client_auth.clients, parameters)?;
    telemetry::note_client(&client.id);
    let to = authorization_request::address(client, parameters)?;
    let fault = match checked(services, to, parameters).await {
        Ok((id, authorization)) => {
            let browser = browser(call, services, id);
            match proceed(call, services, id, authorization, browser).await {
                Err(fault @ Fault::Core(Error::WrongClient | Error::Store(_) | Error::Corrupt(_))) => fault,
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

/// Everything a request must keep to once its answer has somewhere to go.
async fn checked(
    services: &Services,
    to: Return<'_>,
    parameters: &Parameters,
) -> Result<(VerificationId, Authorization), Fault> {
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
    let id = services
        .verifications
        .resolve_ticket(&ticket, &request.authorization.client_id)
        .await
        .map_err(Fault::Ticket)?;
    if request.prompt == Prompt::None {
        return Err(Refusal::new(Code::InteractionRequired, "an identity check needs the person").into());
    }
    Ok((id, request.authorization))
}

/// The cookie this browser holds for the verification, or a fresh one.
fn browser(call: &Call, services: &Services, id: VerificationId) -> String {
    cookie::of(&call.incoming, services, id).unwrap_or_else(|| cookie::fresh(&*call.gate.random))
}

/// Binds the request to the browser, begins the check, and sends the browser there.
async fn proceed(
    call: &Call,
    services: &Arc<Services>,
    id: VerificationId,
    authorization: Authorization,
    browser: String,
) -> Result<Response, Fault> {
    telemetry::note_verification(id);
    let verifications = &services.verifications;
    let handle = verifications.authorize(id, authorization, &browser).await?;
    let visit = verifications.visit(&handle, Some(&browser)).await?;
    let begun = verifications.begin(&visit).await;
    let language = call.speak(
        &[visit.authorization.locale.as_deref()],
        services.default_language,
    );
    let mut response = match begun {
        Ok(begun) => go(services, &visit, &begun, language).await?,
        Err(error) => wait::trouble(&visit, error.into(), language)?,
    };
    let life = visit.expires_at - call.gate.clock.now();
    cookie::set(&mut response, services, id, &browser, life);
    Ok(response)
}

/// Sends a browser where it belongs once the check was begun: to the vendor; with an approval back to the client; else to
/// the waiting page, where there is something to read or to choose.
pub(super) async fn go(
    services: &Services,
    visit: &Visit,
    begun: &Begun,
    language: Language,
) -> Result<Response, Fault> {
    match begun {
        Begun::Redirect(address) => Ok(reply::see_other(address.expose_secret())),
        Begun::Settled(outcome) if outcome.status == Status::Approved => {
            deliver::code(services, visit, language).await
        }
        Begun::Settled(_) => Ok(reply::see_other(&wait::path(&visit.handle))),
    }
}
