//! Whom a request means.

use super::super::world::Browser;
use super::callback::MODES;
use super::client::Party;

/// A hint says nothing of who sits in front of the browser: another browser with the same one is asked for a document, too.
#[tokio::test]
async fn oidcc_login_hint() {
    for mode in MODES {
        let (mut party, _) = Party::signed_in_with(mode, "login_hint", "buffy@idv.example").await;
        party.browser = Browser::default();
        let again = party.request().with("login_hint", "buffy@idv.example");
        party.sign_in(&again).await;
        assert_eq!(party.world.vendor.starts(), 2);
    }
}

/// Whose token this is, is told again without a word, an hour after the token has ended.
#[tokio::test]
async fn oidcc_id_token_hint() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let first = party.sign_in(&party.request()).await;
        party.world.advance_s(3600);
        let asked = party.request().with("prompt", "none");
        let asked = asked.with("id_token_hint", first.id_token());
        party.sign_in_silently(&asked).await.is_of(&first);
    }
}
