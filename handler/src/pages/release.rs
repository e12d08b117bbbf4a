//! The page that shows the person which values of their document somebody will be told, before the check.

use maud::{Markup, html};

use super::icon;
use super::language::Language;
use super::layout::{page, token};
use super::sentence::naming;
use super::state::State;
use super::texts::{self, ReleaseTexts};
use crate::person::release::Release;

/// The action of whoever does not want it to be told.
pub(crate) const REFUSE: &str = "refuse";

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
    /// Stands in its forms.
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
            (told(said, view.client, view.values))
            p.soft { (said.note) }
            div.actions {
                form method="post" action=(to) {
                    input type="hidden" name="action" value=(view.action);
                    (token(view.form_token))
                    button.button.first type="submit" { (said.agree) }
                }
                form method="post" action=(to) {
                    input type="hidden" name="action" value=(REFUSE);
                    (token(view.form_token))
                    button.button type="submit" { (said.refuse) }
                }
            }
        }
    };
    page(view.language, &said.title, None, &content)
}

/// Who is told what.
pub(super) fn told(said: &ReleaseTexts, client: &str, values: Release) -> Markup {
    html! {
        p.soft { (naming(&said.text, "{client}", client)) }
        div.notice { ul { @for value in values.values() { li { (said.values.of(value)) } } } }
    }
}
