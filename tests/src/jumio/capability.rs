//! Jumio's capabilities and the labels each may end with.

/// One capability of a workflow.
#[derive(Debug)]
pub(super) struct Capability {
    pub(super) name: &'static str,
    /// Categories of the credentials one entry is about.
    pub(super) about: &'static [&'static str],
    /// Capabilities that must be fulfilled first.
    pub(super) needs: &'static [&'static str],
    /// Part of every ID-and-identity workflow.
    pub(super) usual: bool,
    pub(super) passed: &'static str,
    pub(super) rejected: &'static [&'static str],
    pub(super) warning: &'static [&'static str],
    pub(super) not_executed: &'static [&'static str],
}

const SKIPPED: &[&str] = &["PRECONDITION_NOT_FULFILLED", "TECHNICAL_ERROR"];

/// In the order they are executed.
pub(super) const CAPABILITIES: &[Capability] = &[
    Capability {
        name: "usability",
        about: &["ID"],
        needs: &[],
        usual: true,
        passed: "OK",
        rejected: &[
            "BAD_QUALITY",
            "BLURRED",
            "BAD_QUALITY_IMAGE",
            "PART_OF_DOCUMENT_MISSING",
            "PART_OF_DOCUMENT_HIDDEN",
            "DAMAGED_DOCUMENT",
            "GLARE",
            "MISSING_MANDATORY_DATAPOINTS",
            "BLACK_WHITE",
            "MISSING_PAGE",
            "MISSING_SIGNATURE",
            "NOT_A_DOCUMENT",
            "PHOTOCOPY",
            "DOCUMENT_CONTENT_NOT_SUPPORTED",
            "DIGITAL_COPY",
        ],
        warning: &[
            "LIVENESS_UNDETERMINED",
            "UNSUPPORTED_COUNTRY",
            "UNSUPPORTED_DOCUMENT_TYPE",
        ],
        not_executed: &["TECHNICAL_ERROR", "NOT_UPLOADED"],
    },
    Capability {
        name: "imageChecks",
        about: &["ID"],
        needs: &["usability"],
        usual: true,
        passed: "OK",
        rejected: &[
            "DIGITAL_COPY",
            "WATERMARK",
            "MANIPULATED_DOCUMENT",
            "MANIPULATED_DOCUMENT_PHOTO",
            "MANIPULATED_DOCUMENT_EXPIRY",
            "MANIPULATED_DOCUMENT_NAME",
            "MANIPULATED_DOCUMENT_ADDRESS",
            "MANIPULATED_DOCUMENT_SECURITY_CHECKS",
            "MANIPULATED_DOCUMENT_SIGNATURE",
            "MANIPULATED_DOCUMENT_PERSONAL_NUMBER",
            "MANIPULATED_DOCUMENT_PLACE_OF_BIRTH",
            "MANIPULATED_DOCUMENT_GENDER",
            "MANIPULATED_DOCUMENT_ISSUING_DATE",
            "OTHER_REJECTION",
            "GHOST_IMAGE_DIFFERENT",
            "PUNCHED",
            "SAMPLE",
            "FAKE",
            "CHIP_MISSING",
            "DIGITAL_MANIPULATION",
            "MISMATCH_FRONT_BACK",
            "FAILED",
            "MANIPULATED_DOCUMENT_DOCUMENT_NUMBER",
            "MANIPULATED_DOCUMENT_DOB",
            "LOOKUPS_HIGH_RISK_FACE",
        ],
        warning: &[
            "DIFFERENT_PERSON",
            "REPEATED_FACE",
            "GHOST_IMAGE_QUALITY_INSUFFICIENT",
        ],
        not_executed: SKIPPED,
    },
    Capability {
        name: "extraction",
        about: &["ID"],
        needs: &["usability", "imageChecks"],
        usual: true,
        passed: "OK",
        rejected: &[],
        warning: &[],
        not_executed: SKIPPED,
    },
    Capability {
        name: "dataChecks",
        about: &["ID"],
        needs: &["usability", "imageChecks", "extraction"],
        usual: true,
        passed: "OK",
        rejected: &[
            "NFC_CERTIFICATE",
            "MISMATCHING_DATAPOINTS",
            "MRZ_CHECKSUM",
            "MISMATCHING_DATA_REPEATED_FACE",
            "MISMATCH_HRZ_MRZ_DATA",
            "CUSTOMER_FEEDBACK",
            "HIGH_FRAUD_RISK",
            "ID_DATA_MISMATCH",
            "LOOKUPS_HIGH_RISK_SAME_DATA",
            "LOOKUPS_HIGH_RISK_SAME_FACE_MISMATCHING_DATA",
            "LOOKUPS_HIGH_RISK_DEVICE",
            "LOOKUPS_HIGH_RISK_IP_ADDRESS",
        ],
        warning: &[
            "DOCUMENT_EXPIRY_WITHIN_CONFIGURED_LIMIT",
            "ID_DATA_MISMATCH_LOW_CONFIDENCE",
            "ID_DATA_INVALID",
            "UNREADABLE_DATASOURCE",
            "LOOKUPS_MEDIUM_RISK_SAME_DOCUMENT_NUMBER",
        ],
        not_executed: SKIPPED,
    },
    Capability {
        name: "liveness",
        about: &["SELFIE", "FACEMAP"],
        needs: &[],
        usual: true,
        passed: "OK",
        rejected: &[
            "LIVENESS_UNDETERMINED",
            "ID_USED_AS_SELFIE",
            "MULTIPLE_PEOPLE",
            "DIGITAL_COPY",
            "PHOTOCOPY",
            "MANIPULATED",
            "NO_FACE_PRESENT",
            "FACE_NOT_FULLY_VISIBLE",
            "BLACK_WHITE",
        ],
        warning: &["AGE_DIFFERENCE", "BAD_QUALITY", "LIVENESS_UNDETERMINED"],
        not_executed: SKIPPED,
    },
    Capability {
        name: "similarity",
        about: &["ID", "SELFIE"],
        needs: &["usability"],
        usual: true,
        passed: "MATCH",
        rejected: &["NO_MATCH"],
        warning: &["NOT_POSSIBLE"],
        not_executed: SKIPPED,
    },
    Capability {
        name: "authentication",
        about: &["FACEMAP"],
        needs: &["usability"],
        usual: false,
        passed: "OK",
        rejected: &["FAILED"],
        warning: &[],
        not_executed: SKIPPED,
    },
    Capability {
        name: "watchlistScreening",
        about: &["ID"],
        needs: &["extraction"],
        usual: false,
        passed: "OK",
        rejected: &[],
        warning: &["ALERT"],
        not_executed: &[
            "NOT_ENOUGH_DATA",
            "VALIDATION_FAILED",
            "INVALID_MERCHANT_SETTINGS",
            "TECHNICAL_ERROR",
            "EXTRACTION_NOT_DONE",
            "NO_VALID_ID_CREDENTIAL",
            "PRECONDITION_NOT_FULFILLED",
        ],
    },
    Capability {
        name: "addressValidation",
        about: &["ID"],
        needs: &["extraction"],
        usual: false,
        passed: "OK",
        rejected: &["DENY"],
        warning: &["ALERT"],
        not_executed: &[
            "NOT_ENOUGH_DATA",
            "TECHNICAL_ERROR",
            "UNSUPPORTED_COUNTRY",
            "PRECONDITION_NOT_FULFILLED",
        ],
    },
    Capability {
        name: "proofOfResidency",
        about: &["ID"],
        needs: &["extraction"],
        usual: false,
        passed: "OK",
        rejected: &["DENY"],
        warning: &["ALERT"],
        not_executed: &[
            "NOT_ENOUGH_DATA",
            "TECHNICAL_ERROR",
            "UNSUPPORTED_COUNTRY",
            "PRECONDITION_NOT_FULFILLED",
        ],
    },
    Capability {
        name: "drivingLicenseVerification",
        about: &["ID"],
        needs: &["extraction"],
        usual: false,
        passed: "OK",
        rejected: &["DENY"],
        warning: &["ALERT"],
        not_executed: &[
            "TECHNICAL_ERROR",
            "UNSUPPORTED_COUNTRY",
            "UNSUPPORTED_STATE",
            "PRECONDITION_NOT_FULFILLED",
            "VALIDATION_FAILED",
        ],
    },
];

impl Capability {
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        CAPABILITIES.iter().find(|capability| capability.name == name)
    }

    /// The decision type that usually goes with a label; `None` when this capability never says it.
    pub(super) fn decision_type(&self, label: &str) -> Option<&'static str> {
        if label == self.passed {
            return Some("PASSED");
        }
        let kinds = [
            (self.rejected, "REJECTED"),
            (self.warning, "WARNING"),
            (self.not_executed, "NOT_EXECUTED"),
        ];
        kinds
            .into_iter()
            .find(|(labels, _)| labels.contains(&label))
            .map(|(_, kind)| kind)
    }
}
