//! Reject reasons and their details: code and description.

/// `document.status` and `verificationStatus` of a document that is accepted.
pub(super) const APPROVED: &str = "APPROVED_VERIFIED";
pub(super) const FRAUD: &str = "DENIED_FRAUD";
pub(super) const UNREADABLE: &str = "ERROR_NOT_READABLE_ID";
pub(super) const NO_ID: &str = "NO_ID_UPLOADED";

/// A reject reason: code, description, and the status it comes with.
pub(super) type Reason = (&'static str, &'static str, &'static str);

/// Every reject reason of the callback guide and of the retrieval guide's revision log.
pub(super) const REASONS: &[Reason] = &[
    ("100", "MANIPULATED_DOCUMENT", FRAUD),
    ("105", "FRAUDSTER", FRAUD),
    ("106", "FAKE", FRAUD),
    ("107", "PHOTO_MISMATCH", FRAUD),
    ("108", "MRZ_CHECK_FAILED", FRAUD),
    ("109", "PUNCHED_DOCUMENT", FRAUD),
    ("110", "CHIP_DATA_MANIPULATED", FRAUD),
    ("111", "MISMATCH_PRINTED_BARCODE_DATA", FRAUD),
    ("112", "CHIP_MISSING", FRAUD),
    ("113", "MISMATCHING_DATA_REPEATED_FACE", FRAUD),
    ("114", "DIGITAL_MANIPULATION", FRAUD),
    ("115", "MISMATCH_HRZ_MRZ_DATA", FRAUD),
    ("116", "SUPERIMPOSED_TEXT", FRAUD),
    ("118", "MISMATCH_FRONT_BACK", FRAUD),
    ("102", "PHOTOCOPY_BLACK_WHITE", UNREADABLE),
    ("103", "PHOTOCOPY_COLOR", UNREADABLE),
    ("104", "DIGITAL_COPY", UNREADABLE),
    ("200", "NOT_READABLE_DOCUMENT", UNREADABLE),
    ("201", "NO_DOCUMENT", UNREADABLE),
    ("202", "SAMPLE_DOCUMENT", UNREADABLE),
    ("206", "MISSING_BACK", UNREADABLE),
    ("207", "WRONG_DOCUMENT_PAGE", UNREADABLE),
    ("209", "MISSING_SIGNATURE", UNREADABLE),
    ("210", "CAMERA_BLACK_WHITE", UNREADABLE),
    ("211", "DIFFERENT_PERSONS_SHOWN", UNREADABLE),
    ("213", "INVALID_WATERMARK", UNREADABLE),
    ("214", "MISSING_FRONT", UNREADABLE),
    ("300", "MANUAL_REJECTION", UNREADABLE),
];

/// What is wrong with a document that was manipulated (100) or cannot be read (200).
pub(super) const DETAILS: &[(&str, &str)] = &[
    ("1001", "PHOTO"),
    ("1002", "DOCUMENT_NUMBER"),
    ("1003", "EXPIRY"),
    ("1004", "DOB"),
    ("1005", "NAME"),
    ("1006", "ADDRESS"),
    ("1007", "SECURITY_CHECKS"),
    ("1008", "SIGNATURE"),
    ("1009", "PERSONAL_NUMBER"),
    ("10011", "PLACE_OF_BIRTH"),
    ("2001", "BLURRED"),
    ("2002", "BAD_QUALITY"),
    ("2003", "MISSING_PART_DOCUMENT"),
    ("2004", "HIDDEN_PART_DOCUMENT"),
    ("2005", "DAMAGED_DOCUMENT"),
    ("2006", "GLARE"),
    ("2007", "MISSING_MANDATORY_DATAPOINTS"),
];

/// The reason of a code.
pub(super) fn reason(code: &str) -> Option<Reason> {
    REASONS.iter().find(|(known, ..)| *known == code).copied()
}

/// The description of a detail.
pub(super) fn detail(code: &str) -> Option<&'static str> {
    let found = DETAILS.iter().find(|(known, _)| *known == code);
    found.map(|(_, description)| *description)
}
