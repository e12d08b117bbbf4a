mod attempts;
mod families;
mod foot;
mod language;
mod questions;
mod waiting;

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
        correction: Correction::Never,
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

fn releasing(language: Language) -> String {
    release(&ReleaseView {
        language,
        client: "shop-1",
        values: Value::ALL.into_iter().collect(),
        path: "/api/verify/wait/h",
        action: "begin",
        form_token: "token-of-the-page",
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
        pages.push(no_cookies(language, "/p?a=b&c=d", "ref", &Provider::default()));
        pages.push(account(language, "/same", "/other"));
        pages.push(sign_out(language, "/p", &[("state", "a\"b")]));
        pages.extend([true, false].map(|is_out| signed_out(language, is_out)));
        pages.push(elsewhere(language, Release::default()));
        pages.push(elsewhere(language, Value::ALL.into_iter().collect()));
        pages.push(releasing(language));
        pages.push(stopped_elsewhere(language, "7QX4-0M2K", &Provider::default()));
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
