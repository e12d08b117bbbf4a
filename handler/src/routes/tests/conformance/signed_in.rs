//! What a sign-in brings: the code is redeemed, the ID token believed, and the userinfo endpoint asked.

use serde_json::Value;
use warp::test::RequestBuilder;

use super::super::world::{Answer, REDIRECT, SECRET, VERIFIER, basic, form, header, json_of, request};
use super::asked::Asked;
use super::callback::Callback;
use super::client::{ID, Party};
use super::id_token;

/// What a sign-in brought, all of it believed.
pub(super) struct SignedIn {
    pub(super) code: String,
    /// The answer of the token endpoint.
    pub(super) token: Value,
    /// The header and the claims of the ID token.
    pub(super) header: Value,
    pub(super) claims: Value,
    /// What the userinfo endpoint says.
    pub(super) userinfo: Value,
}

impl SignedIn {
    pub(super) fn id_token(&self) -> &str {
        self.token["id_token"].as_str().unwrap()
    }

    pub(super) fn access_token(&self) -> &str {
        self.token["access_token"].as_str().unwrap()
    }

    pub(super) fn auth_time(&self) -> i64 {
        self.claims["auth_time"].as_i64().expect("auth_time")
    }

    /// It is the same sign-in of the same person, told again.
    pub(super) fn is_of(&self, first: &Self) {
        assert_eq!(self.claims["sub"], first.claims["sub"]);
        assert_eq!(self.auth_time(), first.auth_time());
    }
}

impl Party {
    /// Redeems the code, believes the ID token, and asks the userinfo endpoint.
    pub(super) async fn finish(&self, asked: &Asked, callback: &Callback) -> SignedIn {
        let code = callback.code(asked).to_owned();
        let verifier = asked.get("code_challenge").map(|_| VERIFIER);
        let token = token(&self.redeem(&code, verifier).await);
        let keys = json_of(&self.world.get(self.at("jwks_uri")).await);
        let (header, claims) = id_token::verified(token["id_token"].as_str().unwrap(), &keys);
        id_token::check(&claims, &token, asked.get("nonce"), &self.world.clock);
        let answer = self.world.send(self.bearing("GET", &token)).await;
        let userinfo = userinfo(&answer);
        assert_eq!(
            userinfo["sub"], claims["sub"],
            "OpenID Connect Core section 5.3.2"
        );
        SignedIn {
            code,
            token,
            header,
            claims,
            userinfo,
        }
    }

    pub(super) async fn redeem(&self, code: &str, verifier: Option<&str>) -> Answer {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
        ];
        fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        self.ask_for_token(&fields).await
    }

    pub(super) async fn ask_for_token(&self, fields: &[(&str, &str)]) -> Answer {
        let path = self.at("token_endpoint");
        let proof = [("client_id", ID), ("client_secret", SECRET)];
        let request = if self.secret_in_form {
            form(path, &[fields, &proof].concat())
        } else {
            form(path, fields).header("authorization", basic(ID, SECRET))
        };
        self.world.send(request).await
    }

    /// A request to the userinfo endpoint with the access token in the header.
    pub(super) fn bearing(&self, method: &str, token: &Value) -> RequestBuilder {
        let token = token["access_token"].as_str().unwrap();
        request(method, self.at("userinfo_endpoint")).header("authorization", format!("Bearer {token}"))
    }
}

/// A good answer of the token endpoint (RFC 6749 section 5.1).
fn token(answer: &Answer) -> Value {
    assert_eq!(answer.status(), 200, "{answer:?}");
    assert!(
        header(answer, "content-type").starts_with("application/json"),
        "{answer:?}"
    );
    assert_eq!(header(answer, "cache-control"), "no-store");
    let token = json_of(answer);
    assert_eq!(token["token_type"], "Bearer");
    let seconds = token["expires_in"].as_i64().expect("expires_in");
    assert!((1..=31_536_000).contains(&seconds), "{seconds}");
    token
}

/// A good answer of the userinfo endpoint (`OpenID` Connect Core section 5.3.2).
pub(super) fn userinfo(answer: &Answer) -> Value {
    assert_eq!(answer.status(), 200, "{answer:?}");
    assert!(
        header(answer, "content-type").starts_with("application/json"),
        "{answer:?}"
    );
    json_of(answer)
}
