//! Whose face it is that the vendor has seen before: this subject's own, which is no finding, or another subject's. A browser is no
//! person: of subjects whom nobody has named, who was approved with the same document is the same.
//!
//! `transactions/<h>.json` says where a transaction of the vendor lies. h is a keyed hash of the vendor's id, so the store
//! does not tell which transactions the vendor has.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::future::try_join_all;
use serde::{Deserialize, Serialize};

use crate::checks::fact_store::Created;
use crate::checks::facts::cache::Cache;
use crate::checks::facts::names::{self, FactName};
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{AttemptOf, Request, Transaction, V2};
use crate::checks::outcome::{Reason, Status};
use crate::checks::vendor::{Check, Finding, Mark, REPEATED_FACE, RepeatedFace};
use crate::checks::{Deps, Error};
use crate::ids::{FactHash, SubjectHash};

/// The face was seen in transactions of this subject only.
pub(in crate::checks) const OWN: Reason = Reason::of("repeated_face_own");
/// The face was seen in a transaction of another subject.
pub(in crate::checks) const OTHER_PERSON: Reason = Reason::of("repeated_face_other_person");

/// `transactions/<h>.json`
#[derive(Debug, Serialize, Deserialize)]
struct Whereabouts {
    version: V2,
    #[serde(flatten)]
    of: AttemptOf,
}

/// Who was checked now.
#[derive(Clone, Copy, Debug)]
pub(in crate::checks) struct Whose {
    pub(in crate::checks) subject: SubjectHash,
    /// What tells their document from others, of a person whom nobody has named.
    pub(in crate::checks) document: Option<FactHash>,
}

/// Where a face was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// In this subject's own transactions, all of them.
    Own,
    /// In a transaction of another subject.
    OtherPerson,
    /// In a transaction that we do not know, or the vendor has not named all.
    Unplaced,
}

/// Keeps a transaction, and before it where it lies: a process that dies in between leaves one that the person may be
/// seen in all the same.
///
/// # Errors
/// The store.
pub(in crate::checks) async fn record_transaction(
    deps: &Deps,
    seen: &Snapshot,
    of: AttemptOf,
    transaction: &Transaction,
) -> Result<Created, Error> {
    let path = whereabouts(deps, &transaction.ids.execution);
    deps.write(&path, &Whereabouts { version: V2, of }).await?;
    let name = FactName::Transaction(of.attempt);
    seen.create(of.id, name, transaction).await
}

/// A finding in which a repeated face says whose it is.
///
/// # Errors
/// The store.
pub(in crate::checks) async fn placed(
    deps: &Deps,
    mut finding: Finding,
    whose: Whose,
) -> Result<Finding, Error> {
    if let Some(face) = finding.repeated_face.take() {
        let seen = seen(deps, &face, whose).await?;
        finding
            .checks
            .iter_mut()
            .filter(|check| check.name == face.check)
            .for_each(|check| mark(check, seen));
    }
    Ok(finding)
}

async fn seen(deps: &Deps, face: &RepeatedFace, whose: Whose) -> Result<Seen, Error> {
    let owned = try_join_all(
        face.executions
            .iter()
            .map(|execution| is_own(deps, execution, whose)),
    );
    let owned: BTreeSet<Option<bool>> = owned.await?.into_iter().collect();
    Ok(if owned.contains(&Some(false)) {
        Seen::OtherPerson
    } else if face.is_complete && !owned.contains(&None) {
        Seen::Own
    } else {
        Seen::Unplaced
    })
}

/// Whether a transaction of the vendor is of the same person; nothing when it is none of ours, or erased.
async fn is_own(deps: &Deps, execution: &str, whose: Whose) -> Result<Option<bool>, Error> {
    let found: Option<Whereabouts> = deps.read(&whereabouts(deps, execution)).await?;
    let Some(found) = found else { return Ok(None) };
    let request: Option<Request> = deps.read(&FactName::Request.path(found.of.id)).await?;
    let Some(request) = request else { return Ok(None) };
    if request.subject == whose.subject {
        return Ok(Some(true));
    }
    match whose.document.filter(|_| request.walk_in) {
        Some(document) => is_approved_with(deps, found.of, document).await.map(Some),
        None => Ok(Some(false)),
    }
}

/// Whether an attempt is approved, by a person who began it themselves, with this document.
async fn is_approved_with(deps: &Deps, of: AttemptOf, document: FactHash) -> Result<bool, Error> {
    let cache = Arc::new(Cache::default());
    let seen = Snapshot::new(Arc::clone(&deps.store), cache, of.id.subject());
    let history = seen.history(of.id).await?;
    let attempt = history.attempts.get(&of.attempt);
    let decision = attempt.and_then(|attempt| attempt.decision.as_ref());
    let concluded = decision.map(|decision| (decision.conclusion.status, decision.conclusion.document));
    let is_same = concluded == Some((Status::Approved, Some(document)));
    Ok(is_same && seen.confirmed(of).await? == Some(true))
}

pub(in crate::checks) fn whereabouts(deps: &Deps, execution: &str) -> String {
    let hash = deps.seal.keyed("transaction", &[&execution.to_ascii_lowercase()]);
    names::transaction(FactHash::leading(&hash))
}

/// An own face clears the doubt it has raised, and nothing else; another person's face is a doubt, whatever the vendor made
/// of it.
fn mark(check: &mut Check, seen: Seen) {
    let doubts = check.reason == REPEATED_FACE;
    match (seen, check.mark) {
        (Seen::Own, Mark::Warning) if doubts => (check.mark, check.reason) = (Mark::Passed, OWN),
        (Seen::OtherPerson, Mark::Passed) => (check.mark, check.reason) = (Mark::Warning, OTHER_PERSON),
        (Seen::OtherPerson, _) if doubts => check.reason = OTHER_PERSON,
        _ => {}
    }
}
