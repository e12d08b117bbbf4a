//! What is asked for by name.

use super::callback::MODES;
use super::client::Party;
use crate::clients::Client;

/// An essential claim that we do not hold is left out, and is no error (`OpenID` Connect Core section 5.5.1).
#[tokio::test]
async fn oidcc_claims_essential() {
    for mode in MODES {
        let claims = r#"{"userinfo":{"name":{"essential":true}}}"#;
        let (party, signed_in) = Party::signed_in_with(mode, "claims", claims).await;
        assert_eq!(party.document["claims_parameter_supported"], true);
        assert_eq!(signed_in.userinfo.get("name"), None);
        assert_eq!(signed_in.claims.get("name"), None);
    }
}

/// The document names none, so the suite asks for these two. One is told where it is promised, and no other is.
#[tokio::test]
async fn oidcc_ensure_request_with_acr_values_succeeds() {
    for mode in MODES {
        let (party, signed_in) = Party::signed_in_with(mode, "acr_values", "1 2").await;
        assert_eq!(party.document.get("acr_values_supported"), None);
        assert_eq!(signed_in.claims.get("acr"), None);
        let promised = |client| Client {
            acr: Some("2".to_owned()),
            ..client
        };
        let party = Party::of(mode, promised).await;
        let signed_in = party.sign_in(&party.request().with("acr_values", "1 2")).await;
        assert_eq!(signed_in.claims["acr"], "2");
    }
}
