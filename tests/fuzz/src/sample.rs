//! Verification tokens of the sample front, put together without the code under test.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use handler::testing::sample::Tokens;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use openssl::symm::{Cipher, encrypt};

/// Keys that everybody knows: their texts are the keys.
const SIGNING: &[u8] = b"an invented key that signs for tests";
const ENCRYPTION: &[u8; 64] = b"an invented key that encrypts for tests, and has 64 letters, yes";
const IV: [u8; 16] = [7; 16];
/// Whose tokens are believed.
pub const ISSUER: &str = "an invented issuer";
/// For whom they are.
pub const AUDIENCE: &str = "an invented audience";
/// The header of a token.
const OUTER: &str = r#"{"alg":"dir","enc":"A256CBC-HS512","typ":"JWT"}"#;
/// That of the signed token in it.
const INNER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
/// 2026-11-20T08:00:00Z is 1795161600.
const CLAIMS: &str = r#"{"ObjectId":"o-1","TransactionReference":"t-1","IsVerified":"True","Message":"","nbf":1795161600,"exp":1795248000,"iat":1795161600,"iss":"an invented issuer","aud":"an invented audience"}"#;
const OLDER: &str = r#"{"exp":1795161601,"aud":"an invented audience","nbf":1795161540,"Message":"\u00e9","IsVerified":"fALSE","TransactionReference":"t","iss":"an invented issuer","ObjectId":"o","more":[{"a":null}]}"#;
const EXPIRED: &str = r#"{"ObjectId":"o-1","TransactionReference":"t-1","IsVerified":"True","Message":"","nbf":1795075200,"exp":1795161540,"iss":"an invented issuer","aud":"an invented audience"}"#;
const NEWER: &str = r#"{"cty":"JWT","typ":"JWT","enc":"A256CBC-HS512","alg":"dir"}"#;
const ZIPPED: &str = r#"{"alg":"dir","enc":"A256CBC-HS512","zip":"DEF"}"#;

/// The reader under test.
#[must_use]
pub fn tokens() -> &'static Tokens {
    static TOKENS: LazyLock<Tokens> = LazyLock::new(|| {
        let texts = (std::str::from_utf8(SIGNING), std::str::from_utf8(ENCRYPTION));
        let (Ok(signing), Ok(encryption)) = texts else {
            unreachable!("both are ASCII")
        };
        Tokens::new(signing, encryption, ISSUER, AUDIENCE).expect("the keys are long enough")
    });
    &TOKENS
}

/// Header, inner header and claims, one on each line; the claims are the rest.
#[must_use]
pub fn written() -> Vec<String> {
    let parts = [
        [OUTER, INNER, CLAIMS],
        [NEWER, r#"{"alg":"HS256"}"#, OLDER],
        [OUTER, INNER, EXPIRED],
        [ZIPPED, INNER, CLAIMS],
        [OUTER, r#"{"alg":"HS384","typ":"JWT"}"#, CLAIMS],
    ];
    parts.iter().map(|parts| parts.join("\n")).collect()
}

/// The tokens of those.
#[must_use]
pub fn made() -> Vec<String> {
    let tokens = written().into_iter().filter_map(|lines| token(lines.as_bytes()));
    tokens.collect()
}

/// Whether a token is one of those that were made.
#[must_use]
pub fn is_made(token: &str) -> bool {
    static MADE: LazyLock<Vec<String>> = LazyLock::new(made);
    MADE.iter().any(|made| made == token)
}

/// Headers and claims as they stand on lines; nothing where there are no three lines.
#[must_use]
pub fn lines(bytes: &[u8]) -> Option<[&[u8]; 3]> {
    let mut lines = bytes.splitn(3, |byte| *byte == b'\n');
    Some([lines.next()?, lines.next()?, lines.next()?])
}

/// A token with these headers and claims, whatever they are, under the right keys.
#[must_use]
pub fn token(bytes: &[u8]) -> Option<String> {
    let [outer, inner, claims] = lines(bytes)?;
    let signed = format!("{}.{}", encoded(inner), encoded(claims));
    let signature = mac(MessageDigest::sha256(), SIGNING, &[signed.as_bytes()]).ok()?;
    sealed(outer, &format!("{signed}.{}", encoded(&signature))).ok()
}

/// RFC 7518 section 5.2.2.1.
fn sealed(outer: &[u8], plain: &str) -> Result<String, ErrorStack> {
    let header = encoded(outer);
    let (to_mac, to_encrypt) = ENCRYPTION.split_at(32);
    let body = encrypt(Cipher::aes_256_cbc(), to_encrypt, Some(&IV), plain.as_bytes())?;
    let bits = (header.len() as u64 * 8).to_be_bytes();
    let tag = mac(
        MessageDigest::sha512(),
        to_mac,
        &[header.as_bytes(), &IV, &body, &bits],
    )?;
    let (tag, _) = tag.split_at(32);
    let [iv, body, tag] = [&IV[..], &body, tag].map(encoded);
    Ok(format!("{header}..{iv}.{body}.{tag}"))
}

fn mac(digest: MessageDigest, key: &[u8], parts: &[&[u8]]) -> Result<Vec<u8>, ErrorStack> {
    let key = PKey::hmac(key)?;
    Signer::new(digest, &key)?.sign_oneshot_to_vec(&parts.concat())
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
