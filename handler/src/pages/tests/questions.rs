//! Pages that ask something.

use super::*;

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
