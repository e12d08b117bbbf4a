//! Keys that verify signatures which anybody can make, or whose private part can be computed, and tokens of other kinds.
//! Keys and tokens come from Python's `cryptography` (`tests/vectors/keys.py`).

use std::sync::LazyLock;

use serde_json::{Value, json};
use time::macros::datetime;

use crate::tokens::Refused;
use crate::tokens::client_assertion::{ClientKeys, verify};
use crate::tokens::test_keys::{EC, OTHER_RSA, RSA, ec_jwk, rsa_jwk};

static VECTORS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../../tests/vectors/keys.json")).unwrap());

fn set(keys: &[Value]) -> Result<ClientKeys, crate::tokens::public_key::KeyError> {
    ClientKeys::from_jwks(&json!({ "keys": keys }).to_string())
}

fn believed(keys: &ClientKeys, token: &Value) -> Result<(), Refused> {
    let ours = ["https://idv.example.com/api/token", "https://idv.example.com"];
    let now = datetime!(2026-11-20 08:00 UTC);
    verify(token.as_str().unwrap(), keys, "okta", &ours, now).map(drop)
}

/// Whether a key of the vectors is taken and its token believed.
fn is_believed(name: &str) -> bool {
    let vector = &VECTORS[name];
    set(&[vector["jwk"].clone()]).is_ok_and(|keys| believed(&keys, &vector["token"]).is_ok())
}

fn strong() -> ClientKeys {
    set(&[VECTORS["strong"].clone()]).unwrap()
}

#[test]
fn an_exponent_of_three_is_good_enough() {
    assert!(is_believed("exponent_3"));
}

#[test]
fn an_exponent_of_one_is_refused() {
    assert!(!is_believed("exponent_1"));
    assert!(set(&[VECTORS["exponent_1"]["jwk"].clone()]).is_err());
}

#[test]
fn an_even_exponent_is_refused() {
    assert!(!is_believed("exponent_2"));
    assert!(set(&[VECTORS["exponent_2"]["jwk"].clone()]).is_err());
}

#[test]
fn a_key_whose_primes_show_in_its_modulus_is_refused() {
    assert!(!is_believed("roca"));
    assert!(set(&[VECTORS["roca"]["jwk"].clone()]).is_err());
}

#[test]
fn a_weak_key_does_not_spoil_the_others_of_its_set() {
    let keys = set(&[VECTORS["exponent_1"]["jwk"].clone(), VECTORS["strong"].clone()]).unwrap();
    assert_eq!(believed(&keys, &VECTORS["types"]["JWT"]), Ok(()));
    assert!(believed(&keys, &VECTORS["exponent_1"]["token"]).is_err());
}

#[test]
fn a_key_that_is_not_for_verifying_is_refused() {
    for operations in [json!(["sign"]), json!(["encrypt", "wrapKey"]), json!([])] {
        let mut key = rsa_jwk(&RSA, "r");
        key.as_object_mut().unwrap().remove("use");
        key["key_ops"] = operations;
        assert!(set(&[key.clone()]).is_err(), "{key}");
        key["use"] = json!("sig");
        assert!(set(&[key.clone()]).is_err(), "{key}");
    }
    let mut key = rsa_jwk(&RSA, "r");
    key["key_ops"] = json!(["verify"]);
    assert!(set(&[key]).is_ok());
}

#[test]
fn one_key_id_for_two_keys_is_refused() {
    assert!(set(&[rsa_jwk(&RSA, "a"), rsa_jwk(&OTHER_RSA, "a")]).is_err());
    assert!(set(&[rsa_jwk(&RSA, "a"), ec_jwk(&EC, "a")]).is_err());
    assert!(set(&[rsa_jwk(&RSA, "a"), rsa_jwk(&OTHER_RSA, "b")]).is_ok());
}

#[test]
fn the_same_key_twice_is_one_and_a_key_for_something_else_does_not_count() {
    assert!(set(&[rsa_jwk(&RSA, "a"), rsa_jwk(&RSA, "a")]).is_ok());
    let mut for_encryption = rsa_jwk(&OTHER_RSA, "a");
    for_encryption["use"] = json!("enc");
    assert!(set(&[rsa_jwk(&RSA, "a"), for_encryption]).is_ok());
}

#[test]
fn an_assertion_may_name_nobody_but_us() {
    for (name, token) in VECTORS["audiences"].as_object().unwrap() {
        let refused = believed(&strong(), token).err();
        let ours = ["ours", "ours_in_a_list", "all_ours"].contains(&name.as_str());
        assert_eq!(refused, (!ours).then_some(Refused::Unexpected("aud")), "{name}");
    }
}

#[test]
fn a_token_of_another_kind_is_no_assertion() {
    assert_eq!(believed(&strong(), &VECTORS["no_type"]), Ok(()));
    for (kind, token) in VECTORS["types"].as_object().unwrap() {
        let fits = kind.eq_ignore_ascii_case("jwt") || kind.ends_with("client-authentication+jwt");
        assert_eq!(believed(&strong(), token).is_ok(), fits, "{kind}");
    }
}
