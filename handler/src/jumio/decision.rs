//! From Jumio's details to what the core is told. Pure: no rule of ours is applied here, but a word that is unknown,
//! or that contradicts the word beside it, is never a pass.
//!
//! A check is judged by its type; its label only says why. So a label never makes a check better than its type, and one
//! that is not in the table does not hide the type it came with: it is reported in the log.

mod faces;
mod holder;
mod table;

pub(super) use holder::is_date;

use super::wire::{Decision, Details, Entry};
use crate::checks::outcome::Reason;
use crate::checks::vendor::{Check, End, Finding, Mark, Progress};

/// The checks that Jumio documents (KYX API guide, "Capabilities").
pub(crate) const CHECKS: [&str; 11] = [
    "usability",
    "imageChecks",
    "extraction",
    "dataChecks",
    "liveness",
    "similarity",
    "authentication",
    "watchlistScreening",
    "addressValidation",
    "proofOfResidency",
    "drivingLicenseVerification",
];

/// Those on which an approval rests: the document is genuine, the person is there, and their face is on it.
const RESTS_ON: [&str; 6] = [
    "usability",
    "imageChecks",
    "extraction",
    "dataChecks",
    "liveness",
    "similarity",
];

/// Words that are unknown, of a check that is known.
pub(super) const UNKNOWN_ANSWER: Reason = Reason::of("unknown_answer");
/// Words that exclude one another.
pub(super) const CONTRADICTORY: Reason = Reason::of("contradictory_answer");
/// A check whose name is unknown.
const UNKNOWN_CHECK: Reason = Reason::of("unknown_check");

/// Progress by the status of a workflow that has no result to read.
pub(super) fn unfinished(status: &str) -> Progress {
    match status {
        "INITIATED" | "ACQUISITION_STARTED" => Progress::Started,
        "ACQUIRED" | "PROCESSED" => Progress::Captured,
        "SESSION_EXPIRED" => ended(End::Abandoned),
        "TOKEN_EXPIRED" => ended(End::NeverOpened),
        _ => {
            let status = loggable(status);
            tracing::warn!(
                code = "jumio.unknown_status",
                status,
                "unknown Jumio workflow status; the transaction counts as unfinished"
            );
            Progress::Started
        }
    }
}

/// Progress by the details. The status is judged first: an expired session may carry a rejection.
pub(super) fn progress(details: &Details) -> Progress {
    if !details.wiped_out_at.is_empty() {
        return Progress::Unknown;
    }
    if !super::wire::is_processed(&details.workflow.status) {
        return unfinished(&details.workflow.status);
    }
    let checks = details
        .capabilities
        .iter()
        .flat_map(|(name, entries)| entries.0.iter().map(|entry| check(name, entry)));
    Progress::Ended(Box::new(Finding {
        end: End::Processed,
        vendor_decision: details.decision.as_ref().map(vendor_decision),
        makes: &CHECKS,
        rests_on: &RESTS_ON,
        has_own_cause: details.decision.as_ref().is_some_and(has_own_cause),
        checks: checks.collect(),
        person: holder::person(&details.capabilities),
        document: holder::document(&details.capabilities),
        repeated_face: faces::repeated(&details.capabilities),
    }))
}

fn ended(end: End) -> Progress {
    Progress::Ended(Box::new(Finding {
        end,
        vendor_decision: None,
        has_own_cause: false,
        makes: &CHECKS,
        rests_on: &RESTS_ON,
        checks: Vec::new(),
        person: crate::person::Person::default(),
        document: None,
        repeated_face: None,
    }))
}

/// The overall decision. Its label is the same word, or one of the tenant's own rules.
fn vendor_decision(decision: &Decision) -> Mark {
    let mark = mark(&decision.kind);
    let label = self::mark(&decision.details.label);
    let contradicted = label != Mark::Unknown && label != mark;
    // -1: nothing was ever executed.
    let unexecuted = decision.risk.score.is_some_and(|score| score < 0.0);
    match mark {
        Mark::Passed if contradicted || unexecuted => Mark::Unknown,
        mark => mark,
    }
}

/// The label is not just the type again: a rule of the tenant has decided.
fn has_own_cause(decision: &Decision) -> bool {
    let label = &decision.details.label;
    !label.is_empty() && *label != decision.kind
}

fn check(name: &str, entry: &Entry) -> Check {
    let (kind, label) = (&entry.decision.kind, &entry.decision.details.label);
    let (mut mark, mut reason) = judge(name, kind, label);
    let mut odd = oddity(name, kind, label);
    let similar = &entry.data.similarity;
    if name == "similarity" && mark == Mark::Passed && !matches!(similar.as_str(), "" | "MATCH") {
        (mark, reason) = (Mark::Unknown, CONTRADICTORY);
        odd = Some("jumio.contradictory_data");
    }
    let name = check_name(name);
    if let Some(code) = odd {
        let (kind, label) = (loggable(kind), loggable(label));
        tracing::warn!(
            code,
            check = name,
            kind,
            label,
            "unknown combination of Jumio decision type and label"
        );
    }
    Check { name, mark, reason }
}

/// A word that looks like one of Jumio's (`MISMATCH_FRONT_BACK`); anything else is not repeated.
pub(super) fn loggable(word: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    match word {
        "" => "(none)",
        word if word.len() <= 64 && word.bytes().all(plain) => word,
        _ => "(not a word)",
    }
}

/// Names go into facts and logs, so an odd one is replaced.
fn check_name(name: &str) -> String {
    let plain =
        (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain { name } else { "unknown" }.to_owned()
}

/// One entry of a capability. The mark is the type's, save that a pass needs a label that is known to go with a pass.
fn judge(name: &str, kind: &str, label: &str) -> (Mark, Reason) {
    let kind = mark(kind);
    if let Some(row) = rows(name, label).find(|row| row.mark == kind) {
        return (kind, Reason::of(row.reason));
    }
    let reason = match rows(name, label).next() {
        _ if !is_known(name) => UNKNOWN_CHECK,
        _ if kind == Mark::Unknown => UNKNOWN_ANSWER,
        None => UNKNOWN_ANSWER,
        // A label of another type, which still says what it is about.
        Some(row) if kind != Mark::Passed && row.mark != Mark::Passed => Reason::of(row.reason),
        Some(_) => CONTRADICTORY,
    };
    match kind {
        Mark::Passed => (Mark::Unknown, reason),
        kind => (kind, reason),
    }
}

/// What is to be reported of words that do not stand in the table together.
fn oddity(name: &str, kind: &str, label: &str) -> Option<&'static str> {
    let kind = mark(kind);
    if rows(name, label).any(|row| row.mark == kind) {
        return None;
    }
    Some(if kind == Mark::Unknown {
        "jumio.unknown_type"
    } else if !is_known(name) {
        "jumio.unknown_check"
    } else if rows(name, label).next().is_none() {
        "jumio.unknown_label"
    } else {
        "jumio.label_of_another_type"
    })
}

fn rows<'a>(name: &'a str, label: &'a str) -> impl Iterator<Item = &'static table::Row> + 'a {
    table::ROWS
        .iter()
        .filter(move |row| row.check == name && row.label == label)
}

fn is_known(name: &str) -> bool {
    table::ROWS.iter().any(|row| row.check == name)
}

fn mark(word: &str) -> Mark {
    match word {
        "PASSED" => Mark::Passed,
        "WARNING" => Mark::Warning,
        "REJECTED" => Mark::Rejected,
        "NOT_EXECUTED" => Mark::NotExecuted,
        _ => Mark::Unknown,
    }
}

#[cfg(test)]
mod tests;
