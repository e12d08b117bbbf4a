//! What differs between languages: directions, spaces and words.

use super::*;

/// A Latin name within an Arabic sentence, or an Arabic one within a German sentence, turns nothing around.
#[test]
fn a_name_is_written_in_its_own_direction_on_every_page() {
    let values: Release = Value::ALL.into_iter().collect();
    let provider = Provider {
        controller: Some("Contoso (Retail)".into()),
        ..Provider::default()
    };
    for language in Language::ALL {
        let pages = [
            wait(&view(language, State::Unconfirmed, false)),
            releasing(language),
            elsewhere(language, Release::default()),
            elsewhere(language, values),
            agreeing(language, &provider),
        ];
        for page in pages {
            let names = ["shop-1", "Contoso (Retail)"];
            let all: usize = names.map(|name| page.matches(name).count()).iter().sum();
            let isolated = names.map(|name| page.matches(&format!("<bdi>{name}</bdi>")).count());
            assert!(all > 0 && isolated.iter().sum::<usize>() == all, "{page}");
        }
    }
}

#[test]
fn french_has_a_space_that_does_not_break_before_a_colon_and_no_other_language_has_one() {
    for language in Language::ALL {
        let page = wait(&view(language, State::Rejected, false));
        let is_french = language == Language::French;
        assert_eq!(page.contains("\u{a0}: <code>"), is_french, "{page}");
        assert!(page.contains(": <code>"), "{page}");
    }
}

#[test]
fn nothing_is_left_to_be_filled_in() {
    for page in pages() {
        assert!(!page.contains('{') && !page.contains('}'), "{page}");
    }
}

#[test]
fn arabic_is_written_from_right_to_left() {
    assert!(wait(&view(Language::Arabic, State::Ready, false)).contains("lang=\"ar\" dir=\"rtl\""));
}
