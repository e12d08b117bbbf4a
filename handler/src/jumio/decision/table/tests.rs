//! One test per row of the documented table, by name: a label read by the real judge, for its documented type.

use super::ROWS;
use crate::checks::decision::family::Family;
use crate::checks::outcome::Reason;
use crate::checks::vendor::Mark;
use crate::jumio::decision::{judge, mark};

macro_rules! rows {
    ($($test:ident: $check:literal $kind:literal $label:literal => $mark:ident $reason:literal;)*) => {
        $(
            #[test]
            fn $test() {
                let (mark, reason) = judge($check, $kind, $label);
                assert_eq!((mark, reason.as_str()), (Mark::$mark, $reason));
            }
        )*

        /// Every row that is tested above.
        const TESTED: &[(&str, &str, &str)] = &[$(($check, $kind, $label)),*];
    };
}

rows! {
    usability_passed_ok: "usability" "PASSED" "OK" => Passed "ok";
    usability_rejected_bad_quality: "usability" "REJECTED" "BAD_QUALITY" => Rejected "image_bad_quality";
    usability_rejected_blurred: "usability" "REJECTED" "BLURRED" => Rejected "image_blurred";
    usability_rejected_bad_quality_image: "usability" "REJECTED" "BAD_QUALITY_IMAGE" => Rejected "image_bad_quality";
    usability_rejected_part_of_document_missing: "usability" "REJECTED" "PART_OF_DOCUMENT_MISSING" => Rejected "document_part_missing";
    usability_rejected_part_of_document_hidden: "usability" "REJECTED" "PART_OF_DOCUMENT_HIDDEN" => Rejected "document_part_hidden";
    usability_rejected_damaged_document: "usability" "REJECTED" "DAMAGED_DOCUMENT" => Rejected "document_damaged";
    usability_rejected_glare: "usability" "REJECTED" "GLARE" => Rejected "image_glare";
    usability_rejected_missing_mandatory_datapoints: "usability" "REJECTED" "MISSING_MANDATORY_DATAPOINTS" => Rejected "document_data_missing";
    usability_rejected_black_white: "usability" "REJECTED" "BLACK_WHITE" => Rejected "image_black_white";
    usability_rejected_missing_page: "usability" "REJECTED" "MISSING_PAGE" => Rejected "document_page_missing";
    usability_rejected_missing_signature: "usability" "REJECTED" "MISSING_SIGNATURE" => Rejected "document_signature_missing";
    usability_rejected_not_a_document: "usability" "REJECTED" "NOT_A_DOCUMENT" => Rejected "not_a_document";
    usability_rejected_photocopy: "usability" "REJECTED" "PHOTOCOPY" => Rejected "document_photocopy";
    usability_warning_liveness_undetermined: "usability" "WARNING" "LIVENESS_UNDETERMINED" => Warning "liveness_undetermined";
    usability_warning_unsupported_country: "usability" "WARNING" "UNSUPPORTED_COUNTRY" => Warning "document_country_unsupported";
    usability_warning_unsupported_document_type: "usability" "WARNING" "UNSUPPORTED_DOCUMENT_TYPE" => Warning "document_type_unsupported";
    usability_not_executed_technical_error: "usability" "NOT_EXECUTED" "TECHNICAL_ERROR" => NotExecuted "technical_error";
    usability_not_executed_not_uploaded: "usability" "NOT_EXECUTED" "NOT_UPLOADED" => NotExecuted "not_uploaded";
    image_checks_passed_ok: "imageChecks" "PASSED" "OK" => Passed "ok";
    image_checks_rejected_digital_copy: "imageChecks" "REJECTED" "DIGITAL_COPY" => Rejected "document_digital_copy";
    image_checks_rejected_watermark: "imageChecks" "REJECTED" "WATERMARK" => Rejected "document_watermark";
    image_checks_rejected_manipulated_document: "imageChecks" "REJECTED" "MANIPULATED_DOCUMENT" => Rejected "document_manipulated";
    image_checks_rejected_manipulated_document_photo: "imageChecks" "REJECTED" "MANIPULATED_DOCUMENT_PHOTO" => Rejected "document_manipulated_photo";
    image_checks_rejected_manipulated_document_expiry: "imageChecks" "REJECTED" "MANIPULATED_DOCUMENT_EXPIRY" => Rejected "document_manipulated_expiry";
    image_checks_rejected_manipulated_document_name: "imageChecks" "REJECTED" "MANIPULATED_DOCUMENT_NAME" => Rejected "document_manipulated_name";
    image_checks_rejected_manipulated_document_address: "imageChecks" "REJECTED" "MANIPULATED_DOCUMENT_ADDRESS" => Rejected "document_manipulated_address";
    image_checks_rejected_manipulated_document_security_checks: "imageChecks" "REJECTED" "MANIPULATED_DOCUMENT_SECURITY_CHECKS" => Rejected "document_manipulated_security_checks";
    image_checks_rejected_manipulated_document_signature: "imageChecks" "REJECTED" "MANIPULATED_DOCUMENT_SIGNATURE" => Rejected "document_manipulated_signature";
    image_checks_rejected_manipulated_document_personal_number: "imageChecks" "REJECTED" "MANIPULATED_DOCUMENT_PERSONAL_NUMBER" => Rejected "document_manipulated_personal_number";
    image_checks_rejected_manipulated_document_place_of_birth: "imageChecks" "REJECTED" "MANIPULATED_DOCUMENT_PLACE_OF_BIRTH" => Rejected "document_manipulated_place_of_birth";
    image_checks_rejected_manipulated_document_gender: "imageChecks" "REJECTED" "MANIPULATED_DOCUMENT_GENDER" => Rejected "document_manipulated_gender";
    image_checks_rejected_manipulated_document_issuing_date: "imageChecks" "REJECTED" "MANIPULATED_DOCUMENT_ISSUING_DATE" => Rejected "document_manipulated_issuing_date";
    image_checks_rejected_other_rejection: "imageChecks" "REJECTED" "OTHER_REJECTION" => Rejected "document_rejected";
    image_checks_rejected_ghost_image_different: "imageChecks" "REJECTED" "GHOST_IMAGE_DIFFERENT" => Rejected "document_ghost_image_different";
    image_checks_rejected_punched: "imageChecks" "REJECTED" "PUNCHED" => Rejected "document_punched";
    image_checks_rejected_sample: "imageChecks" "REJECTED" "SAMPLE" => Rejected "document_sample";
    image_checks_rejected_fake: "imageChecks" "REJECTED" "FAKE" => Rejected "document_fake";
    image_checks_rejected_chip_missing: "imageChecks" "REJECTED" "CHIP_MISSING" => Rejected "document_chip_missing";
    image_checks_rejected_digital_manipulation: "imageChecks" "REJECTED" "DIGITAL_MANIPULATION" => Rejected "document_digital_manipulation";
    image_checks_rejected_mismatch_front_back: "imageChecks" "REJECTED" "MISMATCH_FRONT_BACK" => Rejected "document_front_back_mismatch";
    image_checks_warning_different_person: "imageChecks" "WARNING" "DIFFERENT_PERSON" => Warning "document_different_person";
    image_checks_warning_repeated_face: "imageChecks" "WARNING" "REPEATED_FACE" => Warning "repeated_face";
    image_checks_not_executed_precondition_not_fulfilled: "imageChecks" "NOT_EXECUTED" "PRECONDITION_NOT_FULFILLED" => NotExecuted "precondition_not_fulfilled";
    image_checks_not_executed_technical_error: "imageChecks" "NOT_EXECUTED" "TECHNICAL_ERROR" => NotExecuted "technical_error";
    extraction_passed_ok: "extraction" "PASSED" "OK" => Passed "ok";
    extraction_not_executed_precondition_not_fulfilled: "extraction" "NOT_EXECUTED" "PRECONDITION_NOT_FULFILLED" => NotExecuted "precondition_not_fulfilled";
    extraction_not_executed_technical_error: "extraction" "NOT_EXECUTED" "TECHNICAL_ERROR" => NotExecuted "technical_error";
    data_checks_passed_ok: "dataChecks" "PASSED" "OK" => Passed "ok";
    data_checks_rejected_nfc_certificate: "dataChecks" "REJECTED" "NFC_CERTIFICATE" => Rejected "chip_certificate_invalid";
    data_checks_rejected_mismatching_datapoints: "dataChecks" "REJECTED" "MISMATCHING_DATAPOINTS" => Rejected "data_mismatch";
    data_checks_rejected_mrz_checksum: "dataChecks" "REJECTED" "MRZ_CHECKSUM" => Rejected "mrz_checksum";
    data_checks_rejected_mismatching_data_repeated_face: "dataChecks" "REJECTED" "MISMATCHING_DATA_REPEATED_FACE" => Rejected "data_mismatch_repeated_face";
    data_checks_rejected_mismatch_hrz_mrz_data: "dataChecks" "REJECTED" "MISMATCH_HRZ_MRZ_DATA" => Rejected "mrz_mismatch";
    data_checks_rejected_customer_feedback: "dataChecks" "REJECTED" "CUSTOMER_FEEDBACK" => Rejected "reported_fraud";
    data_checks_not_executed_precondition_not_fulfilled: "dataChecks" "NOT_EXECUTED" "PRECONDITION_NOT_FULFILLED" => NotExecuted "precondition_not_fulfilled";
    data_checks_not_executed_technical_error: "dataChecks" "NOT_EXECUTED" "TECHNICAL_ERROR" => NotExecuted "technical_error";
    liveness_passed_ok: "liveness" "PASSED" "OK" => Passed "ok";
    liveness_rejected_liveness_undetermined: "liveness" "REJECTED" "LIVENESS_UNDETERMINED" => Rejected "liveness_undetermined";
    liveness_rejected_id_used_as_selfie: "liveness" "REJECTED" "ID_USED_AS_SELFIE" => Rejected "selfie_from_document";
    liveness_rejected_multiple_people: "liveness" "REJECTED" "MULTIPLE_PEOPLE" => Rejected "selfie_multiple_people";
    liveness_rejected_digital_copy: "liveness" "REJECTED" "DIGITAL_COPY" => Rejected "selfie_digital_copy";
    liveness_rejected_photocopy: "liveness" "REJECTED" "PHOTOCOPY" => Rejected "selfie_photocopy";
    liveness_rejected_manipulated: "liveness" "REJECTED" "MANIPULATED" => Rejected "selfie_manipulated";
    liveness_rejected_no_face_present: "liveness" "REJECTED" "NO_FACE_PRESENT" => Rejected "selfie_no_face";
    liveness_rejected_face_not_fully_visible: "liveness" "REJECTED" "FACE_NOT_FULLY_VISIBLE" => Rejected "selfie_face_hidden";
    liveness_rejected_black_white: "liveness" "REJECTED" "BLACK_WHITE" => Rejected "selfie_black_white";
    liveness_warning_age_difference: "liveness" "WARNING" "AGE_DIFFERENCE" => Warning "selfie_age_difference";
    liveness_warning_bad_quality: "liveness" "WARNING" "BAD_QUALITY" => Warning "selfie_bad_quality";
    liveness_not_executed_precondition_not_fulfilled: "liveness" "NOT_EXECUTED" "PRECONDITION_NOT_FULFILLED" => NotExecuted "precondition_not_fulfilled";
    liveness_not_executed_technical_error: "liveness" "NOT_EXECUTED" "TECHNICAL_ERROR" => NotExecuted "technical_error";
    similarity_passed_match: "similarity" "PASSED" "MATCH" => Passed "match";
    similarity_rejected_no_match: "similarity" "REJECTED" "NO_MATCH" => Rejected "face_mismatch";
    similarity_warning_not_possible: "similarity" "WARNING" "NOT_POSSIBLE" => Warning "face_comparison_not_possible";
    similarity_not_executed_precondition_not_fulfilled: "similarity" "NOT_EXECUTED" "PRECONDITION_NOT_FULFILLED" => NotExecuted "precondition_not_fulfilled";
    similarity_not_executed_technical_error: "similarity" "NOT_EXECUTED" "TECHNICAL_ERROR" => NotExecuted "technical_error";
    authentication_passed_ok: "authentication" "PASSED" "OK" => Passed "ok";
    authentication_rejected_failed: "authentication" "REJECTED" "FAILED" => Rejected "authentication_failed";
    authentication_not_executed_precondition_not_fulfilled: "authentication" "NOT_EXECUTED" "PRECONDITION_NOT_FULFILLED" => NotExecuted "precondition_not_fulfilled";
    authentication_not_executed_technical_error: "authentication" "NOT_EXECUTED" "TECHNICAL_ERROR" => NotExecuted "technical_error";
    watchlist_screening_passed_ok: "watchlistScreening" "PASSED" "OK" => Passed "ok";
    watchlist_screening_warning_alert: "watchlistScreening" "WARNING" "ALERT" => Warning "watchlist_alert";
    watchlist_screening_not_executed_not_enough_data: "watchlistScreening" "NOT_EXECUTED" "NOT_ENOUGH_DATA" => NotExecuted "not_enough_data";
    watchlist_screening_not_executed_validation_failed: "watchlistScreening" "NOT_EXECUTED" "VALIDATION_FAILED" => NotExecuted "validation_failed";
    watchlist_screening_not_executed_invalid_merchant_settings: "watchlistScreening" "NOT_EXECUTED" "INVALID_MERCHANT_SETTINGS" => NotExecuted "vendor_settings_invalid";
    watchlist_screening_not_executed_technical_error: "watchlistScreening" "NOT_EXECUTED" "TECHNICAL_ERROR" => NotExecuted "technical_error";
    watchlist_screening_not_executed_extraction_not_done: "watchlistScreening" "NOT_EXECUTED" "EXTRACTION_NOT_DONE" => NotExecuted "extraction_not_done";
    watchlist_screening_not_executed_no_valid_id_credential: "watchlistScreening" "NOT_EXECUTED" "NO_VALID_ID_CREDENTIAL" => NotExecuted "no_valid_document";
    watchlist_screening_not_executed_precondition_not_fulfilled: "watchlistScreening" "NOT_EXECUTED" "PRECONDITION_NOT_FULFILLED" => NotExecuted "precondition_not_fulfilled";
    address_validation_passed_ok: "addressValidation" "PASSED" "OK" => Passed "ok";
    address_validation_rejected_deny: "addressValidation" "REJECTED" "DENY" => Rejected "address_denied";
    address_validation_warning_alert: "addressValidation" "WARNING" "ALERT" => Warning "address_alert";
    address_validation_not_executed_not_enough_data: "addressValidation" "NOT_EXECUTED" "NOT_ENOUGH_DATA" => NotExecuted "not_enough_data";
    address_validation_not_executed_technical_error: "addressValidation" "NOT_EXECUTED" "TECHNICAL_ERROR" => NotExecuted "technical_error";
    address_validation_not_executed_unsupported_country: "addressValidation" "NOT_EXECUTED" "UNSUPPORTED_COUNTRY" => NotExecuted "country_unsupported";
    address_validation_not_executed_precondition_not_fulfilled: "addressValidation" "NOT_EXECUTED" "PRECONDITION_NOT_FULFILLED" => NotExecuted "precondition_not_fulfilled";
    proof_of_residency_passed_ok: "proofOfResidency" "PASSED" "OK" => Passed "ok";
    proof_of_residency_rejected_deny: "proofOfResidency" "REJECTED" "DENY" => Rejected "residency_denied";
    proof_of_residency_warning_alert: "proofOfResidency" "WARNING" "ALERT" => Warning "residency_alert";
    proof_of_residency_not_executed_not_enough_data: "proofOfResidency" "NOT_EXECUTED" "NOT_ENOUGH_DATA" => NotExecuted "not_enough_data";
    proof_of_residency_not_executed_technical_error: "proofOfResidency" "NOT_EXECUTED" "TECHNICAL_ERROR" => NotExecuted "technical_error";
    proof_of_residency_not_executed_unsupported_country: "proofOfResidency" "NOT_EXECUTED" "UNSUPPORTED_COUNTRY" => NotExecuted "country_unsupported";
    proof_of_residency_not_executed_precondition_not_fulfilled: "proofOfResidency" "NOT_EXECUTED" "PRECONDITION_NOT_FULFILLED" => NotExecuted "precondition_not_fulfilled";
    driving_license_verification_passed_ok: "drivingLicenseVerification" "PASSED" "OK" => Passed "ok";
    driving_license_verification_rejected_deny: "drivingLicenseVerification" "REJECTED" "DENY" => Rejected "driving_license_denied";
    driving_license_verification_warning_alert: "drivingLicenseVerification" "WARNING" "ALERT" => Warning "driving_license_alert";
    driving_license_verification_not_executed_technical_error: "drivingLicenseVerification" "NOT_EXECUTED" "TECHNICAL_ERROR" => NotExecuted "technical_error";
    driving_license_verification_not_executed_unsupported_country: "drivingLicenseVerification" "NOT_EXECUTED" "UNSUPPORTED_COUNTRY" => NotExecuted "country_unsupported";
    driving_license_verification_not_executed_unsupported_state: "drivingLicenseVerification" "NOT_EXECUTED" "UNSUPPORTED_STATE" => NotExecuted "state_unsupported";
    driving_license_verification_not_executed_precondition_not_fulfilled: "drivingLicenseVerification" "NOT_EXECUTED" "PRECONDITION_NOT_FULFILLED" => NotExecuted "precondition_not_fulfilled";
    driving_license_verification_not_executed_validation_failed: "drivingLicenseVerification" "NOT_EXECUTED" "VALIDATION_FAILED" => NotExecuted "validation_failed";
    usability_rejected_document_content_not_supported: "usability" "REJECTED" "DOCUMENT_CONTENT_NOT_SUPPORTED" => Rejected "document_content_unsupported";
    usability_rejected_digital_copy: "usability" "REJECTED" "DIGITAL_COPY" => Rejected "document_digital_copy";
    image_checks_rejected_failed: "imageChecks" "REJECTED" "FAILED" => Rejected "document_rejected";
    image_checks_rejected_manipulated_document_document_number: "imageChecks" "REJECTED" "MANIPULATED_DOCUMENT_DOCUMENT_NUMBER" => Rejected "document_manipulated_number";
    image_checks_rejected_manipulated_document_dob: "imageChecks" "REJECTED" "MANIPULATED_DOCUMENT_DOB" => Rejected "document_manipulated_birth_date";
    image_checks_rejected_lookups_high_risk_face: "imageChecks" "REJECTED" "LOOKUPS_HIGH_RISK_FACE" => Rejected "reported_fraud_face";
    image_checks_warning_ghost_image_quality_insufficient: "imageChecks" "WARNING" "GHOST_IMAGE_QUALITY_INSUFFICIENT" => Warning "document_ghost_image_faded";
    data_checks_warning_document_expiry_within_configured_limit: "dataChecks" "WARNING" "DOCUMENT_EXPIRY_WITHIN_CONFIGURED_LIMIT" => Warning "document_expires_soon";
    data_checks_warning_id_data_mismatch_low_confidence: "dataChecks" "WARNING" "ID_DATA_MISMATCH_LOW_CONFIDENCE" => Warning "data_mismatch_probable";
    data_checks_warning_id_data_invalid: "dataChecks" "WARNING" "ID_DATA_INVALID" => Warning "data_invalid";
    data_checks_warning_unreadable_datasource: "dataChecks" "WARNING" "UNREADABLE_DATASOURCE" => Warning "data_source_unreadable";
    data_checks_warning_lookups_medium_risk_same_document_number: "dataChecks" "WARNING" "LOOKUPS_MEDIUM_RISK_SAME_DOCUMENT_NUMBER" => Warning "document_number_used_by_another";
    data_checks_rejected_high_fraud_risk: "dataChecks" "REJECTED" "HIGH_FRAUD_RISK" => Rejected "fraud_risk";
    data_checks_rejected_id_data_mismatch: "dataChecks" "REJECTED" "ID_DATA_MISMATCH" => Rejected "data_mismatch";
    data_checks_rejected_lookups_high_risk_same_data: "dataChecks" "REJECTED" "LOOKUPS_HIGH_RISK_SAME_DATA" => Rejected "document_rejected_before";
    data_checks_rejected_lookups_high_risk_same_face_mismatching_data: "dataChecks" "REJECTED" "LOOKUPS_HIGH_RISK_SAME_FACE_MISMATCHING_DATA" => Rejected "data_mismatch_repeated_face";
    data_checks_rejected_lookups_high_risk_device: "dataChecks" "REJECTED" "LOOKUPS_HIGH_RISK_DEVICE" => Rejected "device_rejected_before";
    data_checks_rejected_lookups_high_risk_ip_address: "dataChecks" "REJECTED" "LOOKUPS_HIGH_RISK_IP_ADDRESS" => Rejected "address_rejected_before";
    liveness_warning_liveness_undetermined: "liveness" "WARNING" "LIVENESS_UNDETERMINED" => Warning "liveness_undetermined";
}

#[test]
fn no_row_is_without_a_test() {
    assert_eq!(ROWS.len(), TESTED.len());
    for row in ROWS {
        assert!(
            TESTED
                .iter()
                .any(|(check, kind, label)| (*check, mark(kind), *label) == (row.check, row.mark, row.label)),
            "{}",
            row.label
        );
    }
}

#[test]
fn no_row_stands_twice() {
    for (at, row) in ROWS.iter().enumerate() {
        let again = ROWS
            .iter()
            .skip(at + 1)
            .any(|other| (other.check, other.mark, other.label) == (row.check, row.mark, row.label));
        assert!(!again, "{} {}", row.check, row.label);
    }
}

#[test]
fn every_row_names_its_source() {
    let rows = include_str!("../table.rs")
        .lines()
        .filter(|line| line.trim_start().starts_with("row("));
    assert_eq!(rows.clone().count(), ROWS.len());
    for row in rows {
        let source = row.rsplit_once("// ").map_or("", |(_, source)| source);
        assert!(matches!(source, "G" | "C" | "G C" | "S"), "{row}");
    }
}

#[test]
fn our_words_are_lower_snake_case() {
    for row in ROWS {
        let plain = row.reason.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        assert!(plain && !row.reason.is_empty(), "{}", row.reason);
    }
}

#[test]
fn no_label_passes_under_another_type_than_its_own() {
    for row in ROWS.iter().filter(|row| row.mark != Mark::Passed) {
        assert_ne!(
            judge(row.check, "PASSED", row.label).0,
            Mark::Passed,
            "{} {}",
            row.check,
            row.label
        );
    }
}

#[test]
fn no_label_is_believed_under_an_unknown_type() {
    for row in ROWS {
        for kind in ["", "passed", "APPROVED", "OK"] {
            assert_eq!(
                judge(row.check, kind, row.label).0,
                Mark::Unknown,
                "{} {}",
                row.check,
                row.label
            );
        }
    }
}

/// Jumio's types, from the best to the worst.
const TYPES: [(&str, Mark); 4] = [
    ("PASSED", Mark::Passed),
    ("WARNING", Mark::Warning),
    ("NOT_EXECUTED", Mark::NotExecuted),
    ("REJECTED", Mark::Rejected),
];

/// Every capability with every label of every capability, and words that are in no table.
fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    let checks = ROWS.iter().map(|row| row.check).chain(["newCheck"]);
    checks.flat_map(|check| {
        let labels = ROWS.iter().map(|row| row.label);
        labels
            .chain(["", "NEW_LABEL", "PASSED", "ok"])
            .map(move |label| (check, label))
    })
}

#[test]
fn no_label_is_better_than_its_type() {
    for (check, label) in pairs() {
        for (kind, mark) in TYPES.iter().skip(1) {
            assert_eq!(judge(check, kind, label).0, *mark, "{check} {kind} {label}");
        }
        let passed = judge(check, "PASSED", label).0;
        let documented = ROWS
            .iter()
            .any(|row| (row.check, row.mark, row.label) == (check, Mark::Passed, label));
        let expected = if documented { Mark::Passed } else { Mark::Unknown };
        assert_eq!(passed, expected, "{check} {label}");
    }
}

/// Whoever is rejected for a reason of the table is told more than that they are, or less on purpose. Of one reason the vendor
/// itself says nothing more.
#[test]
fn every_reason_to_reject_has_words_of_its_own() {
    for row in ROWS
        .iter()
        .filter(|row| matches!(row.mark, Mark::Rejected | Mark::Warning))
    {
        let is_without = row.reason == "document_rejected";
        let family = Family::of(&Reason::of(row.reason));
        assert_eq!(family == Family::Other, is_without, "{}", row.reason);
    }
}

#[test]
fn every_reason_is_one_that_the_policies_know() {
    let policy = include_str!("../../../../../policies/TrustFrameworkExtensions.xml");
    for row in ROWS.iter().filter(|row| row.mark != Mark::Passed) {
        let known = format!("<Enumeration Text=\"{}\"", row.reason);
        assert!(policy.contains(&known), "{}", row.reason);
    }
}
