//! The start page, which runs a policy at once, and the page that shows what an application would get.

use super::frame;
use crate::engine::Realm;
use crate::engine::realm::OWN_CLIENT;
use crate::model::Policy;
use crate::server::{Answer, ask::Ask};
use maud::{Markup, html};
use url::form_urlencoded::Serializer;

/// Decodes the tokens in the address of the answer page.
pub(super) const ANSWER_SCRIPT: &str = include_str!("answer.js");

pub(in crate::server) fn start(realm: &Realm) -> Answer {
    let content = html! {
        p class="quiet" { "Tenant " strong { (realm.domain) } " · id " code { (realm.tenant_id) } }
        div class="cards" {
            @for policy in realm.policies.callable() { (card(realm, policy)) }
        }
        h2 { "Applications" }
        div class="scroll" { table {
            thead { tr { th { "Name" } th { "Client id" } th { "Redirect addresses" } th { "Proof" } } }
            tbody { @for application in &realm.applications { tr {
                td { (application.name.as_deref().unwrap_or("–")) }
                td class="mono" { (application.client_id) }
                td class="mono" { @for uri in &application.redirect_uris { (uri) br; } }
                td { @if application.public { "PKCE" } @else { "secret" } }
            } } }
        } }
    };
    frame::answer("Policies", "start", &content)
}

fn card(realm: &Realm, policy: &Policy) -> Markup {
    let base = format!("{}{}", realm.origin, realm.path_of(&policy.id));
    let journey = policy
        .relying_party
        .as_ref()
        .and_then(|party| party.journey.as_ref());
    let steps = journey
        .and_then(|journey| policy.journeys.get(&journey.id))
        .map_or(0, |journey| journey.steps.len());
    html! {
        section class="card" {
            h2 { (policy.id) }
            p class="quiet" {
                "Journey " (journey.map_or("–", |journey| &journey.id)) ", " (steps) " steps"
            }
            p { a class="button" href=(run_address(realm, policy)) { "Run now" } }
            p { a href={(base) "/v2.0/.well-known/openid-configuration"} { "Discovery" } " · "
                a href={(base) "/discovery/v2.0/keys"} { "Keys" } }
        }
    }
}

/// An authorization request of the built-in application, answered on the answer page.
fn run_address(realm: &Realm, policy: &Policy) -> String {
    let query = Serializer::new(String::new())
        .append_pair("client_id", OWN_CLIENT)
        .append_pair("redirect_uri", &format!("{}/runner/answer", realm.origin))
        .append_pair("response_type", "id_token")
        .append_pair("response_mode", "fragment")
        .append_pair("scope", "openid")
        .append_pair("nonce", "run-now")
        .append_pair("state", "run-now")
        .finish();
    format!(
        "{}{}/oauth2/v2.0/authorize?{query}",
        realm.origin,
        realm.path_of(&policy.id)
    )
}

/// The answer to the built-in application: errors and tokens, readable.
pub(super) fn told(ask: &Ask) -> Answer {
    let fields = ask.parameters();
    let content = html! {
        p class="quiet" { "This is what an application would be told. Tokens stay in this browser." }
        div id="answer" class="cards" {
            @for (name, value) in &fields { section class="card" { h2 { (name) } pre { (value) } } }
        }
        noscript { p { "Tokens come in the fragment of the address; showing them needs JavaScript." } }
        p { a class="button" href="/" { "Start again" } }
        script src="/runner/answer.js" {}
    };
    frame::answer("Answer", "start", &content)
}
