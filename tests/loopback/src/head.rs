//! What the head of every page here begins with.

use maud::{Markup, html};

/// Character set, width and title.
#[must_use]
pub fn head(title: &str) -> Markup {
    html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        title { (title) }
    }
}
