//! The encrypted token: each rule of its parts and of its header.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{
    HEADER, INNER, IV, NOW, SIGNING, believed, claims, encode, encrypted, good_parts, headed, parts, signed,
    token,
};
use crate::sample::broken::Broken;
use crate::sample::token::{Keys, issue};

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
