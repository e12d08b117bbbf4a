//! The waiting page.

use super::*;

#[test]
fn every_waiting_page_lets_the_person_do_something() {
    for language in Language::ALL {
        for state in STATES {
            let page = wait(&view(language, state, false));
            assert!(page.contains("class=\"button"), "{state:?}: {page}");
        }
    }
}

#[test]
fn an_approval_goes_on_by_itself_and_has_a_link() {
    let page = wait(&view(Language::English, State::Approved, false));
    assert!(page.contains("2; url=/api/verify/wait/h/continue"), "{page}");
    assert!(page.contains("href=\"/api/verify/wait/h/continue\""), "{page}");
}

#[test]
fn a_waiting_page_renews_itself_without_script() {
    let page = wait(&view(Language::English, State::Checking, false));
    assert!(page.contains("<noscript><meta http-equiv=\"refresh\""), "{page}");
}

#[test]
fn who_waits_for_a_start_asks_again_without_script_and_without_pressing() {
    for (state, before) in [(State::Starting, None), (State::InLine, Some(12))] {
        for language in Language::ALL {
            let waiting = View {
                before,
                ..view(language, state, false)
            };
            let page = wait(&waiting);
            let again = "content=\"2; url=/api/verify/wait/h/continue?at=vendor\"";
            assert!(page.contains(again) && !page.contains("<noscript"), "{page}");
            let told = page.contains(&texts::of(language).people_before(12));
            assert_eq!(told, before.is_some(), "{page}");
            let retried = View {
                after: Some(3),
                ..waiting
            };
            assert!(wait(&retried).contains("continue?at=vendor&amp;after=3"));
        }
    }
}

/// Where a session has ended, its link is no way on; where it goes on, another one is none.
#[test]
fn whoever_has_not_finished_at_the_vendor_is_told_why_and_has_one_way_on() {
    for language in Language::ALL {
        let pages = Mishap::ALL.map(|mishap| wait(&unfinished(language, mishap)));
        for (page, mishap) in pages.iter().zip(Mishap::ALL) {
            let to_vendor = page.contains("href=\"/api/verify/wait/h/continue?at=vendor\"");
            assert_eq!(
                to_vendor,
                !matches!(mishap, Mishap::Photos | Mishap::Session),
                "{page}"
            );
            assert_eq!(page.contains("value=\"restart\""), !to_vendor, "{page}");
            assert_eq!(page.matches("button first").count(), 1, "{page}");
            assert!(page.contains("7QX4-0M2K") && !page.contains("leave"), "{page}");
            let again = format!("5; url=/api/verify/wait/h?mishap={}", mishap.as_str());
            assert!(page.contains(&again), "{page}");
        }
        let different: std::collections::HashSet<_> = pages.iter().collect();
        assert_eq!(different.len(), Mishap::ALL.len(), "{language:?}");
    }
}
