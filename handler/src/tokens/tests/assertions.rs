use openssl::pkey::PKey;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::tokens::Refused;
use crate::tokens::client_assertion::{AssertionId, ClientKeys, verify};
use crate::tokens::public_key::KeyError;
use crate::tokens::strength::Weakness;
use crate::tokens::test_keys::{
    EC, OTHER_RSA, RSA, ec_jwk, ed25519, encode, es256, hs256, jws, ps256, rs256, rsa, rsa_jwk, x509,
};

const NOW: OffsetDateTime = datetime!(2026-11-20 08:00 UTC);
const TOKEN_ENDPOINT: &str = "https://idv.example.com/api/token";
const ISSUER: &str = "https://idv.example.com";

fn both() -> ClientKeys {
    let jwks = json!({ "keys": [rsa_jwk(&RSA, "r"), ec_jwk(&EC, "e")] });
    ClientKeys::from_jwks(&jwks.to_string()).unwrap()
}

fn by_certificate() -> ClientKeys {
    let pem = x509(&RSA).to_pem().unwrap();
    ClientKeys::from_certificates(std::str::from_utf8(&pem).unwrap()).unwrap()
}

fn claims() -> Value {
    let exp = NOW.unix_timestamp() + 300;
    json!({ "iss": "okta", "sub": "okta", "aud": TOKEN_ENDPOINT, "exp": exp, "jti": "1" })
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims[name] = value.into();
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn check(keys: &ClientKeys, token: &str) -> Result<AssertionId, Refused> {
    verify(token, keys, "okta", &[TOKEN_ENDPOINT, ISSUER], NOW)
}

fn signed(claims: &Value) -> Result<AssertionId, Refused> {
    check(
        &both(),
        &jws(&json!({ "alg": "RS256", "kid": "r" }), claims, rs256(&RSA)),
    )
}

#[test]
fn both_algorithms_and_both_audiences_are_accepted() {
    let id = signed(&claims()).unwrap();
    assert_eq!(id.jti, "1");
    assert_eq!(id.exp.unix_timestamp(), NOW.unix_timestamp() + 360);
    assert!(signed(&with("aud", ISSUER)).is_ok());
    let token = jws(&json!({ "alg": "ES256", "kid": "e" }), &claims(), es256(&EC));
    assert!(check(&both(), &token).is_ok());
}

#[test]
fn a_certificate_is_enough_whatever_the_key_is_called() {
    for header in [
        json!({ "alg": "RS256", "kid": "anything" }),
        json!({ "alg": "RS256" }),
    ] {
        assert!(check(&by_certificate(), &jws(&header, &claims(), rs256(&RSA))).is_ok());
        let forged = jws(&header, &claims(), rs256(&OTHER_RSA));
        assert_eq!(check(&by_certificate(), &forged), Err(Refused::Signature));
    }
}

#[test]
fn algorithm_none_is_refused() {
    let token = jws(&json!({ "alg": "none" }), &claims(), |_| Vec::new());
    assert_eq!(check(&by_certificate(), &token), Err(Refused::Algorithm));
}

#[test]
fn an_hmac_with_the_public_key_as_secret_is_refused() {
    let secret = x509(&RSA).to_pem().unwrap();
    let token = jws(&json!({ "alg": "HS256", "kid": "r" }), &claims(), hs256(&secret));
    assert_eq!(check(&both(), &token), Err(Refused::Algorithm));
}

#[test]
fn the_algorithm_of_another_key_is_refused() {
    let token = jws(&json!({ "alg": "ES256", "kid": "r" }), &claims(), es256(&EC));
    assert_eq!(check(&both(), &token), Err(Refused::Algorithm));
    let token = jws(&json!({ "alg": "RS256", "kid": "e" }), &claims(), rs256(&RSA));
    assert_eq!(check(&both(), &token), Err(Refused::Algorithm));
}

#[test]
fn a_foreign_key_is_refused() {
    let token = jws(
        &json!({ "alg": "RS256", "kid": "r" }),
        &claims(),
        rs256(&OTHER_RSA),
    );
    assert_eq!(check(&both(), &token), Err(Refused::Signature));
}

#[test]
fn an_elliptic_signature_of_wrong_length_is_refused() {
    let header = json!({ "alg": "ES256", "kid": "e" });
    for length in [0, 63, 65, 72] {
        let token = jws(&header, &claims(), |_| vec![1; length]);
        assert_eq!(check(&both(), &token), Err(Refused::Signature), "{length}");
    }
    let zero = jws(&header, &claims(), |_| vec![0; 64]);
    assert_eq!(check(&both(), &zero), Err(Refused::Signature));
}

#[test]
fn an_unnamed_key_is_refused_where_there_is_a_choice() {
    let token = jws(&json!({ "alg": "RS256" }), &claims(), rs256(&RSA));
    assert_eq!(check(&both(), &token), Err(Refused::NoKeyId));
}

#[test]
fn an_unknown_key_is_refused() {
    let token = jws(&json!({ "alg": "RS256", "kid": "x" }), &claims(), rs256(&RSA));
    assert_eq!(check(&both(), &token), Err(Refused::UnknownKey));
}

#[test]
fn another_client_as_issuer_or_subject_is_refused() {
    assert_eq!(signed(&with("iss", "b2c")), Err(Refused::Unexpected("iss")));
    assert_eq!(signed(&with("sub", "b2c")), Err(Refused::Unexpected("sub")));
    assert_eq!(signed(&without("sub")), Err(Refused::Missing("sub")));
}

#[test]
fn another_audience_is_refused() {
    assert_eq!(
        signed(&with("aud", "https://other.example.com")),
        Err(Refused::Unexpected("aud"))
    );
    assert_eq!(
        signed(&with("aud", format!("{TOKEN_ENDPOINT}/"))),
        Err(Refused::Unexpected("aud"))
    );
}

#[test]
fn several_audiences_are_good_when_all_are_ours() {
    assert!(signed(&with("aud", json!([TOKEN_ENDPOINT, ISSUER]))).is_ok());
    for others in [json!([ISSUER, "https://other.example.com"]), json!([])] {
        assert_eq!(signed(&with("aud", others)), Err(Refused::Unexpected("aud")));
    }
    assert_eq!(
        signed(&with("aud", json!([ISSUER, 7]))),
        Err(Refused::Type("aud"))
    );
}

#[test]
fn an_rsa_key_signs_with_either_padding_unless_it_names_one() {
    let keys = |alg: Option<&str>| {
        let mut jwk = rsa_jwk(&RSA, "r");
        if let Some(alg) = alg {
            jwk["alg"] = alg.into();
        }
        ClientKeys::from_jwks(&json!({ "keys": [jwk] }).to_string()).unwrap()
    };
    let by = |alg: &str| json!({ "alg": alg, "kid": "r" });
    let (old, new) = (
        jws(&by("RS256"), &claims(), rs256(&RSA)),
        jws(&by("PS256"), &claims(), ps256(&RSA)),
    );
    for (alg, takes_old, takes_new) in [
        (None, true, true),
        (Some("RS256"), true, false),
        (Some("PS256"), false, true),
    ] {
        assert_eq!(check(&keys(alg), &old).is_ok(), takes_old, "{alg:?}");
        assert_eq!(check(&keys(alg), &new).is_ok(), takes_new, "{alg:?}");
    }
    let other_padding = jws(&by("PS256"), &claims(), rs256(&RSA));
    assert_eq!(check(&keys(None), &other_padding), Err(Refused::Signature));
}

#[test]
fn a_key_under_one_id_for_two_algorithms_is_one_key() {
    let with = |alg: &str, key| {
        let mut jwk = rsa_jwk(key, "r");
        jwk["alg"] = alg.into();
        jwk
    };
    let set = |one, other| ClientKeys::from_jwks(&json!({ "keys": [one, other] }).to_string());
    let keys = set(with("RS256", &RSA), with("PS256", &RSA)).unwrap();
    let token = jws(&json!({ "alg": "PS256", "kid": "r" }), &claims(), ps256(&RSA));
    assert!(check(&keys, &token).is_ok());
    let two = set(with("RS256", &RSA), with("PS256", &OTHER_RSA));
    assert_eq!(two.unwrap_err(), KeyError::SameKeyId);
}

#[test]
fn ed25519_is_believed_and_a_foreign_key_is_not() {
    let (ours, theirs) = (
        PKey::generate_ed25519().unwrap(),
        PKey::generate_ed25519().unwrap(),
    );
    let jwk =
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": "d", "x": encode(ours.raw_public_key().unwrap()) });
    let keys = ClientKeys::from_jwks(&json!({ "keys": [jwk] }).to_string()).unwrap();
    let header = json!({ "alg": "EdDSA", "kid": "d" });
    assert!(check(&keys, &jws(&header, &claims(), ed25519(&ours))).is_ok());
    let forged = jws(&header, &claims(), ed25519(&theirs));
    assert_eq!(check(&keys, &forged), Err(Refused::Signature));
    let short = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "AAAA" }] });
    assert_eq!(
        ClientKeys::from_jwks(&short.to_string()).unwrap_err(),
        KeyError::NoneFit
    );
}

#[test]
fn expiry_must_be_there_ahead_and_near() {
    let now = NOW.unix_timestamp();
    assert_eq!(signed(&without("exp")), Err(Refused::Missing("exp")));
    assert_eq!(signed(&with("exp", now - 60)), Err(Refused::Expired));
    assert!(signed(&with("exp", now + 3660)).is_ok());
    assert_eq!(signed(&with("exp", now + 3661)), Err(Refused::TooLong));
}

#[test]
fn what_is_not_valid_yet_is_refused() {
    let later = NOW.unix_timestamp() + 61;
    assert_eq!(signed(&with("nbf", later)), Err(Refused::NotYet));
    assert_eq!(signed(&with("iat", later)), Err(Refused::NotYet));
}

#[test]
fn an_assertion_without_id_is_refused() {
    assert_eq!(signed(&without("jti")), Err(Refused::Missing("jti")));
    assert_eq!(signed(&with("jti", "")), Err(Refused::Type("jti")));
    assert_eq!(signed(&with("jti", "x".repeat(257))), Err(Refused::Type("jti")));
}

#[test]
fn keys_that_do_not_fit_are_passed_over_and_a_set_without_any_that_fits_is_refused() {
    let mut for_encryption = rsa_jwk(&RSA, "x");
    for_encryption["use"] = json!("enc");
    let mut other_algorithm = rsa_jwk(&RSA, "x");
    other_algorithm["alg"] = json!("RS512");
    let weak = rsa_jwk(&rsa(1024), "x");
    let unfit = json!([for_encryption, other_algorithm, weak, { "kty": "oct", "k": "AAAA" }, { "kty": 7 }, null, "key"]);
    let refused = ClientKeys::from_jwks(&json!({ "keys": unfit }).to_string());
    assert_eq!(refused.unwrap_err(), KeyError::Weak(Weakness::Short));
    let mut keys = unfit.as_array().unwrap().clone();
    keys.push(rsa_jwk(&RSA, "r"));
    let accepted = ClientKeys::from_jwks(&json!({ "keys": keys }).to_string()).unwrap();
    assert_eq!(format!("{accepted:?}"), "ClientKeys(1)");
    let mut off_the_curve = ec_jwk(&EC, "e");
    off_the_curve["y"] = off_the_curve["x"].clone();
    let refused = ClientKeys::from_jwks(&json!({ "keys": [off_the_curve] }).to_string());
    assert_eq!(refused.unwrap_err(), KeyError::NoneFit);
    assert_eq!(ClientKeys::from_jwks("{}").unwrap_err(), KeyError::Malformed);
    assert_eq!(
        ClientKeys::from_certificates("noise").unwrap_err(),
        KeyError::Malformed
    );
}
