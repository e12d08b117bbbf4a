//! Tokens that the sample's own classes made (`tests/vectors/sample_tokens.json`).

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::sample::hint;
use crate::sample::metadata::Published;
use crate::sample::token::{KeyError, Keys, VerificationToken, issue, read};
use crate::tokens::{Certificate, SigningKeys};

static VECTORS: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../tests/vectors/sample_tokens.json")).unwrap()
});

fn text<'v>(vector: &'v Value, name: &str) -> &'v str {
    vector[name].as_str().unwrap()
}

fn moment(vector: &Value, name: &str) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(vector[name].as_i64().unwrap()).unwrap()
}

fn keys(vector: &Value) -> Result<Keys, KeyError> {
    let [signing, encryption] = ["signing_key", "encryption_key"].map(|name| text(vector, name).into());
    let [issuer, audience] = ["issuer", "audience"].map(|name| text(vector, name).to_owned());
    Keys::new(&signing, &encryption, issuer, audience)
}

fn tokens() -> &'static [Value] {
    let tokens = VECTORS["tokens"].as_array().unwrap();
    assert!(tokens.len() > 25, "{}", tokens.len());
    tokens
}

fn told(vector: &Value) -> VerificationToken {
    let said = &vector["read"];
    VerificationToken {
        object_id: text(said, "object_id").to_owned(),
        transaction_reference: text(said, "transaction_reference").to_owned(),
        is_verified: said["is_verified"].as_bool().unwrap(),
        message: text(said, "message").to_owned(),
    }
}

#[test]
fn every_token_of_the_sample_is_read_or_refused_for_its_reason() {
    let mut believed = 0;
    for vector in tokens() {
        let found = match keys(vector) {
            Err(error) => format!("key: {error:?}"),
            Ok(keys) => match read(&keys, text(vector, "token"), moment(vector, "now")) {
                Err(broken) => format!("{broken:?}"),
                Ok(token) => {
                    believed += 1;
                    assert!(token == told(vector), "{}", vector["name"]);
                    continue;
                }
            },
        };
        assert_eq!(found, text(vector, "refused"), "{}", vector["name"]);
    }
    assert_eq!(believed, 9);
}

#[test]
fn ours_are_the_samples_to_the_byte() {
    let mut made = 0;
    for vector in tokens().iter().filter(|vector| vector.get("made_at").is_some()) {
        let token = text(vector, "token");
        let iv = URL_SAFE_NO_PAD.decode(token.split('.').nth(2).unwrap()).unwrap();
        let ours = issue(
            &keys(vector).unwrap(),
            &told(vector),
            moment(vector, "made_at"),
            iv.try_into().unwrap(),
        );
        assert_eq!(ours.unwrap(), token, "{}", vector["name"]);
        made += 1;
    }
    assert_eq!(made, 6);
}

fn signing_keys() -> SigningKeys {
    let certificate = Certificate::from_pem(text(&VECTORS, "certificate").as_bytes()).unwrap();
    SigningKeys::new(certificate, &[]).unwrap()
}

/// The sample's hints live seven days and ours do not, so the claims that differ are left out.
#[test]
fn hints_have_the_header_and_the_claims_of_the_sample() {
    let keys = signing_keys();
    for vector in VECTORS["hints"].as_array().unwrap() {
        let [object_id, issuer, audience] =
            ["object_id", "issuer", "audience"].map(|name| text(vector, name));
        let now = moment(vector, "now");
        let ours = hint::issue(&keys, object_id, issuer, audience, now).unwrap();
        let [ours, theirs] = [ours.as_str(), text(vector, "token")].map(|token| {
            let (header, claims) = token.rsplit_once('.').unwrap().0.split_once('.').unwrap();
            let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
            (header.to_owned(), claims)
        });
        assert_eq!(ours.0, theirs.0);
        let exp = |life| format!(r#""exp":{}"#, now.unix_timestamp() + life);
        assert!(theirs.1.contains(&exp(604_800)));
        assert_eq!(ours.1, theirs.1.replace(&exp(604_800), &exp(300)));
    }
}

#[derive(Serialize, Deserialize)]
struct InOrder {
    #[serde(rename = "ObjectId")]
    object_id: String,
    nbf: i64,
    exp: i64,
    iss: String,
    aud: String,
}

/// RS256 gives one signature for one message.
#[test]
fn the_signatures_of_hints_are_those_of_the_sample() {
    let keys = signing_keys();
    for vector in VECTORS["hints"].as_array().unwrap() {
        let token = text(vector, "token");
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        let claims: InOrder = serde_json::from_slice(&claims).unwrap();
        assert_eq!(keys.sign_by_thumbprint(&claims).unwrap(), token);
    }
}

#[test]
fn the_key_set_starts_with_that_of_the_sample() {
    let published = Published::new(&"https://idv.example.com".parse().unwrap(), "i", &signing_keys());
    let keys = std::str::from_utf8(&published.keys).unwrap();
    for vector in VECTORS["hints"].as_array().unwrap() {
        let theirs = &vector["key_set"]["keys"][0];
        let members = ["kid", "nbf", "use", "kty", "alg", "x5c", "x5t", "n", "e"];
        let members = members.map(|name| format!("\"{name}\":{}", theirs[name]));
        let expected = format!("{{\"keys\":[{{{}}},", members.join(","));
        assert!(keys.starts_with(&expected), "{keys}");
    }
}
