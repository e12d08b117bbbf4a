//! What an ID token is signed with. Both modules have a client register itself, which nobody does here: so the document says what
//! they would have asked for.

use serde_json::json;

use super::callback::MODES;
use super::client::Party;
use crate::tokens::test_keys;

/// A client that says nothing of algorithms is given RS256, by a key that the token names.
#[tokio::test]
async fn oidcc_idtoken_signature() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let signed_in = party.sign_in(&party.request()).await;
        assert_eq!(signed_in.header["alg"], "RS256");
        assert_eq!(signed_in.header["kid"], party.world.keys.key_id());
    }
}

/// `none` is offered to nobody, and believed of nobody: an unsigned hint that names another person is as good as no hint.
#[tokio::test]
async fn oidcc_idtoken_unsigned() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let algorithms = &party.document["id_token_signing_alg_values_supported"];
        assert!(
            !algorithms.as_array().unwrap().contains(&json!("none")),
            "{algorithms}"
        );
        assert_eq!(party.document.get("registration_endpoint"), None);
        let first = party.sign_in(&party.request()).await;
        let mut claims = first.claims.clone();
        claims["sub"] = test_keys::encode([7; 32]).into();
        let signed = test_keys::jws(&first.header, &claims, |_| b"nobody's".to_vec());
        let unsigned = test_keys::jws(&json!({"alg": "none"}), &claims, |_| Vec::new());
        for hint in [signed, unsigned] {
            let asked = party.request().with("prompt", "none");
            let asked = asked.with("id_token_hint", &hint);
            party.sign_in_silently(&asked).await.is_of(&first);
        }
    }
}
