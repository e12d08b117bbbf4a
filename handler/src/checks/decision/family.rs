//! What a rejection is about: reasons for which a person is given the same advice.

use crate::checks::outcome::{MISMATCHES, Reason};

/// One family of reasons. It picks the words on the person's page, and decides nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Family {
    /// The photos of the document cannot be read.
    Photo,
    /// A copy was shown, and not the original.
    Copy,
    /// The face could not be compared, or is another one.
    Face,
    /// The document is of a kind or country that is not taken, or lacks something.
    Document,
    /// The document is no longer valid.
    Expired,
    /// The document names somebody else than was registered.
    Details,
    /// The address could not be confirmed.
    Address,
    /// Suspected fraud, or what a human has refused: whoever tries to forge learns nothing.
    Unexplained,
    /// None of these.
    Other,
}

impl Family {
    /// All of them.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 9] = [
        Self::Photo,
        Self::Copy,
        Self::Face,
        Self::Document,
        Self::Expired,
        Self::Details,
        Self::Address,
        Self::Unexplained,
        Self::Other,
    ];

    /// The family of a reason.
    #[must_use]
    pub(crate) fn of(reason: &Reason) -> Self {
        if MISMATCHES.contains(reason) {
            return Self::Details;
        }
        let word = reason.as_str();
        match TABLES.iter().find(|(_, words)| words.contains(&word)) {
            Some((family, _)) => *family,
            None if is_unexplained(word) => Self::Unexplained,
            None => Self::Other,
        }
    }
}

/// Which words of the rules each family has; a reason in none of them is looked at further.
const TABLES: [(Family, &[&str]); 6] = [
    (
        Family::Photo,
        &[
            "image_bad_quality",
            "image_blurred",
            "image_glare",
            "image_black_white",
            "document_part_missing",
            "document_part_hidden",
            "document_page_missing",
            "document_data_missing",
        ],
    ),
    (Family::Copy, &["document_photocopy", "document_digital_copy"]),
    (
        Family::Face,
        &[
            "face_mismatch",
            "face_comparison_not_possible",
            "authentication_failed",
            "liveness_undetermined",
            "selfie_from_document",
            "selfie_multiple_people",
            "selfie_no_face",
            "selfie_face_hidden",
            "selfie_black_white",
            "selfie_age_difference",
            "selfie_bad_quality",
        ],
    ),
    (
        Family::Document,
        &[
            "document_type_unsupported",
            "document_country_unsupported",
            "document_content_unsupported",
            "country_unsupported",
            "state_unsupported",
            "not_a_document",
            "document_damaged",
            "document_signature_missing",
            "data_source_unreadable",
            "not_on_document",
        ],
    ),
    (Family::Expired, &["document_expires_soon", "document_punched"]),
    (
        Family::Address,
        &[
            "address_denied",
            "address_alert",
            "residency_denied",
            "residency_alert",
        ],
    ),
];

/// What only a forger would learn something from.
fn is_unexplained(word: &str) -> bool {
    const BEGINNINGS: [&str; 7] = [
        "document_manipulated",
        "document_ghost_image",
        "data_",
        // Whoever issues licences does not know this one.
        "driving_license_",
        "mrz_",
        "reported_fraud",
        "repeated_face",
    ];
    const WORDS: [&str; 19] = [
        "address_rejected_before",
        "chip_certificate_invalid",
        "device_rejected_before",
        "document_chip_missing",
        "document_different_person",
        "document_digital_manipulation",
        "document_fake",
        "document_front_back_mismatch",
        "document_number_used_by_another",
        "document_rejected_before",
        "document_sample",
        "document_watermark",
        "fraud_risk",
        "refused_in_review",
        "rejected_in_review",
        "selfie_digital_copy",
        "selfie_manipulated",
        "selfie_photocopy",
        "watchlist_alert",
    ];
    WORDS.contains(&word) || BEGINNINGS.iter().any(|beginning| word.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_has_its_reasons() {
        for (word, family) in [
            ("image_glare", Family::Photo),
            ("document_digital_copy", Family::Copy),
            ("face_mismatch", Family::Face),
            ("document_country_unsupported", Family::Document),
            ("document_expires_soon", Family::Expired),
            ("birthdate_mismatch", Family::Details),
            ("residency_denied", Family::Address),
            ("address_alert", Family::Address),
            ("address_rejected_before", Family::Unexplained),
            ("driving_license_denied", Family::Unexplained),
            ("document_manipulated_photo", Family::Unexplained),
            ("data_mismatch", Family::Unexplained),
            ("rejected_in_review", Family::Unexplained),
            ("document_rejected", Family::Other),
            ("never heard of", Family::Other),
        ] {
            assert_eq!(Family::of(&Reason(word.into())), family, "{word}");
        }
    }

    /// What is not the person's to mend is not told as what they did.
    #[test]
    fn what_a_forger_would_learn_from_is_in_no_family_that_says_something() {
        for word in [
            "document_fake",
            "selfie_manipulated",
            "mrz_checksum",
            "repeated_face_other_person",
        ] {
            assert_eq!(Family::of(&Reason::of(word)), Family::Unexplained, "{word}");
        }
    }
}
