//! Sentences of the locale files with something put into them. The whole sentence stands there, with its colon and the space before
//! that: no two languages have them alike.

use maud::{Markup, html};

/// `text` with `what` in each place of this name, such as `{at}`.
pub(super) fn filled(text: &str, place: &str, what: &Markup) -> Markup {
    let mut parts = text.split(place);
    let first = parts.next();
    html! { @if let Some(first) = first { (first) } @for part in parts { (what) (part) } }
}

/// The same with a name that somebody has given themselves, which is written in its own direction.
pub(super) fn naming(text: &str, place: &str, name: &str) -> Markup {
    filled(text, place, &html! { bdi { (name) } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_stands_in_each_place_and_a_name_in_its_own_direction() {
        let said = naming("{client} & {client}.", "{client}", "A<b").into_string();
        assert_eq!(said, "<bdi>A&lt;b</bdi> &amp; <bdi>A&lt;b</bdi>.");
        assert_eq!(naming("nobody", "{client}", "A").into_string(), "nobody");
    }
}
