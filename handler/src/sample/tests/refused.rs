mod claims;
mod jwe;
mod jws;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use openssl::symm::{Cipher, Crypter, Mode};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::sample::broken::Broken;
use crate::sample::token::{
    IssueError, KeyError, Keys, MIN_ENCRYPTION_KEY, MIN_SIGNING_KEY, VerificationToken, issue, read,
};

pub(super) const NOW: OffsetDateTime = datetime!(2026-11-20 08:00 UTC);
const SIGNING: &str = "a signing key of some length";
const ENCRYPTION: &str = "0123456789abcdef0123456789ABCDEFfedcba9876543210FEDCBA9876543210";
const HEADER: &str = r#"{"alg":"dir","enc":"A256CBC-HS512","typ":"JWT"}"#;
const INNER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
const IV: [u8; 16] = [7; 16];

pub(super) fn keys() -> Keys {
    Keys::new(
        &SIGNING.into(),
        &ENCRYPTION.into(),
        "issuer".to_owned(),
        "audience".to_owned(),
    )
    .unwrap()
}

pub(super) fn token() -> VerificationToken {
    VerificationToken {
        object_id: "o-1".to_owned(),
        transaction_reference: "t-1".to_owned(),
        is_verified: true,
        message: "Verified.".to_owned(),
    }
}

fn claims() -> Value {
    let now = NOW.unix_timestamp();
    json!({ "ObjectId": "o-1", "TransactionReference": "t-1", "IsVerified": "True", "Message": "Verified.",
        "nbf": now, "exp": now + 86_400, "iat": now, "iss": "issuer", "aud": "audience" })
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

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn hmac(digest: MessageDigest, key: &[u8], message: &[u8]) -> Vec<u8> {
    let key = PKey::hmac(key).unwrap();
    Signer::new(digest, &key)
        .unwrap()
        .sign_oneshot_to_vec(message)
        .unwrap()
}

/// A signed token under any header.
fn signed(header: &str, claims: &str) -> String {
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = hmac(MessageDigest::sha256(), SIGNING.as_bytes(), message.as_bytes());
    format!("{message}.{}", encode(signature))
}

fn encrypted(plain: &[u8], pad: bool) -> Vec<u8> {
    let key = &ENCRYPTION.as_bytes()[32..];
    let mut crypter = Crypter::new(Cipher::aes_256_cbc(), Mode::Encrypt, key, Some(&IV)).unwrap();
    crypter.pad(pad);
    let mut sealed = vec![0; plain.len() + 32];
    let mut length = crypter.update(plain, &mut sealed).unwrap();
    length += crypter.finalize(&mut sealed[length..]).unwrap();
    sealed.truncate(length);
    sealed
}

/// The parts of a token under any header, with the tag that belongs to them.
fn parts(header: &str, sealed: &[u8]) -> [String; 5] {
    let header = encode(header);
    let bits = (header.len() as u64 * 8).to_be_bytes();
    let message = [header.as_bytes(), &IV, sealed, &bits].concat();
    let tag = hmac(MessageDigest::sha512(), &ENCRYPTION.as_bytes()[..32], &message);
    [
        header,
        String::new(),
        encode(IV),
        encode(sealed),
        encode(&tag[..32]),
    ]
}

fn sealed(header: &str, plain: &str) -> String {
    parts(header, &encrypted(plain.as_bytes(), true)).join(".")
}

fn good_parts() -> [String; 5] {
    let inner = signed(INNER, &claims().to_string());
    parts(HEADER, &encrypted(inner.as_bytes(), true))
}

pub(super) fn believed(token: &str) -> Result<VerificationToken, Broken> {
    read(&keys(), token, NOW)
}

pub(super) fn headed(header: &str) -> Result<VerificationToken, Broken> {
    believed(&sealed(header, &signed(INNER, &claims().to_string())))
}

fn inside(header: &str) -> Result<VerificationToken, Broken> {
    believed(&sealed(HEADER, &signed(header, &claims().to_string())))
}

fn claiming(claims: &Value) -> Result<VerificationToken, Broken> {
    believed(&sealed(HEADER, &signed(INNER, &claims.to_string())))
}

fn written(claims: &str) -> Result<VerificationToken, Broken> {
    believed(&sealed(HEADER, &signed(INNER, claims)))
}

#[test]
fn what_is_put_together_by_hand_is_believed() {
    assert_eq!(believed(&good_parts().join(".")), Ok(token()));
    assert_eq!(claiming(&claims()), Ok(token()));
}

#[test]
fn what_is_made_is_believed_for_a_day() {
    let token = issue(&keys(), &token(), NOW, IV).unwrap();
    let at = |seconds: i64| read(&keys(), &token, NOW + time::Duration::seconds(seconds)).map(|_| ());
    assert_eq!(at(0), Ok(()));
    assert_eq!(at(86_400 + 59), Ok(()));
    assert_eq!(at(86_400 + 60), Err(Broken::Expired));
    assert_eq!(at(-60), Ok(()));
    assert_eq!(at(-61), Err(Broken::NotYet));
}

#[test]
fn keys_that_are_too_short_are_refused() {
    let keys = |signing: usize, encryption: usize| {
        let (signing, encryption) = ("s".repeat(signing).into(), "e".repeat(encryption).into());
        Keys::new(&signing, &encryption, String::new(), String::new())
    };
    let (signing, encryption) = (MIN_SIGNING_KEY, MIN_ENCRYPTION_KEY);
    assert_eq!((signing, encryption), (16, 64));
    assert!(matches!(keys(signing - 1, encryption), Err(KeyError::Signing)));
    assert!(matches!(keys(signing, encryption - 1), Err(KeyError::Encryption)));
    assert!(keys(signing, encryption).is_ok());
}

#[test]
fn a_token_that_nobody_would_read_is_not_made() {
    let long = VerificationToken {
        message: "m".repeat(10_000),
        ..token()
    };
    assert!(matches!(issue(&keys(), &long, NOW, IV), Err(IssueError::TooLong)));
}

#[test]
fn neither_keys_nor_tokens_print_what_is_in_them() {
    assert_eq!(
        format!("{:?} {:?}", keys(), token()),
        "Keys VerificationToken(is_verified: true)"
    );
}
