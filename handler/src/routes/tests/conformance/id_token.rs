//! How a relying party believes an ID token (`OpenID` Connect Core section 3.1.3.7): by the published keys, and by the request
//! that it made itself. Nothing here is code of ours that signs.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Public};
use openssl::rsa::Rsa;
use openssl::sha::sha256;
use openssl::sign::Verifier;
use serde_json::Value;

use super::super::world::ISSUER;
use super::client::ID;
use crate::clock::{Clock as _, MockClock};

fn decoded(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).unwrap()
}

/// The header and the claims of a token that one of these keys has signed with RS256.
pub(super) fn verified(token: &str, keys: &Value) -> (Value, Value) {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("no JWS: {token}");
    };
    let unverified: Value = serde_json::from_slice(&decoded(header)).unwrap();
    assert_eq!(unverified["alg"], "RS256");
    let key = key(keys, &unverified["kid"]);
    let mut verifier = Verifier::new(MessageDigest::sha256(), &key).unwrap();
    let message = format!("{header}.{claims}");
    let is_good = verifier.verify_oneshot(&decoded(signature), message.as_bytes());
    assert!(is_good.unwrap(), "the signature is not that of the published key");
    (unverified, serde_json::from_slice(&decoded(claims)).unwrap())
}

/// The one key of this id.
fn key(keys: &Value, kid: &Value) -> PKey<Public> {
    assert!(kid.is_string(), "no kid");
    let named: Vec<&Value> = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|key| key["kid"] == *kid)
        .collect();
    let [key] = named[..] else {
        panic!("{} keys are called {kid}", named.len());
    };
    let number = |name: &str| BigNum::from_slice(&decoded(key[name].as_str().unwrap())).unwrap();
    PKey::from_rsa(Rsa::from_public_components(number("n"), number("e")).unwrap()).unwrap()
}

/// Checks the claims for a request with this nonce, which brought this answer of the token endpoint.
pub(super) fn check(claims: &Value, token: &Value, nonce: Option<&str>, clock: &MockClock) {
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["aud"], ID);
    assert_eq!(claims.get("nonce").and_then(Value::as_str), nonce);
    let sub = claims["sub"].as_str().unwrap();
    assert!((1..=255).contains(&sub.len()) && sub.is_ascii(), "{sub}");
    let now = clock.now().unix_timestamp();
    let time = |name: &str| claims[name].as_i64().expect(name);
    assert!(time("exp") > now, "{claims}");
    assert!((now - 300..=now).contains(&time("iat")), "{claims}");
    assert!(time("auth_time") <= now, "{claims}");
    let digest = sha256(token["access_token"].as_str().unwrap().as_bytes());
    assert_eq!(claims["at_hash"], URL_SAFE_NO_PAD.encode(&digest[..16]));
}
