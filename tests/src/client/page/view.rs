//! The client's HTML.

use loopback::head::head;
use loopback::random;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Offer, Report};
use crate::client::exchange::Exchange;
use crate::client::tokens::Tokens;
use crate::serve::Answer;

const STYLE: &str = include_str!("style.css");

/// Languages the handler speaks.
const LOCALES: [&str; 5] = ["en", "de", "fr", "es", "ar"];

fn screen(title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (head(&format!("{title} – OpenID test client")))
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    }
    .into_string()
}

/// A page that only says something.
pub(super) fn message(status: u16, text: &str) -> Answer {
    let body = html! { h1 { "OpenID test client" } p role="alert" { (text) } p { a href=(super::PAGE) { "Start again" } } };
    Answer::page(status, screen("Message", &body))
}

/// The page with the button.
pub(super) fn form(offer: &Offer) -> Answer {
    let body = html! {
        h1 { "OpenID test client" }
        form method="post" action="/start" {
            button.primary type="submit" { "Verify me" }
            (who())
            (how(offer))
        }
        @if !offer.links.is_empty() {
            h2 { "Beside it" }
            ul { @for (name, address) in &offer.links { li { a href=(address) { (name) } } } }
        }
    };
    Answer::page(200, screen("Verify me", &body))
}

fn who() -> Markup {
    html! {
        fieldset {
            legend { "Who" }
            label { "Subject" input name="subject" value={ "user-" (random::hex::<4>()) } required autocomplete="off"; }
            label { "Given names" input name="givenName" autocomplete="off"; }
            label { "Family name" input name="surname" autocomplete="off"; }
            label { "Birth date (YYYY-MM-DD)" input name="birthdate" autocomplete="off"; }
        }
    }
}

fn how(offer: &Offer) -> Markup {
    html! {
        fieldset {
            legend { "How" }
            label {
                "Client and its proof"
                select name="client" {
                    @for client in &offer.clients {
                        option value=(client.agreement.id) {
                            (client.agreement.id) " (" (client.agreement.proof.method()) ")"
                        }
                    }
                }
            }
            label {
                "Way in"
                select name="entry" {
                    option value="ticket" { "REST step, then login_hint (as Azure AD B2C)" }
                    option value=(super::PUSHED) { "pushed request (as Okta)" }
                    option value=(super::PLAIN) { "plain request that names nobody (only rig-plain may)" }
                }
            }
            label {
                "Way back"
                select name="response_mode" { option { "query" } option { "form_post" } }
            }
            label { "Language" select name="locale" { @for locale in LOCALES { option { (locale) } } } }
            label.inline { input type="checkbox" name="fresh" value="1"; "Check anew (prompt=login)" }
            label.inline { input type="checkbox" name="verified_claims" value="1"; "Ask for verified_claims" }
        }
    }
}

/// What came of it.
pub(super) fn report(report: &Report) -> Answer {
    let body = html! {
        (outcome(&report.outcome))
        h2 { "What the browser brought" }
        dl { @for (name, value) in &report.received { dt { (name) } dd { code { (value) } } } }
        h2 { "What went from server to server" }
        @for exchange in &report.exchanges { (conversation(exchange)) }
        p { a href=(super::PAGE) { "Start again" } }
    };
    let status = if report.outcome.is_ok() { 200 } else { 400 };
    Answer::page(status, screen("Result", &body))
}

fn outcome(outcome: &anyhow::Result<Tokens>) -> Markup {
    match outcome {
        Ok(tokens) => html! {
            h1 { "Verified answer: " span id="status" { (status(tokens)) } }
            p { "Signature, issuer, audience, times, nonce and at_hash were checked." }
            pre id="claims" { (serde_json::to_string_pretty(&tokens.claims).unwrap_or_default()) }
            details { summary { "The token" } pre { (tokens.id_token) } }
        },
        Err(failure) => html! {
            h1 { "No answer" }
            p id="failure" role="alert" { (format!("{failure:#}")) }
        },
    }
}

/// Whoever hears refusals as errors is told no status.
fn status(tokens: &Tokens) -> &str {
    match tokens.claim("idv_status") {
        "" => "approved",
        status => status,
    }
}

fn conversation(exchange: &Exchange) -> Markup {
    html! {
        details {
            summary { (exchange.call) " → " (exchange.status) }
            @if !exchange.sent.is_empty() { pre { (exchange.sent) } }
            pre { (exchange.received) }
        }
    }
}
