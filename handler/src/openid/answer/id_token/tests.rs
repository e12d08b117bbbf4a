use super::*;
use crate::checks::Reason;
use crate::grants::{Authorization, ResponseMode, WayBack};
use crate::ids::{SubjectHash, VerificationId};
use crate::person::release::{self, Released};

const NOW: OffsetDateTime = time::macros::datetime!(2027-01-15 08:01:40 UTC);

fn grant(status: Status, asked: bool) -> Grant {
    let request = VerifiedRequest {
        trust_framework: "IDV-DELEGATED".into(),
        claims: vec![Claim::GivenName, Claim::FamilyName, Claim::Birthdate],
        alone: false,
        detail: None,
    };
    let requests = if asked { vec![request] } else { Vec::new() };
    let claims = ClaimsRequest {
        id_token: requests,
        userinfo: Vec::new(),
        values: Released::default(),
    };
    let at = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    Grant {
        outcome: Outcome {
            id: VerificationId([1; 16]),
            status,
            reason: (status != Status::Approved).then(|| Reason::of("similarity.no_match")),
            at,
            attempts_left: 2,
            next_at: None,
            matched: Matched {
                given_name: Some(true),
                family_name: Some(false),
                birthdate: None,
            },
            document: None,
        },
        authorization: Authorization {
            client_id: "web".into(),
            redirect_uri: "https://c.example/cb".into(),
            state: None,
            nonce: Some("n".into()),
            code_challenge: None,
            response_mode: ResponseMode::Query,
            scope: "openid".into(),
            locale: None,
            max_age_s: None,
            fresh: false,
            asks_anew: false,
            claims: serde_json::to_value(claims).unwrap(),
            stranger: false,
            way_back: WayBack::Code,
            walk_in: None,
            sector: None,
            acr: None,
            may_release: false,
            released: Released::default(),
        },
        subject: SubjectHash([2; 32]),
        email: None,
        access_token: "t".into(),
        access_token_expires_at: at,
        auth_time: Some(at),
        holder: None,
    }
}

fn client() -> Client {
    Client {
        outcomes: Outcomes::Claims,
        ..Client::new("web", Vec::new(), crate::clients::Proof::None)
    }
}

fn token(status: Status, asked: bool) -> Value {
    let now = OffsetDateTime::from_unix_timestamp(1_800_000_100).unwrap();
    let issue = Issue {
        issuer: "https://i",
        now,
        life: Duration::from_secs(300),
    };
    id_token(&grant(status, asked), &client(), &issue, Some("h")).unwrap()
}

#[test]
fn the_standard_claims_are_all_there() {
    let token = token(Status::Approved, false);
    assert_eq!(
        (&token["iss"], &token["aud"], &token["nonce"]),
        (&json!("https://i"), &json!("web"), &json!("n"))
    );
    assert_eq!(
        (&token["iat"], token.get("nbf")),
        (&json!(1_800_000_100), None),
        "whoever checks this by a clock a second behind ours must not refuse it"
    );
    assert_eq!(
        (&token["exp"], &token["auth_time"]),
        (&json!(1_800_000_400), &json!(1_800_000_000))
    );
    assert_eq!(token["sub"], grant(Status::Approved, false).subject.to_string());
    assert_eq!(token["at_hash"], "h");
}

#[test]
fn the_flat_claims_say_the_outcome() {
    let token = token(Status::Rejected, false);
    assert_eq!(token["idv_status"], "rejected");
    assert_eq!(token["idv_reason"], "similarity.no_match");
    assert_eq!(token["idv_time"], "2027-01-15T08:00:00Z");
    assert_eq!(token["idv_attempts_left"], 2);
    assert_eq!(token.get("idv_next_attempt"), None);
    assert_eq!(token["idv_reference"], VerificationId([1; 16]).to_string());
}

#[test]
fn nothing_is_ever_null() {
    for status in [Status::Approved, Status::Pending, Status::Error] {
        let token = token(status, true);
        assert!(
            token.as_object().unwrap().values().all(|value| !value.is_null()),
            "{token}"
        );
    }
}

#[test]
fn verified_claims_are_absent_unless_asked_for() {
    assert!(token(Status::Approved, false).get("verified_claims").is_none());
}

#[test]
fn an_approval_names_the_claims_the_document_confirms() {
    let token = token(Status::Approved, true);
    let verified = &token["verified_claims"][0];
    assert_eq!(verified["verification"]["trust_framework"], "IDV-DELEGATED");
    assert_eq!(verified["verification"]["assurance_level"], "VERIFIED");
    assert_eq!(verified["verification"]["time"], "2027-01-15T08:00:00Z");
    assert_eq!(verified["claims"], json!({ "given_name": "MATCHED" }));
}

#[test]
fn a_rejection_is_told_as_failed() {
    let token = token(Status::Rejected, true);
    assert_eq!(
        token["verified_claims"][0]["verification"]["assurance_level"],
        "FAILED"
    );
}

#[test]
fn what_nobody_has_judged_is_told_as_neither() {
    for status in [
        Status::Pending,
        Status::Review,
        Status::Error,
        Status::Expired,
        Status::Cancelled,
    ] {
        assert!(token(status, true).get("verified_claims").is_none(), "{status:?}");
    }
}

#[test]
fn userinfo_answers_only_what_was_asked_of_userinfo() {
    let claims = userinfo(&grant(Status::Approved, true), &client(), NOW).unwrap();
    assert!(claims.get("verified_claims").is_none());
    assert_eq!(claims["idv_status"], "approved");
    assert!(claims.get("nonce").is_none());
}

#[test]
fn a_request_of_another_shape_is_an_error_and_not_an_empty_one() {
    let asked = |claims: Value| {
        let mut grant = grant(Status::Approved, true);
        grant.authorization.claims = claims;
        let now = OffsetDateTime::UNIX_EPOCH;
        let issue = Issue {
            issuer: "https://i",
            now,
            life: Duration::from_secs(300),
        };
        (
            id_token(&grant, &client(), &issue, Some("h")),
            userinfo(&grant, &client(), NOW),
        )
    };
    for claims in [
        Value::Null,
        json!({ "id_token": [{ "framework": "x", "claims": [] }] }),
        json!({ "id_token": [], "later": [] }),
    ] {
        assert_eq!(asked(claims), (Err(UnknownClaims), Err(UnknownClaims)));
    }
}

#[test]
fn who_was_not_checked_has_no_auth_time() {
    let mut grant = grant(Status::Cancelled, false);
    grant.auth_time = None;
    let issue = Issue {
        issuer: "https://i",
        now: OffsetDateTime::UNIX_EPOCH,
        life: Duration::from_secs(300),
    };
    assert_eq!(
        id_token(&grant, &client(), &issue, Some("h"))
            .unwrap()
            .get("auth_time"),
        None
    );
}

#[test]
fn an_address_is_told_to_who_asked_as_its_settings_say_and_is_never_called_verified() {
    for (email, scope, given, expected) in [
        (EmailClaim::None, "openid email", true, None),
        (EmailClaim::Given, "openid", true, None),
        (EmailClaim::Given, "openid email", false, None),
        (
            EmailClaim::Given,
            "openid email",
            true,
            Some("ada@example.com".to_owned()),
        ),
        (
            EmailClaim::Subject,
            "openid email",
            true,
            Some(format!("{}@idv.invalid", SubjectHash([2; 32]))),
        ),
    ] {
        let mut grant = grant(Status::Approved, false);
        grant.authorization.scope = scope.into();
        grant.email = given.then(|| crate::person::Personal::new("ada@example.com"));
        let told = userinfo(&grant, &Client { email, ..client() }, NOW).unwrap();
        assert_eq!(
            told.get("email").and_then(Value::as_str),
            expected.as_deref(),
            "{email:?} {scope}"
        );
        assert_eq!(told.get("email_verified"), None);
    }
}

#[test]
fn one_object_is_answered_by_one_object() {
    let mut grant = grant(Status::Approved, true);
    grant.authorization.claims["id_token"][0]["alone"] = true.into();
    let issue = Issue {
        issuer: "https://i",
        now: OffsetDateTime::UNIX_EPOCH,
        life: Duration::from_secs(300),
    };
    let token = id_token(&grant, &client(), &issue, None).unwrap();
    assert_eq!(
        token["verified_claims"]["claims"],
        json!({ "given_name": "MATCHED" })
    );
}

fn holder() -> crate::checks::Holder {
    use crate::person::{Person, Personal};
    crate::checks::Holder {
        person: Person {
            given_name: Some(Personal::new("ADA")),
            birthdate: Some(Personal::new("1985-12-10")),
            ..Person::default()
        },
    }
}

/// What is told of an approval to a client that may be told values, where it asks for `verified_claims` in both places.
fn in_detail(values: &[release::Value], members: &[&str]) -> (Value, Value) {
    let mut grant = grant(Status::Approved, false);
    let request = VerifiedRequest {
        trust_framework: "IDV-DELEGATED".into(),
        claims: vec![Claim::GivenName, Claim::FamilyName],
        alone: true,
        detail: Some(Detail {
            values: values.iter().copied().collect(),
            members: members.iter().map(|name| (*name).to_owned()).collect(),
        }),
    };
    let claims = ClaimsRequest {
        id_token: vec![request.clone()],
        userinfo: vec![request],
        values: Released::default(),
    };
    grant.authorization.claims = serde_json::to_value(claims).unwrap();
    grant.holder = Some(holder());
    let client = Client {
        release: release::Value::ALL.into_iter().collect(),
        ..client()
    };
    let issue = Issue {
        issuer: "https://i",
        now: NOW,
        life: Duration::from_secs(300),
    };
    let token = id_token(&grant, &client, &issue, Some("h")).unwrap();
    let userinfo = userinfo(&grant, &client, NOW).unwrap();
    (
        token["verified_claims"].clone(),
        userinfo["verified_claims"].clone(),
    )
}

#[test]
fn who_is_told_values_is_told_of_the_verification_what_they_asked_for() {
    let values = [release::Value::GivenName, release::Value::FamilyName];
    let (token, userinfo) = in_detail(&values, &["time", "evidence"]);
    assert_eq!(token, userinfo);
    assert_eq!(
        token,
        json!({
            "verification": {
                "trust_framework": "IDV-DELEGATED",
                "time": "2027-01-15T08:00:00Z",
                "evidence": [{ "type": "document" }],
            },
            "claims": { "given_name": "ADA" },
        })
    );
}

/// As the conformance suite of Identity Assurance wants it.
#[test]
fn where_no_value_is_left_the_id_token_says_nothing_and_userinfo_that_there_is_none() {
    let (token, userinfo) = in_detail(&[release::Value::FamilyName], &[]);
    assert_eq!(token, Value::Null);
    let empty = json!({ "verification": { "trust_framework": "IDV-DELEGATED" }, "claims": {} });
    assert_eq!(userinfo, empty);
}
