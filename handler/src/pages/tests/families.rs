//! What a rejection is about.

use super::*;

fn rejected_for(language: Language, family: Family) -> View {
    View {
        family,
        ..view(language, State::Rejected, true)
    }
}

#[test]
fn each_family_of_reasons_has_words_of_its_own_in_every_language() {
    let all: Vec<String> = Language::ALL
        .into_iter()
        .flat_map(|language| Family::ALL.map(|family| wait(&rejected_for(language, family))))
        .collect();
    let different: std::collections::HashSet<&String> = all.iter().collect();
    assert_eq!(different.len(), all.len());
}

/// What the reason is, in words that the rules know, stands on no page.
#[test]
fn a_page_says_nothing_in_the_words_of_the_rules() {
    for family in Family::ALL {
        let page = wait(&rejected_for(Language::English, family));
        assert!(
            !page.contains("mismatch") && !page.to_lowercase().contains("fraud"),
            "{page}"
        );
    }
}

/// Another check with the same document would end the same way.
#[test]
fn whose_details_differ_goes_back_to_correct_them_where_that_is_possible() {
    for language in Language::ALL {
        let view = |correction, can_retry| View {
            correction,
            can_retry,
            ..rejected_for(language, Family::Details)
        };
        let page = wait(&view(Correction::Possible, true));
        let other = wait(&view(Correction::Never, true));
        let first = |page: &str| page.split("button first").next().unwrap().to_owned();
        assert!(first(&page).contains("value=\"leave\""), "{page}");
        assert!(
            !first(&page).contains("value=\"retry\"") && page.contains("value=\"retry\""),
            "{page}"
        );
        assert!(first(&other).contains("value=\"retry\""), "{other}");
        let page = wait(&view(Correction::Possible, false));
        assert!(page.contains("href=\"/api/verify/wait/h/continue\""), "{page}");
    }
}

/// Whether they are asked for their details there is not known here: nothing is promised, and the same way is the first.
#[test]
fn whose_details_may_be_asked_for_again_goes_back_without_a_promise() {
    for language in Language::ALL {
        let view = |correction| View {
            correction,
            ..rejected_for(language, Family::Details)
        };
        let (page, sure) = (
            wait(&view(Correction::Perhaps)),
            wait(&view(Correction::Possible)),
        );
        let texts = texts::of(language);
        assert!(
            page.find("value=\"leave\"") < page.find("value=\"retry\""),
            "{page}"
        );
        assert!(
            page.contains(&format!(">{}</button>", texts.actions.back)),
            "{page}"
        );
        assert!(
            !page.contains(&texts.actions.correct) && sure.contains(&texts.actions.correct),
            "{page}"
        );
    }
}
