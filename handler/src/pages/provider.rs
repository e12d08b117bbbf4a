//! Who lets people be checked, and where they say more: help for whoever's check has not ended well.

use maud::{Markup, html};

use super::texts::Texts;

/// What the settings say of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Provider {
    /// Who is responsible for the check and its data, by name; nothing for the service that the person came from.
    pub controller: Option<String>,
    /// What they say about the data; nothing where they say nothing.
    pub privacy: Option<String>,
    /// Help; nothing where there is none.
    pub help: Option<String>,
    /// Another way to the same end, for whoever cannot or will not be checked; nothing where there is none.
    pub alternative: Option<String>,
}

/// A link, where there is an address.
pub(super) fn link(address: Option<&String>, label: &str) -> Markup {
    html! { @if let Some(address) = address { p.soft { a href=(address) { (label) } } } }
}

/// The foot of every last page: where a person goes on whose check has not ended well, and what they read out to whoever helps
/// them.
pub(super) fn foot(texts: &Texts, provider: &Provider, told: &str) -> Markup {
    html! {
        (link(provider.help.as_ref(), &texts.help))
        (link(provider.alternative.as_ref(), &texts.alternative))
        (reference(texts, told))
    }
}

/// What the person may read out or copy. Without script it is text to be selected.
fn reference(texts: &Texts, reference: &str) -> Markup {
    html! {
        p.reference {
            (texts.reference) ": " code { (reference) } " "
            button.copy type="button" hidden data-copy=(reference) data-copied=(texts.copied) { (texts.copy) }
            " " span role="status" {}
        }
    }
}
