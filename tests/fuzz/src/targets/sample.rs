//! What the sample's policies and its page send, and the token that a person can edit between them.

use handler::testing::sample::{CALLS, Texts};
use serde_json::{Map, Value, json};

use super::text;
use crate::corpus::NOW;
use crate::sample::{self, AUDIENCE, ISSUER, tokens};

/// Characters of the longest value, a token.
const LONGEST: usize = 16 * 1024;
/// How far clocks may be off, in seconds.
const LEEWAY: i64 = 60;

/// A body, which each of the four calls reads: what it reads stands there, and is read again when it is written again.
pub(super) fn sample_call(bytes: &[u8]) {
    for call in CALLS {
        let Some(read) = call(bytes) else { continue };
        for (name, value) in &read {
            assert!(!value.is_empty() && value.chars().count() <= LONGEST, "{name}");
            assert!(
                !value.chars().any(char::is_control),
                "{name} goes to logs and addresses"
            );
        }
        stands_there(bytes, &read);
        assert_eq!(
            call(&again(&read)),
            Some(read),
            "the last of a name counts, in any case"
        );
    }
}

/// Each value stands under its name, or begins or lies in what stands there: a day of a moment, a language of a list.
fn stands_there(bytes: &[u8], read: &Texts) {
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(bytes) else {
        return; // a number beyond all bounds, say, under a name that nobody reads
    };
    for (name, value) in read {
        let is_name = |given: &str| {
            given.eq_ignore_ascii_case(name) || *name == "Surname" && given.eq_ignore_ascii_case("FamilyName")
        };
        let mut given = body.iter().filter(|(given, _)| is_name(given));
        assert!(
            given.any(|(_, given)| given.as_str().is_some_and(|given| given.contains(value))),
            "{name} was not sent"
        );
    }
}

/// The same texts under names in another case, after others that do not count.
fn again(read: &Texts) -> Vec<u8> {
    let others = read
        .iter()
        .map(|(name, _)| (name.to_uppercase(), json!("another")));
    let others: Map<String, Value> = others.collect();
    let texts = read
        .iter()
        .map(|(name, value)| (name.to_lowercase(), json!(value)));
    let texts: Map<String, Value> = texts.collect();
    let [others, texts] = [others, texts].map(|part| Value::Object(part).to_string());
    let (others, texts) = (others.trim_end_matches('}'), texts.trim_start_matches('{'));
    format!("{others},{texts}").into_bytes()
}

/// What is believed is one of the tokens that were made, letter for letter.
pub(super) fn sample_token(bytes: &[u8]) {
    let Some(token) = text(bytes) else { return };
    if tokens().believe(token, NOW).is_some() {
        assert!(sample::is_made(token), "nobody has made this");
    }
}

/// Headers and claims on three lines, under the right keys: what is believed says what it must.
pub(super) fn sample_claims(bytes: &[u8]) {
    let Some([outer, inner, claims]) = sample::lines(bytes) else {
        return;
    };
    let token = sample::token(bytes).expect("three lines make a token");
    let Some(believed) = tokens().believe(&token, NOW) else {
        return;
    };
    let [outer, inner, said] = [outer, inner, claims].map(object);
    assert!(only(
        &outer,
        &[("alg", "dir"), ("enc", "A256CBC-HS512")],
        &["typ", "cty"]
    ));
    assert!(only(&inner, &[("alg", "HS256")], &["typ"]));
    assert_eq!((&said["iss"], &said["aud"]), (&json!(ISSUER), &json!(AUDIENCE)));
    let (now, moment) = (NOW.unix_timestamp(), |name: &str| said[name].as_i64());
    assert!(moment("exp").is_some_and(|exp| exp > now - LEEWAY), "it is over");
    assert!(
        moment("nbf").is_some_and(|nbf| nbf <= now + LEEWAY),
        "it is to come"
    );
    let texts = [
        ("ObjectId", &believed.object_id),
        ("TransactionReference", &believed.transaction_reference),
        ("Message", &believed.message),
    ];
    for (name, value) in texts {
        assert_eq!(said[name], json!(value), "{name}");
    }
    let verified = said["IsVerified"].as_str().expect("a text").to_lowercase();
    assert_eq!(verified, believed.is_verified.to_string());
    if let Some(ours) = tokens().issue(&believed, NOW, [3; 16]) {
        assert_eq!(
            tokens().believe(&ours, NOW),
            Some(believed),
            "what we make is read"
        );
    }
}

fn object(bytes: &[u8]) -> Map<String, Value> {
    let read = serde_json::from_slice(bytes);
    read.expect("what is believed is an object")
}

/// Whether a header has these members, and no others but kinds that say `JWT`.
fn only(header: &Map<String, Value>, members: &[(&str, &str)], kinds: &[&str]) -> bool {
    let has = members
        .iter()
        .all(|(name, value)| header.get(*name) == Some(&json!(value)));
    has && header.iter().all(|(name, value)| {
        let is_member = members.iter().any(|(member, _)| member == name);
        is_member || kinds.contains(&name.as_str()) && (value == "JWT" || value.is_null())
    })
}
