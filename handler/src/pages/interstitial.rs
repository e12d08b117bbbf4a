//! Pages that lead on by themselves, with a link or button for browsers that do not.

use maud::html;

use super::icon;
use super::language::Language;
use super::layout::{Refresh, page};
use super::state::State;
use super::texts;
use super::wait::to_vendor;
use crate::openid::answer::Answer;

/// Where a page that leads on by itself leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Onward {
    /// To the vendor's pages.
    Vendor,
    /// To whatever is next: the client, when there is something to tell.
    Next,
}

/// On from the waiting page at `path`.
#[must_use]
pub(crate) fn onward(language: Language, path: &str, to: Onward) -> String {
    match to {
        Onward::Vendor => away(language, &to_vendor(path)),
        Onward::Next => away(language, &format!("{path}/continue")),
    }
}

/// On to this address.
#[must_use]
pub(crate) fn away(language: Language, to: &str) -> String {
    let texts = texts::of(language);
    let content = html! {
        main.card.checking {
            (icon::of(State::Checking))
            h1 { (texts.onward.title) }
            p.soft { (texts.onward.text) }
            div.actions { a.button.first href=(to) { (texts.actions.go_on) } }
        }
    };
    let refresh = Refresh {
        after_s: 0,
        to,
        without_script: false,
    };
    page(language, &texts.onward.title, Some(&refresh), &content)
}

/// A form that brings the answer to the client (OAuth 2.0 Form Post Response Mode). The script sends it at once.
#[must_use]
pub(crate) fn form_post(language: Language, answer: &Answer) -> String {
    let texts = texts::of(language);
    let content = html! {
        main.card.checking {
            (icon::of(State::Checking))
            h1 { (texts.onward.title) }
            p.soft { (texts.onward.text) }
            div.actions {
                form method="post" action=(answer.redirect_uri) data-send {
                    @for (name, value) in &answer.parameters { input type="hidden" name=(name) value=(value); }
                    button.button.first type="submit" { (texts.actions.go_on) }
                }
            }
        }
    };
    page(language, &texts.onward.title, None, &content)
}
