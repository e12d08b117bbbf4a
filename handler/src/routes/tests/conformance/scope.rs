//! The scopes of `OpenID` Connect Core section 5.4. We hold no such claims of anybody: none is told, also not in the ID token, and the
//! answer says which scopes were granted (RFC 6749 section 3.3).

use serde_json::{Value, json};

use super::callback::{MODES, Mode};
use super::client::Party;
use crate::clients::{Client, EmailClaim};

/// Signs in with these scopes, of which the document offers some or all, and is granted these.
async fn granted(mode: Mode, asked: &str, is_offered: bool, granted: &str) {
    let (party, signed_in) = Party::signed_in_with(mode, "scope", asked).await;
    let offered = party.document["scopes_supported"].as_array().unwrap();
    let all = asked.split(' ').all(|scope| offered.contains(&json!(scope)));
    assert_eq!(all, is_offered, "{offered:?}");
    assert_eq!(signed_in.token["scope"], granted);
    assert_eq!(signed_in.userinfo, json!({"sub": signed_in.claims["sub"]}));
    tells_nothing_of_them(&signed_in.claims);
}

fn tells_nothing_of_them(claims: &Value) {
    let words = [
        "name",
        "profile",
        "picture",
        "email",
        "phone",
        "address",
        "birthdate",
        "gender",
    ];
    let claims = claims.as_object().unwrap().keys();
    for claim in claims {
        assert!(!words.iter().any(|word| claim.contains(word)), "{claim}");
    }
}

#[tokio::test]
async fn oidcc_scope_profile() {
    for mode in MODES {
        granted(mode, "openid profile", true, "openid profile").await;
    }
}

/// It is granted to a client whose settings say which address it is told, and told by the userinfo endpoint.
#[tokio::test]
async fn oidcc_scope_email() {
    for mode in MODES {
        granted(mode, "openid email", true, "openid").await;
        let told = |client| Client {
            email: EmailClaim::Subject,
            ..client
        };
        let party = Party::of(mode, told).await;
        let signed_in = party
            .sign_in(&party.request().with("scope", "openid email"))
            .await;
        assert_eq!(signed_in.token["scope"], "openid email");
        let email = format!("{}@idv.invalid", signed_in.claims["sub"].as_str().unwrap());
        assert_eq!(
            signed_in.userinfo,
            json!({"sub": signed_in.claims["sub"], "email": email})
        );
        assert_eq!(signed_in.claims.get("name"), None);
    }
}

#[tokio::test]
async fn oidcc_scope_address() {
    for mode in MODES {
        granted(mode, "openid address", false, "openid").await;
    }
}

#[tokio::test]
async fn oidcc_scope_phone() {
    for mode in MODES {
        granted(mode, "openid phone", false, "openid").await;
    }
}

#[tokio::test]
async fn oidcc_scope_all() {
    for mode in MODES {
        granted(
            mode,
            "openid email phone address profile",
            false,
            "openid profile",
        )
        .await;
    }
}
