//! `GET|POST …/oauth2/v2.0/logout`: ends the browser's session (OpenID Connect RP-Initiated Logout).

use super::cookies::Browser;
use super::{Answer, ask::Ask, reply};
use crate::engine::request::find;
use crate::engine::{Failure, Realm};
use crate::page;

pub(super) fn answer(realm: &Realm, ask: &Ask) -> Answer {
    let parameters = ask.parameters();
    let wanted = find(&parameters, "post_logout_redirect_uri");
    let registered = |uri: &str| {
        realm
            .applications
            .iter()
            .flat_map(|application| &application.redirect_uris)
            .any(|known| known == uri)
    };
    let mut answer = match wanted {
        Some(uri) if registered(uri) => reply::redirect(&with_state(uri, find(&parameters, "state"))),
        Some(uri) => {
            let text = format!("The post_logout_redirect_uri '{uri}' is not registered.");
            return reply::failure(&Failure::invalid_request("AADB2C90067", text), None);
        }
        None => reply::html(page::failure_shell("Signed out", "You have signed out.", None)),
    };
    let browser = Browser::of(realm, ask);
    realm.sessions.end(&browser.session);
    Browser::forget(realm, &mut answer);
    answer
}

fn with_state(uri: &str, state: Option<&str>) -> String {
    match (url::Url::parse(uri), state) {
        (Ok(mut uri), Some(state)) => {
            uri.query_pairs_mut().append_pair("state", state);
            uri.to_string()
        }
        _ => uri.to_owned(),
    }
}
