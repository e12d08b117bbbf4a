use serde_json::{Value, json};
use url::Url;

use super::refused::NOW;
use crate::sample::hint;
use crate::sample::metadata::Published;
use crate::tokens::test_keys::{OTHER_RSA, RSA, pem};
use crate::tokens::{Certificate, Refused, SigningKeys};

fn keys() -> SigningKeys {
    let [current, other] = [&RSA, &OTHER_RSA].map(|key| Certificate::from_pem(&pem(key)).unwrap());
    SigningKeys::new(current, &[other]).unwrap()
}

fn published() -> (String, Value) {
    let origin = Url::parse("https://idv.example.com/ignored").unwrap();
    let published = Published::new(&origin, "7b0a3e52-0f63-4f0e-9a39-1d5d7f1b6a01", &keys());
    let metadata = String::from_utf8(published.metadata.to_vec()).unwrap();
    (metadata, serde_json::from_slice(&published.keys).unwrap())
}

#[test]
fn the_metadata_has_three_members_and_our_own_origin() {
    assert_eq!(
        published().0,
        concat!(
            r#"{"issuer":"7b0a3e52-0f63-4f0e-9a39-1d5d7f1b6a01","#,
            r#""jwks_uri":"https://idv.example.com/api/Oidc/.well-known/keys","#,
            r#""id_token_signing_alg_values_supported":["RS256"]}"#
        )
    );
}

#[test]
fn each_certificate_is_there_under_both_names() {
    let (_, set) = published();
    let listed = set["keys"].as_array().unwrap();
    let keys = keys();
    let ours = keys.jwks()["keys"].as_array().unwrap();
    assert_eq!((listed.len(), ours.len()), (4, 2));
    for (place, own) in ours.iter().enumerate() {
        let (theirs, again) = (&listed[place], &listed[place + 2]);
        assert_eq!(again["kid"], own["kid"]);
        let kid = theirs["kid"].as_str().unwrap();
        assert_eq!(kid.len(), 40);
        assert!(
            kid.bytes()
                .all(|digit| digit.is_ascii_digit() || (b'A'..=b'F').contains(&digit))
        );
        for key in [theirs, again] {
            for member in ["n", "e", "x5t", "kty", "use", "alg"] {
                assert_eq!(key[member], own[member], "{member}");
            }
            assert_eq!(key["x5c"], json!([own["x5c"][0]]));
            assert_eq!(key["nbf"], 1_700_000_000);
            assert_eq!(key.as_object().unwrap().len(), 9);
        }
    }
}

/// Our own reader names keys by our own ids alone, so a hint is nothing that any of our routes takes for an `id_token_hint`.
#[test]
fn a_hint_is_no_token_of_the_openid_front() {
    let keys = keys();
    let hint = hint::issue(&keys, "o-1", "issuer", "audience", NOW).unwrap();
    assert_eq!(
        keys.verify_own(&hint, "issuer", "audience", NOW),
        Err(Refused::UnknownKey)
    );
}
