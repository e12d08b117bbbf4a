//! The signed token inside it.

use openssl::hash::MessageDigest;

use super::{
    ENCRYPTION, HEADER, INNER, SIGNING, believed, claims, encode, encrypted, hmac, inside, parts, sealed,
    signed, token,
};
use crate::sample::broken::Broken;

#[test]
fn what_is_no_signed_token_inside_is_refused() {
    let inner = signed(INNER, &claims().to_string());
    let (message, _) = inner.rsplit_once('.').unwrap();
    for plain in [
        claims().to_string(),
        String::new(),
        message.to_owned(),
        format!("{inner}."),
        format!("{inner}="),
        format!("{message}.é"),
    ] {
        assert_eq!(
            believed(&sealed(HEADER, &plain)),
            Err(Broken::Inner),
            "{plain:.9}"
        );
    }
    let bytes = encrypted(&[0xff; 20], true);
    assert_eq!(believed(&parts(HEADER, &bytes).join(".")), Err(Broken::Inner));
}

#[test]
fn a_token_inside_that_is_not_signed_is_refused() {
    let message = format!("{}.{}", encode(r#"{"alg":"none"}"#), encode(claims().to_string()));
    assert_eq!(
        believed(&sealed(HEADER, &format!("{message}."))),
        Err(Broken::Signature)
    );
}

#[test]
fn a_token_inside_that_is_signed_with_another_key_or_digest_is_refused() {
    let message = format!("{}.{}", encode(INNER), encode(claims().to_string()));
    for (digest, key) in [
        (MessageDigest::sha256(), ENCRYPTION),
        (MessageDigest::sha384(), SIGNING),
        (MessageDigest::sha512(), SIGNING),
    ] {
        let signature = encode(hmac(digest, key.as_bytes(), message.as_bytes()));
        let token = sealed(HEADER, &format!("{message}.{signature}"));
        assert_eq!(believed(&token), Err(Broken::Signature));
    }
}

#[test]
fn another_algorithm_inside_is_refused() {
    for alg in ["none", "hs256", "HS384", "HS512", "RS256", ""] {
        assert_eq!(
            inside(&format!(r#"{{"alg":"{alg}"}}"#)),
            Err(Broken::InnerAlgorithm),
            "{alg}"
        );
    }
}

#[test]
fn another_type_inside_is_refused_and_none_is_taken() {
    assert_eq!(inside(r#"{"alg":"HS256"}"#), Ok(token()));
    assert_eq!(
        inside(r#"{"alg":"HS256","typ":"at+jwt"}"#),
        Err(Broken::InnerKind)
    );
}

#[test]
fn any_other_header_member_inside_is_refused() {
    for header in [
        r#"{"alg":"HS256","crit":["b64"]}"#,
        r#"{"alg":"HS256","b64":false}"#,
        r#"{"alg":"HS256","kid":"x"}"#,
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"typ":"JWT"}"#,
        r#"["HS256","JWT"]"#,
        "",
    ] {
        assert_eq!(inside(header), Err(Broken::InnerHeader), "{header}");
    }
}
