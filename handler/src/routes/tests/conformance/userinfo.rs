//! The three ways to the userinfo endpoint (RFC 6750 sections 2.1 and 2.2, `OpenID` Connect Core section 5.3.1).

use warp::test::RequestBuilder;

use super::super::world::form;
use super::callback::{MODES, Mode};
use super::client::Party;
use super::signed_in::{SignedIn, userinfo};

/// Signs in, asks in this way, and is told of the same person as by the ID token, and nothing that nobody asked for.
async fn asked_by(mode: Mode, request: impl Fn(&Party, &SignedIn) -> RequestBuilder) {
    let party = Party::new(mode).await;
    let signed_in = party.sign_in(&party.request()).await;
    let told = userinfo(&party.world.send(request(&party, &signed_in)).await);
    let expected = serde_json::json!({"sub": signed_in.claims["sub"]});
    assert_eq!(told, expected);
}

#[tokio::test]
async fn oidcc_userinfo_get() {
    for mode in MODES {
        asked_by(mode, |party, signed_in| party.bearing("GET", &signed_in.token)).await;
    }
}

#[tokio::test]
async fn oidcc_userinfo_post_header() {
    for mode in MODES {
        asked_by(mode, |party, signed_in| party.bearing("POST", &signed_in.token)).await;
    }
}

#[tokio::test]
async fn oidcc_userinfo_post_body() {
    for mode in MODES {
        asked_by(mode, |party, signed_in| {
            let token = [("access_token", signed_in.access_token())];
            form(party.at("userinfo_endpoint"), &token)
        })
        .await;
    }
}
