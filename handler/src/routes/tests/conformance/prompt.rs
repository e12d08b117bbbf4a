//! When the person is asked again, and when not.

use super::callback::MODES;
use super::client::Party;

/// What is permitted where the person would have to be asked (`OpenID` Connect Core section 3.1.2.6).
const NEEDS_A_PERSON: [&str; 4] = [
    "interaction_required",
    "login_required",
    "account_selection_required",
    "consent_required",
];

#[tokio::test]
async fn oidcc_prompt_login() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let first = party.sign_in(&party.request()).await;
        party.world.advance_s(1);
        let second = party.sign_in(&party.request().with("prompt", "login")).await;
        assert_eq!(second.claims["sub"], first.claims["sub"]);
        assert!(second.auth_time() > first.auth_time());
    }
}

#[tokio::test]
async fn oidcc_prompt_none_not_logged_in() {
    for mode in MODES {
        let party = Party::new(mode).await;
        // Of every kind of letter that an address takes as it is.
        let state = format!("{}-._~", "aB3".repeat(42));
        let asked = party.request().with("prompt", "none").with("state", &state);
        let callback = party.ask_silently(&asked).await;
        let error = callback.error(Some(&state));
        assert!(NEEDS_A_PERSON.contains(&error), "{error}");
    }
}

#[tokio::test]
async fn oidcc_prompt_none_logged_in() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let first = party.sign_in(&party.request()).await;
        party.world.advance_s(60);
        let asked = party.request().with("prompt", "none");
        party.sign_in_silently(&asked).await.is_of(&first);
    }
}

/// The suite waits for two seconds: after one, the first sign-in is just young enough.
#[tokio::test]
async fn oidcc_max_age_1() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let first = party.sign_in(&party.request()).await;
        party.world.advance_s(2);
        let second = party.sign_in(&party.request().with("max_age", "1")).await;
        assert_eq!(second.claims["sub"], first.claims["sub"]);
        assert_eq!(second.auth_time(), first.auth_time() + 2);
    }
}

#[tokio::test]
async fn oidcc_max_age_10000() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let first = party.sign_in(&party.request().with("max_age", "15000")).await;
        party.world.advance_s(9_999);
        let asked = party.request().with("max_age", "10000");
        party.sign_in_silently(&asked).await.is_of(&first);
    }
}
