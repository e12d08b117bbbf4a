//! One test per row of the documented tables, by name: an answer with these words, read by the real judge.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{CODES, DETAILS, INVALIDITIES, SIMILARITIES, STATUSES};
use crate::checks::decision::family::Family;
use crate::checks::outcome::Reason;
use crate::checks::vendor::{Check, Mark, Progress};
use crate::jumio::netverify::decision::progress;

/// What the answer says of one check.
fn judged(document: &Value, verification: &Value, name: &str) -> (Mark, String) {
    let data = json!({
        "scanReference": "0b6d0f0e-3f5c-4b8c-9a51-0d6f6c1e7a11",
        "document": document,
        "transaction": { "status": "DONE" },
        "verification": verification
    });
    let Progress::Ended(finding) = progress(&serde_json::from_value(data).unwrap()) else {
        panic!("ended")
    };
    let named: Vec<&Check> = finding.checks.iter().filter(|check| check.name == name).collect();
    let [check] = named[..] else { panic!("{named:?}") };
    (check.mark, check.reason.as_str().to_owned())
}

fn of_document(status: &str, code: &str, detail: &str) -> (Mark, String) {
    let mut reason = json!({});
    if !code.is_empty() {
        reason["rejectReasonCode"] = json!(code);
    }
    if !detail.is_empty() {
        reason["rejectReasonDetails"] = json!({ "detailsCode": detail });
    }
    judged(
        &json!({ "status": status }),
        &json!({ "rejectReason": reason }),
        "document",
    )
}

fn of_face(check: &str, word: &str, reason: &str) -> (Mark, String) {
    let mut face = json!({ check: word });
    if !reason.is_empty() {
        face["reason"] = json!(reason);
    }
    let verification = json!({ "identityVerification": face });
    judged(&json!({ "status": "APPROVED_VERIFIED" }), &verification, check)
}

macro_rules! rows {
    ($judge:ident $tested:ident $($test:ident: $one:literal $two:literal $three:literal => $mark:ident $reason:literal;)*) => {
        $(
            #[test]
            fn $test() {
                assert_eq!($judge($one, $two, $three), (Mark::$mark, $reason.to_owned()));
            }
        )*

        /// Every row that is tested above.
        const $tested: &[(&str, &str, &str)] = &[$(($one, $two, $three)),*];
    };
}

rows! {
    of_document DOCUMENTS
    status_approved_verified: "APPROVED_VERIFIED" "" "" => Passed "ok";
    status_denied_fraud: "DENIED_FRAUD" "" "" => Rejected "document_rejected";
    status_denied_unsupported_id_type: "DENIED_UNSUPPORTED_ID_TYPE" "" "" => Rejected "document_type_unsupported";
    status_denied_unsupported_id_country: "DENIED_UNSUPPORTED_ID_COUNTRY" "" "" => Rejected "document_country_unsupported";
    status_error_not_readable_id: "ERROR_NOT_READABLE_ID" "" "" => Rejected "image_bad_quality";
    status_denied_name_mismatch: "DENIED_NAME_MISMATCH" "" "" => Rejected "data_mismatch";
    status_denied_unsupported_document_type: "DENIED_UNSUPPORTED_DOCUMENT_TYPE" "" "" => Rejected "document_type_unsupported";
    code_100_manipulated_document: "DENIED_FRAUD" "100" "" => Rejected "document_manipulated";
    code_105_fraudster: "DENIED_FRAUD" "105" "" => Rejected "reported_fraud";
    code_106_fake: "DENIED_FRAUD" "106" "" => Rejected "document_fake";
    code_107_photo_mismatch: "DENIED_FRAUD" "107" "" => Rejected "document_different_person";
    code_108_mrz_check_failed: "DENIED_FRAUD" "108" "" => Rejected "mrz_checksum";
    code_109_punched_document: "DENIED_FRAUD" "109" "" => Rejected "document_punched";
    code_110_chip_data_manipulated: "DENIED_FRAUD" "110" "" => Rejected "chip_certificate_invalid";
    code_111_mismatch_printed_barcode_data: "DENIED_FRAUD" "111" "" => Rejected "data_mismatch";
    code_112_chip_missing: "DENIED_FRAUD" "112" "" => Rejected "document_chip_missing";
    code_113_mismatching_data_repeated_face: "DENIED_FRAUD" "113" "" => Rejected "data_mismatch_repeated_face";
    code_114_digital_manipulation: "DENIED_FRAUD" "114" "" => Rejected "document_digital_manipulation";
    code_115_mismatch_hrz_mrz_data: "DENIED_FRAUD" "115" "" => Rejected "mrz_mismatch";
    code_116_superimposed_text: "DENIED_FRAUD" "116" "" => Rejected "document_manipulated";
    code_118_mismatch_front_back: "DENIED_FRAUD" "118" "" => Rejected "document_front_back_mismatch";
    code_102_photocopy_black_white: "ERROR_NOT_READABLE_ID" "102" "" => Rejected "document_photocopy";
    code_103_photocopy_color: "ERROR_NOT_READABLE_ID" "103" "" => Rejected "document_photocopy";
    code_104_digital_copy: "ERROR_NOT_READABLE_ID" "104" "" => Rejected "document_digital_copy";
    code_200_not_readable_document: "ERROR_NOT_READABLE_ID" "200" "" => Rejected "image_bad_quality";
    code_201_no_document: "ERROR_NOT_READABLE_ID" "201" "" => Rejected "not_a_document";
    code_202_sample_document: "ERROR_NOT_READABLE_ID" "202" "" => Rejected "document_sample";
    code_206_missing_back: "ERROR_NOT_READABLE_ID" "206" "" => Rejected "document_page_missing";
    code_207_wrong_document_page: "ERROR_NOT_READABLE_ID" "207" "" => Rejected "document_page_missing";
    code_209_missing_signature: "ERROR_NOT_READABLE_ID" "209" "" => Rejected "document_signature_missing";
    code_210_camera_black_white: "ERROR_NOT_READABLE_ID" "210" "" => Rejected "image_black_white";
    code_211_different_persons_shown: "ERROR_NOT_READABLE_ID" "211" "" => Rejected "document_different_person";
    code_213_invalid_watermark: "ERROR_NOT_READABLE_ID" "213" "" => Rejected "document_watermark";
    code_214_missing_front: "ERROR_NOT_READABLE_ID" "214" "" => Rejected "document_page_missing";
    code_300_manual_rejection: "ERROR_NOT_READABLE_ID" "300" "" => Rejected "document_rejected";
    detail_1001_photo: "DENIED_FRAUD" "100" "1001" => Rejected "document_manipulated_photo";
    detail_1002_document_number: "DENIED_FRAUD" "100" "1002" => Rejected "document_manipulated_number";
    detail_1003_expiry: "DENIED_FRAUD" "100" "1003" => Rejected "document_manipulated_expiry";
    detail_1004_dob: "DENIED_FRAUD" "100" "1004" => Rejected "document_manipulated_birth_date";
    detail_1005_name: "DENIED_FRAUD" "100" "1005" => Rejected "document_manipulated_name";
    detail_1006_address: "DENIED_FRAUD" "100" "1006" => Rejected "document_manipulated_address";
    detail_1007_security_checks: "DENIED_FRAUD" "100" "1007" => Rejected "document_manipulated_security_checks";
    detail_1008_signature: "DENIED_FRAUD" "100" "1008" => Rejected "document_manipulated_signature";
    detail_1009_personal_number: "DENIED_FRAUD" "100" "1009" => Rejected "document_manipulated_personal_number";
    detail_10011_place_of_birth: "DENIED_FRAUD" "100" "10011" => Rejected "document_manipulated_place_of_birth";
    detail_2001_blurred: "ERROR_NOT_READABLE_ID" "200" "2001" => Rejected "image_blurred";
    detail_2002_bad_quality: "ERROR_NOT_READABLE_ID" "200" "2002" => Rejected "image_bad_quality";
    detail_2003_missing_part_document: "ERROR_NOT_READABLE_ID" "200" "2003" => Rejected "document_part_missing";
    detail_2004_hidden_part_document: "ERROR_NOT_READABLE_ID" "200" "2004" => Rejected "document_part_hidden";
    detail_2005_damaged_document: "ERROR_NOT_READABLE_ID" "200" "2005" => Rejected "document_damaged";
    detail_2006_glare: "ERROR_NOT_READABLE_ID" "200" "2006" => Rejected "image_glare";
    detail_2007_missing_mandatory_datapoints: "ERROR_NOT_READABLE_ID" "200" "2007" => Rejected "document_data_missing";
}

rows! {
    of_face FACES
    similarity_match: "similarity" "MATCH" "" => Passed "match";
    similarity_no_match: "similarity" "NO_MATCH" "" => Rejected "face_mismatch";
    similarity_not_possible: "similarity" "NOT_POSSIBLE" "" => Warning "face_comparison_not_possible";
    validity_false_selfie_cropped_from_id: "validity" "false" "SELFIE_CROPPED_FROM_ID" => Rejected "selfie_from_document";
    validity_false_entire_id_used_as_selfie: "validity" "false" "ENTIRE_ID_USED_AS_SELFIE" => Rejected "selfie_from_document";
    validity_false_multiple_people: "validity" "false" "MULTIPLE_PEOPLE" => Rejected "selfie_multiple_people";
    validity_false_selfie_is_screen_paper_video: "validity" "false" "SELFIE_IS_SCREEN_PAPER_VIDEO" => Rejected "selfie_digital_copy";
    validity_false_selfie_manipulated: "validity" "false" "SELFIE_MANIPULATED" => Rejected "selfie_manipulated";
    validity_false_age_difference_too_big: "validity" "false" "AGE_DIFFERENCE_TOO_BIG" => Rejected "selfie_age_difference";
    validity_false_no_face_present: "validity" "false" "NO_FACE_PRESENT" => Rejected "selfie_no_face";
    validity_false_face_not_fully_visible: "validity" "false" "FACE_NOT_FULLY_VISIBLE" => Rejected "selfie_face_hidden";
    validity_false_bad_quality: "validity" "false" "BAD_QUALITY" => Rejected "selfie_bad_quality";
    validity_false_black_and_white: "validity" "false" "BLACK_AND_WHITE" => Rejected "selfie_black_white";
    validity_false_liveness_failed: "validity" "false" "LIVENESS_FAILED" => Rejected "liveness_undetermined";
    validity_true: "validity" "true" "" => Passed "ok";
    validity_true_valid: "validity" "true" "VALID" => Passed "ok";
}

#[test]
fn no_row_of_the_tables_is_untested() {
    let documents: BTreeSet<_> = DOCUMENTS.iter().copied().collect();
    let faces: BTreeSet<_> = FACES.iter().copied().collect();
    for row in STATUSES {
        assert!(documents.contains(&(row.word, "", "")), "{}", row.word);
    }
    for row in CODES {
        assert!(
            documents.contains(&(row.status, row.number, "")),
            "{}",
            row.number
        );
    }
    for (code, detail, _) in DETAILS {
        assert!(
            documents.iter().any(|row| (row.1, row.2) == (code, detail)),
            "{code} {detail}"
        );
    }
    for row in SIMILARITIES {
        assert!(faces.contains(&("similarity", row.word, "")), "{}", row.word);
    }
    for (word, _) in INVALIDITIES {
        assert!(faces.contains(&("validity", "false", word)), "{word}");
    }
}

#[test]
fn no_word_is_there_twice() {
    let statuses: BTreeSet<_> = STATUSES.iter().map(|row| row.word).collect();
    let codes: BTreeSet<_> = CODES.iter().map(|row| row.number).collect();
    let details: BTreeSet<_> = DETAILS.iter().map(|row| (row.0, row.1)).collect();
    let invalidities: BTreeSet<_> = INVALIDITIES.iter().map(|row| row.0).collect();
    assert_eq!(statuses.len(), STATUSES.len());
    assert_eq!(codes.len(), CODES.len());
    assert_eq!(details.len(), DETAILS.len());
    assert_eq!(invalidities.len(), INVALIDITIES.len());
}

#[test]
fn one_status_alone_is_a_pass() {
    let passes = STATUSES.iter().filter(|row| row.mark == Mark::Passed);
    assert_eq!(
        passes.map(|row| row.word).collect::<Vec<_>>(),
        ["APPROVED_VERIFIED"]
    );
}

/// Policies have a family for each reason that a person may meet; what one API says has to be among what the other does.
#[test]
fn every_reason_is_one_that_the_policies_know() {
    let policy = include_str!("../../../../../../policies/TrustFrameworkExtensions.xml");
    let reasons = STATUSES
        .iter()
        .map(|row| row.reason)
        .chain(CODES.iter().map(|row| row.reason))
        .chain(DETAILS.iter().map(|row| row.2))
        .chain(SIMILARITIES.iter().map(|row| row.reason))
        .chain(INVALIDITIES.iter().map(|row| row.1));
    for reason in reasons.filter(|reason| !matches!(*reason, "ok" | "match")) {
        let row = format!("<Enumeration Text=\"{reason}\"");
        assert!(policy.contains(&row), "{reason}");
    }
}

/// Whoever is rejected for a reason of the tables is told more than that they are, or less on purpose.
#[test]
fn every_reason_to_reject_has_words_of_its_own() {
    let statuses = STATUSES
        .iter()
        .filter(|row| row.mark != Mark::Passed)
        .map(|row| row.reason);
    let faces = SIMILARITIES
        .iter()
        .filter(|row| row.mark != Mark::Passed)
        .map(|row| row.reason);
    let codes = CODES.iter().map(|code| code.reason);
    let details = DETAILS.iter().map(|detail| detail.2);
    let invalid = INVALIDITIES.iter().map(|row| row.1);
    for reason in statuses.chain(faces).chain(codes).chain(details).chain(invalid) {
        let family = Family::of(&Reason::of(reason));
        assert_eq!(family == Family::Other, reason == "document_rejected", "{reason}");
    }
}
