//! The pages people see, as HTML, escaped at compile time (maud). Each works without script and in every language.
//!
//! # Layout
//! - `language`, `texts`: which language, and its sentences
//! - `sentence`: what is put into a sentence
//! - `layout`: what all pages share; `state`, `icon`: what is going on, and its picture; `mishap`: what went wrong at the vendor;
//!   `provider`: where help is
//! - `wait`: the waiting page; `interstitial`: pages that lead on by themselves; `place`: where the person is;
//!   `consent`: what they agree to; `release`: which values are told; `account`: who goes on, and who signs out;
//!   `elsewhere`: who came back in another browser
//! - `assets`: style and script

mod account;
pub(crate) mod assets;
mod consent;
mod correction;
mod elsewhere;
mod icon;
mod interstitial;
mod language;
mod layout;
mod mishap;
mod place;
mod provider;
mod release;
mod sentence;
mod state;
mod texts;
mod wait;

use maud::html;

pub(crate) use account::{account, sign_out, signed_out};
pub(crate) use consent::{CONSENT_VERSION, ConsentView, SHOWN, consent};
pub(crate) use correction::Correction;
pub(crate) use elsewhere::{ElsewhereView, asked_elsewhere, stopped_elsewhere};
pub(crate) use interstitial::{Onward, away, form_post, onward};
pub(crate) use language::Language;
pub(crate) use mishap::Mishap;
pub(crate) use place::{Asked, PlaceView, UNITED_STATES, place};
pub(crate) use provider::Provider;
pub(crate) use release::{REFUSE, ReleaseView, release};
pub(crate) use state::State;
pub(crate) use texts::Message;
pub(crate) use wait::{MISHAP, View, to_vendor, wait};

/// Name of the field by which a form of ours is known.
pub(crate) const FORM_TOKEN: &str = "token";

/// The page of a problem. `number` is the id of the request, by which support finds it in the log.
#[must_use]
pub(crate) fn problem(language: Language, message: Message, number: &str, provider: &Provider) -> String {
    trouble(language, message, number, provider, None)
}

/// The page for a browser that keeps no cookie; `again` is the address where everything begins anew.
#[must_use]
pub(crate) fn no_cookies(language: Language, again: &str, number: &str, provider: &Provider) -> String {
    trouble(language, Message::NoCookies, number, provider, Some(again))
}

fn trouble(
    language: Language,
    message: Message,
    number: &str,
    provider: &Provider,
    again: Option<&str>,
) -> String {
    let texts = texts::of(language);
    let said = texts.message(message);
    let state = looks_like(message);
    let content = html! {
        main class={ "card " (state.as_str()) } {
            (icon::of(state))
            h1 { (said.title) }
            p.soft { (said.text) }
            @if let Some(again) = again {
                div.actions { a.button.first href=(again) { (texts.actions.retry) } }
            }
            (provider::foot(texts, provider, provider::Number::Error(number)))
        }
    };
    layout::page(language, &said.title, None, &content)
}

/// Only what is wrong looks alarming.
const fn looks_like(message: Message) -> State {
    match message {
        Message::Finished => State::Approved,
        Message::WrongBrowser | Message::Taken | Message::Expired | Message::NoCookies => State::Expired,
        Message::NoAttempts => State::Exhausted,
        Message::WentWrong
        | Message::NotFound
        | Message::Unavailable
        | Message::Invalid
        | Message::Misdirected
        | Message::Name
        | Message::Birthdate => State::Trouble,
    }
}

/// The heading of a state, for those who show it on a page of their own.
#[must_use]
pub(crate) fn said_of(language: Language, state: State) -> &'static str {
    &texts::of(language).state(state).title
}

/// The sentence of a problem, for those who show it on a page of their own.
#[must_use]
pub(crate) fn message(language: Language, message: Message) -> &'static str {
    &texts::of(language).message(message).text
}

#[cfg(test)]
mod tests;
