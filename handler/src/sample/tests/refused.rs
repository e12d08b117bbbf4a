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
fn a_token_of_other_than_five_parts_is_refused() {
    let five = good_parts();
    let four = [&five[0], &five[2], &five[3], &five[4]]
        .map(String::as_str)
        .join(".");
    let six = format!("{}.", five.join("."));
    for token in ["", ".", "....."]
        .into_iter()
        .chain([four.as_str(), six.as_str()])
    {
        assert_eq!(believed(token), Err(Broken::Parts), "{token:.9}");
    }
}

#[test]
fn a_signed_token_that_is_not_encrypted_is_refused() {
    assert_eq!(
        believed(&signed(INNER, &claims().to_string())),
        Err(Broken::Parts)
    );
}

#[test]
fn a_second_part_is_refused() {
    let mut parts = good_parts();
    parts[1] = encode("key");
    assert_eq!(believed(&parts.join(".")), Err(Broken::EncryptedKey));
}

#[test]
fn a_token_that_is_too_long_is_refused() {
    let long = format!("{}{}", good_parts().join("."), "A".repeat(16 * 1024));
    assert_eq!(believed(&long), Err(Broken::TooLong));
}

#[test]
fn base64_that_can_be_written_in_another_way_is_refused() {
    for place in [2, 3, 4] {
        let good = good_parts();
        let mut padded = good.clone();
        padded[place] += "=";
        let mut plain = good.clone();
        plain[place].insert(0, '+');
        let mut broken = good.clone();
        broken[place].insert(3, '\n');
        for token in [padded, plain, broken] {
            assert_eq!(believed(&token.join(".")), Err(Broken::Base64), "{place}");
        }
    }
    // 16 bytes end in a letter that has four bits too many, and so do 32 with two.
    for place in [2, 4] {
        let mut trailing = good_parts();
        let last = trailing[place].pop().unwrap();
        trailing[place].push(char::from(last as u8 + 1));
        assert_eq!(believed(&trailing.join(".")), Err(Broken::Base64), "{place}");
    }
}

#[test]
fn an_initialization_vector_of_another_length_is_refused() {
    for length in [0, 12, 15, 17, 32] {
        let mut parts = good_parts();
        parts[2] = encode(vec![7; length]);
        assert_eq!(believed(&parts.join(".")), Err(Broken::Iv), "{length}");
    }
}

#[test]
fn a_ciphertext_that_is_not_whole_blocks_is_refused() {
    for length in [0, 1, 15, 17] {
        let token = parts(HEADER, &vec![0; length]).join(".");
        assert_eq!(believed(&token), Err(Broken::Blocks), "{length}");
    }
}

#[test]
fn a_tag_of_another_length_is_refused() {
    let mut parts = good_parts();
    let tag = URL_SAFE_NO_PAD.decode(&parts[4]).unwrap();
    for length in [0, 1, 16, 31] {
        parts[4] = encode(&tag[..length]);
        assert_eq!(believed(&parts.join(".")), Err(Broken::TagLength), "{length}");
    }
    parts[4] = encode([tag.as_slice(), &tag].concat());
    assert_eq!(believed(&parts.join(".")), Err(Broken::TagLength));
}

#[test]
fn a_tag_that_does_not_match_is_refused_before_anything_is_read() {
    let mut parts = good_parts();
    parts[4] = encode([0; 32]);
    assert_eq!(believed(&parts.join(".")), Err(Broken::Tag));
    // A header that would be refused is not even looked at.
    parts[0] = encode("no JSON at all");
    assert_eq!(believed(&parts.join(".")), Err(Broken::Tag));
}

#[test]
fn a_tag_under_another_key_is_refused() {
    let other = Keys::new(
        &SIGNING.into(),
        &"x".repeat(64).into(),
        "issuer".to_owned(),
        "audience".to_owned(),
    );
    let token = issue(&other.unwrap(), &token(), NOW, IV).unwrap();
    assert_eq!(believed(&token), Err(Broken::Tag));
}

#[test]
fn another_algorithm_is_refused() {
    for alg in ["DIR", "A256KW", "RSA-OAEP", "none", ""] {
        let header = format!(r#"{{"alg":"{alg}","enc":"A256CBC-HS512"}}"#);
        assert_eq!(headed(&header), Err(Broken::Algorithm), "{alg}");
    }
}

#[test]
fn another_encryption_is_refused() {
    for enc in ["A128CBC-HS256", "A192CBC-HS384", "A256GCM", "a256cbc-hs512", ""] {
        let header = format!(r#"{{"alg":"dir","enc":"{enc}"}}"#);
        assert_eq!(headed(&header), Err(Broken::Encryption), "{enc}");
    }
}

#[test]
fn another_type_or_content_is_refused_and_none_is_taken() {
    let header = |more: &str| format!(r#"{{"alg":"dir","enc":"A256CBC-HS512"{more}}}"#);
    for more in [
        "",
        r#","typ":"JWT""#,
        r#","cty":"JWT""#,
        r#","cty":"JWT","typ":"JWT""#,
    ] {
        assert_eq!(headed(&header(more)), Ok(token()), "{more}");
    }
    for more in [r#","typ":"JWE""#, r#","cty":"json""#, r#","typ":"JWT","cty":"""#] {
        assert_eq!(headed(&header(more)), Err(Broken::Kind), "{more}");
    }
}

#[test]
fn any_other_header_member_is_refused() {
    for more in [
        r#","zip":"DEF""#,
        r#","crit":["exp"]"#,
        r#","kid":"x""#,
        r#","jku":"https://evil.example""#,
        r#","p2c":1"#,
        r#","alg":"dir""#,
        r#","typ":7"#,
    ] {
        let header = format!(r#"{{"alg":"dir","enc":"A256CBC-HS512"{more}}}"#);
        assert_eq!(headed(&header), Err(Broken::Header), "{more}");
    }
}

#[test]
fn a_header_that_is_no_object_of_texts_is_refused() {
    for header in [
        "",
        "{",
        "null",
        r#"["dir","A256CBC-HS512","JWT","JWT"]"#,
        r#"{"alg":"dir"}"#,
        r#"{"enc":"A256CBC-HS512"}"#,
        r#"{"alg":["dir"],"enc":"A256CBC-HS512"}"#,
        r#"{"alg":"dir","enc":"A256CBC-HS512"} {}"#,
    ] {
        assert_eq!(headed(header), Err(Broken::Header), "{header}");
    }
}

#[test]
fn a_plaintext_without_padding_is_refused() {
    let mut plain = signed(INNER, &claims().to_string()).into_bytes();
    plain.resize(plain.len().next_multiple_of(16), 0);
    assert_eq!(
        believed(&parts(HEADER, &encrypted(&plain, false)).join(".")),
        Err(Broken::Padding)
    );
}

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

#[test]
fn claims_that_are_no_object_are_refused() {
    for claims in ["", "null", "7", "{", r#"["o","t","True","m",1,2,3,"i","a"]"#] {
        assert_eq!(written(claims), Err(Broken::Claims), "{claims}");
    }
}

#[test]
fn a_claim_that_stands_twice_is_refused() {
    let twice = claims().to_string().replace('{', r#"{"ObjectId":"o-2","#);
    assert_eq!(written(&twice), Err(Broken::Claims));
}

#[test]
fn a_claim_of_another_type_is_refused() {
    for (name, value) in [
        ("ObjectId", json!(7)),
        ("TransactionReference", json!(["t-1"])),
        ("IsVerified", json!(true)),
        ("exp", json!("9999999999")),
        ("nbf", json!(1.5)),
        ("iss", json!(["issuer"])),
        ("aud", json!(["audience"])),
    ] {
        assert_eq!(claiming(&with(name, value)), Err(Broken::Claims), "{name}");
    }
}

#[test]
fn a_claim_that_is_missing_is_refused_by_name() {
    for name in [
        "ObjectId",
        "TransactionReference",
        "IsVerified",
        "Message",
        "nbf",
        "exp",
        "iss",
        "aud",
    ] {
        assert_eq!(claiming(&without(name)), Err(Broken::Missing(name)), "{name}");
    }
    assert_eq!(claiming(&without("iat")), Ok(token()));
}

#[test]
fn another_issuer_or_audience_is_refused() {
    for name in ["iss", "aud"] {
        for value in ["", "Issuer", "Audience", "issuer/", "audience "] {
            assert_eq!(
                claiming(&with(name, value)),
                Err(Broken::Unexpected(name)),
                "{name}"
            );
        }
    }
}

#[test]
fn a_word_that_is_no_truth_is_refused_and_case_is_none() {
    for word in ["", "1", "yes", "True "] {
        assert_eq!(
            claiming(&with("IsVerified", word)),
            Err(Broken::Unexpected("IsVerified"))
        );
    }
    for (word, is_verified) in [("TRUE", true), ("true", true), ("False", false), ("false", false)] {
        assert_eq!(
            claiming(&with("IsVerified", word)).unwrap().is_verified,
            is_verified
        );
    }
}

#[test]
fn expiry_is_refused_from_its_edge_on() {
    let now = NOW.unix_timestamp();
    assert_eq!(claiming(&with("exp", now - 59)), Ok(token()));
    assert_eq!(claiming(&with("exp", now - 60)), Err(Broken::Expired));
    assert_eq!(claiming(&with("exp", i64::MIN)), Err(Broken::Expired));
}

#[test]
fn what_is_not_valid_yet_is_refused_beyond_its_edge() {
    let now = NOW.unix_timestamp();
    for name in ["nbf", "iat"] {
        assert_eq!(claiming(&with(name, now + 60)), Ok(token()));
        assert_eq!(claiming(&with(name, now + 61)), Err(Broken::NotYet));
        assert_eq!(claiming(&with(name, i64::MAX)), Err(Broken::NotYet));
    }
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
