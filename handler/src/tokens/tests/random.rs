//! Keys, certificates and tokens out of bytes that are nearly right: read or refused, never a panic, never believed.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::pkcs12::Pkcs12;
use proptest::prelude::*;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::tests::mutated::{mutated, mutated_text};
use crate::tokens::claims::Claims;
use crate::tokens::client_assertion::{self, ClientKeys};
use crate::tokens::test_keys::{EC, OTHER_RSA, RSA, jws, pem, rs256, rsa_jwk, x509};
use crate::tokens::{Certificate, caller_certificate};

const NOW: OffsetDateTime = datetime!(2026-11-20 08:00 UTC);
const AUDIENCE: &str = "https://idv.example.com/api/token";

static PEM: LazyLock<Vec<u8>> = LazyLock::new(|| pem(&RSA));
static CERTIFICATE: LazyLock<Vec<u8>> = LazyLock::new(|| x509(&RSA).to_der().unwrap());
static PKCS12: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut builder = Pkcs12::builder();
    builder.name("test").pkey(&RSA).cert(&x509(&RSA));
    builder.build2("password").unwrap().to_der().unwrap()
});
static JWKS: LazyLock<String> =
    LazyLock::new(|| json!({ "keys": [rsa_jwk(&RSA, "k1"), rsa_jwk(&OTHER_RSA, "k2")] }).to_string());
static ASSERTION: LazyLock<String> = LazyLock::new(|| {
    let now = NOW.unix_timestamp();
    let claims = json!({"iss": "c", "sub": "c", "aud": AUDIENCE, "iat": now, "exp": now + 60, "jti": "1"});
    jws(&json!({"alg": "RS256", "kid": "k1"}), &claims, rs256(&RSA))
});

fn verify(jwt: &str) -> bool {
    let keys = ClientKeys::from_jwks(&JWKS).unwrap();
    client_assertion::verify(jwt, &keys, "c", &[AUDIENCE], NOW).is_ok()
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ -~]{0,10}".prop_map(Value::from),
        Just(Value::Null),
        Just(json!([1])),
    ]
}

#[test]
fn the_samples_are_good_before_they_are_changed() {
    assert!(Certificate::from_pem(&PEM).is_ok());
    assert!(Certificate::from_pkcs12(&PKCS12, "password").is_ok());
    assert!(caller_certificate::thumbprint(&STANDARD.encode(&*CERTIFICATE), NOW).is_ok());
    assert!(verify(&ASSERTION));
    assert!(EC.check_key().is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_pem_that_was_changed_is_read_or_refused(bytes in mutated(PEM.clone())) {
        let _ = Certificate::from_pem(&bytes);
        let _ = Certificate::from_secret(&String::from_utf8_lossy(&bytes), "");
        let _ = ClientKeys::from_certificates(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_pkcs12_that_was_changed_is_read_or_refused(bytes in mutated(PKCS12.clone())) {
        let _ = Certificate::from_pkcs12(&bytes, "password");
        let _ = Certificate::from_secret(&STANDARD.encode(&bytes), "password");
    }

    #[test]
    fn a_secret_of_any_text_is_read_or_refused(text in ".{0,200}") {
        prop_assert!(Certificate::from_secret(&text, "").is_err());
        prop_assert!(ClientKeys::from_jwks(&text).is_err());
        prop_assert!(caller_certificate::thumbprint(&text, NOW).is_err());
    }

    #[test]
    fn the_thumbprint_is_that_of_the_bytes_that_came(bytes in mutated(CERTIFICATE.clone())) {
        if let Ok(thumbprint) = caller_certificate::thumbprint(&STANDARD.encode(&bytes), NOW) {
            prop_assert_eq!(thumbprint, openssl::sha::sha256(&bytes));
        }
    }

    #[test]
    fn a_key_set_that_was_changed_is_read_or_refused(json in mutated_text(&JWKS)) {
        let _ = ClientKeys::from_jwks(&json);
    }

    #[test]
    fn an_assertion_that_was_changed_is_refused(jwt in mutated_text(&ASSERTION)) {
        prop_assert!(!verify(&jwt) || jwt == *ASSERTION);
    }

    #[test]
    fn an_assertion_of_any_text_is_refused(text in "[A-Za-z0-9_-]{0,60}[.]?[A-Za-z0-9_-]{0,60}[.]?[ -~]{0,60}") {
        prop_assert!(!verify(&text));
    }

    #[test]
    fn times_of_any_kind_are_compared_or_refused(exp in number(), nbf in number(), iat in number()) {
        let Value::Object(claims) = json!({"exp": exp, "nbf": nbf, "iat": iat}) else { unreachable!() };
        if let Ok(exp) = Claims::new(claims).times(NOW) {
            prop_assert!(exp > NOW - crate::tokens::LEEWAY);
        }
    }
}
