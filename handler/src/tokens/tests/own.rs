use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Verifier;
use openssl::x509::X509;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::tokens::test_keys::{EC, OTHER_RSA, RSA, encode, hs256, jws, pem, rs256, x509};
use crate::tokens::{Certificate, CertificateError, Kind, Refused, SigningAlg, SigningKeys};

const NOW: OffsetDateTime = datetime!(2026-11-20 08:00 UTC);

fn certificate() -> Certificate {
    Certificate::from_pem(&pem(&RSA)).unwrap()
}

fn keys() -> SigningKeys {
    SigningKeys::new(certificate(), &[Certificate::from_pem(&pem(&OTHER_RSA)).unwrap()]).unwrap()
}

fn claims() -> Value {
    let now = NOW.unix_timestamp();
    json!({ "iss": "https://idv.example.com", "aud": "b2c", "iat": now, "nbf": now, "exp": now + 300 })
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

fn verify(keys: &SigningKeys, token: &str) -> Result<Value, Refused> {
    keys.verify_own(token, "https://idv.example.com", "b2c", NOW)
}

fn signed(claims: &Value) -> Result<Value, Refused> {
    let keys = keys();
    verify(&keys, &keys.sign(claims).unwrap())
}

fn header(alg: &str) -> Value {
    json!({ "alg": alg, "typ": "JWT", "kid": certificate().key_id() })
}

#[test]
fn what_is_signed_is_believed_and_openssl_agrees() {
    let keys = keys();
    let token = keys.sign(&claims()).unwrap();
    assert_eq!(verify(&keys, &token), Ok(claims()));
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = super::vectors::decode(signature);
    let mut verifier = Verifier::new(MessageDigest::sha256(), &RSA).unwrap();
    assert!(verifier.verify_oneshot(&signature, message.as_bytes()).unwrap());
}

#[test]
fn the_published_keys_are_those_of_the_certificates_and_the_signing_one_is_first() {
    let keys = keys();
    let jwks = keys.jwks()["keys"].as_array().unwrap();
    assert_eq!(jwks.len(), 2);
    for (jwk, key) in jwks.iter().zip([&*RSA, &*OTHER_RSA]) {
        let x5c = openssl::base64::decode_block(jwk["x5c"][0].as_str().unwrap()).unwrap();
        let certificate = X509::from_der(&x5c).unwrap();
        assert!(certificate.public_key().unwrap().public_eq(key));
        assert_eq!(jwk["n"], encode(key.rsa().unwrap().n().to_vec()));
        assert_eq!(jwk["e"], "AQAB");
        assert_eq!(
            jwk["x5t"],
            encode(certificate.digest(MessageDigest::sha1()).unwrap())
        );
        assert_eq!(
            jwk["x5t#S256"],
            encode(certificate.digest(MessageDigest::sha256()).unwrap())
        );
        assert_eq!(jwk["kid"], jwk["x5t#S256"]);
        assert_eq!(
            (&jwk["kty"], &jwk["use"], &jwk["alg"]),
            (&json!("RSA"), &json!("sig"), &json!("RS256"))
        );
        for secret in ["d", "p", "q", "dp", "dq", "qi"] {
            assert!(jwk.get(secret).is_none(), "{secret} is published");
        }
    }
    assert_eq!(jwks[0]["kid"], keys.key_id());
}

#[test]
fn a_token_of_the_previous_key_is_still_believed() {
    let previous = Certificate::from_pem(&pem(&OTHER_RSA)).unwrap();
    let old = SigningKeys::new(previous, &[]).unwrap();
    assert!(verify(&keys(), &old.sign(&claims()).unwrap()).is_ok());
    let replaced = SigningKeys::new(certificate(), &[]).unwrap();
    assert_eq!(
        verify(&replaced, &old.sign(&claims()).unwrap()),
        Err(Refused::UnknownKey)
    );
}

#[test]
fn the_same_certificate_twice_is_published_once() {
    let keys = SigningKeys::new(certificate(), &[certificate()]).unwrap();
    assert_eq!(keys.jwks()["keys"].as_array().unwrap().len(), 1);
}

#[test]
fn two_key_sets_alive_at_once_do_not_mix_up_their_keys() {
    let ours = SigningKeys::new(certificate(), &[]).unwrap();
    let theirs = SigningKeys::new(Certificate::from_pem(&pem(&OTHER_RSA)).unwrap(), &[]).unwrap();
    for _ in 0..3 {
        assert!(verify(&ours, &ours.sign(&claims()).unwrap()).is_ok());
        assert!(verify(&theirs, &theirs.sign(&claims()).unwrap()).is_ok());
    }
}

#[test]
fn algorithm_none_is_refused() {
    for alg in ["none", "None", "NONE"] {
        let token = jws(&header(alg), &claims(), |_| Vec::new());
        assert_eq!(verify(&keys(), &token), Err(Refused::Algorithm));
    }
}

#[test]
fn an_hmac_with_the_public_key_as_secret_is_refused() {
    let public = RSA.public_key_to_pem().unwrap();
    for secret in [
        public,
        x509(&RSA).to_pem().unwrap(),
        RSA.public_key_to_der().unwrap(),
    ] {
        let token = jws(&header("HS256"), &claims(), hs256(&secret));
        assert_eq!(verify(&keys(), &token), Err(Refused::Algorithm));
    }
}

#[test]
fn another_rsa_algorithm_is_refused() {
    for alg in ["RS384", "RS512", "PS256", "ES256"] {
        let token = jws(&header(alg), &claims(), rs256(&RSA));
        assert_eq!(verify(&keys(), &token), Err(Refused::Algorithm), "{alg}");
    }
}

#[test]
fn a_foreign_key_under_our_key_id_is_refused() {
    let keys = SigningKeys::new(certificate(), &[]).unwrap();
    let token = jws(&header("RS256"), &claims(), rs256(&OTHER_RSA));
    assert_eq!(verify(&keys, &token), Err(Refused::Signature));
}

#[test]
fn a_key_that_comes_with_the_token_is_not_looked_at() {
    let mut header = header("RS256");
    header["jwk"] = crate::tokens::test_keys::rsa_jwk(&OTHER_RSA, "x");
    header["x5c"] = json!([openssl::base64::encode_block(&x509(&OTHER_RSA).to_der().unwrap())]);
    header["jku"] = json!("https://evil.example.com/keys");
    let token = jws(&header, &claims(), rs256(&OTHER_RSA));
    assert_eq!(verify(&keys(), &token), Err(Refused::Signature));
}

#[test]
fn a_token_without_key_id_is_refused() {
    let token = jws(&json!({ "alg": "RS256" }), &claims(), rs256(&RSA));
    assert_eq!(verify(&keys(), &token), Err(Refused::NoKeyId));
}

#[test]
fn an_unknown_key_id_is_refused() {
    let token = jws(&json!({ "alg": "RS256", "kid": "x" }), &claims(), rs256(&RSA));
    assert_eq!(verify(&keys(), &token), Err(Refused::UnknownKey));
}

#[test]
fn a_critical_header_parameter_is_refused() {
    let mut header = header("RS256");
    header["crit"] = json!(["exp"]);
    let token = jws(&header, &claims(), rs256(&RSA));
    assert_eq!(verify(&keys(), &token), Err(Refused::Malformed));
}

#[test]
fn any_changed_character_is_refused() {
    let keys = keys();
    let token = keys.sign(&claims()).unwrap();
    // The last character of a part may hold bits that mean nothing, which is malformed rather than forged.
    for at in (0..token.len()).step_by(7) {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(verify(&keys, &changed).is_err(), "{at}");
    }
}

#[test]
fn noise_is_malformed() {
    let keys = keys();
    let long = "a".repeat(crate::tokens::MAX_TOKEN + 1);
    for token in ["", ".", "..", "a.b", "a.b.c", "a.b.c.d.e", "é.é.é", long.as_str()] {
        assert_eq!(verify(&keys, token), Err(Refused::Malformed), "{token:.9}");
    }
    let not_json = format!("{}.{}.{}", encode("{"), encode("{}"), encode("x"));
    assert_eq!(verify(&keys, &not_json), Err(Refused::Malformed));
}

#[test]
fn claims_that_are_no_object_are_malformed() {
    let token = jws(&header("RS256"), &json!([1, 2]), rs256(&RSA));
    assert_eq!(verify(&keys(), &token), Err(Refused::Malformed));
}

#[test]
fn a_wrong_or_missing_issuer_is_refused() {
    assert_eq!(
        signed(&with("iss", "https://idv.example.com/")),
        Err(Refused::Unexpected("iss"))
    );
    assert_eq!(signed(&with("iss", 7)), Err(Refused::Type("iss")));
    assert_eq!(signed(&without("iss")), Err(Refused::Missing("iss")));
}

#[test]
fn a_wrong_or_missing_audience_is_refused() {
    assert_eq!(signed(&with("aud", "B2C")), Err(Refused::Unexpected("aud")));
    assert_eq!(signed(&with("aud", json!([]))), Err(Refused::Unexpected("aud")));
    assert_eq!(signed(&with("aud", json!(["b2c", 7]))), Err(Refused::Type("aud")));
    assert_eq!(
        signed(&with("aud", json!({ "b2c": 1 }))),
        Err(Refused::Type("aud"))
    );
    assert_eq!(signed(&without("aud")), Err(Refused::Missing("aud")));
    assert!(signed(&with("aud", json!(["b2c"]))).is_ok());
    assert_eq!(
        signed(&with("aud", json!(["other", "b2c"]))),
        Err(Refused::Unexpected("aud"))
    );
}

#[test]
fn expiry_is_refused_from_its_edge_on() {
    let now = NOW.unix_timestamp();
    assert!(signed(&with("exp", now - 59)).is_ok());
    assert_eq!(signed(&with("exp", now - 60)), Err(Refused::Expired));
    assert_eq!(signed(&without("exp")), Err(Refused::Missing("exp")));
    assert_eq!(signed(&with("exp", "soon")), Err(Refused::Type("exp")));
    assert_eq!(signed(&with("exp", f64::MAX)), Err(Refused::Type("exp")));
}

#[test]
fn what_is_not_valid_yet_is_refused_beyond_its_edge() {
    let now = NOW.unix_timestamp();
    for name in ["nbf", "iat"] {
        assert!(signed(&with(name, now + 60)).is_ok());
        assert_eq!(signed(&with(name, now + 61)), Err(Refused::NotYet));
        assert_eq!(signed(&with(name, true)), Err(Refused::Type(name)));
        assert!(signed(&without(name)).is_ok());
    }
}

fn elliptic(key: &openssl::ec::EcKey<openssl::pkey::Private>) -> Certificate {
    let key = PKey::from_ec_key(key.clone()).unwrap();
    let pem = String::from_utf8(pem(&key)).unwrap();
    Certificate::of_secret(Kind::Elliptic, &pem, "").unwrap()
}

#[test]
fn a_client_may_choose_its_algorithm_and_each_key_is_published_for_one() {
    let keys = keys()
        .and_padded()
        .unwrap()
        .and_elliptic(elliptic(&EC), &[])
        .unwrap();
    let listed: Vec<_> = keys.jwks()["keys"].as_array().unwrap().clone();
    let algorithms: Vec<_> = listed.iter().map(|key| key["alg"].as_str().unwrap()).collect();
    assert_eq!(algorithms, ["RS256", "RS256", "PS256", "PS256", "ES256"]);
    let mut ids: Vec<_> = listed.iter().map(|key| key["kid"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 5, "each has an id of its own");
    assert_eq!(listed[4]["x"], crate::tokens::test_keys::ec_jwk(&EC, "")["x"]);
    for (algorithm, name) in [
        (SigningAlg::Rs256, "RS256"),
        (SigningAlg::Ps256, "PS256"),
        (SigningAlg::Es256, "ES256"),
    ] {
        let token = keys.sign_by(algorithm, &claims()).unwrap();
        let header = jsonwebtoken::decode_header(&token).unwrap();
        let named = listed
            .iter()
            .find(|key| key["kid"] == header.kid.as_deref().unwrap());
        assert_eq!(named.unwrap()["alg"], name);
        assert!(verify(&keys, &token).is_ok(), "{name}");
    }
}

#[test]
fn what_has_no_key_is_not_signed_by_another_one() {
    let keys = keys();
    for algorithm in [SigningAlg::Ps256, SigningAlg::Es256] {
        assert!(keys.sign_by(algorithm, &claims()).is_err(), "{algorithm:?}");
    }
}

#[test]
fn a_certificate_of_the_other_kind_is_refused() {
    let (rsa, ec) = (pem(&RSA), pem(&PKey::from_ec_key(EC.clone()).unwrap()));
    let text = |pem: Vec<u8>| String::from_utf8(pem).unwrap();
    let refused = Certificate::of_secret(Kind::Elliptic, &text(rsa), "").unwrap_err();
    assert_eq!(refused, CertificateError::OtherCurve);
    assert_eq!(
        Certificate::from_secret(&text(ec), "").unwrap_err(),
        CertificateError::OtherKey
    );
}
