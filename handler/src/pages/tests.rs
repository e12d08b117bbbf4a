use super::*;
use crate::checks::decision::family::Family;
use crate::grants::ResponseMode;
use crate::openid::answer::Answer;
use crate::person::release::{Release, Value};

mod b2c;

const STATES: [State; 15] = [
    State::Ready,
    State::InLine,
    State::Starting,
    State::AtVendor,
    State::Checking,
    State::Unconfirmed,
    State::Approved,
    State::Rejected,
    State::Review,
    State::Expired,
    State::Cancelled,
    State::Trouble,
    State::Exhausted,
    State::Full,
    State::Closed,
];

fn view(language: Language, state: State, can_retry: bool) -> View {
    View {
        has_way_back: true,
        language,
        state,
        mishap: None,
        family: Family::Other,
        may_correct: false,
        next_at: None,
        reference: "7QX4-0M2K".to_owned(),
        provider: Provider::default(),
        path: "/api/verify/wait/h".into(),
        form_token: "token-of-the-page".into(),
        client: "shop-1".into(),
        attempts_left: 2,
        can_retry,
        may_leave: true,
        is_told_later: true,
        can_resume: true,
        before: None,
        after: None,
    }
}

fn unfinished(language: Language, mishap: Mishap) -> View {
    View {
        mishap: Some(mishap),
        ..view(language, State::Checking, false)
    }
}

fn agreeing(language: Language, provider: &Provider) -> String {
    consent(&ConsentView {
        language,
        path: "/api/verify/wait/h",
        action: "begin",
        form_token: "token-of-the-page",
        provider,
        kept_days: 400,
    })
}

/// Who came back in another browser is asked, and shown what would be told.
fn elsewhere(language: Language, values: Release) -> String {
    asked_elsewhere(&ElsewhereView {
        language,
        client: "shop-1",
        values,
        path: "/api/callback/return/h",
        form_token: "token-of-the-page",
    })
}

fn pages() -> Vec<String> {
    let mut pages = Vec::new();
    for language in Language::ALL {
        for state in STATES {
            pages.push(wait(&view(language, state, true)));
            pages.push(wait(&view(language, state, false)));
        }
        for mishap in Mishap::ALL {
            pages.push(wait(&unfinished(language, mishap)));
        }
        pages.push(problem(
            language,
            Message::WrongBrowser,
            "ref",
            &Provider::default(),
        ));
        for (asked, is_refused) in [(Asked::Country, false), (Asked::State, true)] {
            let path = "/api/verify/wait/h";
            pages.push(place(&PlaceView {
                language,
                path,
                asked,
                is_refused,
                action: "begin",
                form_token: "token-of-the-page",
            }));
        }
        pages.push(agreeing(language, &Provider::default()));
        pages.push(no_cookies(language, "/p?a=b&c=d"));
        pages.push(account(language, "/same", "/other"));
        pages.push(sign_out(language, "/p", &[("state", "a\"b")]));
        pages.extend([true, false].map(|is_out| signed_out(language, is_out)));
        pages.push(elsewhere(language, Release::default()));
        pages.push(elsewhere(language, Value::ALL.into_iter().collect()));
        pages.push(release(&ReleaseView {
            language,
            client: "shop-1",
            values: Value::ALL.into_iter().collect(),
            path: "/api/verify/wait/h",
            action: "begin",
            form_token: "token-of-the-page",
        }));
        pages.push(stopped_elsewhere(language, "7QX4-0M2K"));
        pages.push(onward(language, "/p", Onward::Next));
    }
    pages
}

#[test]
fn every_page_has_a_language_a_title_one_heading_and_a_main() {
    for page in pages() {
        assert!(page.starts_with("<!DOCTYPE html><html lang=\""), "{page}");
        assert_eq!(page.matches("<h1").count(), 1, "{page}");
        assert_eq!(page.matches("<main").count(), 1, "{page}");
        assert!(
            page.contains("<title>") && page.contains("width=device-width"),
            "{page}"
        );
    }
}

#[test]
fn no_page_holds_script_or_style_of_its_own() {
    for page in pages() {
        assert!(!page.contains("style=") && !page.contains("<style"), "{page}");
        assert!(
            !page.contains("onclick") && !page.contains("javascript:"),
            "{page}"
        );
        assert_eq!(page.matches("<script").count(), 1, "{page}");
    }
}

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
fn who_is_asked_whether_it_was_they_is_told_for_whom() {
    for language in Language::ALL {
        let began = wait(&view(language, State::Unconfirmed, false));
        let values = Value::ALL.into_iter().collect();
        let elsewhere = [Release::default(), values].map(|values| elsewhere(language, values));
        for page in std::iter::once(began).chain(elsewhere) {
            assert!(page.contains("shop-1") && !page.contains("{client}"), "{page}");
            assert!(
                page.contains("value=\"own\"") && page.contains("value=\"not_own\""),
                "{page}"
            );
        }
    }
}

#[test]
fn every_form_of_ours_has_its_token() {
    for page in pages() {
        let to = ["/api/verify/wait/h", "/api/callback/return/h"];
        let forms_to = |to| {
            page.matches(&format!("<form method=\"post\" action=\"{to}"))
                .count()
        };
        let forms: usize = to.map(forms_to).iter().sum();
        assert_eq!(
            page.matches("name=\"token\" value=\"token-of-the-page\"").count(),
            forms,
            "{page}"
        );
    }
}

#[test]
fn arabic_is_written_from_right_to_left() {
    assert!(wait(&view(Language::Arabic, State::Ready, false)).contains("lang=\"ar\" dir=\"rtl\""));
}

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
fn values_in_a_form_are_escaped() {
    let answer = Answer {
        redirect_uri: "https://c.example/cb?a=\"><script>".into(),
        mode: ResponseMode::FormPost,
        parameters: vec![("state", "\"><script>alert(1)</script>".into())],
    };
    let page = form_post(Language::English, &answer);
    assert!(!page.contains("<script>"), "{page}");
    assert!(page.contains("&quot;&gt;&lt;script&gt;alert(1)"), "{page}");
}

#[test]
fn who_is_asked_to_sign_out_may_stay() {
    let page = sign_out(Language::English, "/p", &[("state", "a\"b")]);
    assert!(
        page.contains("value=\"yes\"") && page.contains("value=\"no\""),
        "{page}"
    );
    assert!(page.contains("a&quot;b"), "{page}");
}

#[test]
fn who_goes_on_has_two_links() {
    let page = account(Language::German, "/x?a=1&b=same", "/x?a=1&b=other");
    assert!(page.contains("href=\"/x?a=1&amp;b=same\"") && page.contains("href=\"/x?a=1&amp;b=other\""));
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

/// Every last page has what the settings name, and no link where they name nothing.
#[test]
fn whoever_may_need_help_finds_it_where_there_is_any() {
    let provider = Provider {
        help: Some("https://help.example/?a=1&b=2".into()),
        alternative: Some("https://other.example/".into()),
        ..Provider::default()
    };
    for language in Language::ALL {
        let texts = texts::of(language);
        for state in LAST {
            let view = |provider: &Provider| View {
                provider: provider.clone(),
                ..view(language, state, false)
            };
            let page = wait(&view(&provider));
            let help = format!("<a href=\"https://help.example/?a=1&amp;b=2\">{}</a>", texts.help);
            let other = format!("<a href=\"https://other.example/\">{}</a>", texts.alternative);
            assert!(page.contains(&help) && page.contains(&other), "{page}");
            let page = wait(&view(&Provider::default()));
            assert!(
                !page.contains(&texts.help) && !page.contains(&texts.alternative),
                "{page}"
            );
        }
        let page = problem(language, Message::NoAttempts, "id", &provider);
        assert!(page.contains("https://other.example/"), "{page}");
    }
    let page = wait(&View {
        provider,
        ..view(Language::English, State::Approved, false)
    });
    assert!(!page.contains("help.example"), "{page}");
}

/// GDPR article 13, as far as it can be said without knowing who it is that lets people be checked.
#[test]
fn whoever_is_asked_to_agree_is_told_by_whom_for_how_long_and_of_another_way() {
    let provider = Provider {
        controller: Some("Contoso & Sons".into()),
        privacy: Some("https://privacy.example/".into()),
        alternative: Some("https://other.example/".into()),
        help: None,
    };
    for language in Language::ALL {
        let page = agreeing(language, &provider);
        for part in [
            "Contoso &amp; Sons",
            "400",
            "https://privacy.example/",
            "https://other.example/",
            "jumio.com",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert_eq!(page.matches("<dt>").count(), 8, "{page}");
        let page = agreeing(language, &Provider::default());
        assert!(page.contains(&texts::of(language).consent.controller), "{page}");
        for part in ["{", "privacy.example", "other.example"] {
            assert!(!page.contains(part), "{part}: {page}");
        }
    }
}

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
        let view = |may_correct, can_retry| View {
            may_correct,
            can_retry,
            ..rejected_for(language, Family::Details)
        };
        let (page, other) = (wait(&view(true, true)), wait(&view(false, true)));
        let first = |page: &str| page.split("button first").next().unwrap().to_owned();
        assert!(first(&page).contains("value=\"leave\""), "{page}");
        assert!(
            !first(&page).contains("value=\"retry\"") && page.contains("value=\"retry\""),
            "{page}"
        );
        assert!(first(&other).contains("value=\"retry\""), "{other}");
        let page = wait(&view(true, false));
        assert!(page.contains("href=\"/api/verify/wait/h/continue\""), "{page}");
    }
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

const LAST: [State; 8] = [
    State::Rejected,
    State::Review,
    State::Expired,
    State::Cancelled,
    State::Trouble,
    State::Exhausted,
    State::Full,
    State::Closed,
];

/// As text that can be selected; the button works by script alone, and is not shown without.
#[test]
fn whoever_may_ask_somebody_has_something_to_read_out() {
    for state in LAST {
        let page = wait(&view(Language::English, state, false));
        assert!(page.contains("<code>7QX4-0M2K</code>"), "{page}");
        assert!(
            page.contains("type=\"button\" hidden data-copy=\"7QX4-0M2K\""),
            "{page}"
        );
    }
    let page = problem(
        Language::English,
        Message::Expired,
        "id-of-the-request",
        &Provider::default(),
    );
    assert!(page.contains("<code>id-of-the-request</code>"), "{page}");
    let page = wait(&view(Language::English, State::Approved, false));
    assert!(!page.contains("7QX4-0M2K"), "{page}");
}
