use super::*;

fn parse(text: &str) -> Result<Parsed, Refusal> {
    super::parse(text, Promised::default())
}

fn refused(text: &str) -> Code {
    parse(text).unwrap_err().code
}

#[test]
fn a_delegating_client_is_understood() {
    let parsed = parse(
        r#"{"id_token":{"verified_claims":[{"verification":{"trust_framework":{"value":"IDV-DELEGATED","essential":true},
        "assurance_level":{"value":"VERIFIED","essential":true}},
        "claims":{"given_name":{"value":"Ada","fuzzy":true},"family_name":{"value":"Muster"},"email":null}}]}}"#,
    )
    .unwrap();
    let wanted = VerifiedRequest {
        trust_framework: "IDV-DELEGATED".into(),
        claims: vec![Claim::GivenName, Claim::FamilyName],
        alone: false,
        detail: None,
    };
    assert_eq!(parsed.request.id_token, [wanted]);
    assert_eq!(parsed.person.given_name, Some(Personal::new("Ada")));
    assert_eq!(parsed.person.birthdate, None);
}

#[test]
fn what_is_kept_holds_no_personal_value() {
    let text = r#"{"id_token":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"given_name":{"value":"Zebedee"}}}}}"#;
    let kept = serde_json::to_string(&parse(text).unwrap().request).unwrap();
    assert!(!kept.contains("Zebedee"), "{kept}");
    assert!(kept.contains("given_name"), "{kept}");
}

#[test]
fn another_trust_framework_goes_unanswered() {
    let text = r#"{"id_token":{"verified_claims":{"verification":{"trust_framework":{"value":"eidas"}},"claims":{"given_name":null}}}}"#;
    assert_eq!(parse(text).unwrap().request, ClaimsRequest::default());
}

#[test]
fn members_nobody_knows_are_ignored() {
    let parsed = parse(r#"{"id_token":{"auth_time":{"essential":true},"x":null},"y":1}"#).unwrap();
    assert_eq!(parsed.request, ClaimsRequest::default());
}

#[test]
fn a_text_that_is_no_object_is_refused() {
    for text in [
        "",
        "[]",
        "null",
        "{",
        r#"{"id_token":1}"#,
        r#"{"id_token":{},"id_token":{}}"#,
    ] {
        assert_eq!(refused(text), Code::InvalidRequest, "{text}");
    }
}

#[test]
fn verified_claims_without_verification_are_refused() {
    assert_eq!(
        refused(r#"{"id_token":{"verified_claims":{"claims":{"given_name":null}}}}"#),
        Code::InvalidRequest
    );
}

#[test]
fn verified_claims_without_trust_framework_are_refused() {
    let text = r#"{"id_token":{"verified_claims":{"verification":{},"claims":{"given_name":null}}}}"#;
    assert_eq!(refused(text), Code::InvalidRequest);
}

#[test]
fn verified_claims_without_claims_are_refused() {
    let text = r#"{"id_token":{"verified_claims":{"verification":{"trust_framework":null},"claims":{}}}}"#;
    assert_eq!(refused(text), Code::InvalidRequest);
}

#[test]
fn a_claim_given_as_a_bare_text_is_refused() {
    let text = r#"{"id_token":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"given_name":"Ada"}}}}"#;
    assert_eq!(refused(text), Code::InvalidRequest);
}

#[test]
fn two_values_for_one_claim_are_refused() {
    let one = |name| {
        format!(
            r#"{{"verification":{{"trust_framework":null}},"claims":{{"given_name":{{"value":"{name}"}}}}}}"#
        )
    };
    let text = format!(
        r#"{{"id_token":{{"verified_claims":[{},{}]}}}}"#,
        one("Ada"),
        one("Eve")
    );
    assert_eq!(refused(&text), Code::InvalidRequest);
}

#[test]
fn a_birthdate_that_is_no_date_is_refused() {
    let text = r#"{"id_token":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"birthdate":{"value":"soon"}}}}}"#;
    assert_eq!(refused(text), Code::InvalidRequest);
}

#[test]
fn a_certain_sub_is_refused() {
    assert_eq!(
        refused(r#"{"id_token":{"sub":{"value":"x"}}}"#),
        Code::InvalidRequest
    );
}

#[test]
fn an_essential_acr_is_refused() {
    let text = r#"{"id_token":{"acr":{"essential":true,"values":["high"]}}}"#;
    assert_eq!(refused(text), Code::UnmetAuthenticationRequirements);
}

#[test]
fn a_parameter_that_is_too_long_is_refused() {
    assert_eq!(refused(&" ".repeat(MAX_LENGTH + 1)), Code::InvalidRequest);
}

#[test]
fn a_mail_address_is_taken_out_and_not_kept() {
    let parsed = parse(r#"{"id_token":{"email":{"value":"ada@example.com"}}}"#).unwrap();
    assert_eq!(parsed.email, Some(Personal::new("ada@example.com")));
    assert_eq!(parsed.request, ClaimsRequest::default());
    assert_eq!(parse(r#"{"userinfo":{"email":null}}"#).unwrap().email, None);
    for refused in [
        r#"{"id_token":{"email":{"value":7}}}"#,
        r#"{"id_token":{"email":{"value":"a@b"}},"userinfo":{"email":{"value":"c@d"}}}"#,
    ] {
        assert_eq!(parse(refused).unwrap_err().code, Code::InvalidRequest);
    }
}

#[test]
fn a_request_that_stands_alone_is_told_from_a_list_of_one() {
    let object = r#"{"verification":{"trust_framework":null},"claims":{"given_name":null}}"#;
    for (asked, alone) in [(object.to_owned(), true), (format!("[{object}]"), false)] {
        let parsed = parse(&format!(r#"{{"userinfo":{{"verified_claims":{asked}}}}}"#)).unwrap();
        assert_eq!(parsed.request.userinfo[0].alone, alone);
    }
    let kept = r#"{"trust_framework":"IDV-DELEGATED","claims":["given_name"]}"#;
    let kept: VerifiedRequest = serde_json::from_str(kept).unwrap();
    assert!(!kept.alone, "as releases before have stored it");
}

fn releasing(text: &str, release: &[release::Value]) -> ClaimsRequest {
    let promised = Promised {
        acr: None,
        release: release.iter().copied().collect(),
    };
    super::parse(text, promised).unwrap().request
}

#[test]
fn values_are_kept_only_where_they_are_asked_for_and_may_be_told() {
    let asked = r#"{"id_token":{"given_name":null,"age_over_18":{"essential":true}},"userinfo":{"birthdate":{},"nickname":null}}"#;
    let told = releasing(
        asked,
        &[
            release::Value::GivenName,
            release::Value::Birthdate,
            release::Value::Name,
        ],
    );
    assert_eq!(told.values.id_token.names().collect::<Vec<_>>(), ["given_name"]);
    assert_eq!(told.values.userinfo.names().collect::<Vec<_>>(), ["birthdate"]);
    assert_eq!(releasing(asked, &[]), ClaimsRequest::default());
}

#[test]
fn of_a_verification_what_was_asked_for_is_kept_where_values_may_be_told() {
    let asked = r#"{"userinfo":{"verified_claims":{"verification":{"trust_framework":null,"time":null,"evidence":[{"type":{"value":"document"}}]},"claims":{"given_name":null,"family_name":null}}}}"#;
    let told = releasing(asked, &[release::Value::GivenName]);
    let detail = told.userinfo[0].detail.as_ref().unwrap();
    assert_eq!(detail.members, ["time", "evidence"]);
    assert_eq!(detail.values.names().collect::<Vec<_>>(), ["given_name"]);
    assert_eq!(told.released().userinfo, detail.values);
    assert!(told.values.is_empty());
    assert_eq!(releasing(asked, &[]).userinfo[0].detail, None);
    let other = asked.replace(r#""document""#, r#""electronic_record""#);
    let told = releasing(&other, &[release::Value::GivenName]);
    assert_eq!(told.userinfo[0].detail.as_ref().unwrap().members, ["time"]);
}
