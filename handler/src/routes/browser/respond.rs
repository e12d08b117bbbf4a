//! Sends the browser on with the answer to an authorization request.

use secrecy::ExposeSecret as _;
use tracing::info;
use warp::http::StatusCode;

use crate::checks::{Error, Outcome, Status};
use crate::clients::{Client, Outcomes};
use crate::grants::{PolicyLink, ResponseMode, Visit, WayBack};
use crate::openid::answer::Answer;
use crate::openid::answer::outcome;
use crate::openid::answer::refusal::{Code, Refusal};
use crate::openid::request::authorization_request::Untrusted;
use crate::pages::{self, Language};
use crate::routes::browser::addresses;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::oauth::token::id_token;
use crate::routes::problem::Fault;
use crate::sample::hint;
use crate::services::Services;

/// Delivers an answer as the client asked for it.
pub(in crate::routes) fn deliver(answer: &Answer, language: Language) -> Result<Response, Fault> {
    match answer.mode {
        ResponseMode::Query | ResponseMode::Policy => Ok(reply::see_other(answer.location()?.as_str())),
        ResponseMode::FormPost => Ok(reply::posting_page(pages::form_post(language, answer))),
    }
}

/// The issuer that errors for this client name, if they do.
pub(in crate::routes) fn issuer<'a>(services: &'a Services, client: &Client) -> Option<&'a str> {
    client.iss_in_errors.then_some(services.addresses.issuer.as_str())
}

/// Sends the person of this visit back, as whoever sent them wants it. `shown` is what they have been shown, or would be.
pub(in crate::routes) async fn answer(
    services: &Services,
    visit: &Visit,
    shown: Status,
    language: Language,
) -> Result<Response, Fault> {
    match &visit.authorization.way_back {
        WayBack::Code | WayBack::IdToken => by_code(services, visit, shown, language).await,
        WayBack::Policy(link) => by_policy(services, visit, link).await,
    }
}

/// Sends the person back whose client is about to forget the sign-in, without an outcome: also where they were asked whether
/// they began, and have not answered.
pub(in crate::routes) async fn overdue(
    services: &Services,
    visit: &Visit,
    language: Language,
) -> Result<Response, Fault> {
    match &visit.authorization.way_back {
        WayBack::Code | WayBack::IdToken => {
            let code = services.grants.overdue_code(visit).await;
            with_code(services, visit, (Status::Pending, code), language).await
        }
        WayBack::Policy(link) => by_policy(services, visit, link).await,
    }
}

/// To a sign-in under a policy, where there is an outcome that no further attempt changes, or none came in time. Before that the
/// waiting page shows how things stand: the sample's policies let nobody try again who has come back once.
async fn by_policy(services: &Services, visit: &Visit, link: &PolicyLink) -> Result<Response, Fault> {
    let front = services.sample.as_ref().ok_or(Fault::NoRoute)?;
    front.permits_request(&visit.authorization)?;
    let (entry, now) = (&visit.entry, services.grants.now());
    let standing = services.checks.poll(entry).await?;
    if !visit.may_go_back(&standing, front.return_within, now) {
        return Ok(reply::see_other(&addresses::path(visit.handle())));
    }
    let handed_at = services.grants.hand_over(visit, link, hint::LIFE).await?;
    let object_id = services.grants.subject_named(entry.id, link)?;
    // Of the moment when it was handed over first: whoever comes again is given the same one, which ends at the same time.
    let hint = front.hint(&services.keys, object_id.expose_secret(), handed_at)?;
    let address = front.link(&visit.authorization, link, &hint, entry.id)?;
    let status = standing.outcome.status.as_str();
    info!(verification.id = %entry.id, status, code = "sample.returned", "person sent back to the policy");
    Ok(reply::see_other(address.as_str()))
}

/// With a code, or with the error that the outcome is for this client. Where something has come up since it was found to be
/// over (a callback that nobody has read yet), the waiting page shows how things stand.
async fn by_code(
    services: &Services,
    visit: &Visit,
    shown: Status,
    language: Language,
) -> Result<Response, Fault> {
    if shown == Status::Approved && services.grants.has_to_name(visit).await? {
        return Ok(reply::see_other(&addresses::showing(visit.handle(), "begin")));
    }
    let code = services.grants.code(visit).await;
    with_code(services, visit, (shown, code), language).await
}

async fn with_code(
    services: &Services,
    visit: &Visit,
    (shown, code): (Status, Result<String, Error>),
    language: Language,
) -> Result<Response, Fault> {
    let client = services.client_auth.clients.get(&visit.authorization.client_id);
    let code = match code {
        Err(Error::NotReady) => return Ok(reply::see_other(&addresses::path(visit.handle()))),
        Err(other @ Error::OtherPerson) => return refused(services, visit, language, other.into()),
        code => code?,
    };
    if takes_a_code_for_an_approval(services, visit) {
        let (told, _) = services.checks.told(&visit.entry).await?;
        if told.status == Status::Pending && shown != Status::Pending {
            return Ok(reply::see_other(&addresses::path(visit.handle())));
        }
        if let Some(denied) = denied(services, visit, client, &told, language) {
            return denied;
        }
    }
    let answer = match &visit.authorization.way_back {
        WayBack::IdToken => match at_once(services, visit).await {
            // There is no code to come back with: the client asks again.
            Err(fault @ Fault::Core(Error::Vendor(_))) => return refused(services, visit, language, fault),
            answer => answer?,
        },
        WayBack::Code | WayBack::Policy(_) => {
            Answer::code(&visit.authorization, code, &services.addresses.issuer)
        }
    };
    deliver(&answer, language)
}

/// Delivers an error instead.
pub(in crate::routes) fn refused(
    services: &Services,
    visit: &Visit,
    language: Language,
    fault: Fault,
) -> Result<Response, Fault> {
    let answer = refusal(services, visit, &fault);
    Ok(reply::because(deliver(&answer, language)?, fault))
}

/// The same in answer to a form of ours: browsers hold every redirect of a form against `form-action`, so a page leads on.
pub(in crate::routes) fn refused_by_form(
    services: &Services,
    visit: &Visit,
    language: Language,
    fault: Fault,
) -> Result<Response, Fault> {
    let answer = refusal(services, visit, &fault);
    let page = match answer.mode {
        ResponseMode::Query | ResponseMode::Policy => {
            let page = pages::away(language, answer.location()?.as_str());
            reply::page(StatusCode::OK, page)
        }
        ResponseMode::FormPost => deliver(&answer, language)?,
    };
    Ok(reply::because(page, fault))
}

fn refusal(services: &Services, visit: &Visit, fault: &Fault) -> Answer {
    let asked = &visit.authorization;
    let client = services.client_auth.clients.get(&asked.client_id);
    let issuer = client.and_then(|client| issuer(services, client));
    let (to, state) = (&asked.redirect_uri, asked.state.as_deref());
    Answer::error(to, asked.response_mode, state, fault.row().refusal, issuer)
}

fn takes_a_code_for_an_approval(services: &Services, visit: &Visit) -> bool {
    let clients = &services.client_auth.clients;
    clients.outcomes(&visit.authorization.client_id) == Outcomes::Errors
}

/// Whether an approval that was found may be told at once. Not where something has come up about it that could not be read,
/// and its client would take a code for an approval.
pub(in crate::routes) async fn may_be_told(services: &Services, visit: &Visit) -> Result<bool, Fault> {
    if !takes_a_code_for_an_approval(services, visit) {
        return Ok(true);
    }
    let (told, _) = services.checks.told(&visit.entry).await?;
    Ok(told.status == Status::Approved)
}

/// The error that an outcome is; nothing for an approval.
fn denied(
    services: &Services,
    visit: &Visit,
    client: Option<&Client>,
    told: &Outcome,
    language: Language,
) -> Option<Result<Response, Fault>> {
    let denial = outcome::denial(told)?;
    let (status, error) = (told.status.as_str(), denial.code.as_str());
    info!(verification.id = %told.id, status, error, code = "authorization.denied",
        "client told by an error that the person is not approved");
    let issuer = client.and_then(|client| issuer(services, client));
    let answer = Answer::denial(&visit.authorization, denial, issuer);
    Some(deliver(&answer, language))
}

/// What the code would be redeemed for, in its place.
async fn at_once(services: &Services, visit: &Visit) -> Result<Answer, Fault> {
    let client = services.client_auth.clients.get(&visit.authorization.client_id);
    let client = client.ok_or(Untrusted::Client)?;
    // The settings may have changed since it was asked for.
    if !client.id_token_response {
        let why = "only response_type code is supported";
        return Err(Refusal::new(Code::UnsupportedResponseType, why).into());
    }
    let grant = services.grants.told_at_once(visit).await?;
    outcome::check(&grant, client.outcomes)?;
    let token = id_token(services, client, &grant, None, services.grants.now())?;
    let issuer = &services.addresses.issuer;
    Ok(Answer::id_token(&visit.authorization, token, issuer))
}
