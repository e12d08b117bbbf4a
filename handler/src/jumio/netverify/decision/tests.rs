//! Whole answers, as Netverify gives them, to findings and to what they lead to.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::checks::vendor::RepeatedFace;
use crate::person::Personal;
use crate::tests::mutated::mutated;

macro_rules! sample {
    ($case:literal) => {
        include_str!(concat!(
            "../../../../../tests/vectors/netverify_data_",
            $case,
            ".json"
        ))
    };
}

const ALL: [&str; 3] = ["document", "similarity", "validity"];

fn read(sample: &str) -> Progress {
    progress(&serde_json::from_str(sample).unwrap())
}

fn finding(sample: &str) -> Finding {
    match read(sample) {
        Progress::Ended(finding) => *finding,
        other => panic!("expected an end, got {other:?}"),
    }
}

/// An approved answer with one value replaced or added.
fn with(path: &str, name: &str, value: Value) -> Finding {
    let mut data: Value = serde_json::from_str(sample!("approved")).unwrap();
    let parent = data.pointer_mut(path).and_then(Value::as_object_mut).unwrap();
    parent.insert(name.to_owned(), value);
    finding(&data.to_string())
}

const FACE: &str = "/verification/identityVerification";

/// Every check as `name mark reason`.
fn checks(finding: &Finding) -> Vec<String> {
    let show = |check: &Check| format!("{} {:?} {}", check.name, check.mark, check.reason.as_str());
    finding.checks.iter().map(show).collect()
}

#[test]
fn a_pass_is_a_document_a_face_that_is_on_it_and_somebody_who_was_there() {
    let finding = finding(sample!("approved"));
    assert_eq!(
        (finding.end, finding.vendor_decision),
        (End::Processed, Some(Mark::Passed))
    );
    assert_eq!(
        checks(&finding),
        [
            "document Passed ok",
            "similarity Passed match",
            "validity Passed ok"
        ]
    );
    assert_eq!((finding.makes, finding.rests_on), (&ALL[..], &ALL[..]));
    let person = Person {
        given_name: Some(Personal::new("ERIKA MARIA")),
        family_name: Some(Personal::new("MUSTER")),
        birthdate: Some(Personal::new("1980-05-06")),
        ..Person::default()
    };
    assert_eq!(finding.person, person);
    assert_eq!(finding.repeated_face, None);
}

#[test]
fn an_approved_document_with_another_face_is_no_pass() {
    let finding = finding(sample!("other_face"));
    assert_eq!(finding.vendor_decision, Some(Mark::Rejected));
    assert!(checks(&finding).contains(&"similarity Rejected face_mismatch".to_owned()));
}

#[test]
fn an_approved_document_with_a_face_of_paper_is_no_pass() {
    let finding = finding(sample!("not_valid"));
    assert_eq!(finding.vendor_decision, Some(Mark::Rejected));
    assert!(checks(&finding).contains(&"validity Rejected selfie_digital_copy".to_owned()));
}

#[test]
fn an_approved_document_without_a_face_lacks_what_it_rests_on() {
    let finding = finding(sample!("no_face"));
    assert_eq!(checks(&finding), ["document Passed ok"]);
    assert_eq!(finding.rests_on, ALL);
}

#[test]
fn a_part_of_the_face_that_is_missing_is_not_listed() {
    for (name, left) in [("similarity", "validity"), ("validity", "similarity")] {
        let finding = with(FACE, name, Value::Null);
        let names: Vec<_> = finding.checks.iter().map(|check| check.name.as_str()).collect();
        assert_eq!(names, ["document", left]);
        assert_eq!(finding.rests_on, ALL);
    }
}

#[test]
fn a_workflow_of_documents_rests_on_the_document() {
    let finding = finding(sample!("document_only"));
    assert_eq!(
        (finding.rests_on, finding.vendor_decision),
        (&["document"][..], Some(Mark::Passed))
    );
}

#[test]
fn a_workflow_that_is_not_named_rests_on_a_face() {
    let mut data: Value = serde_json::from_str(sample!("document_only")).unwrap();
    for criterion in [Value::Null, json!("web shop"), json!("workflow-999"), json!(100)] {
        data["transaction"]["merchantReportingCriteria"] = criterion.clone();
        assert_eq!(finding(&data.to_string()).rests_on, ALL, "{criterion}");
    }
    for transaction in [Value::Null, json!({})] {
        data["transaction"] = transaction.clone();
        assert_eq!(finding(&data.to_string()).rests_on, ALL, "{transaction}");
    }
    data.as_object_mut().unwrap().remove("transaction").unwrap();
    assert_eq!(finding(&data.to_string()).rests_on, ALL);
}

#[test]
fn a_face_counts_in_a_workflow_of_documents_too() {
    let mut data: Value = serde_json::from_str(sample!("other_face")).unwrap();
    data["transaction"]["merchantReportingCriteria"] = json!("workflow-100");
    let finding = finding(&data.to_string());
    assert_eq!(
        (finding.rests_on, finding.vendor_decision),
        (&ALL[..], Some(Mark::Rejected))
    );
}

#[test]
fn validity_is_a_boolean_or_text_of_any_case() {
    for valid in [json!(true), json!("true"), json!("TRUE"), json!("True")] {
        assert!(checks(&with(FACE, "validity", valid)).contains(&"validity Passed ok".to_owned()));
    }
    for not in [json!(false), json!("false"), json!("FALSE")] {
        let finding = with(FACE, "validity", not);
        assert_eq!(finding.vendor_decision, Some(Mark::Rejected));
        assert!(checks(&finding).contains(&"validity Rejected liveness_undetermined".to_owned()));
    }
}

#[test]
fn a_validity_that_is_no_boolean_is_no_pass() {
    for odd in [json!("yes"), json!(1), json!("OK"), json!("true ")] {
        let finding = with(FACE, "validity", odd.clone());
        assert_eq!(finding.vendor_decision, Some(Mark::Unknown), "{odd}");
    }
    for none in [json!([true]), json!({ "value": true }), json!("")] {
        let finding = with(FACE, "validity", none.clone());
        assert!(
            finding.checks.iter().all(|check| check.name != "validity"),
            "{none}"
        );
    }
}

#[test]
fn a_reason_against_a_valid_face_is_no_pass() {
    for reason in ["LIVENESS_FAILED", "SOMETHING_NEW"] {
        let finding = with(FACE, "reason", json!(reason));
        assert_eq!(finding.vendor_decision, Some(Mark::Unknown));
        assert!(checks(&finding).contains(&"validity Unknown contradictory_answer".to_owned()));
    }
}

#[test]
fn an_unknown_word_of_the_face_is_no_pass_and_hides_no_rejection() {
    let finding = with(FACE, "similarity", json!("ALMOST"));
    assert!(checks(&finding).contains(&"similarity Unknown unknown_answer".to_owned()));
    assert_eq!(finding.vendor_decision, Some(Mark::Unknown));
    let finding = with(
        "/verification",
        "identityVerification",
        json!({
            "similarity": "MATCH", "validity": "false", "reason": "SOMETHING_NEW"
        }),
    );
    assert!(checks(&finding).contains(&"validity Rejected liveness_undetermined".to_owned()));
}

#[test]
fn a_comparison_that_was_not_possible_is_a_doubt() {
    let finding = with(FACE, "similarity", json!("NOT_POSSIBLE"));
    assert_eq!(finding.vendor_decision, Some(Mark::Warning));
}

#[test]
fn an_unknown_status_of_the_document_is_no_pass() {
    for status in [
        "APPROVED",
        "approved_verified",
        "DENIED_SOMETHING",
        "DOCUMENT_PRESENT",
        "NO_DOCUMENT_PRESENT",
        "UNKNOWN",
        "",
    ] {
        let finding = with("/document", "status", json!(status));
        assert_eq!(finding.vendor_decision, Some(Mark::Unknown), "{status}");
        assert!(finding.person.is_empty(), "{status}");
    }
}

#[test]
fn an_answer_without_any_block_is_no_pass() {
    let finding = finding(r#"{"scanReference":"x","document":null,"verification":null}"#);
    assert_eq!(checks(&finding), ["document Unknown unknown_answer"]);
    assert_eq!(finding.rests_on, ALL);
}

#[test]
fn a_reason_against_an_approved_document_is_no_pass() {
    for reason in [
        json!({ "rejectReasonCode": "106" }),
        json!({ "rejectReasonCode": 106 }),
        json!({ "rejectReasonDetails": { "detailsCode": "1001" } }),
    ] {
        let finding = with("/verification", "rejectReason", reason);
        assert_eq!(finding.vendor_decision, Some(Mark::Unknown));
        assert!(checks(&finding).contains(&"document Unknown contradictory_answer".to_owned()));
        assert!(finding.person.is_empty());
    }
}

#[test]
fn one_detail_is_an_object_and_several_are_an_array() {
    let one = finding(sample!("fraud_one_detail"));
    assert_eq!(checks(&one), ["document Rejected document_manipulated_photo"]);
    let many = finding(sample!("fraud_many_details"));
    assert_eq!(
        checks(&many),
        [
            "document Rejected document_manipulated_birth_date",
            "document Rejected document_manipulated_name"
        ]
    );
    assert_eq!(many.vendor_decision, Some(Mark::Rejected));
}

#[test]
fn an_unreadable_document_is_rejected_with_what_the_person_can_do_better() {
    let finding = finding(sample!("unreadable"));
    assert_eq!(
        (finding.end, finding.vendor_decision),
        (End::Processed, Some(Mark::Rejected))
    );
    assert_eq!(
        checks(&finding),
        ["document Rejected image_blurred", "document Rejected image_glare"]
    );
}

#[test]
fn an_unsupported_document_is_rejected() {
    let kind = finding(sample!("unsupported_type"));
    assert_eq!(checks(&kind), ["document Rejected document_type_unsupported"]);
    let country = finding(sample!("unsupported_country"));
    assert_eq!(
        checks(&country),
        ["document Rejected document_country_unsupported"]
    );
}

#[test]
fn an_unknown_code_or_detail_does_not_hide_the_rejection() {
    let of = |reason: Value| {
        let mut data: Value = serde_json::from_str(sample!("fraud_one_detail")).unwrap();
        data["verification"]["rejectReason"] = reason;
        checks(&finding(&data.to_string()))
    };
    let rejected = ["document Rejected document_rejected"];
    assert_eq!(of(Value::Null), rejected);
    assert_eq!(of(json!("MANIPULATED")), rejected);
    assert_eq!(of(json!({ "rejectReasonCode": "199" })), rejected);
    assert_eq!(
        of(json!({ "rejectReasonCode": "100", "rejectReasonDetails": [{ "detailsCode": "1999" }] })),
        ["document Rejected document_manipulated"]
    );
    assert_eq!(
        of(json!({ "rejectReasonCode": "201" })),
        ["document Rejected not_a_document"],
        "a code of another status still says what it is about"
    );
    assert_eq!(
        of(json!({ "rejectReasonCode": "200", "rejectReasonDetails": { "detailsCode": "1001" } })),
        ["document Rejected image_bad_quality"],
        "a detail of another code does not"
    );
}

/// The record still has all that was read, and the face that matched.
#[test]
fn an_accepted_document_is_told_from_others_by_what_was_read() {
    let document = with("/document", "usState", json!("CA")).document.unwrap();
    assert_eq!(
        (
            document.kind.as_str(),
            document.country.as_str(),
            document.state.as_str()
        ),
        ("PASSPORT", "AUT", "CA")
    );
    assert_eq!(
        (document.number.expose(), document.birthdate.expose()),
        ("P0000001", "1980-05-06")
    );
    for (member, value) in [("number", "N/A"), ("dob", "06.05.1980"), ("issuingCountry", "")] {
        assert_eq!(with("/document", member, json!(value)).document, None, "{member}");
    }
    assert_eq!(
        finding(sample!("reversed")).document,
        None,
        "not accepted any more"
    );
}

#[test]
fn an_approval_that_was_taken_back_is_rejected_and_gives_no_person() {
    let finding = finding(sample!("reversed"));
    assert_eq!(finding.vendor_decision, Some(Mark::Rejected));
    assert!(checks(&finding).contains(&"document Rejected data_mismatch_repeated_face".to_owned()));
    assert!(finding.person.is_empty());
}

#[test]
fn shapes_that_are_met_are_read() {
    let finding = finding(sample!("shapes"));
    assert_eq!(finding.vendor_decision, Some(Mark::Passed));
    let person = Person {
        family_name: Some(Personal::new(" MUSTER ")),
        ..Person::default()
    };
    assert_eq!(finding.person, person, "N/A is absent, and so is what is no date");
    assert_eq!(finding.repeated_face, None);
}

#[test]
fn nothing_uploaded_is_no_rejection() {
    let mut data: Value = serde_json::from_str(sample!("approved")).unwrap();
    data["document"]["status"] = json!("NO_ID_UPLOADED");
    let finding = finding(&data.to_string());
    assert_eq!((finding.end, finding.vendor_decision), (End::Abandoned, None));
    assert!(finding.checks.is_empty());
}

#[test]
fn a_failed_scan_is_never_a_rejection() {
    let Progress::Ended(finding) = unfinished("FAILED") else {
        panic!("ended")
    };
    assert_eq!((finding.end, finding.vendor_decision), (End::Abandoned, None));
    let mut data: Value = serde_json::from_str(sample!("fraud_one_detail")).unwrap();
    data["transaction"]["status"] = json!("FAILED");
    let Progress::Ended(finding) = read(&data.to_string()) else {
        panic!("ended")
    };
    assert_eq!((finding.end, finding.checks.len()), (End::Abandoned, 0));
}

#[test]
fn a_status_says_how_far_it_has_come() {
    assert_eq!(unfinished("PENDING"), Progress::Started);
    for odd in ["", "done", "PROCESSED", "ERIKA MUSTER"] {
        assert_eq!(unfinished(odd), Progress::Started, "{odd}");
    }
}

#[test]
fn where_the_face_was_seen_before_is_told_of_a_document_that_was_accepted() {
    let finding = finding(sample!("repeated_face"));
    let face = RepeatedFace {
        check: "document".to_owned(),
        executions: vec![
            "11111111-2222-4333-8444-555555555555".to_owned(),
            "aaaaaaaa-2222-4333-8444-555555555555".to_owned(),
        ],
        is_complete: true,
    };
    assert_eq!(finding.repeated_face, Some(face));
}

#[test]
fn a_face_that_is_still_looked_for_is_not_all_there_is() {
    let of = |findings: Value| {
        with(
            "/verification",
            "additionalChecks",
            json!({ "faceSearchFindings": findings }),
        )
    };
    let one = "11111111-2222-4333-8444-555555555555";
    let is_complete = |findings: Value| of(findings).repeated_face.map(|face| face.is_complete);
    assert_eq!(
        is_complete(json!({ "status": "DONE", "findings": one })),
        Some(true)
    );
    assert_eq!(
        is_complete(json!({ "status": "PENDING", "findings": one })),
        Some(false)
    );
    assert_eq!(
        is_complete(json!({ "status": "DONE", "findings": [one, "?"] })),
        Some(false)
    );
    assert_eq!(is_complete(json!({ "status": "DONE", "findings": [] })), None);
    assert_eq!(is_complete(json!("odd")), None);
    let many: Vec<String> = (0..60)
        .map(|n| format!("11111111-2222-4333-8444-5555555555{n:02}"))
        .collect();
    let face = of(json!({ "status": "DONE", "findings": many }))
        .repeated_face
        .unwrap();
    assert_eq!((face.executions.len(), face.is_complete), (50, false));
}

#[test]
fn a_face_of_a_document_that_was_not_accepted_is_not_looked_up() {
    let mut data: Value = serde_json::from_str(sample!("repeated_face")).unwrap();
    data["document"]["status"] = json!("DENIED_FRAUD");
    assert_eq!(finding(&data.to_string()).repeated_face, None);
}

proptest! {
    #[test]
    fn a_denial_that_was_changed_is_read_or_refused_and_no_vendors_pass(data in mutated(sample!("fraud_many_details"))) {
        let Ok(read) = serde_json::from_slice::<Data>(&data) else { return Ok(()) };
        if let Progress::Ended(finding) = progress(&read) {
            prop_assert!(finding.vendor_decision != Some(Mark::Passed));
        }
    }

    #[test]
    fn any_words_at_all_are_a_pass_only_as_they_are_documented(
        status in "APPROVED_VERIFIED|[A-Z_]{0,20}",
        similarity in "MATCH|NO_MATCH|[A-Z_]{0,10}",
        validity in "true|TRUE|false|[a-z]{0,5}",
        reason in "|VALID|[A-Z_]{1,10}",
    ) {
        let data = json!({
            "scanReference": "x",
            "document": { "status": status },
            "verification": { "identityVerification": {
                "similarity": similarity, "validity": validity, "reason": reason
            } }
        });
        let Progress::Ended(finding) = read(&data.to_string()) else {
            prop_assert!(status == "NO_ID_UPLOADED");
            return Ok(());
        };
        let names: Vec<_> = finding.checks.iter().map(|check| check.name.as_str()).collect();
        let is_pass = finding.vendor_decision == Some(Mark::Passed) && names == ALL;
        let is_documented = status == "APPROVED_VERIFIED"
            && similarity == "MATCH"
            && validity.eq_ignore_ascii_case("true")
            && matches!(reason.as_str(), "" | "VALID");
        prop_assert_eq!(is_pass, is_documented);
    }
}
