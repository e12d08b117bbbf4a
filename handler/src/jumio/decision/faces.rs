//! Where Jumio has seen the face before (`imageChecks[].data.faceSearchFindings`).

use std::collections::{BTreeMap, BTreeSet};

use super::mark;
use crate::checks::vendor::{Mark, RepeatedFace};
use crate::jumio::limits;
use crate::jumio::wire::{Entries, Entry};

const CHECK: &str = "imageChecks";
/// More transactions than anybody has; what is beyond is not looked up.
const MOST: usize = 50;

/// The transactions of every check that passed in spite of them, or that names them as its reason. A check that failed or
/// did not run has found something worse.
pub(super) fn repeated(capabilities: &BTreeMap<String, Entries>) -> Option<RepeatedFace> {
    let entries = capabilities.get(CHECK).map(|entries| entries.0.as_slice())?;
    let doubting = || entries.iter().filter(|entry| is_doubting(entry));
    let passed = entries
        .iter()
        .filter(|entry| mark(&entry.decision.kind) == Mark::Passed);
    let findings = doubting()
        .chain(passed)
        .flat_map(|entry| &entry.data.face_search_findings.findings);
    let executions: BTreeSet<String> = findings
        .filter(|id| limits::is_id(id))
        .map(|id| id.to_ascii_lowercase())
        .collect();
    if executions.is_empty() {
        return None;
    }
    Some(RepeatedFace {
        check: CHECK.to_owned(),
        is_complete: executions.len() <= MOST && doubting().all(is_complete),
        executions: executions.into_iter().take(MOST).collect(),
    })
}

fn is_doubting(entry: &Entry) -> bool {
    entry.decision.details.label == "REPEATED_FACE"
}

/// The search has ended, and every transaction it found has a name.
fn is_complete(entry: &Entry) -> bool {
    let search = &entry.data.face_search_findings;
    let findings = &search.findings;
    search.status == "DONE" && !findings.is_empty() && findings.iter().all(|id| limits::is_id(id))
}
