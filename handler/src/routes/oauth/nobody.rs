//! Requests that name nobody, whether a browser brings them or a client pushes them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::checks::Registration;
use crate::clients::Client;
use crate::grants::{Authorization, WalkIn};
use crate::ids::SubjectHash;
use crate::openid::request::authorization_request::{Prompt, Request};
use crate::pages::Language;
use crate::routes::exchange::call::Call;
use crate::services::Services;

/// Stands as the caller of such a registration.
const CALLER: &str = "walk-in";

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
        sector: client.sector.clone(),
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
pub(in crate::routes) fn hinted(services: &Services, client_id: &str, token: &str) -> Option<SubjectHash> {
    let issuer = &services.addresses.issuer;
    let claims = services.keys.recognise_own(token, issuer, client_id).ok()?;
    claims.get("sub")?.as_str()?.parse().ok()
}

/// The browser as a subject of a client. What it asks is to be added.
pub(in crate::routes) fn registration(
    client_id: &str,
    sector: Option<&str>,
    browser: String,
) -> Registration {
    Registration {
        caller: CALLER.to_owned(),
        client_id: Some(client_id.to_owned()),
        sector: sector.map(str::to_owned),
        subject: browser,
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

/// The first language that our pages have, else the first that the vendor's may have.
pub(in crate::routes) fn spoken(locales: &[String]) -> Option<String> {
    let ours = locales.iter().find(|tag| Language::of_tag(tag).is_some());
    ours.or(locales.first()).cloned()
}
