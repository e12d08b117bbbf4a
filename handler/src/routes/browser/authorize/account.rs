//! `prompt=select_account`: the person of last time goes on, or somebody else does, with a session of their own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use warp::http::StatusCode;

use super::BACK;
use crate::grants::Authorization;
use crate::pages;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::session::{self, Session};
use crate::routes::problem::Fault;
use crate::seal;
use crate::services::Services;

/// What the person has chosen.
const CHOSEN: &str = "idv_account";
const SAME: &str = "same";
const OTHER: &str = "other";

/// Asks, or does what was answered; nothing where the person of last time goes on.
pub(super) fn ask(
    call: &Call,
    services: &Services,
    authorization: &Authorization,
    session: &Session,
) -> Result<Option<Response>, Fault> {
    if !authorization.walk_in.is_some_and(|walk_in| walk_in.select) {
        return Ok(None);
    }
    let query = call.query()?;
    let is_chosen = |word: &str| {
        let chosen = query.get(CHOSEN).unwrap_or_default();
        seal::same(chosen.as_bytes(), proof(services, session, word).as_bytes())
    };
    if is_chosen(SAME) {
        return Ok(None);
    }
    if is_chosen(OTHER) {
        return Ok(Some(somebody_else(call, services, authorization)));
    }
    let language = call.speak(&[authorization.locale.as_deref()], services.default_language);
    let address = |word| format!("{}&{CHOSEN}={}", back(call), proof(services, session, word));
    let page = pages::account(language, &address(SAME), &address(OTHER));
    Ok(Some(reply::page(StatusCode::OK, page)))
}

/// Takes the session away, and hands out a new one to come back with.
fn somebody_else(call: &Call, services: &Services, authorization: &Authorization) -> Response {
    let sector = &authorization.sector_name();
    let mut response = reply::see_other(&back(call));
    for known in session::of(call, services, sector) {
        session::take_away(&mut response, services, &known);
    }
    let fresh = Session::fresh(sector, &*call.gate.random);
    session::hand_out(&mut response, call, services, &fresh);
    response
}

/// The same request, without an answer to the question.
fn back(call: &Call) -> String {
    let pairs = call.incoming.query.split('&');
    let asked: Vec<&str> = pairs
        .filter(|pair| pair.split('=').next() != Some(CHOSEN))
        .collect();
    format!("{BACK}?{}", asked.join("&"))
}

/// Stands in the page of this browser alone, so that nobody else makes its person choose.
fn proof(services: &Services, session: &Session, word: &str) -> String {
    let [proof @ .., _, _, _, _, _, _, _, _] = services.seal.keyed("account", &[word, &session.subject()]);
    URL_SAFE_NO_PAD.encode(proof)
}
