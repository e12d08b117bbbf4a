//! What Azure AD B2C's page says of a reason is of the same family as what ours says of it.

use std::collections::BTreeMap;

use super::*;
use crate::checks::outcome::Reason;

/// Each reason that the policies know, with the family they put it into (`idvFamily`).
fn told_by_the_policies() -> BTreeMap<&'static str, &'static str> {
    let policy = include_str!("../../../../policies/TrustFrameworkExtensions.xml");
    let (_, rest) = policy.split_once("<ClaimType Id=\"idvFamily\">").unwrap();
    let (claim, _) = rest.split_once("</ClaimType>").unwrap();
    let row = |line: &'static str| {
        let (_, rest) = line.split_once("<Enumeration Text=\"")?;
        let (reason, rest) = rest.split_once("\" Value=\"")?;
        Some((reason, rest.split_once('"')?.0))
    };
    claim.lines().filter_map(row).collect()
}

/// The policies' words for a family. What is no rejection has finer ones there, since one page tells it all.
const fn words(family: Family) -> &'static [&'static str] {
    match family {
        Family::Photo => &["photo"],
        Family::Copy => &["copy"],
        Family::Face => &["face"],
        Family::Document => &["document"],
        Family::Expired => &["expired"],
        Family::Details => &["details"],
        Family::Address => &["address"],
        Family::Unexplained => &["unexplained"],
        Family::Other => &["other", "trouble", "unfinished", "cancelled", "none_left"],
    }
}

#[test]
fn the_policies_put_each_reason_into_the_family_of_our_own_pages() {
    let told = told_by_the_policies();
    assert!(told.len() > 90, "{told:?}");
    for (reason, word) in told {
        let family = Family::of(&Reason::of(reason));
        assert!(words(family).contains(&word), "{reason}: {word}, {family:?}");
    }
}

#[test]
fn the_policies_know_a_reason_of_each_family() {
    let told = told_by_the_policies();
    for family in Family::ALL {
        for word in words(family) {
            assert!(told.values().any(|told| told == word), "{word}");
        }
    }
}

/// Only whoever tries to forge would learn something from being told by which check they were found.
#[test]
fn suspected_fraud_is_told_in_one_and_the_same_words() {
    let told = told_by_the_policies();
    for reason in [
        "document_fake",
        "document_manipulated",
        "document_sample",
        "repeated_face_other_person",
        "selfie_digital_copy",
        "refused_in_review",
    ] {
        assert_eq!(told.get(reason), Some(&"unexplained"), "{reason}");
    }
}
