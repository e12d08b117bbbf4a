//! What all pages share.

use maud::{DOCTYPE, Markup, html};

use super::assets::{LOGO, SCRIPT, STYLE, THEME};
use super::language::Language;
use super::texts;

/// Where a page goes by itself.
pub(super) struct Refresh<'a> {
    /// After this many seconds.
    pub(super) after_s: u32,
    /// To this address.
    pub(super) to: &'a str,
    /// Only in browsers without script: the script knows a better moment.
    pub(super) without_script: bool,
}

/// The field by which a form is known as one of ours.
pub(super) fn token(form_token: &str) -> Markup {
    html! { input type="hidden" name=(super::FORM_TOKEN) value=(form_token); }
}

/// A whole page.
pub(super) fn page(language: Language, title: &str, refresh: Option<&Refresh<'_>>, main: &Markup) -> String {
    let texts = texts::of(language);
    html! {
        (DOCTYPE)
        html lang=(language.tag()) dir=(language.direction()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " – " (texts.product) }
                link rel="icon" href=(LOGO.path()) type="image/svg+xml";
                link rel="stylesheet" href=(THEME.path());
                link rel="stylesheet" href=(STYLE.path());
                script src=(SCRIPT.path()) defer {}
                @if let Some(refresh) = refresh {
                    @if refresh.without_script { noscript { (meta(refresh)) } } @else { (meta(refresh)) }
                }
            }
            body {
                header.top { img.logo src=(LOGO.path()) alt=""; span.brand translate="no" {} }
                (main)
                footer.foot { p { (texts.footer) } }
            }
        }
    }
    .into_string()
}

fn meta(refresh: &Refresh<'_>) -> Markup {
    html! { meta http-equiv="refresh" content={ (refresh.after_s) "; url=" (refresh.to) }; }
}
