//! What it claims.

use serde_json::json;

use super::{NOW, claiming, claims, token, with, without, written};
use crate::sample::broken::Broken;

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
