//! The application's HTML.

use loopback::head::head;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::endings::{Ending, Way};
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
            p { "The given name " strong { "Approved" } ", " strong { "Rejected" } " or " strong { "Pending" }
                " chooses how the check ends; with any other you choose on Jumio's page." }
            form method="get" action="/signin" {
                label for="language" { "Language of the pages" }
                select id="language" name="ui_locales" {
                    @for (locale, name) in LOCALES { option value=(locale) lang=(locale) { (name) } }
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

/// Who signed in, and what the application was told. A status that is none of approval lets nobody in; policies that tell none
/// have kept out whom they must.
pub(super) fn welcome(session: &str, tokens: &Tokens, registration: &Registration) -> Answer {
    let status = tokens.claim("idv_status");
    let ending = Ending::of_status(status);
    let is_let_in = status.is_empty() || ending.is_some_and(Ending::is_approval);
    let name = tokens.claim("name");
    let body = html! {
        section.card {
            @if is_let_in { h1 { "Hello, " span id="name" { (name) } } }
            @else { h1 { "Not let in: " span id="name" { (name) } } }
            p { "Identity check: " strong id="status" { (status) }
                @if !tokens.claim("idv_time").is_empty() { " on " (time(tokens.claim("idv_time"))) } }
            @if let Some(ending) = ending { p id="ending" role="status" { (ending.words) } }
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

/// `2026-11-25 12:00 UTC` of `2026-11-25T12:00:00Z`; another text as it is.
fn time(told: &str) -> String {
    match (
        told.get(..10),
        told.get(10..11),
        told.get(11..16),
        told.ends_with('Z'),
    ) {
        (Some(day), Some("T"), Some(minute), true) => format!("{day} {minute} UTC"),
        _ => told.to_owned(),
    }
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

/// Not signed in, and why: in words for the person, with the way on, and as it was told for the developer.
pub(super) fn failure(failure: &anyhow::Error, registration: &Registration) -> Answer {
    let told = format!("{failure:#}");
    let ending = Ending::of_error(&told);
    let words = ending.map_or(
        "Something went wrong that this application does not know.",
        |ending| ending.words,
    );
    let body = html! {
        section.card {
            h1 { "You are not signed in" }
            p id="ending" role="alert" { (words) }
            div.row {
                @if let Some(way) = ending.and_then(|ending| ending.way) { (lead(way, registration)) }
                a href="/" { "First page" }
            }
        }
        section.card {
            h2 { "What the application was told" }
            p id="failure" { (told) }
            p { "What it means, and what an application does then: " code { "docs/applications.md" } "." }
        }
    };
    Answer::page(400, screen("Not signed in", &body))
}

/// The button of a way on; none where the policies have no such.
fn lead(way: Way, registration: &Registration) -> Markup {
    let offer = match way {
        Way::Again => registration.offers.first(),
        Way::Reset => registration.offers.iter().find(|offer| offer.path == "reset"),
    };
    html! {
        @if let Some(offer) = offer {
            form method="get" action={"/" (offer.path)} { button.primary { (offer.words) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tenant::Offer;

    fn registration() -> Registration {
        Registration {
            tenant: "http://tenant.test/contoso".to_owned(),
            client_id: "application".to_owned(),
            secret: String::new(),
            origin: "http://app.test".to_owned(),
            traces: "http://tenant.test/traces".to_owned(),
            places: Vec::new(),
            offers: vec![
                Offer::new("signin", "Policy", "Sign in or sign up"),
                Offer::new("reset", "Policy", "I forgot my password"),
            ],
            returns_by: None,
        }
    }

    fn text(answer: &Answer) -> String {
        String::from_utf8(answer.body.to_vec()).unwrap()
    }

    fn welcomed(status: &str) -> String {
        let tokens = Tokens {
            claims: json!({ "name": "Mira Talvik", "idv_status": status }),
            id_token: String::new(),
            refresh_token: None,
        };
        text(&welcome("1", &tokens, &registration()))
    }

    #[test]
    fn who_is_not_approved_is_not_let_in_whatever_the_word() {
        assert!(welcomed("approved").contains("Hello, "));
        // A policy that tells no status has kept out whom it must.
        assert!(welcomed("").contains("Hello, "));
        for status in [
            "pending",
            "review",
            "rejected",
            "expired",
            "cancelled",
            "error",
            "Approved",
            "new-word",
        ] {
            let page = welcomed(status);
            assert!(
                page.contains("Not let in: ") && !page.contains("Hello, "),
                "{status}: {page}"
            );
        }
        assert!(welcomed("pending").contains("Come back later"));
    }

    #[test]
    fn each_way_on_is_a_button_and_what_was_told_is_there() {
        let told = |words: &str| text(&failure(&anyhow::anyhow!("{words}"), &registration()));
        let left =
            told("access_denied: AADB2C90091: The user has cancelled entering self-asserted information.");
        assert!(
            left.contains("action=\"/signin\"") && left.contains("AADB2C90091: The user"),
            "{left}"
        );
        let forgot = told("access_denied: AADB2C90118: The user has forgotten their password.");
        assert!(
            forgot.contains("action=\"/reset\"") && !forgot.contains("action=\"/signin\""),
            "{forgot}"
        );
        let odd = told("server_error: <b>AADB2C99999</b>");
        assert!(
            odd.contains("does not know") && odd.contains("&lt;b&gt;"),
            "{odd}"
        );
    }

    #[test]
    fn a_time_is_told_to_the_minute() {
        assert_eq!(time("2026-11-25T12:00:31.123Z"), "2026-11-25 12:00 UTC");
        for odd in ["", "today", "2026-11-25", "2026-11-25T12:00:31+01:00"] {
            assert_eq!(time(odd), odd);
        }
    }
}
