//! The page that asks the person to agree, before anything is sent to the vendor.

use maud::html;

use super::icon;
use super::language::Language;
use super::layout::{page, token};
use super::state::State;
use super::texts;

/// Version of the text that the page shows, as it is recorded with the consent. A new text has a new one.
pub(crate) const CONSENT_VERSION: &str = "handler-1";
/// What the vendor itself says about the data.
const VENDORS_NOTICE: &str = "https://www.jumio.com/legal-information/privacy-notices/";

/// The page. `path` is the address of the waiting page; `action` is what goes on afterwards; `form_token` stands in its forms.
#[must_use]
pub(crate) fn consent(language: Language, path: &str, action: &str, form_token: &str) -> String {
    let texts = texts::of(language);
    let said = &texts.consent;
    let content = html! {
        main.card.ready {
            (icon::of(State::Ready))
            h1 { (said.title) }
            p.soft { (said.text) }
            dl.notice { @for point in &said.points { dt { (point.title) } dd { (point.text) } } }
            p.soft { a href=(VENDORS_NOTICE) target="_blank" rel="noopener noreferrer" { (said.notice) } }
            div.actions {
                form method="post" action={ (path) "/consent" } {
                    input type="hidden" name="action" value=(action);
                    (token(form_token))
                    button.button.first type="submit" { (said.agree) }
                }
                form method="post" action=(path) {
                    input type="hidden" name="action" value="cancel";
                    (token(form_token))
                    button.button type="submit" { (said.refuse) }
                }
            }
        }
    };
    page(language, &said.title, None, &content)
}
