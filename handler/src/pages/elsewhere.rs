//! What a browser is shown that came back from the vendor and did not begin the check. The pages lead nowhere: whatever is
//! next, is next where the check was begun.

use maud::{Markup, html};

use super::icon;
use super::language::Language;
use super::layout::{page, token};
use super::state::State;
use super::texts::{self, Said};

/// Asks whether the person began the check, which is for this client. `path` is where the answer goes; `form_token` stands in
/// its forms.
#[must_use]
pub(crate) fn asked_elsewhere(language: Language, path: &str, form_token: &str, client: &str) -> String {
    let texts = texts::of(language);
    let answer = |action: &str, label: &str, first: bool| {
        html! {
            form method="post" action=(path) {
                input type="hidden" name="action" value=(action);
                (token(form_token))
                button.button.first[first] type="submit" { (label) }
            }
        }
    };
    let answers = html! {
        div.actions {
            (answer("own", &texts.actions.own, true))
            (answer("not_own", &texts.actions.not_own, false))
        }
    };
    let said = &texts.elsewhere.asked;
    shown(language, State::Unconfirmed, said, client, &answers)
}

/// Says that the check is stopped. `reference` is what the person may read out to whoever helps them.
#[must_use]
pub(crate) fn stopped_elsewhere(language: Language, reference: &str) -> String {
    let texts = texts::of(language);
    let reference = html! { p.reference { (texts.reference) ": " code { (reference) } } };
    let said = &texts.elsewhere.stopped;
    shown(language, State::Cancelled, said, "", &reference)
}

fn shown(language: Language, state: State, said: &Said, client: &str, rest: &Markup) -> String {
    let content = html! {
        main class={ "card " (state.as_str()) } data-state=(state.as_str()) {
            (icon::of(state))
            h1 { (said.title) }
            p.soft { (naming(&said.text, client)) }
            (rest)
        }
    };
    page(language, &said.title, None, &content)
}

/// A sentence with the client in it, whose name is written in its own direction.
fn naming(text: &str, client: &str) -> Markup {
    let Some((before, after)) = text.split_once("{client}") else {
        return html! { (text) };
    };
    html! { (before) bdi { (client) } (after) }
}
