//! `GET|POST /api/verify/logout`: this browser is to be remembered no more at a client (`OpenID` Connect RP-Initiated Logout
//! 1.0).
//!
//! Without an own `id_token_hint` that names the person of this browser, they are asked first: any page could send them here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::{Url, form_urlencoded};
use warp::http::StatusCode;

use crate::clients::Client;
use crate::ids::SubjectHash;
use crate::openid::answer::metadata::END_SESSION;
use crate::openid::answer::refusal::REPEATED;
use crate::openid::request::authorization_request::Untrusted;
use crate::openid::request::parameters::Parameters;
use crate::pages::{self, Language};
use crate::routes::exchange::call::Call;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{FOLLOW_OR_POST, Route, Told};
use crate::routes::exchange::session::{self, Session};
use crate::routes::oauth::nobody;
use crate::routes::problem::Fault;
use crate::seal;
use crate::services::Services;
use crate::telemetry;

pub(in crate::routes) const ROUTE: Route = Route {
    template: END_SESSION,
    methods: FOLLOW_OR_POST,
    shape: Shape::Page,
    told: Told::OfAPerson,
};

/// What is taken over of a request by POST.
const TAKEN_OVER: [&str; 5] = [
    "id_token_hint",
    "client_id",
    "post_logout_redirect_uri",
    "state",
    "ui_locales",
];
/// What the person has answered, and that they were asked.
const CHOSEN: &str = "idv_sign_out";
const PROOF: &str = "idv_proof";

/// A request that is good.
struct Leaving<'a> {
    /// Whose memory ends; that of all where no client is named.
    client: Option<&'a Client>,
    /// Whom a genuine ID token of this client names.
    hinted: Option<SubjectHash>,
    /// Where to go then: one of the client's registered addresses.
    to: Option<&'a str>,
    state: Option<&'a str>,
    /// `ui_locales`.
    locales: Option<&'a str>,
}

pub(in crate::routes) async fn answer(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let parameters = if call.is_post() {
        call.form().await?
    } else {
        call.query()?
    };
    let tags = parameters.get("ui_locales").unwrap_or_default().split(' ');
    let tags: Vec<Option<&str>> = tags.map(Some).collect();
    let language = call.speak(&tags, services.default_language);
    let leaving = leaving(&services, &parameters)?;
    if call.is_post() && parameters.get(CHOSEN).is_none() {
        // No cookie comes with a form of another site.
        return Ok(come_by_get(&parameters));
    }
    let sessions = match leaving.client {
        Some(client) => session::of(&call, &services, &client.sector_name()),
        None => session::all(&call, &services),
    };
    let chosen = parameters
        .get(CHOSEN)
        .filter(|_| call.is_post() && was_asked(&services, &parameters, &sessions));
    match chosen {
        Some("yes") => out(&services, &leaving, &sessions, language),
        Some(_) => Ok(reply::page(StatusCode::OK, pages::signed_out(language, false))),
        None if sessions.is_empty() || is_hinted(&services, &leaving, &sessions).await? => {
            out(&services, &leaving, &sessions, language)
        }
        None => Ok(ask(&services, &leaving, &sessions, language)),
    }
}

/// Checks where the person may go, before anything is done.
fn leaving<'a>(services: &'a Services, parameters: &'a Parameters) -> Result<Leaving<'a>, Fault> {
    if parameters.repeated().is_some() {
        return Err(REPEATED.into());
    }
    let clients = &services.client_auth.clients;
    let token = parameters.get("id_token_hint").unwrap_or_default();
    let named = match parameters.get("client_id") {
        Some(id) => Some(clients.get(id).ok_or(Untrusted::Client)?),
        None => None,
    };
    let mut candidates = clients
        .all()
        .filter(|client| named.is_none_or(|named| named.id == client.id));
    let hinted = candidates.find_map(|client| Some((client, nobody::hinted(services, &client.id, token)?)));
    let client = named.or(hinted.map(|(client, _)| client));
    telemetry_of(client);
    let to = parameters.get("post_logout_redirect_uri");
    if let Some(to) = to {
        let registered = client.map(|client| client.post_logout_redirect_uris.as_slice());
        let registered = registered.unwrap_or_default();
        if !registered.iter().any(|uri| uri == to) {
            return Err(Untrusted::address(registered, to).into());
        }
    }
    Ok(Leaving {
        client,
        hinted: hinted.map(|(_, sub)| sub),
        to,
        state: parameters.get("state"),
        locales: parameters.get("ui_locales"),
    })
}

fn telemetry_of(client: Option<&Client>) {
    if let Some(client) = client {
        telemetry::note_client(&client.id);
    }
}

fn come_by_get(parameters: &Parameters) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in TAKEN_OVER {
        if let Some(value) = parameters.get(name) {
            query.append_pair(name, value);
        }
    }
    reply::see_other(&format!("{END_SESSION}?{}", query.finish()))
}

/// Whether the client's own ID token names the person of this browser: as the browser's, or as an approved document's.
async fn is_hinted(services: &Services, leaving: &Leaving<'_>, sessions: &[Session]) -> Result<bool, Fault> {
    let (Some(client), Some(hinted)) = (leaving.client, leaving.hinted) else {
        return Ok(false);
    };
    for session in sessions {
        let registration = nobody::registration(&client.id, client.sector.as_deref(), session.subject());
        let newcomer = services.checks.newcomer(registration)?;
        if newcomer.subject == hinted {
            return Ok(true);
        }
        let remembered = services.checks.remembered(&newcomer, None).await?;
        let sector = client.sector_name();
        let by_document = |known| services.grants.remembered_sub(&sector, true, &newcomer, known);
        if remembered.map(by_document) == Some(hinted) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn ask(services: &Services, leaving: &Leaving<'_>, sessions: &[Session], language: Language) -> Response {
    let proof = proof(services, sessions);
    let mut hidden = vec![(PROOF, proof.as_str())];
    hidden.extend(leaving.client.map(|client| ("client_id", client.id.as_str())));
    hidden.extend(leaving.to.map(|to| ("post_logout_redirect_uri", to)));
    hidden.extend(leaving.state.map(|state| ("state", state)));
    hidden.extend(leaving.locales.map(|locales| ("ui_locales", locales)));
    // The answer may lead on to the client.
    reply::posting_page(pages::sign_out(language, END_SESSION, &hidden))
}

/// Stands in the page of this browser alone.
fn proof(services: &Services, sessions: &[Session]) -> String {
    let subjects: Vec<String> = sessions.iter().map(Session::subject).collect();
    let parts: Vec<&str> = subjects.iter().map(String::as_str).collect();
    URL_SAFE_NO_PAD.encode(services.seal.keyed("sign out", &parts))
}

fn was_asked(services: &Services, parameters: &Parameters, sessions: &[Session]) -> bool {
    let given = parameters.get(PROOF).unwrap_or_default();
    seal::same(given.as_bytes(), proof(services, sessions).as_bytes())
}

/// Takes the sessions away: whoever comes next with this browser is nobody that it was before.
fn out(
    services: &Services,
    leaving: &Leaving<'_>,
    sessions: &[Session],
    language: Language,
) -> Result<Response, Fault> {
    let mut response = match leaving.to {
        Some(to) => {
            let mut address = Url::parse(to)?;
            if let Some(state) = leaving.state {
                address.query_pairs_mut().append_pair("state", state);
            }
            reply::see_other(address.as_str())
        }
        None => reply::page(StatusCode::OK, pages::signed_out(language, true)),
    };
    for session in sessions {
        session::take_away(&mut response, services, session);
    }
    Ok(response)
}
