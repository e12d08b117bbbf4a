//! Earlier checks of the same subject: a valid approval need not be repeated, and one under way need not be paid twice.

use time::OffsetDateTime;

use crate::checks::confirm::Word;
use crate::checks::decision::matching::Asked;
use crate::checks::facts::names::StartMark;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{AttemptOf, Decision};
use crate::checks::history::attempt::Attempt;
use crate::checks::history::is_approval;
use crate::checks::history::starts::{LOOK_BACK, Starts};
use crate::checks::outcome::{Outcome, Status};
use crate::checks::{Deps, Error};
use crate::ids::VerificationId;

/// What is asked of an earlier check.
pub(in crate::checks) struct Wanted<'a> {
    /// The verification that looks, which does not find itself.
    pub(in crate::checks) by: VerificationId,
    /// What has to be matched there as well.
    pub(in crate::checks) asked: &'a Asked,
    /// An approval must not be older.
    pub(in crate::checks) approved_since: OffsetDateTime,
    /// What must have been said of an approval.
    pub(in crate::checks) word: Word,
}

/// An earlier check.
#[derive(Clone, Debug)]
pub(in crate::checks) enum Earlier {
    /// Approved, and good enough.
    Approved(AttemptOf, Decision),
    /// Still under way. Whoever joins it compares the document with its own registration, so it need not ask the same.
    UnderWay(AttemptOf),
    /// Waits for a human, or for another word of the vendor.
    InReview(AttemptOf, Decision),
    /// Ended in another way, or asked something else.
    Other(AttemptOf, Decision),
}

impl Earlier {
    /// What is told of it.
    pub(in crate::checks) fn outcome(self, now: OffsetDateTime, attempts_left: u32) -> Outcome {
        match self {
            Self::Approved(of, decision) | Self::InReview(of, decision) | Self::Other(of, decision) => {
                Outcome::decided(of.id, &decision, attempts_left)
            }
            Self::UnderWay(of) => Outcome::pending(of.id, now, attempts_left),
        }
    }
}

/// Earlier checks that save another one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::checks) struct Reusable {
    /// The latest approval that is good enough.
    pub(in crate::checks) approval: Option<AttemptOf>,
    /// The latest that waits for a human.
    pub(in crate::checks) review: Option<AttemptOf>,
    /// The latest that somebody else has passed over for a fresh one, and that is open still.
    pub(in crate::checks) passed_over: Option<AttemptOf>,
}

/// The best earlier check of a subject: the latest good approval, else the latest under way, else the latest in
/// review, else the latest.
pub(in crate::checks) async fn best(
    deps: &Deps,
    seen: &Snapshot,
    starts: &Starts,
    wanted: &Wanted<'_>,
) -> Result<Option<Earlier>, Error> {
    let mut best: Option<Earlier> = None;
    for start in starts.all.iter().filter(|start| start.of.id != wanted.by) {
        // What has ended without an approval is worth a look only as the latest of all.
        if best.is_some() && !may_be_worth(&start.marks) {
            continue;
        }
        match worth(deps, seen, start.of, wanted).await? {
            Some(approved @ Earlier::Approved(..)) => return Ok(Some(approved)),
            Some(under_way @ Earlier::UnderWay(_)) if !matches!(best, Some(Earlier::UnderWay(_))) => {
                best = Some(under_way);
            }
            Some(waiting @ Earlier::InReview(..)) if matches!(best, None | Some(Earlier::Other(..))) => {
                best = Some(waiting);
            }
            other => best = best.or(other),
        }
    }
    Ok(best)
}

/// What elsewhere is as good as a check of one's own, of a start after number `after`.
pub(in crate::checks) async fn reusable(
    deps: &Deps,
    seen: &Snapshot,
    wanted: &Wanted<'_>,
    after: u32,
) -> Result<Reusable, Error> {
    let mut reusable = Reusable::default();
    for (number, marks) in seen.starts().await?.into_iter().rev().take(LOOK_BACK) {
        let home = seen.home_of(number).await?.filter(|home| *home != wanted.by);
        let (Some(id), true) = (home, number > after && may_save_a_start(&marks)) else {
            continue;
        };
        let of = AttemptOf { id, attempt: number };
        match worth(deps, seen, of, wanted).await? {
            Some(Earlier::Approved(of, _)) if wanted.word.is_met_by(seen.confirmed(of).await?) => {
                reusable.approval = Some(of);
                break;
            }
            Some(Earlier::InReview(of, _)) => reusable.review = reusable.review.or(Some(of)),
            Some(Earlier::UnderWay(of)) if marks.contains(&StartMark::Superseded) => {
                reusable.passed_over = reusable.passed_over.or(Some(of));
            }
            _ => {}
        }
    }
    Ok(reusable)
}

/// What an earlier attempt is worth; nothing when it came to nothing, or was erased.
async fn worth(
    deps: &Deps,
    seen: &Snapshot,
    of: AttemptOf,
    wanted: &Wanted<'_>,
) -> Result<Option<Earlier>, Error> {
    let history = match seen.own_history(of.id).await {
        Ok(history) => history,
        Err(Error::NotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    if let Some(corrected) = seen.correction(&history, of.attempt, wanted.asked).await?
        && let Some(better) = weigh(deps, of, &corrected, wanted)
        && !matches!(better, Earlier::Other(..))
    {
        return Ok(Some(better));
    }
    let attempt = history.attempts.get(&of.attempt);
    Ok(attempt.and_then(|attempt| weigh(deps, of, attempt, wanted)))
}

fn weigh(deps: &Deps, of: AttemptOf, attempt: &Attempt, wanted: &Wanted<'_>) -> Option<Earlier> {
    let Some(decision) = attempt.decision.clone() else {
        return is_under_way(deps, attempt).then_some(Earlier::UnderWay(of));
    };
    // Whoever began it has given it up, and others go on with it.
    if !attempt.decisions.has_result() && is_under_way(deps, attempt) {
        return Some(Earlier::UnderWay(of));
    }
    let same_asked = wanted.asked.is_covered_by(&decision.conclusion.asked);
    let is_recent = attempt.checked().unwrap_or(decision.at) >= wanted.approved_since;
    Some(match decision.conclusion.status {
        _ if is_approval(&decision) && same_asked && is_recent => Earlier::Approved(of, decision),
        // Of somebody else's names, or too long ago: nothing that may be told here as an approval.
        Status::Approved => return None,
        Status::Review => Earlier::InReview(of, decision),
        _ => Earlier::Other(of, decision),
    })
}

/// The transaction can still be completed (its address is valid and can be decrypted), or has been submitted.
pub(in crate::checks) fn is_under_way(deps: &Deps, attempt: &Attempt) -> bool {
    if !attempt.has_transaction || attempt.captured {
        return attempt.has_transaction;
    }
    attempt.transaction.as_ref().is_some_and(|transaction| {
        let is_open = transaction.at + deps.limits.transaction_life > deps.clock.now();
        is_open && transaction.href(&deps.seal, attempt.home).is_ok()
    })
}

/// It was accepted at some time, or has not ended.
fn may_be_worth(marks: &[StartMark]) -> bool {
    let says = |mark| marks.contains(&mark);
    says(StartMark::Accepted) || !says(StartMark::Ended) && !says(StartMark::Uncounted)
}

/// It was accepted at some time, or is open although another one followed it.
fn may_save_a_start(marks: &[StartMark]) -> bool {
    let says = |mark| marks.contains(&mark);
    may_be_worth(marks) && (says(StartMark::Accepted) || says(StartMark::Superseded))
}
