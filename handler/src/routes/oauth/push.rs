//! `POST /api/verify/par`: a client pushes an authorization request (RFC 9126) and gets an address for it.

use serde_json::json;
use warp::http::{StatusCode, header};

use crate::checks::Registration;
use crate::clients::{Client, EmailClaim};
use crate::grants::{About, Authorization, HeldFor};
use crate::openid::answer::metadata::PAR;
use crate::openid::answer::refusal::{Code, REPEATED, Refusal};
use crate::openid::request::authorization_request::{self, Prompt, Request};
use crate::openid::request::parameters::Parameters;
use crate::openid::request::personal::plausible;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{POST, Route, Told};
use crate::routes::oauth::nobody;
use crate::routes::problem::Fault;
use crate::seal::looks_like_a_ticket;
use crate::services::Services;
use crate::telemetry;

pub(in crate::routes) const ROUTE: Route = Route {
    template: PAR,
    methods: POST,
    shape: Shape::OAuth,
    told: Told::Each,
};

/// What every address of a pushed request begins with (RFC 9126 §2.2).
pub(in crate::routes) const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

pub(in crate::routes) async fn answer(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let form = call.form().await?;
    let now = call.gate.clock.now();
    let authorization = call.incoming.values(header::AUTHORIZATION);
    if form.repeated().is_some() {
        return Err(REPEATED.into());
    }
    let client = services.client_auth.check(&authorization, &form, now).await?;
    telemetry::note_client(&client.id);
    let request = checked(client, &form)?;
    let grants = services.grants.clone();
    let pushed = if names_nobody(client, &request) {
        let authorization = of_nobody(&services, client, request, form.get("id_token_hint"))?;
        let by = if client.is_public() {
            HeldFor::Anybody
        } else {
            HeldFor::Client
        };
        call.finish(async move { grants.hold_walk_in(authorization, by).await })
            .await?
    } else {
        // Somebody answers for whom it names: the client that proved itself, or the caller to whom the ticket was issued.
        let about = about(client, &request, &call)?;
        let authorization = request.authorization;
        call.finish(async move {
            let pushed = grants.push(about, authorization).await;
            pushed.map_err(Fault::Ticket)
        })
        .await?
    };
    let life = (pushed.expires_at - now).whole_seconds().max(1);
    let uri = format!("{PREFIX}{}", pushed.request_uri_value);
    Ok(reply::json(
        StatusCode::CREATED,
        &json!({ "request_uri": uri, "expires_in": life }),
    ))
}

/// The same checks as for a request that comes through the browser (RFC 9126 §2.1).
fn checked(client: &Client, form: &Parameters) -> Result<Request, Fault> {
    if form.get("request_uri").is_some() {
        return Err(Refusal::invalid("request_uri must not be pushed").into());
    }
    if form.get("client_id").is_some_and(|id| id != client.id) {
        let why = "client_id is not that of the authenticated client";
        return Err(Refusal::invalid(why).into());
    }
    let to = authorization_request::address(client, form)?;
    let mut request = authorization_request::check(to, form)?;
    request.authorization.locale = nobody::spoken(&request.locales);
    if request.prompt == Prompt::None && !names_nobody(client, &request) {
        let why = "an identity check needs interaction with the person";
        return Err(Refusal::new(Code::InteractionRequired, why).into());
    }
    Ok(request)
}

/// Whether it is about whoever comes. What a client that proves nothing says of a person may come from anybody.
fn names_nobody(client: &Client, request: &Request) -> bool {
    let named = request.login_hint.as_deref();
    let is_named = named.is_some_and(|hint| looks_like_a_ticket(hint) || !client.is_public());
    client.walk_in && !is_named
}

/// What is asked for whoever comes.
fn of_nobody(
    services: &Services,
    client: &Client,
    request: Request,
    id_token_hint: Option<&str>,
) -> Result<Authorization, Refusal> {
    if request.person.is_empty() && request.email.is_none() {
        Ok(nobody::authorization(services, client, request, id_token_hint))
    } else {
        Err(Refusal::invalid(
            "values of a person need a subject in login_hint",
        ))
    }
}

/// A ticket in `login_hint` stands for what was registered with it, here as in the browser's address: client libraries push
/// by themselves, and their users do not know which of the two they do. What merely looks like a ticket is opened as one
/// too, and refused.
fn about(client: &Client, request: &Request, call: &Call) -> Result<About, Refusal> {
    plausible(&request.person, call.gate.clock.now())
        .map_err(|implausible| Refusal::invalid(implausible.description()))?;
    match &request.login_hint {
        Some(hint) if looks_like_a_ticket(hint) && request.email.is_some() => {
            let why = "the value of email belongs to the registration of the ticket";
            Err(Refusal::invalid(why))
        }
        Some(hint) if looks_like_a_ticket(hint) && client.is_public() && !request.person.is_empty() => {
            let why = "anybody can push in the name of a public client: values to compare must be registered";
            Err(Refusal::invalid(why))
        }
        Some(hint) if looks_like_a_ticket(hint) => Ok(About::Ticket {
            ticket: hint.clone(),
            person: request.person.clone(),
            by_anybody: client.is_public(),
        }),
        _ if client.is_public() => Err(Refusal::invalid(
            "login_hint must be a ticket: anybody can push in the name of a public client",
        )),
        _ => registration(client, request, call).map(|registration| About::Subject(Box::new(registration))),
    }
}

/// The client is authenticated, so its `login_hint` is believed: it names the client's own subject.
fn registration(client: &Client, request: &Request, call: &Call) -> Result<Registration, Refusal> {
    let subject = request
        .login_hint
        .clone()
        .filter(|hint| hint.chars().count() <= 255);
    let subject = subject.ok_or(Refusal::invalid(
        "login_hint must be the subject, 1 to 255 characters long",
    ))?;
    Ok(Registration {
        caller: client.id.clone(),
        client_id: Some(client.id.clone()),
        sector: client.sector.clone(),
        was_callers: false,
        subject,
        correlation_id: Some(nobody::correlation(&request.authorization, call)),
        person: request.person.clone(),
        // Kept only for who is told it.
        email: request
            .email
            .clone()
            .filter(|_| client.email == EmailClaim::Given),
        locale: request.authorization.locale.clone(),
        ip: None,
        consent: None,
        walk_in: false,
    })
}
