//! The plain way there and back: what a code is, and which requests have an answer.

use std::collections::HashMap;

use super::super::world::{CHALLENGE, REDIRECT, form, header, text_of};
use super::asked::Asked;
use super::callback::MODES;
use super::client::Party;

/// What an ID token may say to whom has asked for nothing.
const UNASKED: [&str; 8] = ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash"];

/// How many bits a text of such letters holds (Shannon).
fn entropy(text: &str) -> f64 {
    let mut counts = HashMap::<char, u32>::new();
    for letter in text.chars() {
        *counts.entry(letter).or_default() += 1;
    }
    let all = f64::from(u32::try_from(text.chars().count()).unwrap());
    let bits = counts
        .into_values()
        .map(|count| f64::from(count) * (all / f64::from(count)).log2());
    bits.sum()
}

#[tokio::test]
async fn oidcc_server() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let signed_in = party.sign_in(&party.request()).await;
        assert!(signed_in.code.len() * 8 >= 128, "RFC 6749 section 10.10");
        assert!(entropy(&signed_in.code) > 96.0, "{}", entropy(&signed_in.code));
        for claim in signed_in.claims.as_object().unwrap().keys() {
            assert!(UNASKED.contains(&claim.as_str()), "nobody asked for {claim}");
        }
    }
}

#[tokio::test]
async fn oidcc_server_client_secret_post() {
    for mode in MODES {
        let mut party = Party::new(mode).await;
        party.secret_in_form = true;
        party.sign_in(&party.request()).await;
    }
}

#[tokio::test]
async fn oidcc_response_type_missing() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let asked = party.request().without("response_type");
        let callback = party.ask_silently(&asked).await;
        assert_eq!(callback.error(asked.get("state")), "invalid_request");
        assert_eq!(
            callback.get("error_description"),
            Some("response_type is missing")
        );
    }
}

#[tokio::test]
async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let signed_in = party.sign_in(&party.request().without("nonce")).await;
        assert_eq!(signed_in.claims.get("nonce"), None);
    }
}

/// The order of parameters and that of scopes say nothing (RFC 6749 section 3.3).
#[tokio::test]
async fn oidcc_alternate_happy_flow() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let mut asked = party.request().with("scope", "email openid");
        asked.0.sort_by_key(|(name, _)| std::cmp::Reverse(*name));
        assert_eq!(asked.0.first().unwrap().0, "state");
        let signed_in = party.sign_in(&asked).await;
        assert_eq!(
            signed_in.claims.get("email"),
            None,
            "OpenID Connect Core section 5.4"
        );
    }
}

#[tokio::test]
async fn oidcc_ensure_request_with_unknown_parameter_succeeds() {
    for mode in MODES {
        Party::signed_in_with(mode, "extra", "foobar").await;
    }
}

#[tokio::test]
async fn oidcc_ensure_request_with_valid_pkce_succeeds() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let asked = party.request().with("code_challenge", CHALLENGE);
        let asked = asked.with("code_challenge_method", "S256");
        party.sign_in(&asked).await;
        let asked = with_another_nonce(&party, &asked);
        let callback = party.ask_silently(&asked).await;
        let answer = party.redeem(callback.code(&asked), None).await;
        assert_eq!(answer.status(), 400, "the challenge was only ignored: {answer:?}");
    }
}

/// The same in a request of its own.
fn with_another_nonce(party: &Party, asked: &Asked) -> Asked {
    let other = party.request();
    let with = |asked: Asked, name| asked.with(name, other.get(name).unwrap());
    with(with(asked.clone(), "nonce"), "state")
}

/// The person is told, and the browser led nowhere, whatever else is wrong.
#[tokio::test]
async fn oidcc_ensure_registered_redirect_uri() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let elsewhere = format!("{REDIRECT}/q7Zk2nW0bX");
        for asked in [
            party.request(),
            party.request().without("response_type"),
            party.request().with("prompt", "none"),
        ] {
            let answer = party.ask(&asked.with("redirect_uri", &elsewhere)).await;
            assert_eq!((answer.status().as_u16(), header(&answer, "location")), (400, ""));
            let page = text_of(&answer);
            assert!(page.contains("You were sent here by mistake"), "{page}");
            assert!(!page.contains("b2clogin") && !page.contains("<form"), "{page}");
        }
        assert_eq!(party.world.vendor.starts(), 0);
    }
}

#[tokio::test]
async fn oidcc_ensure_post_request_succeeds() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let asked = party.request();
        let post = form(party.at("authorization_endpoint"), &asked.fields());
        let answer = party.browser.send(&party.world, post).await;
        let answer = party.browser.follow(&party.world, answer).await;
        let callback = party.checked(&answer).await;
        party.finish(&asked, &callback).await;
    }
}
