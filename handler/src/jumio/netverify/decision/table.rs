//! Every word that Netverify documents for a result, with our word for it.
//!
//! The letters behind a row name where it is documented:
//! - `R`: retrieval guide, editions of 2021 and 2023-07
//! - `C`: callback guide, edition of 2023-07
//! - `L`: revision log of the retrieval guide only
//! - `S`: seen in the code of public integrations only

use crate::checks::vendor::Mark;
use crate::checks::vendor::Mark::{Passed, Rejected, Warning};

/// One value of `document.status` that is a result.
pub(super) struct Status {
    pub(super) word: &'static str,
    pub(super) mark: Mark,
    /// Where no code says more.
    pub(super) reason: &'static str,
}

/// The values of `document.status`; `NO_ID_UPLOADED` is no result.
#[rustfmt::skip]
pub(super) const STATUSES: &[Status] = &[
    Status { word: "APPROVED_VERIFIED", mark: Passed, reason: "ok" }, // R C
    Status { word: FRAUD, mark: Rejected, reason: "document_rejected" }, // R C
    Status { word: "DENIED_UNSUPPORTED_ID_TYPE", mark: Rejected, reason: "document_type_unsupported" }, // R C
    Status { word: "DENIED_UNSUPPORTED_ID_COUNTRY", mark: Rejected, reason: "document_country_unsupported" }, // R C
    Status { word: UNREADABLE, mark: Rejected, reason: "image_bad_quality" }, // R C
    Status { word: "DENIED_NAME_MISMATCH", mark: Rejected, reason: "data_mismatch" }, // S
    Status { word: "DENIED_UNSUPPORTED_DOCUMENT_TYPE", mark: Rejected, reason: "document_type_unsupported" }, // S
];

const FRAUD: &str = "DENIED_FRAUD";
const UNREADABLE: &str = "ERROR_NOT_READABLE_ID";

/// One reject reason, under the status that it is documented with.
pub(super) struct Code {
    pub(super) number: &'static str,
    pub(super) status: &'static str,
    pub(super) reason: &'static str,
}

const fn fraud(number: &'static str, reason: &'static str) -> Code {
    let status = FRAUD;
    Code {
        number,
        status,
        reason,
    }
}

const fn unreadable(number: &'static str, reason: &'static str) -> Code {
    let status = UNREADABLE;
    Code {
        number,
        status,
        reason,
    }
}

/// `rejectReason.rejectReasonCode`.
#[rustfmt::skip]
pub(super) const CODES: &[Code] = &[
    fraud("100", "document_manipulated"), // C: MANIPULATED_DOCUMENT
    fraud("105", "reported_fraud"), // C: FRAUDSTER
    fraud("106", "document_fake"), // C: FAKE
    fraud("107", "document_different_person"), // C: PHOTO_MISMATCH
    fraud("108", "mrz_checksum"), // C: MRZ_CHECK_FAILED
    fraud("109", "document_punched"), // C: PUNCHED_DOCUMENT
    fraud("110", "chip_certificate_invalid"), // C: CHIP_DATA_MANIPULATED
    fraud("111", "data_mismatch"), // C: MISMATCH_PRINTED_BARCODE_DATA
    fraud("112", "document_chip_missing"), // C: CHIP_MISSING
    fraud("113", "data_mismatch_repeated_face"), // C: MISMATCHING_DATA_REPEATED_FACE
    fraud("114", "document_digital_manipulation"), // C: DIGITAL_MANIPULATION
    fraud("115", "mrz_mismatch"), // C: MISMATCH_HRZ_MRZ_DATA
    fraud("116", "document_manipulated"), // L: SUPERIMPOSED_TEXT
    fraud("118", "document_front_back_mismatch"), // C: MISMATCH_FRONT_BACK
    unreadable("102", "document_photocopy"), // C: PHOTOCOPY_BLACK_WHITE
    unreadable("103", "document_photocopy"), // C: PHOTOCOPY_COLOR
    unreadable("104", "document_digital_copy"), // C: DIGITAL_COPY
    unreadable("200", "image_bad_quality"), // C: NOT_READABLE_DOCUMENT
    unreadable("201", "not_a_document"), // C: NO_DOCUMENT
    unreadable("202", "document_sample"), // C: SAMPLE_DOCUMENT
    unreadable("206", "document_page_missing"), // C: MISSING_BACK
    unreadable("207", "document_page_missing"), // C: WRONG_DOCUMENT_PAGE
    unreadable("209", "document_signature_missing"), // C: MISSING_SIGNATURE
    unreadable("210", "image_black_white"), // C: CAMERA_BLACK_WHITE
    unreadable("211", "document_different_person"), // C: DIFFERENT_PERSONS_SHOWN
    unreadable("213", "document_watermark"), // C: INVALID_WATERMARK
    unreadable("214", "document_page_missing"), // C: MISSING_FRONT
    unreadable("300", "document_rejected"), // C: MANUAL_REJECTION
];

/// `rejectReason.rejectReasonDetails[].detailsCode`: code, detail, our word.
#[rustfmt::skip]
pub(super) const DETAILS: &[(&str, &str, &str)] = &[
    ("100", "1001", "document_manipulated_photo"), // C: PHOTO
    ("100", "1002", "document_manipulated_number"), // C: DOCUMENT_NUMBER
    ("100", "1003", "document_manipulated_expiry"), // C: EXPIRY
    ("100", "1004", "document_manipulated_birth_date"), // C: DOB
    ("100", "1005", "document_manipulated_name"), // C: NAME
    ("100", "1006", "document_manipulated_address"), // C: ADDRESS
    ("100", "1007", "document_manipulated_security_checks"), // C: SECURITY_CHECKS
    ("100", "1008", "document_manipulated_signature"), // C: SIGNATURE
    ("100", "1009", "document_manipulated_personal_number"), // C: PERSONAL_NUMBER
    ("100", "10011", "document_manipulated_place_of_birth"), // C: PLACE_OF_BIRTH
    ("200", "2001", "image_blurred"), // C: BLURRED
    ("200", "2002", "image_bad_quality"), // C: BAD_QUALITY
    ("200", "2003", "document_part_missing"), // C: MISSING_PART_DOCUMENT
    ("200", "2004", "document_part_hidden"), // C: HIDDEN_PART_DOCUMENT
    ("200", "2005", "document_damaged"), // C: DAMAGED_DOCUMENT
    ("200", "2006", "image_glare"), // C: GLARE
    ("200", "2007", "document_data_missing"), // C: MISSING_MANDATORY_DATAPOINTS
];

/// One value of `identityVerification.similarity`.
pub(super) struct Similarity {
    pub(super) word: &'static str,
    pub(super) mark: Mark,
    pub(super) reason: &'static str,
}

/// `identityVerification.similarity`.
#[rustfmt::skip]
pub(super) const SIMILARITIES: &[Similarity] = &[
    Similarity { word: "MATCH", mark: Passed, reason: "match" }, // R C
    Similarity { word: "NO_MATCH", mark: Rejected, reason: "face_mismatch" }, // R C
    Similarity { word: "NOT_POSSIBLE", mark: Warning, reason: "face_comparison_not_possible" }, // R C
];

/// `identityVerification.reason` where the validity is false.
#[rustfmt::skip]
pub(super) const INVALIDITIES: &[(&str, &str)] = &[
    ("SELFIE_CROPPED_FROM_ID", "selfie_from_document"), // R C
    ("ENTIRE_ID_USED_AS_SELFIE", "selfie_from_document"), // R C
    ("MULTIPLE_PEOPLE", "selfie_multiple_people"), // R C
    ("SELFIE_IS_SCREEN_PAPER_VIDEO", "selfie_digital_copy"), // R C
    ("SELFIE_MANIPULATED", "selfie_manipulated"), // R C
    ("AGE_DIFFERENCE_TOO_BIG", "selfie_age_difference"), // R C
    ("NO_FACE_PRESENT", "selfie_no_face"), // R C
    ("FACE_NOT_FULLY_VISIBLE", "selfie_face_hidden"), // R C
    ("BAD_QUALITY", "selfie_bad_quality"), // R C
    ("BLACK_AND_WHITE", "selfie_black_white"), // R C
    ("LIVENESS_FAILED", "liveness_undetermined"), // R C
];

/// Not valid, and nothing says why.
pub(super) const INVALID: &str = "liveness_undetermined";

pub(super) fn status(word: &str) -> Option<&'static Status> {
    STATUSES.iter().find(|row| row.word == word)
}

pub(super) fn code(number: &str) -> Option<&'static Code> {
    CODES.iter().find(|row| row.number == number)
}

pub(super) fn detail(code: &str, detail: &str) -> Option<&'static str> {
    let row = DETAILS.iter().find(|row| (row.0, row.1) == (code, detail));
    row.map(|row| row.2)
}

pub(super) fn similarity(word: &str) -> Option<&'static Similarity> {
    SIMILARITIES.iter().find(|row| row.word == word)
}

pub(super) fn invalid(word: &str) -> Option<&'static str> {
    let row = INVALIDITIES.iter().find(|row| row.0 == word);
    row.map(|row| row.1)
}

#[cfg(test)]
mod tests;
