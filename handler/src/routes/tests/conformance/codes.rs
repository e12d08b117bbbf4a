//! A code that comes twice, and what nobody is given in its place.

use serde_json::json;

use super::super::world::{Answer, header, json_of};
use super::callback::{MODES, Mode, may_describe};
use super::client::Party;

/// An error of the token endpoint (RFC 6749 section 5.2).
fn is_refused(answer: &Answer, error: &str) {
    assert_eq!(answer.status(), 400, "{answer:?}");
    assert!(
        header(answer, "content-type").starts_with("application/json"),
        "{answer:?}"
    );
    let body = json_of(answer);
    assert_eq!(body["error"], error);
    let description = body["error_description"].as_str().unwrap();
    assert!(description.bytes().all(may_describe), "{description}");
}

/// Redeems a code again after this long: it is refused, and the access token of the first time is none any more.
async fn reused_after(mode: Mode, seconds: u64) {
    let party = Party::new(mode).await;
    let signed_in = party.sign_in(&party.request()).await;
    party.world.advance_s(seconds);
    let bearing = || party.bearing("GET", &signed_in.token);
    assert_eq!(party.world.send(bearing()).await.status(), 200);
    is_refused(&party.redeem(&signed_in.code, None).await, "invalid_grant");
    let answer = party.world.send(bearing()).await;
    assert_eq!(answer.status(), 401, "RFC 6749 section 4.1.2");
    assert_eq!(json_of(&answer)["error"], "invalid_token");
}

#[tokio::test]
async fn oidcc_codereuse() {
    for mode in MODES {
        reused_after(mode, 0).await;
    }
}

#[tokio::test]
async fn oidcc_codereuse_30seconds() {
    for mode in MODES {
        reused_after(mode, 30).await;
    }
}

/// None is offered, none is given, and none is taken: an approval lasts as long as our settings say.
#[tokio::test]
async fn oidcc_refresh_token() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let offered = |name: &str| party.document[name].as_array().unwrap().clone();
        assert!(!offered("grant_types_supported").contains(&json!("refresh_token")));
        assert!(!offered("scopes_supported").contains(&json!("offline_access")));
        let asked = party.request().with("scope", "openid offline_access");
        let signed_in = party.sign_in(&asked.with("prompt", "consent")).await;
        assert_eq!(signed_in.token.get("refresh_token"), None);
        assert_eq!(signed_in.token["scope"], "openid");
        for word in [signed_in.access_token(), signed_in.code.as_str()] {
            let fields = [("grant_type", "refresh_token"), ("refresh_token", word)];
            is_refused(&party.ask_for_token(&fields).await, "unsupported_grant_type");
        }
    }
}
