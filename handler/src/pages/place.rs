//! The page that asks where the person is, before the vendor is called: in which country, and in the USA in which state.
//! Two steps instead of a field that comes and goes, so that it works without script.

use std::sync::OnceLock;

use maud::{Markup, html};
use serde::Deserialize;

use super::icon;
use super::language::Language;
use super::layout::{page, token};
use super::state::State;
use super::texts;

/// The one country whose states are asked for.
pub(crate) const UNITED_STATES: &str = "USA";

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The country.
    Country,
    /// The state of the USA.
    State,
}

/// What the page shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlaceView<'a> {
    /// In which language.
    pub language: Language,
    /// Address of the waiting page.
    pub path: &'a str,
    /// What is asked.
    pub asked: Asked,
    /// The last answer was none of the list.
    pub is_refused: bool,
    /// The action to go on with afterwards.
    pub action: &'static str,
    /// Stands in its forms.
    pub form_token: &'a str,
}

/// Codes and names in the order of the language.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Places {
    /// ISO 3166-1 alpha-3.
    countries: Vec<(String, String)>,
    /// The two letters of the postal service.
    states: Vec<(String, String)>,
}

const SOURCES: [&str; 5] = [
    include_str!("../../../ui/handler/places/en.json"),
    include_str!("../../../ui/handler/places/de.json"),
    include_str!("../../../ui/handler/places/fr.json"),
    include_str!("../../../ui/handler/places/es.json"),
    include_str!("../../../ui/handler/places/ar.json"),
];

#[expect(
    clippy::expect_used,
    reason = "the files are compiled in and a test reads each of them"
)]
fn places(language: Language) -> &'static Places {
    static PLACES: [OnceLock<Places>; 5] = [const { OnceLock::new() }; 5];
    let index = Language::ALL.iter().position(|one| *one == language).unwrap_or(0);
    let (cell, source) = PLACES
        .iter()
        .zip(SOURCES)
        .nth(index)
        .expect("one for each language");
    cell.get_or_init(|| serde_json::from_str(source).expect("lists of codes and names"))
}

impl Asked {
    fn list(self, language: Language) -> &'static [(String, String)] {
        let places = places(language);
        match self {
            Self::Country => &places.countries,
            Self::State => &places.states,
        }
    }

    /// The code of the list that was chosen.
    #[must_use]
    pub(crate) fn chosen(self, answer: Option<&str>) -> Option<&'static str> {
        let list = self.list(Language::English);
        list.iter()
            .map(|(code, _)| code.as_str())
            .find(|code| Some(*code) == answer)
    }

    /// Name of its field.
    #[must_use]
    pub(crate) const fn field(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::State => "state",
        }
    }
}

/// The page.
#[must_use]
pub(crate) fn place(view: &PlaceView<'_>) -> String {
    let texts = texts::of(view.language);
    let said = match view.asked {
        Asked::Country => &texts.place.country,
        Asked::State => &texts.place.state,
    };
    let content = html! {
        main.card.ready {
            (icon::of(State::Ready))
            h1 { (said.title) }
            p.soft { (said.text) }
            div #api {
                form method="post" action={ (view.path) "/country" } {
                    input type="hidden" name="action" value=(view.action);
                    (token(view.form_token))
                    @if view.asked == Asked::State { input type="hidden" name="country" value=(UNITED_STATES); }
                    div.attrEntry {
                        label for="place" { (said.label) }
                        @if view.is_refused { div.error.itemLevel #mistake role="alert" aria-hidden="false" { p { (said.refused) } } }
                        (choice(view, &texts.place.choose))
                    }
                    div.actions { button #continue type="submit" { (texts.actions.go_on) } }
                }
            }
            div.actions {
                form method="post" action=(view.path) {
                    input type="hidden" name="action" value="leave";
                    (token(view.form_token))
                    button.button type="submit" { (texts.actions.leave) }
                }
            }
        }
    };
    page(view.language, &said.title, None, &content)
}

fn choice(view: &PlaceView<'_>, choose: &str) -> Markup {
    let mistake = view.is_refused.then_some("mistake");
    html! {
        select #place name=(view.asked.field()) required[!view.is_refused] autofocus[view.is_refused]
            aria-invalid=[view.is_refused.then_some("true")] aria-describedby=[mistake]
            autocomplete=[(view.asked == Asked::Country).then_some("off")] {
            option value="" { (choose) }
            @for (code, name) in view.asked.list(view.language) { option value=(code) { (name) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn codes(list: &[(String, String)]) -> BTreeSet<&str> {
        list.iter().map(|(code, _)| code.as_str()).collect()
    }

    #[test]
    fn every_language_has_the_same_places_each_once() {
        for language in Language::ALL {
            for (asked, count, length) in [(Asked::Country, 249, 3), (Asked::State, 51, 2)] {
                let list = asked.list(language);
                assert_eq!((list.len(), codes(list).len()), (count, count), "{language:?}");
                assert_eq!(codes(list), codes(asked.list(Language::English)), "{language:?}");
                let is_code =
                    |code: &str| code.len() == length && code.bytes().all(|b| b.is_ascii_uppercase());
                assert!(list.iter().all(|(code, name)| is_code(code) && !name.is_empty()));
            }
        }
    }

    #[test]
    fn only_what_is_in_the_list_is_chosen() {
        assert_eq!(Asked::Country.chosen(Some("USA")), Some(UNITED_STATES));
        assert_eq!(Asked::State.chosen(Some("IL")), Some("IL"));
        for answer in [None, Some(""), Some("DE"), Some("deu"), Some("XXX")] {
            assert_eq!(Asked::Country.chosen(answer), None, "{answer:?}");
        }
    }
}
