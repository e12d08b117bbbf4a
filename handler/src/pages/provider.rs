//! Who lets people be checked, and where they say more: help for whoever's check has not ended well.

use maud::{Markup, html};

use super::sentence::filled;
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

/// What a person reads out to whoever helps them.
#[derive(Clone, Copy)]
pub(super) enum Number<'a> {
    /// Their reference: one for the check, `handler find` takes it.
    Reference(&'a str),
    /// The id of one request, which is in its records of the log.
    Error(&'a str),
}

/// The foot of every last page: where a person goes on whose check has not ended well, and what they read out.
pub(super) fn foot(texts: &Texts, provider: &Provider, number: Number<'_>) -> Markup {
    html! {
        (link(provider.help.as_ref(), &texts.help))
        (link(provider.alternative.as_ref(), &texts.alternative))
        (read_out(texts, number))
    }
}

/// A number to read out or to copy. Without script it is text to be selected.
fn read_out(texts: &Texts, number: Number<'_>) -> Markup {
    let (said, number) = match number {
        Number::Reference(number) => (&texts.reference, number),
        Number::Error(number) => (&texts.error_number, number),
    };
    html! {
        p.reference {
            (filled(said, "{number}", &html! { code { (number) } })) " "
            button.copy type="button" hidden data-copy=(number) data-copied=(texts.copied) { (texts.copy) }
            " " span role="status" {}
        }
    }
}
