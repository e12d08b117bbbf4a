//! The page that asks the person to agree, before anything is sent to the vendor.

use maud::html;

use super::icon;
use super::language::Language;
use super::layout::{page, token};
use super::provider::{Provider, link};
use super::state::State;
use super::texts;

/// Version of the text that the page shows, as it is recorded with the consent. A new text has a new one.
pub(crate) const CONSENT_VERSION: &str = "handler-2";
/// What the vendor itself says about the data.
const VENDORS_NOTICE: &str = "https://www.jumio.com/legal-information/privacy-notices/";

/// What the page shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConsentView<'a> {
    /// In which language.
    pub language: Language,
    /// Address of the waiting page.
    pub path: &'a str,
    /// What goes on afterwards.
    pub action: &'a str,
    /// Stands in its forms.
    pub form_token: &'a str,
    /// Who is responsible.
    pub provider: &'a Provider,
    /// For how many days what is known of the check is kept here.
    pub kept_days: u64,
}

/// The page.
#[must_use]
pub(crate) fn consent(view: &ConsentView<'_>) -> String {
    let texts = texts::of(view.language);
    let (said, provider) = (&texts.consent, view.provider);
    let controller = provider.controller.as_deref().unwrap_or(&said.controller);
    let filled = |text: &str| {
        text.replace("{controller}", controller)
            .replace("{days}", &view.kept_days.to_string())
    };
    let content = html! {
        main.card.ready {
            (icon::of(State::Ready))
            h1 { (said.title) }
            p.soft { (said.text) }
            dl.notice { @for point in &said.points { dt { (point.title) } dd { (filled(&point.text)) } } }
            (link(provider.privacy.as_ref(), &said.privacy))
            p.soft { a href=(VENDORS_NOTICE) target="_blank" rel="noopener noreferrer" { (said.notice) } }
            (link(provider.alternative.as_ref(), &texts.alternative))
            div.actions {
                form method="post" action={ (view.path) "/consent" } {
                    input type="hidden" name="action" value=(view.action);
                    (token(view.form_token))
                    button.button.first type="submit" { (said.agree) }
                }
                form method="post" action=(view.path) {
                    input type="hidden" name="action" value="cancel";
                    (token(view.form_token))
                    button.button type="submit" { (said.refuse) }
                }
            }
        }
    };
    page(view.language, &said.title, None, &content)
}
