//! From Netverify's words to what the core is told. Pure: no rule of ours is applied here, but a word that is unknown, or that
//! contradicts the word beside it, is never a pass.
//!
//! # Layout
//! - `document`: what is said of the document, with the reasons for which it was not accepted
//! - `face`: whether the face is on the document, and whether somebody was there
//! - `table`: the words

mod document;
mod face;
mod table;

use super::wire::{Data, IdentityVerification, is_done};
use super::workflow::Workflow;
use crate::checks::vendor::{Check, End, Finding, Mark, Progress};
use crate::jumio::decision::loggable;
use crate::person::Person;

/// The checks that Netverify makes: `document.status`, `identityVerification.similarity` and `.validity`.
pub(crate) const CHECKS: [&str; 3] = [document::CHECK, face::SIMILARITY, face::VALIDITY];

/// On what an approval rests where nobody's face was asked for.
const DOCUMENT_ALONE: [&str; 1] = [document::CHECK];

/// Progress by the status of a scan that has no result to read.
///
/// `PENDING` is created, open and judged alike: Netverify does not say which. `FAILED` is a scan that nobody opened in time, or
/// that a person left in their first try; Netverify does not say which either, and neither is a rejection.
pub(super) fn unfinished(status: &str) -> Progress {
    match status {
        "PENDING" => Progress::Started,
        "FAILED" => ended(),
        _ => {
            let status = loggable(status);
            tracing::warn!(
                code = "jumio.unknown_status",
                status,
                "unknown Netverify scan status; the transaction counts as unfinished"
            );
            Progress::Started
        }
    }
}

/// Progress by the data.
pub(crate) fn progress(data: &Data) -> Progress {
    let status = &data.transaction.status;
    if !status.is_empty() && !is_done(status) {
        return unfinished(status);
    }
    if data.document.status == "NO_ID_UPLOADED" {
        return ended();
    }
    let face = data.verification.face.as_ref();
    let (documents, faces) = (document::checks(data), face.map(face::checks).unwrap_or_default());
    let is_accepted = documents.iter().all(|check| check.mark == Mark::Passed);
    let checks: Vec<Check> = documents.into_iter().chain(faces).collect();
    Progress::Ended(Box::new(Finding {
        end: End::Processed,
        vendor_decision: checks
            .iter()
            .map(|check| check.mark)
            .max_by_key(|mark| weight(*mark)),
        has_own_cause: false,
        makes: &CHECKS,
        rests_on: rests_on(data, face),
        checks,
        person: if is_accepted {
            document::holder(data)
        } else {
            Person::default()
        },
        document: document::identity(data).filter(|_| is_accepted),
        repeated_face: document::repeated_face(data).filter(|_| is_accepted),
    }))
}

/// All three, unless the transaction itself says that it was made with a workflow of documents alone, and nothing is said of a
/// face all the same. Settings are not asked: what is set now says nothing about what was made before.
fn rests_on(data: &Data, face: Option<&IdentityVerification>) -> &'static [&'static str] {
    let own = Workflow::by_criterion(&data.transaction.merchant_reporting_criteria);
    let is_of_documents = own.is_some_and(|workflow| !workflow.compares_faces());
    if is_of_documents && face.is_none() {
        &DOCUMENT_ALONE
    } else {
        &CHECKS
    }
}

/// Netverify concludes about the document alone, whatever the face: its conclusion of the whole is the worst that it says.
fn weight(mark: Mark) -> u8 {
    match mark {
        Mark::Passed => 0,
        Mark::Warning => 1,
        Mark::NotExecuted => 2,
        Mark::Unknown => 3,
        Mark::Rejected => 4,
    }
}

/// Without a result.
fn ended() -> Progress {
    Progress::Ended(Box::new(Finding {
        end: End::Abandoned,
        vendor_decision: None,
        has_own_cause: false,
        makes: &CHECKS,
        rests_on: &CHECKS,
        checks: Vec::new(),
        person: Person::default(),
        document: None,
        repeated_face: None,
    }))
}

/// Tells of words that are not documented, or not together.
fn report(code: &'static str, check: &str, kind: &str, label: &str) {
    let (kind, label) = (loggable(kind), loggable(label));
    tracing::warn!(code, check, kind, label, "unknown combination of Netverify words");
}

#[cfg(test)]
mod tests;
