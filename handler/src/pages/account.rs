//! Who goes on, and who signs out: questions to a person whom nobody has named.

use maud::html;

use super::icon;
use super::language::Language;
use super::layout::page;
use super::state::State;
use super::texts;

/// Asks whether the person of last time goes on, or somebody else. Both are addresses.
#[must_use]
pub(crate) fn account(language: Language, same: &str, other: &str) -> String {
    let said = &texts::of(language).account;
    let content = html! {
        main.card.ready {
            (icon::of(State::Ready))
            h1 { (said.title) }
            p.soft { (said.text) }
            div.actions {
                a.button.first href=(same) { (said.first) }
                a.button href=(other) { (said.second) }
            }
        }
    };
    page(language, &said.title, None, &content)
}

/// Asks whether the person wants to sign out. `hidden` is sent along when they do; `path` is where to.
#[must_use]
pub(crate) fn sign_out(language: Language, path: &str, hidden: &[(&str, &str)]) -> String {
    let said = &texts::of(language).sign_out;
    let content = html! {
        main.card.ready {
            (icon::of(State::Ready))
            h1 { (said.title) }
            p.soft { (said.text) }
            div.actions {
                form method="post" action=(path) {
                    @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
                    button.button.first type="submit" name="idv_sign_out" value="yes" { (said.first) }
                    button.button type="submit" name="idv_sign_out" value="no" { (said.second) }
                }
            }
        }
    };
    page(language, &said.title, None, &content)
}

/// Says that the person is signed out here, or that they are not.
#[must_use]
pub(crate) fn signed_out(language: Language, is_out: bool) -> String {
    let texts = texts::of(language);
    let said = if is_out {
        &texts.signed_out
    } else {
        &texts.still_signed_in
    };
    let content = html! {
        main.card.approved {
            (icon::of(State::Approved))
            h1 { (said.title) }
            p.soft { (said.text) }
        }
    };
    page(language, &said.title, None, &content)
}
