//! The foot of the last pages: every page function is listed here, and whether its page is a last one.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

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

/// One page.
struct Shown {
    /// The function that makes it.
    by: &'static str,
    /// The check has not ended well, and nothing goes on from here by itself: who reads it may need help.
    is_last: bool,
    page: String,
}

fn provider() -> Provider {
    Provider {
        controller: None,
        privacy: None,
        help: Some("https://help.example/?a=1&b=2".into()),
        alternative: Some("https://other.example/".into()),
    }
}

fn shown(by: &'static str, is_last: bool, page: String) -> Shown {
    Shown { by, is_last, page }
}

fn waiting(language: Language, provider: &Provider) -> Vec<Shown> {
    let views = STATES.map(|state| view(language, state, false));
    let mishaps = Mishap::ALL.map(|mishap| unfinished(language, mishap));
    let all = views.into_iter().chain(mishaps).map(|view| View {
        provider: provider.clone(),
        ..view
    });
    all.map(|view| {
        let is_last = LAST.contains(&view.state) || view.mishap.is_some();
        shown("wait", is_last, wait(&view))
    })
    .collect()
}

/// Those that ask something, lead on, or tell that all is well.
fn others(language: Language, provider: &Provider) -> Vec<Shown> {
    let values: Release = Value::ALL.into_iter().collect();
    let path = "/api/verify/wait/h";
    let answer = Answer {
        redirect_uri: "https://c.example/cb".into(),
        mode: ResponseMode::FormPost,
        parameters: vec![("state", "s".into())],
    };
    let asked = PlaceView {
        language,
        path,
        asked: Asked::Country,
        is_refused: false,
        action: "begin",
        form_token: "token-of-the-page",
    };
    vec![
        shown("consent", false, agreeing(language, provider)),
        shown("account", false, account(language, "/same", "/other")),
        shown("sign_out", false, sign_out(language, "/p", &[])),
        shown("signed_out", false, signed_out(language, true)),
        shown("place", false, place(&asked)),
        shown("release", false, releasing(language)),
        shown("asked_elsewhere", false, elsewhere(language, values)),
        shown("onward", false, onward(language, "/p", Onward::Next)),
        shown("away", false, away(language, "https://c.example/cb")),
        shown("form_post", false, form_post(language, &answer)),
    ]
}

fn all(language: Language, provider: &Provider) -> Vec<Shown> {
    let told = "7QX4-0M2K";
    let mut all = waiting(language, provider);
    all.extend(others(language, provider));
    for message in [Message::WrongBrowser, Message::NoAttempts, Message::Finished] {
        all.push(shown("problem", true, problem(language, message, told, provider)));
    }
    all.push(shown(
        "no_cookies",
        true,
        no_cookies(language, "/p", told, provider),
    ));
    let stopped = stopped_elsewhere(language, told, provider);
    all.push(shown("stopped_elsewhere", true, stopped));
    all
}

fn foot_of(language: Language) -> String {
    let number = provider::Number::Reference("7QX4-0M2K");
    provider::foot(texts::of(language), &provider(), number).into_string()
}

#[test]
fn every_last_page_has_the_same_foot_and_no_other_has_it() {
    for language in Language::ALL {
        let texts = texts::of(language);
        let foot = foot_of(language);
        for Shown { by, is_last, page } in all(language, &provider()) {
            // The number's label says what it is a number of.
            let (links, number) = foot.split_once("<p class=\"reference\">").unwrap();
            let number = number.split_once("<code>").unwrap().1;
            assert_eq!(page.contains(links), is_last, "{by}: {page}");
            assert_eq!(page.contains(number), is_last, "{by}: {page}");
        }
        for Shown { by, page, .. } in all(language, &Provider::default()) {
            let has_link = page.contains(&texts.help) || page.contains(&texts.alternative);
            assert!(!has_link, "{by}: {page}");
        }
    }
}

/// As text that can be selected; the button works by script alone, and is not shown without.
#[test]
fn whoever_may_ask_somebody_has_something_to_read_out_and_to_copy() {
    let foot = foot_of(Language::English);
    assert!(foot.contains("<code>7QX4-0M2K</code>"), "{foot}");
    assert!(
        foot.contains("type=\"button\" hidden data-copy=\"7QX4-0M2K\""),
        "{foot}"
    );
    for address in ["https://help.example/?a=1&amp;b=2", "https://other.example/"] {
        assert!(foot.contains(&format!("<a href=\"{address}\">")), "{foot}");
    }
}

/// Who reads the number of a request out as their reference is not found by it.
#[test]
fn the_number_of_a_request_is_not_called_the_persons_reference() {
    for language in Language::ALL {
        let texts = texts::of(language);
        let label = |said: &'static String| said.split_once("{number}").unwrap().0;
        let [reference, error] = [&texts.reference, &texts.error_number].map(label);
        assert_ne!(reference, error, "{language:?}");
        let trouble = ["problem", "no_cookies"];
        for Shown { by, is_last, page } in all(language, &provider()) {
            let is_trouble = trouble.contains(&by);
            assert_eq!(page.contains(error), is_trouble, "{by}: {page}");
            assert_eq!(page.contains(reference), is_last && !is_trouble, "{by}: {page}");
        }
    }
}

/// Names of the functions in the source that make a page: they take its language or its view.
fn functions() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![root.join("pages.rs")];
    let folder = std::fs::read_dir(root.join("pages")).unwrap();
    files.extend(folder.map(|entry| entry.unwrap().path()));
    let sources = files
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs"));
    let text: String = sources
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let heads = text.split("\npub(crate) fn ").skip(1);
    heads
        .filter_map(|rest| rest.split_once(" {\n")?.0.strip_suffix("-> String"))
        .filter(|head| head.contains("language: Language") || head.contains("(view: &"))
        .map(|head| head.split('(').next().unwrap().to_owned())
        .collect()
}

#[test]
fn every_page_is_listed() {
    let listed = all(Language::English, &provider());
    let listed: BTreeSet<String> = listed.iter().map(|shown| shown.by.to_owned()).collect();
    assert_eq!(listed, functions());
}
