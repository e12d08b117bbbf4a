//! Whole answers, as Jumio gives them, to findings.

use proptest::prelude::*;

use super::*;
use crate::person::{Person, Personal};

fn vector(text: &str) -> Progress {
    progress(&serde_json::from_str(text).unwrap())
}

macro_rules! vector {
    ($case:literal) => {
        vector(include_str!(concat!(
            "../../../../tests/vectors/kyx_details_",
            $case,
            ".json"
        )))
    };
}

fn finding(progress: Progress) -> Finding {
    match progress {
        Progress::Ended(finding) => *finding,
        other => panic!("expected an end, got {other:?}"),
    }
}

/// Every check as `name mark reason`.
fn checks(finding: &Finding) -> Vec<String> {
    let show = |check: &Check| format!("{} {:?} {}", check.name, check.mark, check.reason.as_str());
    finding.checks.iter().map(show).collect()
}

fn only<'a>(finding: &'a Finding, name: &str) -> &'a Check {
    let mut named = finding.checks.iter().filter(|check| check.name == name);
    let check = named.next().unwrap();
    assert!(named.next().is_none(), "{name} is there twice");
    check
}

fn person(given: Option<&str>, family: Option<&str>, birthdate: Option<&str>) -> Person {
    Person {
        given_name: given.map(Personal::new),
        family_name: family.map(Personal::new),
        birthdate: birthdate.map(Personal::new),
        ..Person::default()
    }
}

#[test]
fn a_pass_lists_every_entry_of_every_check() {
    let finding = finding(vector!("passed"));
    assert_eq!(
        (finding.end, finding.vendor_decision),
        (End::Processed, Some(Mark::Passed))
    );
    let expected = [
        "dataChecks Passed ok",
        "extraction Passed ok",
        "imageChecks Passed ok",
        "liveness Passed ok",
        "similarity Passed match",
        "usability Passed ok",
        "usability Passed ok",
        "usability Passed ok",
    ];
    assert_eq!(checks(&finding), expected);
    assert_eq!(
        finding.person,
        person(Some("ERIKA MARIA"), Some("MUSTER"), Some("1980-05-06"))
    );
}

#[test]
fn another_face_is_rejected() {
    let finding = finding(vector!("other_face"));
    assert_eq!(finding.vendor_decision, Some(Mark::Rejected));
    let check = only(&finding, "similarity");
    assert_eq!(
        (check.mark, check.reason.as_str()),
        (Mark::Rejected, "face_mismatch")
    );
}

#[test]
fn similarity_data_that_contradicts_a_pass_is_no_pass() {
    let finding = finding(vector!("similarity_disagrees"));
    let check = only(&finding, "similarity");
    assert_eq!(
        (check.mark, check.reason.as_str()),
        (Mark::Unknown, "contradictory_answer")
    );
}

#[test]
fn a_manipulated_document_is_rejected_and_gives_no_person() {
    let finding = finding(vector!("manipulated"));
    let check = only(&finding, "imageChecks");
    assert_eq!(
        (check.mark, check.reason.as_str()),
        (Mark::Rejected, "document_manipulated_photo")
    );
    assert!(finding.person.is_empty());
}

#[test]
fn what_an_extraction_says_that_did_not_pass_is_not_believed() {
    let passed = include_str!("../../../../tests/vectors/kyx_details_passed.json");
    for kind in ["NOT_EXECUTED", "REJECTED", "passed", ""] {
        let mut details: serde_json::Value = serde_json::from_str(passed).unwrap();
        details["capabilities"]["extraction"][0]["decision"]["type"] = kind.into();
        assert!(finding(vector(&details.to_string())).person.is_empty(), "{kind}");
    }
}

#[test]
fn a_blurred_document_is_rejected_and_the_rest_did_not_run() {
    let finding = finding(vector!("blurred"));
    assert!(checks(&finding).contains(&"usability Rejected image_blurred".to_owned()));
    let check = only(&finding, "similarity");
    assert_eq!(
        (check.mark, check.reason.as_str()),
        (Mark::NotExecuted, "precondition_not_fulfilled")
    );
}

#[test]
fn an_unsupported_document_is_a_warning_and_the_rest_did_not_run() {
    let finding = finding(vector!("unsupported"));
    assert_eq!(finding.vendor_decision, Some(Mark::Rejected));
    let all = checks(&finding);
    assert!(all.contains(&"usability Warning document_type_unsupported".to_owned()));
    assert!(all.contains(&"watchlistScreening NotExecuted validation_failed".to_owned()));
}

#[test]
fn a_repeated_face_is_a_warning() {
    let finding = finding(vector!("repeated_face"));
    assert_eq!(finding.vendor_decision, Some(Mark::Warning));
    assert_eq!(only(&finding, "imageChecks").reason.as_str(), "repeated_face");
}

#[test]
fn a_pass_with_nothing_checked_says_so() {
    let finding = finding(vector!("nothing_checked"));
    assert_eq!(
        (finding.vendor_decision, finding.checks.len()),
        (Some(Mark::Passed), 0)
    );
}

#[test]
fn an_expired_session_is_no_rejection_whatever_its_decision_says() {
    let finding = finding(vector!("expired_rejected"));
    assert_eq!((finding.end, finding.vendor_decision), (End::Abandoned, None));
}

#[test]
fn an_expired_token_is_no_rejection() {
    let finding = finding(vector!("never_opened"));
    assert_eq!((finding.end, finding.vendor_decision), (End::NeverOpened, None));
}

#[test]
fn a_pass_with_the_score_of_nothing_executed_is_no_pass() {
    assert_eq!(
        finding(vector!("not_executed")).vendor_decision,
        Some(Mark::Unknown)
    );
}

#[test]
fn a_workflow_of_api_v3_has_checks_and_no_vendor_decision() {
    let finding = finding(vector!("v3"));
    assert_eq!((finding.vendor_decision, finding.checks.len()), (None, 8));
}

#[test]
fn shapes_vary_and_the_finding_does_not() {
    let finding = finding(vector!("shapes"));
    assert_eq!(finding.vendor_decision, Some(Mark::Passed));
    assert_eq!(
        only(&finding, "usability").mark,
        Mark::Passed,
        "an object stands for an array of one"
    );
    assert_eq!(only(&finding, "somethingNew").reason.as_str(), "unknown_check");
    assert!(
        finding
            .checks
            .iter()
            .all(|check| check.name != "addressValidation")
    );
    assert_eq!(
        finding.person,
        person(Some("ERIKA MARIA"), None, Some("1980-05-06")),
        "N/A is absent"
    );
}

#[test]
fn what_two_documents_disagree_on_is_absent() {
    let finding = finding(vector!("two_documents"));
    assert_eq!(
        finding.person,
        person(Some("ERIKA MARIA"), None, Some("1980-05-06"))
    );
}

#[test]
fn a_document_is_told_from_others_by_what_was_read() {
    let document = finding(vector!("passed")).document.unwrap();
    assert_eq!(
        (document.kind.as_str(), document.country.as_str()),
        ("PASSPORT", "AUT")
    );
    assert_eq!(
        (
            document.state.as_str(),
            document.number.expose(),
            document.birthdate.expose()
        ),
        ("", "P0000001", "1980-05-06")
    );
}

#[test]
fn what_is_not_one_whole_document_is_none() {
    for (name, progress) in [
        ("two", vector!("two_documents")),
        ("not read", vector!("blurred")),
        ("not accepted", vector!("manipulated")),
    ] {
        assert_eq!(finding(progress).document, None, "{name}");
    }
    let mut details: serde_json::Value =
        serde_json::from_str(include_str!("../../../../tests/vectors/kyx_details_passed.json")).unwrap();
    for (member, value) in [
        ("documentNumber", "N/A"),
        ("dateOfBirth", "1980-XX-XX"),
        ("type", ""),
    ] {
        let mut changed = details.clone();
        changed["capabilities"]["extraction"][0]["data"][member] = value.into();
        assert_eq!(finding(vector(&changed.to_string())).document, None, "{member}");
    }
    details["capabilities"]["extraction"][0]["data"]["state"] = "CA".into();
    assert_eq!(
        finding(vector(&details.to_string())).document.unwrap().state,
        "CA"
    );
}

#[test]
fn strange_words_never_pass() {
    let finding = finding(vector!("strange_words"));
    assert_eq!(finding.vendor_decision, Some(Mark::Unknown));
    let expected = [
        "unknown Unknown unknown_check",
        "usability Unknown contradictory_answer",
        "usability Unknown unknown_answer",
        "usability Unknown unknown_answer",
        "usability Warning contradictory_answer",
        "usability Rejected document_country_unsupported",
        "usability NotExecuted image_blurred",
        "usability Unknown unknown_answer",
        "usability Unknown unknown_answer",
    ];
    assert_eq!(checks(&finding), expected);
}

#[test]
fn words_that_do_not_stand_together_are_reported() {
    for (name, kind, label, code) in [
        ("usability", "REJECTED", "BLURRED", None),
        ("liveness", "WARNING", "LIVENESS_UNDETERMINED", None),
        ("usability", "REJECTED", "TOO_DARK", Some("jumio.unknown_label")),
        (
            "usability",
            "PASSED",
            "BLURRED",
            Some("jumio.label_of_another_type"),
        ),
        ("usability", "APPROVED", "OK", Some("jumio.unknown_type")),
        ("newCheck", "PASSED", "OK", Some("jumio.unknown_check")),
    ] {
        assert_eq!(oddity(name, kind, label), code, "{name} {kind} {label}");
    }
}

#[test]
fn what_was_wiped_is_not_known_any_more() {
    assert_eq!(vector!("wiped"), Progress::Unknown);
}

#[test]
fn each_status_is_judged_before_the_decision() {
    let cases = [
        ("INITIATED", Progress::Started),
        ("ACQUISITION_STARTED", Progress::Started),
        ("ACQUIRED", Progress::Captured),
        ("", Progress::Started),
        ("processed", Progress::Started),
        ("IN_REVIEW", Progress::Started),
    ];
    let passed = include_str!("../../../../tests/vectors/kyx_details_passed.json");
    for (status, expected) in cases {
        assert_eq!(vector(&passed.replace("PROCESSED", status)), expected, "{status}");
    }
}

fn vendor_decision_of(decision: &str) -> Mark {
    vendor_decision(&serde_json::from_str(decision).unwrap())
}

#[test]
fn a_vendor_decision_is_its_type() {
    for (kind, expected) in [
        ("PASSED", Mark::Passed),
        ("WARNING", Mark::Warning),
        ("REJECTED", Mark::Rejected),
        ("NOT_EXECUTED", Mark::NotExecuted),
        ("ACCEPTED", Mark::Unknown),
        ("", Mark::Unknown),
    ] {
        assert_eq!(
            vendor_decision_of(&format!(r#"{{"type":"{kind}"}}"#)),
            expected,
            "{kind}"
        );
    }
}

#[test]
fn a_vendor_decision_may_have_a_label_of_the_tenants_own_rules() {
    assert_eq!(
        vendor_decision_of(r#"{"type":"PASSED","details":{"label":"VIP_RULE"}}"#),
        Mark::Passed
    );
}

#[test]
fn a_vendor_decision_that_contradicts_its_label_is_no_pass() {
    assert_eq!(
        vendor_decision_of(r#"{"type":"PASSED","details":{"label":"REJECTED"}}"#),
        Mark::Unknown
    );
    assert_eq!(
        vendor_decision_of(r#"{"type":"REJECTED","details":{"label":"PASSED"}}"#),
        Mark::Rejected
    );
}

#[test]
fn a_birth_date_that_is_none_is_absent() {
    let passed = include_str!("../../../../tests/vectors/kyx_details_passed.json");
    for odd in ["06.05.1980", "1980-13-01", "1980", "1980-05-06T00:00:00Z"] {
        let finding = finding(vector(&passed.replace("1980-05-06", odd)));
        assert_eq!(finding.person.birthdate, None, "{odd}");
    }
}

#[test]
fn a_finding_does_not_print_the_person() {
    let shown = format!("{:?}", vector!("passed"));
    for value in ["ERIKA", "MUSTER", "1980"] {
        assert!(!shown.contains(value), "{value}");
    }
}

/// Some of the words and shapes an answer is made of.
fn piece() -> impl Strategy<Value = serde_json::Value> {
    let words = [
        "PASSED", "REJECTED", "OK", "MATCH", "NO_MATCH", "BLURRED", "", "N/A", "\u{202e}",
    ];
    prop_oneof![
        prop::sample::select(words.to_vec()).prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<bool>().prop_map(Into::into),
        Just(serde_json::Value::Null),
        Just(serde_json::json!([])),
        Just(serde_json::json!({ "type": "PASSED", "details": { "label": "OK" } })),
    ]
}

/// Every place in a document, as a JSON pointer.
fn places(value: &serde_json::Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        serde_json::Value::Object(members) => {
            members
                .iter()
                .for_each(|(name, value)| places(value, &format!("{at}/{name}"), found));
        }
        serde_json::Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(nth, value)| places(value, &format!("{at}/{nth}"), found));
        }
        _ => {}
    }
}

proptest! {
    /// Whatever is put in one place of an answer whose faces differ: it is read or refused without panic, and neither the
    /// decision nor the similarity ever passes unless that very place was overwritten.
    #[test]
    fn an_answer_with_a_foreign_piece_never_turns_into_a_pass(at in any::<prop::sample::Index>(), piece in piece()) {
        let text = include_str!("../../../../tests/vectors/kyx_details_other_face.json");
        let mut details: serde_json::Value = serde_json::from_str(text).unwrap();
        let mut all = Vec::new();
        places(&details, "", &mut all);
        let place = at.get(&all).clone();
        *details.pointer_mut(&place).unwrap() = piece;
        let Ok(read) = serde_json::from_value::<Details>(details) else { return Ok(()) };
        let Progress::Ended(finding) = progress(&read) else { return Ok(()) };
        prop_assert!(finding.vendor_decision != Some(Mark::Passed) || place.starts_with("/decision"));
        let similar = |check: &Check| check.name == "similarity" && check.mark == Mark::Passed;
        prop_assert!(!finding.checks.iter().any(similar), "{place}");
    }
}
