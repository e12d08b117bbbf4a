//! What a browser is shown that came back from the vendor and did not begin the check. The pages lead nowhere: whatever is
//! next, is next where the check was begun.

use maud::{Markup, html};

use super::icon;
use super::language::Language;
use super::layout::{page, token};
use super::provider::{Number, Provider, foot};
use super::release::told;
use super::sentence::naming;
use super::state::State;
use super::texts::{self, Said};
use crate::person::release::Release;

/// What a browser is asked that did not begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ElsewhereView<'a> {
    /// In which language.
    pub language: Language,
    /// Whom the check is for.
    pub client: &'a str,
    /// What they are told of the document.
    pub values: Release,
    /// Where the answer goes.
    pub path: &'a str,
    /// Stands in its forms.
    pub form_token: &'a str,
}

/// Asks whether the person began the check.
#[must_use]
pub(crate) fn asked_elsewhere(view: &ElsewhereView<'_>) -> String {
    let texts = texts::of(view.language);
    let answer = |action: &str, label: &str, first: bool| {
        html! {
            form method="post" action=(view.path) {
                input type="hidden" name="action" value=(action);
                (token(view.form_token))
                button.button.first[first] type="submit" { (label) }
            }
        }
    };
    let answers = html! {
        @if !view.values.is_empty() { (told(&texts.release, view.client, view.values)) }
        div.actions {
            (answer("own", &texts.actions.own, true))
            (answer("not_own", &texts.actions.not_own, false))
        }
    };
    let said = &texts.elsewhere.asked;
    shown(view.language, State::Unconfirmed, said, view.client, &answers)
}

/// Says that the check is stopped. `reference` is what the person may read out to whoever helps them.
#[must_use]
pub(crate) fn stopped_elsewhere(language: Language, reference: &str, provider: &Provider) -> String {
    let texts = texts::of(language);
    let said = &texts.elsewhere.stopped;
    let foot = foot(texts, provider, Number::Reference(reference));
    shown(language, State::Cancelled, said, "", &foot)
}

fn shown(language: Language, state: State, said: &Said, client: &str, rest: &Markup) -> String {
    let content = html! {
        main class={ "card " (state.as_str()) } data-state=(state.as_str()) {
            (icon::of(state))
            h1 { (said.title) }
            p.soft { (naming(&said.text, "{client}", client)) }
            (rest)
        }
    };
    page(language, &said.title, None, &content)
}
