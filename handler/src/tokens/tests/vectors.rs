//! Tokens signed by the openssl command line (`tests/vectors/make.sh`), which shares no code with us.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use time::macros::datetime;

use crate::tokens::Refused;
use crate::tokens::client_assertion::{AssertionId, ClientKeys, verify};

pub(super) fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn check(certificate: &str, token: &str) -> Result<AssertionId, Refused> {
    let vectors = include_str!("../../../../tests/vectors/jws.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let text = |name: &str| vectors[name].as_str().unwrap().to_owned();
    let keys = ClientKeys::from_certificates(&text(certificate)).unwrap();
    let audience = "https://idv.example.com/api/token";
    verify(
        &text(token),
        &keys,
        "okta",
        &[audience],
        datetime!(2026-11-20 08:00 UTC),
    )
}

#[test]
fn signatures_of_the_command_line_are_believed() {
    assert_eq!(check("rsa_certificate", "rs256").unwrap().jti, "v1");
    assert_eq!(check("ec_certificate", "es256").unwrap().jti, "v1");
}

#[test]
fn signatures_of_the_command_line_by_another_key_or_padding_are_refused() {
    assert_eq!(check("rsa_certificate", "es256"), Err(Refused::Algorithm));
    assert_eq!(check("ec_certificate", "rs256"), Err(Refused::Algorithm));
    assert_eq!(
        check("rsa_certificate", "rs256_header_over_pss_signature"),
        Err(Refused::Signature)
    );
}
