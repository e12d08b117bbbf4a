//! What is said of the document.

use std::collections::BTreeSet;

use super::report;
use super::table::{self, Status};
use crate::checks::outcome::Reason;
use crate::checks::vendor::{Check, Document, Mark, RepeatedFace};
use crate::jumio::decision::{CONTRADICTORY, UNKNOWN_ANSWER, is_date};
use crate::jumio::limits;
use crate::jumio::netverify::wire::{Data, RejectReason};
use crate::person::{Person, Personal};

/// Its name.
pub(super) const CHECK: &str = "document";
/// More transactions than anybody has; what is beyond is not looked up.
const MOST: usize = 50;

/// The check, once for each reason.
pub(super) fn checks(data: &Data) -> Vec<Check> {
    let (word, why) = (&data.document.status, &data.verification.reject_reason);
    let check = |mark, reason| Check {
        name: CHECK.to_owned(),
        mark,
        reason,
    };
    let Some(status) = table::status(word) else {
        report("jumio.unknown_type", CHECK, word, &why.code);
        return vec![check(Mark::Unknown, UNKNOWN_ANSWER)];
    };
    if status.mark == Mark::Rejected {
        let reasons = reasons(status, why).into_iter();
        return reasons
            .map(|reason| check(Mark::Rejected, Reason::of(reason)))
            .collect();
    }
    if !why.code.is_empty() || !why.details.is_empty() {
        report("jumio.contradictory_data", CHECK, word, &why.code);
        return vec![check(Mark::Unknown, CONTRADICTORY)];
    }
    vec![check(status.mark, Reason::of(status.reason))]
}

/// Why it was rejected, each reason once: the details, else the code, else the status itself.
fn reasons(status: &'static Status, why: &RejectReason) -> Vec<&'static str> {
    let mut reasons = Vec::new();
    for detail in &why.details {
        match table::detail(&why.code, &detail.code) {
            Some(reason) if !reasons.contains(&reason) => reasons.push(reason),
            Some(_) => {}
            None => report("jumio.unknown_label", CHECK, &why.code, &detail.code),
        }
    }
    if reasons.is_empty() {
        reasons.push(by_code(status, &why.code));
    }
    reasons
}

/// A code of another status still says what it is about.
fn by_code(status: &'static Status, code: &str) -> &'static str {
    let Some(row) = table::code(code) else {
        if !code.is_empty() {
            report("jumio.unknown_label", CHECK, status.word, code);
        }
        return status.reason;
    };
    if row.status != status.word {
        report("jumio.label_of_another_type", CHECK, status.word, code);
    }
    row.reason
}

/// What the document says of its holder, to be asked of one that was accepted only.
pub(super) fn holder(data: &Data) -> Person {
    let document = &data.document;
    Person {
        given_name: document.first_name.clone(),
        family_name: document.last_name.clone(),
        birthdate: document.dob.clone().filter(is_date),
        ..Person::default()
    }
}

/// What tells the document from all others, to be asked of one that was accepted only.
pub(super) fn identity(data: &Data) -> Option<Document> {
    let document = &data.document;
    let text = |value: &Option<Personal>| value.as_ref().map(|value| value.expose().to_owned());
    Some(Document {
        kind: text(&document.kind)?,
        country: text(&document.issuing_country)?,
        state: text(&document.us_state).unwrap_or_default(),
        number: document.number.clone()?,
        birthdate: document.dob.clone().filter(is_date)?,
    })
}

/// Where Jumio has seen the face before (`additionalChecks.faceSearchFindings`). What it makes of that itself is a reject
/// reason (113), so here it did not mind.
pub(super) fn repeated_face(data: &Data) -> Option<RepeatedFace> {
    let search = &data.verification.additional_checks.face_search_findings;
    let scans: BTreeSet<String> = search
        .findings
        .iter()
        .filter(|id| limits::is_scan(id))
        .map(|id| id.to_ascii_lowercase())
        .collect();
    if scans.is_empty() {
        return None;
    }
    let is_named = search.findings.iter().all(|id| limits::is_scan(id));
    Some(RepeatedFace {
        check: CHECK.to_owned(),
        is_complete: search.status == "DONE" && is_named && scans.len() <= MOST,
        executions: scans.into_iter().take(MOST).collect(),
    })
}
