//! What a scenario's decisions are in Netverify's words.
//!
//! Jumio's migration guide has the full table; pairs here are made from names. Netverify knows no warnings: a warning
//! that it has no reject reason for is no finding.

use super::super::verdict::{Decision, NOT_EXECUTED, PASSED, REJECTED, WARNING};

/// One finding about a document or a selfie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// A status without a reason.
    Status(&'static str),
    /// A reject reason, and a detail of it.
    Reason(&'static str, Option<&'static str>),
    /// The selfie shows somebody else, or cannot be compared.
    Similarity(&'static str),
    /// The selfie is not one, for this reason.
    Invalid(&'static str),
    /// The face was seen before.
    Repeated,
    /// An entry of `additionalChecks`.
    Additional(&'static str),
    /// A check did not run.
    Missing,
}

use Finding::{Additional, Invalid, Missing, Reason, Repeated, Similarity, Status};

/// By capability and label.
const KNOWN: &[(&str, &str, Finding)] = &[
    ("usability", "BLURRED", Reason("200", Some("2001"))),
    ("usability", "BAD_QUALITY", Reason("200", Some("2002"))),
    ("usability", "BAD_QUALITY_IMAGE", Reason("200", Some("2002"))),
    (
        "usability",
        "PART_OF_DOCUMENT_MISSING",
        Reason("200", Some("2003")),
    ),
    (
        "usability",
        "PART_OF_DOCUMENT_HIDDEN",
        Reason("200", Some("2004")),
    ),
    ("usability", "DAMAGED_DOCUMENT", Reason("200", Some("2005"))),
    ("usability", "GLARE", Reason("200", Some("2006"))),
    (
        "usability",
        "MISSING_MANDATORY_DATAPOINTS",
        Reason("200", Some("2007")),
    ),
    ("usability", "BLACK_WHITE", Reason("210", None)),
    ("usability", "MISSING_PAGE", Reason("206", None)),
    ("usability", "MISSING_SIGNATURE", Reason("209", None)),
    ("usability", "NOT_A_DOCUMENT", Reason("201", None)),
    ("usability", "PHOTOCOPY", Reason("103", None)),
    ("usability", "DOCUMENT_CONTENT_NOT_SUPPORTED", Reason("207", None)),
    ("usability", "DIGITAL_COPY", Reason("104", None)),
    ("usability", "LIVENESS_UNDETERMINED", Invalid("LIVENESS_FAILED")),
    (
        "usability",
        "UNSUPPORTED_COUNTRY",
        Status("DENIED_UNSUPPORTED_ID_COUNTRY"),
    ),
    (
        "usability",
        "UNSUPPORTED_DOCUMENT_TYPE",
        Status("DENIED_UNSUPPORTED_ID_TYPE"),
    ),
    ("imageChecks", "DIGITAL_COPY", Reason("104", None)),
    ("imageChecks", "WATERMARK", Reason("213", None)),
    ("imageChecks", "MANIPULATED_DOCUMENT", Reason("100", Some("1007"))),
    (
        "imageChecks",
        "MANIPULATED_DOCUMENT_PHOTO",
        Reason("100", Some("1001")),
    ),
    (
        "imageChecks",
        "MANIPULATED_DOCUMENT_DOCUMENT_NUMBER",
        Reason("100", Some("1002")),
    ),
    (
        "imageChecks",
        "MANIPULATED_DOCUMENT_EXPIRY",
        Reason("100", Some("1003")),
    ),
    (
        "imageChecks",
        "MANIPULATED_DOCUMENT_DOB",
        Reason("100", Some("1004")),
    ),
    (
        "imageChecks",
        "MANIPULATED_DOCUMENT_NAME",
        Reason("100", Some("1005")),
    ),
    (
        "imageChecks",
        "MANIPULATED_DOCUMENT_ADDRESS",
        Reason("100", Some("1006")),
    ),
    (
        "imageChecks",
        "MANIPULATED_DOCUMENT_SECURITY_CHECKS",
        Reason("100", Some("1007")),
    ),
    (
        "imageChecks",
        "MANIPULATED_DOCUMENT_SIGNATURE",
        Reason("100", Some("1008")),
    ),
    (
        "imageChecks",
        "MANIPULATED_DOCUMENT_PERSONAL_NUMBER",
        Reason("100", Some("1009")),
    ),
    (
        "imageChecks",
        "MANIPULATED_DOCUMENT_PLACE_OF_BIRTH",
        Reason("100", Some("10011")),
    ),
    ("imageChecks", "MANIPULATED_DOCUMENT_GENDER", Reason("100", None)),
    (
        "imageChecks",
        "MANIPULATED_DOCUMENT_ISSUING_DATE",
        Reason("100", None),
    ),
    ("imageChecks", "GHOST_IMAGE_DIFFERENT", Reason("107", None)),
    ("imageChecks", "PUNCHED", Reason("109", None)),
    ("imageChecks", "SAMPLE", Reason("202", None)),
    ("imageChecks", "FAKE", Reason("106", None)),
    ("imageChecks", "CHIP_MISSING", Reason("112", None)),
    ("imageChecks", "DIGITAL_MANIPULATION", Reason("114", None)),
    ("imageChecks", "MISMATCH_FRONT_BACK", Reason("118", None)),
    ("imageChecks", "LOOKUPS_HIGH_RISK_FACE", Reason("105", None)),
    ("imageChecks", "DIFFERENT_PERSON", Reason("211", None)),
    ("imageChecks", "REPEATED_FACE", Repeated),
    ("dataChecks", "NFC_CERTIFICATE", Reason("110", None)),
    ("dataChecks", "MISMATCHING_DATAPOINTS", Reason("111", None)),
    ("dataChecks", "MRZ_CHECKSUM", Reason("108", None)),
    (
        "dataChecks",
        "MISMATCHING_DATA_REPEATED_FACE",
        Reason("113", None),
    ),
    ("dataChecks", "MISMATCH_HRZ_MRZ_DATA", Reason("115", None)),
    ("dataChecks", "HIGH_FRAUD_RISK", Reason("105", None)),
    ("dataChecks", "ID_DATA_MISMATCH", Status("DENIED_NAME_MISMATCH")),
    ("dataChecks", "LOOKUPS_HIGH_RISK_SAME_DATA", Reason("105", None)),
    (
        "dataChecks",
        "LOOKUPS_HIGH_RISK_SAME_FACE_MISMATCHING_DATA",
        Reason("113", None),
    ),
    ("dataChecks", "LOOKUPS_HIGH_RISK_DEVICE", Reason("105", None)),
    ("dataChecks", "LOOKUPS_HIGH_RISK_IP_ADDRESS", Reason("105", None)),
    ("liveness", "LIVENESS_UNDETERMINED", Invalid("LIVENESS_FAILED")),
    (
        "liveness",
        "ID_USED_AS_SELFIE",
        Invalid("ENTIRE_ID_USED_AS_SELFIE"),
    ),
    ("liveness", "MULTIPLE_PEOPLE", Invalid("MULTIPLE_PEOPLE")),
    (
        "liveness",
        "DIGITAL_COPY",
        Invalid("SELFIE_IS_SCREEN_PAPER_VIDEO"),
    ),
    ("liveness", "PHOTOCOPY", Invalid("SELFIE_CROPPED_FROM_ID")),
    ("liveness", "MANIPULATED", Invalid("SELFIE_MANIPULATED")),
    ("liveness", "NO_FACE_PRESENT", Invalid("NO_FACE_PRESENT")),
    (
        "liveness",
        "FACE_NOT_FULLY_VISIBLE",
        Invalid("FACE_NOT_FULLY_VISIBLE"),
    ),
    ("liveness", "BLACK_WHITE", Invalid("BLACK_AND_WHITE")),
    ("liveness", "AGE_DIFFERENCE", Invalid("AGE_DIFFERENCE_TOO_BIG")),
    ("liveness", "BAD_QUALITY", Invalid("BAD_QUALITY")),
    ("similarity", "NO_MATCH", Similarity("NO_MATCH")),
    ("similarity", "NOT_POSSIBLE", Similarity("NOT_POSSIBLE")),
];

/// Capabilities that Netverify tells about in `additionalChecks`, whatever they decided.
const ADDITIONAL: [&str; 3] = ["watchlistScreening", "addressValidation", "proofOfResidency"];

/// What Netverify finds where KYX decided this.
pub(super) fn of(capability: &str, decision: &Decision) -> Option<Finding> {
    if let Some(name) = ADDITIONAL.into_iter().find(|name| *name == capability) {
        return Some(Additional(name));
    }
    if decision.kind == PASSED {
        return None;
    }
    let found = KNOWN
        .iter()
        .find(|(name, label, _)| *name == capability && *label == decision.label);
    found
        .map(|(.., finding)| *finding)
        .or_else(|| by_kind(capability, &decision.kind))
}

/// For labels without a word of their own.
fn by_kind(capability: &str, kind: &str) -> Option<Finding> {
    match (kind, capability) {
        (REJECTED, "usability" | "extraction") | (WARNING, "usability") => Some(Reason("200", None)),
        (REJECTED, "liveness" | "authentication") => Some(Invalid("LIVENESS_FAILED")),
        (REJECTED, "similarity") => Some(Similarity("NO_MATCH")),
        (REJECTED, _) => Some(Reason("300", None)),
        (NOT_EXECUTED, _) => Some(Missing),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::capability::CAPABILITIES;
    use super::super::codes::{detail, reason};
    use super::*;

    #[test]
    fn every_pair_is_of_a_label_and_of_a_code_that_exist() {
        for (name, label, finding) in KNOWN {
            let capability = CAPABILITIES.iter().find(|known| known.name == *name).unwrap();
            assert!(capability.decision_type(label).is_some(), "{name}/{label}");
            if let Reason(code, more) = finding {
                assert!(reason(code).is_some(), "{code}");
                assert!(more.is_none_or(|more| detail(more).is_some()), "{more:?}");
            }
        }
    }

    #[test]
    fn no_rejection_is_without_a_finding() {
        for capability in CAPABILITIES {
            for label in capability.rejected {
                let decision = Decision::new(REJECTED, label);
                assert!(
                    of(capability.name, &decision).is_some(),
                    "{} {label}",
                    capability.name
                );
            }
        }
        assert_eq!(
            of("usability", &Decision::new(REJECTED, "TOO_DARK")),
            Some(Reason("200", None))
        );
    }

    #[test]
    fn a_pass_is_no_finding() {
        assert_eq!(of("liveness", &Decision::new(PASSED, "OK")), None);
        assert_eq!(of("dataChecks", &Decision::new(WARNING, "ID_DATA_INVALID")), None);
    }
}
