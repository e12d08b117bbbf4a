//! The page that shows the person which values of their document somebody will be told, before the check.

use maud::html;

use super::icon;
use super::language::Language;
use super::layout::{page, token};
use super::state::State;
use super::texts;
use crate::person::release::Release;

/// What the page shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReleaseView<'a> {
    /// In which language.
    pub language: Language,
    /// Who is told.
    pub client: &'a str,
    /// What they are told.
    pub values: Release,
    /// Address of the waiting page.
    pub path: &'a str,
    /// The action to go on with afterwards.
    pub action: &'static str,
    /// Stands in its form.
    pub form_token: &'a str,
}

/// The page.
#[must_use]
pub(crate) fn release(view: &ReleaseView<'_>) -> String {
    let texts = texts::of(view.language);
    let said = &texts.release;
    let to = format!("{}/release", view.path);
    let content = html! {
        main.card.ready {
            (icon::of(State::Ready))
            h1 { (said.title) }
            p.soft { (said.text.replace("{client}", view.client)) }
            div.notice { ul { @for value in view.values.values() { li { (said.values.of(value)) } } } }
            p.soft { (said.note) }
            div.actions {
                form method="post" action=(to) {
                    input type="hidden" name="action" value=(view.action);
                    (token(view.form_token))
                    button.button.first type="submit" { (said.agree) }
                }
                a.button href={ (to) "?tell=no" } { (said.refuse) }
            }
        }
    };
    page(view.language, &said.title, None, &content)
}
