//! The application's HTML.

use loopback::head::head;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::tokens::Tokens;
use super::{LOCALES, Registration, UNREQUESTED};
use crate::serve::Answer;

const STYLE: &str = include_str!("style.css");

fn screen(title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (head(&format!("{title} – Demonstration application")))
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { a href="/" { "Demonstration application" } }
                main { (body) }
            }
        }
    }
    .into_string()
}

/// The first page: the sign-in button, and everything behind the stage beside it.
pub(super) fn home(registration: &Registration) -> Answer {
    let body = html! {
        section.card {
            h1 { "Welcome" }
            p { "You sign in with the local Azure AD B2C tenant. An account is made only after an identity check." }
            form method="get" action="/signin" {
                label for="language" { "Language of the pages" }
                select id="language" name="ui_locales" {
                    @for locale in LOCALES { option value=(locale) { (locale) } }
                }
                @for (at, offer) in registration.offers.iter().enumerate() {
                    button.primary[at == 0] formaction={"/" (offer.path)} { (offer.words) }
                }
            }
        }
        nav.card aria-labelledby="beside" {
            h2 id="beside" { "Behind the stage" }
            dl {
                @for (name, what, address) in &registration.places {
                    dt { a href=(address) { (name) } }
                    dd { (what) }
                }
            }
        }
    };
    Answer::page(200, screen("Welcome", &body))
}

/// Who signed in, and what the application was told.
pub(super) fn welcome(session: &str, tokens: &Tokens, registration: &Registration) -> Answer {
    let body = html! {
        section.card {
            h1 { "Hello, " span id="name" { (tokens.claim("name")) } }
            p { "Identity check: " strong id="status" { (tokens.claim("idv_status")) }
                @if !tokens.claim("idv_time").is_empty() { " on " (tokens.claim("idv_time")) } }
            p { "Signature, issuer, audience, time and nonce of the token were checked." }
            div.row {
                @if tokens.refresh_token.is_some() { (action("/refresh", session, "Renew the token")) }
                (action("/signout", session, "Sign out"))
                a href="/" { "First page" }
            }
        }
        section.card {
            h2 { "What the token says" }
            pre id="claims" { (serde_json::to_string_pretty(&tokens.claims).unwrap_or_default()) }
            details { summary { "The token" } pre id="token" { (tokens.id_token) } }
            p { a href=(registration.traces) { "How it came about: the trace" } }
        }
    };
    Answer::page(200, screen("Signed in", &body))
}

fn action(to: &str, session: &str, words: &str) -> Markup {
    html! {
        form method="post" action=(to) {
            input type="hidden" name="session" value=(session);
            button { (words) }
        }
    }
}

/// Sends what stands behind `#` to the application, and takes it out of the address.
pub(super) fn fragment() -> Answer {
    let script = format!(
        "var form = document.getElementById('found'); \
         new URLSearchParams(location.hash.slice(1)).forEach(function (value, name) {{ \
         var field = document.createElement('input'); field.type = 'hidden'; field.name = name; field.value = value; \
         form.append(field); }}); \
         history.replaceState(null, '', location.pathname); form.action = '{UNREQUESTED}'; form.submit();"
    );
    let body = html! {
        section.card {
            h1 { "One moment" }
            form id="found" method="post" {}
            script { (PreEscaped(script)) }
        }
    };
    Answer::page(200, screen("One moment", &body))
}

/// Not signed in, and why.
pub(super) fn failure(failure: &anyhow::Error) -> Answer {
    let body = html! {
        section.card {
            h1 { "You are not signed in" }
            p id="failure" role="alert" { (format!("{failure:#}")) }
            p { a href="/" { "First page" } }
        }
    };
    Answer::page(400, screen("Not signed in", &body))
}
