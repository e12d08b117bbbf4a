//! How many attempts are left, and when there is one again.

use super::*;

#[test]
fn a_rejection_with_attempts_left_says_how_many() {
    let page = wait(&view(Language::English, State::Rejected, true));
    assert!(
        page.contains("Attempts left: 2") && page.contains("value=\"retry\""),
        "{page}"
    );
    let page = wait(&view(Language::English, State::Rejected, false));
    assert!(
        !page.contains("Attempts left") && !page.contains("value=\"retry\""),
        "{page}"
    );
}

#[test]
fn the_last_attempt_says_so() {
    for language in Language::ALL {
        let last = |attempts_left| View {
            attempts_left,
            ..view(language, State::Rejected, true)
        };
        let page = wait(&last(1));
        let said = &texts::of(language).last_attempt;
        assert!(page.contains(said.as_str()), "{page}");
        assert!(!wait(&last(2)).contains(said.as_str()));
    }
}

/// Who cannot begin again is not told that they can; and when they can, to the minute, and never too early.
#[test]
fn whoever_has_no_attempt_left_is_told_when_there_is_one_again() {
    for language in Language::ALL {
        for state in [
            State::Rejected,
            State::Expired,
            State::Cancelled,
            State::Exhausted,
            State::Trouble,
        ] {
            let view = View {
                attempts_left: 0,
                next_at: Some(time::macros::datetime!(2026-02-04 10:00:01.5 UTC)),
                ..view(language, state, false)
            };
            let page = wait(&view);
            let at = "<time datetime=\"2026-02-04T10:01Z\" dir=\"ltr\">2026-02-04 10:01 UTC</time>";
            assert!(page.contains(at), "{page}");
            assert!(!page.contains(&texts::of(language).begin_again), "{page}");
            let is_said = page.contains(&texts::of(language).none_left);
            assert!(
                is_said || !matches!(state, State::Rejected | State::Trouble),
                "{page}"
            );
        }
        let page = wait(&view(language, State::Expired, true));
        assert!(page.contains(&texts::of(language).begin_again), "{page}");
    }
}
