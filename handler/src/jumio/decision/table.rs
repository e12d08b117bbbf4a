//! Every label Jumio documents, per capability, with the type it comes with and our word for it.
//!
//! The letters behind a row name where it is documented:
//! - `G`: KYX API guide, edition of 2023-07, "Capabilities" of the details answer
//! - `C`: capability pages of documentation.jumio.ai and docs.jumio.com, read in 2026-11
//! - `S`: seen in the code of public integrations only
//!
//! A label may come with more than one type: tenants have rules of their own, and Jumio has moved labels.

use crate::checks::vendor::Mark;
use crate::checks::vendor::Mark::{NotExecuted, Passed, Rejected, Warning};

/// One label of one capability, under one type.
pub(super) struct Row {
    pub(super) check: &'static str,
    pub(super) mark: Mark,
    pub(super) label: &'static str,
    pub(super) reason: &'static str,
}

const fn row(check: &'static str, mark: Mark, label: &'static str, reason: &'static str) -> Row {
    Row {
        check,
        mark,
        label,
        reason,
    }
}

/// The table.
#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("usability", Passed, "OK", "ok"), // G C
    row("usability", Rejected, "BAD_QUALITY", "image_bad_quality"), // G
    row("usability", Rejected, "BLURRED", "image_blurred"), // G C
    row("usability", Rejected, "BAD_QUALITY_IMAGE", "image_bad_quality"), // G C
    row("usability", Rejected, "PART_OF_DOCUMENT_MISSING", "document_part_missing"), // G C
    row("usability", Rejected, "PART_OF_DOCUMENT_HIDDEN", "document_part_hidden"), // G C
    row("usability", Rejected, "DAMAGED_DOCUMENT", "document_damaged"), // G C
    row("usability", Rejected, "GLARE", "image_glare"), // G C
    row("usability", Rejected, "MISSING_MANDATORY_DATAPOINTS", "document_data_missing"), // G C
    row("usability", Rejected, "BLACK_WHITE", "image_black_white"), // G C
    row("usability", Rejected, "MISSING_PAGE", "document_page_missing"), // G C
    row("usability", Rejected, "MISSING_SIGNATURE", "document_signature_missing"), // G C
    row("usability", Rejected, "NOT_A_DOCUMENT", "not_a_document"), // G C
    row("usability", Rejected, "PHOTOCOPY", "document_photocopy"), // G C
    row("usability", Rejected, "DOCUMENT_CONTENT_NOT_SUPPORTED", "document_content_unsupported"), // C
    row("usability", Rejected, "DIGITAL_COPY", "document_digital_copy"), // C
    row("usability", Warning, "LIVENESS_UNDETERMINED", "liveness_undetermined"), // G
    row("usability", Warning, "UNSUPPORTED_COUNTRY", "document_country_unsupported"), // G C
    row("usability", Warning, "UNSUPPORTED_DOCUMENT_TYPE", "document_type_unsupported"), // G C
    row("usability", NotExecuted, "TECHNICAL_ERROR", "technical_error"), // G C
    row("usability", NotExecuted, "NOT_UPLOADED", "not_uploaded"), // G C
    row("imageChecks", Passed, "OK", "ok"), // G C
    row("imageChecks", Rejected, "DIGITAL_COPY", "document_digital_copy"), // G
    row("imageChecks", Rejected, "WATERMARK", "document_watermark"), // G C
    row("imageChecks", Rejected, "MANIPULATED_DOCUMENT", "document_manipulated"), // G C
    row("imageChecks", Rejected, "MANIPULATED_DOCUMENT_PHOTO", "document_manipulated_photo"), // G C
    row("imageChecks", Rejected, "MANIPULATED_DOCUMENT_EXPIRY", "document_manipulated_expiry"), // G C
    row("imageChecks", Rejected, "MANIPULATED_DOCUMENT_NAME", "document_manipulated_name"), // G C
    row("imageChecks", Rejected, "MANIPULATED_DOCUMENT_ADDRESS", "document_manipulated_address"), // G C
    row("imageChecks", Rejected, "MANIPULATED_DOCUMENT_SECURITY_CHECKS", "document_manipulated_security_checks"), // G C
    row("imageChecks", Rejected, "MANIPULATED_DOCUMENT_SIGNATURE", "document_manipulated_signature"), // G C
    row("imageChecks", Rejected, "MANIPULATED_DOCUMENT_PERSONAL_NUMBER", "document_manipulated_personal_number"), // G C
    row("imageChecks", Rejected, "MANIPULATED_DOCUMENT_PLACE_OF_BIRTH", "document_manipulated_place_of_birth"), // G C
    row("imageChecks", Rejected, "MANIPULATED_DOCUMENT_GENDER", "document_manipulated_gender"), // G C
    row("imageChecks", Rejected, "MANIPULATED_DOCUMENT_ISSUING_DATE", "document_manipulated_issuing_date"), // G C
    row("imageChecks", Rejected, "OTHER_REJECTION", "document_rejected"), // G C
    row("imageChecks", Rejected, "GHOST_IMAGE_DIFFERENT", "document_ghost_image_different"), // G C
    row("imageChecks", Rejected, "PUNCHED", "document_punched"), // G C
    row("imageChecks", Rejected, "SAMPLE", "document_sample"), // G C
    row("imageChecks", Rejected, "FAKE", "document_fake"), // G C
    row("imageChecks", Rejected, "CHIP_MISSING", "document_chip_missing"), // G C
    row("imageChecks", Rejected, "DIGITAL_MANIPULATION", "document_digital_manipulation"), // G C
    row("imageChecks", Rejected, "MISMATCH_FRONT_BACK", "document_front_back_mismatch"), // G C
    row("imageChecks", Rejected, "FAILED", "document_rejected"), // C
    row("imageChecks", Rejected, "MANIPULATED_DOCUMENT_DOCUMENT_NUMBER", "document_manipulated_number"), // C
    row("imageChecks", Rejected, "MANIPULATED_DOCUMENT_DOB", "document_manipulated_birth_date"), // C
    row("imageChecks", Rejected, "LOOKUPS_HIGH_RISK_FACE", "reported_fraud_face"), // C
    row("imageChecks", Warning, "DIFFERENT_PERSON", "document_different_person"), // G C
    row("imageChecks", Warning, "REPEATED_FACE", "repeated_face"), // G C
    row("imageChecks", Warning, "GHOST_IMAGE_QUALITY_INSUFFICIENT", "document_ghost_image_faded"), // C
    row("imageChecks", NotExecuted, "PRECONDITION_NOT_FULFILLED", "precondition_not_fulfilled"), // G C
    row("imageChecks", NotExecuted, "TECHNICAL_ERROR", "technical_error"), // G C
    row("extraction", Passed, "OK", "ok"), // G C
    row("extraction", NotExecuted, "PRECONDITION_NOT_FULFILLED", "precondition_not_fulfilled"), // G C
    row("extraction", NotExecuted, "TECHNICAL_ERROR", "technical_error"), // G C
    row("dataChecks", Passed, "OK", "ok"), // G C
    row("dataChecks", Rejected, "NFC_CERTIFICATE", "chip_certificate_invalid"), // G C
    row("dataChecks", Rejected, "MISMATCHING_DATAPOINTS", "data_mismatch"), // G C
    row("dataChecks", Rejected, "MRZ_CHECKSUM", "mrz_checksum"), // G C
    row("dataChecks", Rejected, "MISMATCHING_DATA_REPEATED_FACE", "data_mismatch_repeated_face"), // G C
    row("dataChecks", Rejected, "MISMATCH_HRZ_MRZ_DATA", "mrz_mismatch"), // G C
    row("dataChecks", Rejected, "CUSTOMER_FEEDBACK", "reported_fraud"), // G C
    row("dataChecks", Rejected, "HIGH_FRAUD_RISK", "fraud_risk"), // C
    row("dataChecks", Rejected, "ID_DATA_MISMATCH", "data_mismatch"), // C
    row("dataChecks", Rejected, "LOOKUPS_HIGH_RISK_SAME_DATA", "document_rejected_before"), // C
    row("dataChecks", Rejected, "LOOKUPS_HIGH_RISK_SAME_FACE_MISMATCHING_DATA", "data_mismatch_repeated_face"), // C
    row("dataChecks", Rejected, "LOOKUPS_HIGH_RISK_DEVICE", "device_rejected_before"), // C
    row("dataChecks", Rejected, "LOOKUPS_HIGH_RISK_IP_ADDRESS", "address_rejected_before"), // C
    row("dataChecks", Warning, "DOCUMENT_EXPIRY_WITHIN_CONFIGURED_LIMIT", "document_expires_soon"), // C
    row("dataChecks", Warning, "ID_DATA_MISMATCH_LOW_CONFIDENCE", "data_mismatch_probable"), // C
    row("dataChecks", Warning, "ID_DATA_INVALID", "data_invalid"), // C
    row("dataChecks", Warning, "UNREADABLE_DATASOURCE", "data_source_unreadable"), // C
    row("dataChecks", Warning, "LOOKUPS_MEDIUM_RISK_SAME_DOCUMENT_NUMBER", "document_number_used_by_another"), // C
    row("dataChecks", NotExecuted, "PRECONDITION_NOT_FULFILLED", "precondition_not_fulfilled"), // G C
    row("dataChecks", NotExecuted, "TECHNICAL_ERROR", "technical_error"), // G C
    row("liveness", Passed, "OK", "ok"), // G C
    row("liveness", Rejected, "LIVENESS_UNDETERMINED", "liveness_undetermined"), // G C
    row("liveness", Rejected, "ID_USED_AS_SELFIE", "selfie_from_document"), // G C
    row("liveness", Rejected, "MULTIPLE_PEOPLE", "selfie_multiple_people"), // G C
    row("liveness", Rejected, "DIGITAL_COPY", "selfie_digital_copy"), // G C
    row("liveness", Rejected, "PHOTOCOPY", "selfie_photocopy"), // G C
    row("liveness", Rejected, "MANIPULATED", "selfie_manipulated"), // G C
    row("liveness", Rejected, "NO_FACE_PRESENT", "selfie_no_face"), // G C
    row("liveness", Rejected, "FACE_NOT_FULLY_VISIBLE", "selfie_face_hidden"), // G C
    row("liveness", Rejected, "BLACK_WHITE", "selfie_black_white"), // G C
    row("liveness", Warning, "AGE_DIFFERENCE", "selfie_age_difference"), // G C
    row("liveness", Warning, "BAD_QUALITY", "selfie_bad_quality"), // G C
    row("liveness", Warning, "LIVENESS_UNDETERMINED", "liveness_undetermined"), // S
    row("liveness", NotExecuted, "PRECONDITION_NOT_FULFILLED", "precondition_not_fulfilled"), // G C
    row("liveness", NotExecuted, "TECHNICAL_ERROR", "technical_error"), // G C
    row("similarity", Passed, "MATCH", "match"), // G C
    row("similarity", Rejected, "NO_MATCH", "face_mismatch"), // G C
    row("similarity", Warning, "NOT_POSSIBLE", "face_comparison_not_possible"), // G C
    row("similarity", NotExecuted, "PRECONDITION_NOT_FULFILLED", "precondition_not_fulfilled"), // G C
    row("similarity", NotExecuted, "TECHNICAL_ERROR", "technical_error"), // G C
    row("authentication", Passed, "OK", "ok"), // G C
    row("authentication", Rejected, "FAILED", "authentication_failed"), // G C
    row("authentication", NotExecuted, "PRECONDITION_NOT_FULFILLED", "precondition_not_fulfilled"), // G C
    row("authentication", NotExecuted, "TECHNICAL_ERROR", "technical_error"), // G C
    row("watchlistScreening", Passed, "OK", "ok"), // G C
    row("watchlistScreening", Warning, "ALERT", "watchlist_alert"), // G C
    row("watchlistScreening", NotExecuted, "NOT_ENOUGH_DATA", "not_enough_data"), // G C
    row("watchlistScreening", NotExecuted, "VALIDATION_FAILED", "validation_failed"), // G C
    row("watchlistScreening", NotExecuted, "INVALID_MERCHANT_SETTINGS", "vendor_settings_invalid"), // G C
    row("watchlistScreening", NotExecuted, "TECHNICAL_ERROR", "technical_error"), // G C
    row("watchlistScreening", NotExecuted, "EXTRACTION_NOT_DONE", "extraction_not_done"), // G C
    row("watchlistScreening", NotExecuted, "NO_VALID_ID_CREDENTIAL", "no_valid_document"), // G C
    row("watchlistScreening", NotExecuted, "PRECONDITION_NOT_FULFILLED", "precondition_not_fulfilled"), // G C
    row("addressValidation", Passed, "OK", "ok"), // G
    row("addressValidation", Rejected, "DENY", "address_denied"), // G
    row("addressValidation", Warning, "ALERT", "address_alert"), // G
    row("addressValidation", NotExecuted, "NOT_ENOUGH_DATA", "not_enough_data"), // G
    row("addressValidation", NotExecuted, "TECHNICAL_ERROR", "technical_error"), // G
    row("addressValidation", NotExecuted, "UNSUPPORTED_COUNTRY", "country_unsupported"), // G
    row("addressValidation", NotExecuted, "PRECONDITION_NOT_FULFILLED", "precondition_not_fulfilled"), // G
    row("proofOfResidency", Passed, "OK", "ok"), // G
    row("proofOfResidency", Rejected, "DENY", "residency_denied"), // G
    row("proofOfResidency", Warning, "ALERT", "residency_alert"), // G
    row("proofOfResidency", NotExecuted, "NOT_ENOUGH_DATA", "not_enough_data"), // G
    row("proofOfResidency", NotExecuted, "TECHNICAL_ERROR", "technical_error"), // G
    row("proofOfResidency", NotExecuted, "UNSUPPORTED_COUNTRY", "country_unsupported"), // G
    row("proofOfResidency", NotExecuted, "PRECONDITION_NOT_FULFILLED", "precondition_not_fulfilled"), // G
    row("drivingLicenseVerification", Passed, "OK", "ok"), // G
    row("drivingLicenseVerification", Rejected, "DENY", "driving_license_denied"), // G
    row("drivingLicenseVerification", Warning, "ALERT", "driving_license_alert"), // G
    row("drivingLicenseVerification", NotExecuted, "TECHNICAL_ERROR", "technical_error"), // G
    row("drivingLicenseVerification", NotExecuted, "UNSUPPORTED_COUNTRY", "country_unsupported"), // G
    row("drivingLicenseVerification", NotExecuted, "UNSUPPORTED_STATE", "state_unsupported"), // G
    row("drivingLicenseVerification", NotExecuted, "PRECONDITION_NOT_FULFILLED", "precondition_not_fulfilled"), // G
    row("drivingLicenseVerification", NotExecuted, "VALIDATION_FAILED", "validation_failed"), // G
];

#[cfg(test)]
mod tests;
