//! How often a subject may try, exactly, although processes share nothing but the store.
//!
//! Every start takes the next number of its subject by create-if-absent, and may take it only when the start before it is
//! concluded. So the start is the lease too: whoever creates start s has seen all starts before s, two can never both take
//! the last free one, and no two transactions of one subject are begun at once. A start is released when it certainly came
//! to nothing; it stays a start but is no attempt when the person was approved or showed nothing, when the check could not be
//! made, or when nobody knows whether the vendor was reached. The lease on the last start lists those before it, so reading one document is enough.

use time::OffsetDateTime;

use crate::checks::fact_store::Created;
use crate::checks::facts::names::StartMark;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{AttemptOf, Happened, StartBefore, StartLease, V2};
use crate::checks::{Deps, Error, Limits};

/// How far back an earlier verification is looked for.
pub(in crate::checks) const LOOK_BACK: usize = 20;

/// A subject's starts, latest first; released ones are left out.
#[derive(Clone, Debug, Default)]
pub(in crate::checks) struct Starts {
    pub(in crate::checks) all: Vec<KnownStart>,
    /// The last one, released or not.
    last: Option<StartLease>,
    /// An operator has allowed further attempts after the start of this number; 0 for none.
    allowed_after: u32,
}

/// One start.
#[derive(Clone, Debug)]
pub(in crate::checks) struct KnownStart {
    pub(in crate::checks) of: AttemptOf,
    at: OffsetDateTime,
    pub(in crate::checks) marks: Vec<StartMark>,
}

/// Whether one more start is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::checks) enum Room {
    /// Yes.
    Free,
    /// The person has used up what is theirs.
    UsedUp,
    /// The person has not, but no further start is paid now: however they ended, there were too many. Nobody was refused.
    NoStarts,
}

impl KnownStart {
    /// The person was refused in it, or may be yet. Whoever was approved has used up nothing: a client that demands a fresh
    /// check at each sign-in would lock its people out.
    pub(in crate::checks) fn is_attempt(&self) -> bool {
        if self.says(StartMark::Ended) {
            return true;
        }
        !self.says(StartMark::Accepted) && (self.says(StartMark::Checked) || !self.is_concluded())
    }

    /// It is said of it, here, that another start may follow.
    fn is_concluded(&self) -> bool {
        may_be_followed(&self.marks)
    }

    pub(in crate::checks) fn says(&self, mark: StartMark) -> bool {
        self.marks.contains(&mark)
    }
}

/// It is said of a start that another one may follow; unless the person was refused in it after all, it is no attempt.
fn may_be_followed(marks: &[StartMark]) -> bool {
    let said = [
        StartMark::Uncounted,
        StartMark::Unconfirmed,
        StartMark::Superseded,
    ];
    said.iter().any(|mark| marks.contains(mark))
}

impl Starts {
    /// How many attempts are left now.
    pub(in crate::checks) fn left(&self, limits: &Limits, now: OffsetDateTime) -> u32 {
        let starts = self.count(limits, now, |_| true);
        let attempts = self.count(limits, now, KnownStart::is_attempt);
        limits
            .max_starts
            .saturating_sub(starts)
            .min(limits.max_attempts.saturating_sub(attempts))
    }

    /// Whether one more start is allowed now.
    pub(in crate::checks) fn room(&self, limits: &Limits, now: OffsetDateTime) -> Room {
        let attempts = self.count(limits, now, KnownStart::is_attempt);
        if self.left(limits, now) > 0 {
            Room::Free
        } else if attempts < limits.max_attempts {
            Room::NoStarts
        } else {
            Room::UsedUp
        }
    }

    /// When one more start is allowed for which nothing but time is missing; nothing while one is.
    pub(in crate::checks) fn free_at(&self, limits: &Limits, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let ends = self.all.iter().map(|start| start.at + limits.attempts_window);
        let mut ends: Vec<OffsetDateTime> = ends.filter(|end| *end > now).collect();
        ends.sort();
        let is_missing = self.left(limits, now) == 0;
        ends.into_iter()
            .find(|end| is_missing && self.left(limits, *end) > 0)
    }

    fn count(&self, limits: &Limits, now: OffsetDateTime, is_meant: impl Fn(&KnownStart) -> bool) -> u32 {
        let recent = |start: &&KnownStart| {
            start.of.attempt > self.allowed_after && start.at + limits.attempts_window > now
        };
        let meant = self.all.iter().filter(recent).filter(|start| is_meant(start));
        u32::try_from(meant.count()).unwrap_or(u32::MAX)
    }

    /// The last start and its lease, unless it is already said that another may follow.
    pub(in crate::checks) fn open(&self) -> Option<&StartLease> {
        let (first, lease) = (self.all.first()?, self.last.as_ref()?);
        (first.of == lease.of && !first.is_concluded()).then_some(lease)
    }

    /// The last one, released or not.
    pub(in crate::checks) fn last(&self) -> Option<&StartLease> {
        self.last.as_ref()
    }

    /// The number of the next start.
    pub(in crate::checks) fn next(&self) -> u32 {
        self.last.as_ref().map_or(0, |lease| lease.of.attempt) + 1
    }
}

impl Snapshot {
    /// The latest starts: at least as many as may be taken within the window, so that none of those is missed.
    pub(in crate::checks) async fn known_starts(&self) -> Result<Starts, Error> {
        let marks = self.starts().await?;
        let Some(last) = marks.keys().next_back().copied() else {
            return Ok(Starts::default());
        };
        let lease: StartLease = self.start(last, StartMark::Leased).await?;
        let itself = StartBefore {
            of: lease.of,
            at: lease.at,
        };
        let known = std::iter::once(&itself)
            .chain(&lease.before)
            .map(|start| KnownStart {
                of: start.of,
                at: start.at,
                marks: marks.get(&start.of.attempt).cloned().unwrap_or_default(),
            })
            .filter(|start| !start.says(StartMark::Released))
            .collect();
        let allowed = marks
            .iter()
            .rev()
            .find(|(_, marks)| marks.contains(&StartMark::Allowed));
        Ok(Starts {
            all: known,
            last: Some(lease),
            allowed_after: allowed.map_or(0, |(number, _)| *number),
        })
    }
}

/// Takes the lease on the start `of.attempt`, if nobody was faster.
pub(in crate::checks) async fn lease(
    deps: &Deps,
    seen: &Snapshot,
    of: AttemptOf,
) -> Result<Option<StartLease>, Error> {
    let starts = seen.known_starts().await?;
    let enough = LOOK_BACK.max(usize::try_from(deps.limits.max_starts).unwrap_or(usize::MAX));
    let before = starts.all.iter().take(enough).map(|start| StartBefore {
        of: start.of,
        at: start.at,
    });
    let lease = StartLease {
        version: V2,
        at: deps.clock.now(),
        of,
        owner: deps.owners.me(),
        vendor: deps.vendors.present_id().clone(),
        by: deps.nonce(),
        before: before.collect(),
    };
    let is_ours = seen.take(of.attempt, StartMark::Leased, &lease).await?;
    Ok(is_ours.then_some(lease))
}

/// The person showed nothing in this attempt, or could not be checked: it stays a start, but is no attempt.
pub(in crate::checks) async fn discount(deps: &Deps, seen: &Snapshot, of: AttemptOf) -> Result<(), Error> {
    mark(deps, seen, of, StartMark::Uncounted).await.map(|_| ())
}

/// The vendor has checked the person: until it is said what came of it, it is an attempt, whatever was said of it before.
pub(in crate::checks) async fn count(deps: &Deps, seen: &Snapshot, of: AttemptOf) -> Result<(), Error> {
    let marks = seen.starts().await?;
    if marks.get(&of.attempt).is_some_and(|marks| may_be_followed(marks)) {
        mark(deps, seen, of, StartMark::Checked).await?;
    }
    Ok(())
}

/// Says something of a start.
pub(in crate::checks) async fn mark(
    deps: &Deps,
    seen: &Snapshot,
    of: AttemptOf,
    mark: StartMark,
) -> Result<Created, Error> {
    seen.mark(of.attempt, mark, &Happened::at(deps.clock.now())).await
}
