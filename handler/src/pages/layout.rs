//! What all pages share.

use maud::{DOCTYPE, Markup, html};

use super::assets::{SCRIPT, STYLE};
use super::language::Language;
use super::{mark, texts};

/// Where a page goes by itself.
pub(super) struct Refresh<'a> {
    /// After so many seconds.
    pub(super) after_s: u32,
    /// To this address.
    pub(super) to: &'a str,
    /// Only in browsers without script: the script knows a better moment.
    pub(super) without_script: bool,
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
                meta name="robots" content="noindex";
                title { (title) " – " (texts.product) }
                link rel="stylesheet" href=(STYLE.path());
                script src=(SCRIPT.path()) defer {}
                @if let Some(refresh) = refresh {
                    @if refresh.without_script { noscript { (meta(refresh)) } } @else { (meta(refresh)) }
                }
            }
            body {
                header.brand { (mark::brand()) span { (texts.product) } }
                (main)
                footer { p { (texts.footer) } }
            }
        }
    }
    .into_string()
}

fn meta(refresh: &Refresh<'_>) -> Markup {
    html! { meta http-equiv="refresh" content={ (refresh.after_s) "; url=" (refresh.to) }; }
}
