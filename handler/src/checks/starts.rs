//! How often a subject may try, exactly, although processes share nothing but the store.
//!
//! Every start takes the next number of its subject by create-if-absent, and may take it only when the start before
//! it is concluded. So the start is the lease too: whoever creates start s has seen all starts before s, two can never both
//! take the last free one, and no two transactions of one subject are begun at once. A start is released when the start
//! certainly came to nothing; it stays a start but is no attempt when the person showed nothing, or when nobody knows
//! whether the vendor was reached.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use time::OffsetDateTime;

use super::fact_store::Created;
use super::facts::{AttemptOf, Happened, StartLease, V1};
use super::names::{self, StartMark};
use super::{Deps, Error, Limits};
use crate::ids::SubjectHash;

/// How far back an earlier verification is looked for.
const LOOK_BACK: usize = 20;

/// A subject's starts, latest first; released ones are left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Starts {
    pub(super) taken: Vec<KnownStart>,
    last: u32,
}

/// One start.
#[derive(Clone, Debug)]
pub(super) struct KnownStart {
    pub(super) number: u32,
    pub(super) start: StartLease,
    facts: Vec<StartMark>,
}

/// Whether one more start is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// Yes.
    Free,
    /// The person has used up what is theirs.
    UsedUp,
    /// The person has not; starts of which nobody knows whether they reached the vendor have.
    UsedUpByFailures,
}

impl KnownStart {
    /// The person has shown something in it, or may yet.
    pub(super) fn is_attempt(&self) -> bool {
        !self.says(StartMark::Uncounted) && !self.is_unconfirmed()
    }

    /// Nobody knows whether it reached the vendor.
    pub(super) fn is_unconfirmed(&self) -> bool {
        self.says(StartMark::Unconfirmed)
    }

    /// It is said of it, here, that another start may follow.
    fn is_concluded(&self) -> bool {
        !self.is_attempt() || self.says(StartMark::Superseded)
    }

    pub(super) fn says(&self, fact: StartMark) -> bool {
        self.facts.contains(&fact)
    }
}

impl Starts {
    /// How many attempts are left now.
    pub(super) fn left(&self, limits: &Limits, now: OffsetDateTime) -> u32 {
        let starts = self.count(limits, now, |_| true);
        let attempts = self.count(limits, now, KnownStart::is_attempt);
        limits
            .max_starts
            .saturating_sub(starts)
            .min(limits.max_attempts.saturating_sub(attempts))
    }

    /// Whether one more start is allowed now.
    pub(super) fn room(&self, limits: &Limits, now: OffsetDateTime) -> Room {
        let known = self.count(limits, now, |taken| !taken.is_unconfirmed());
        let attempts = self.count(limits, now, KnownStart::is_attempt);
        if self.left(limits, now) > 0 {
            Room::Free
        } else if attempts < limits.max_attempts && known < limits.max_starts {
            Room::UsedUpByFailures
        } else {
            Room::UsedUp
        }
    }

    fn count(&self, limits: &Limits, now: OffsetDateTime, is_meant: impl Fn(&KnownStart) -> bool) -> u32 {
        let recent = |taken: &&KnownStart| taken.start.at + limits.attempts_window > now;
        let meant = self.taken.iter().filter(recent).filter(|taken| is_meant(taken));
        u32::try_from(meant.count()).unwrap_or(u32::MAX)
    }

    /// The last start, unless it is already said that another may follow.
    pub(super) fn open(&self) -> Option<&KnownStart> {
        self.taken
            .first()
            .filter(|taken| taken.number == self.last && !taken.is_concluded())
    }

    /// The number of the next start.
    pub(super) fn next(&self) -> u32 {
        self.last + 1
    }
}

impl Deps {
    /// Reads the latest starts: at least as many as may be taken within the window, so that none of those is missed.
    pub(super) async fn starts(&self, subject: SubjectHash) -> Result<Starts, Error> {
        let files = self.store.list(&names::starts(subject)).await?;
        let mut facts: BTreeMap<u32, Vec<StartMark>> = BTreeMap::new();
        for (number, fact) in files.iter().filter_map(|file| names::parse_start(file)) {
            facts.entry(number).or_default().push(fact);
        }
        let last = facts.keys().next_back().copied().unwrap_or(0);
        let enough = LOOK_BACK.max(usize::try_from(self.limits.max_starts).unwrap_or(usize::MAX));
        let latest = facts
            .iter()
            .rev()
            .filter(|(_, facts)| !facts.contains(&StartMark::Released))
            .take(enough);
        let taken = latest.map(|(number, facts)| self.taken(subject, *number, facts));
        Ok(Starts {
            taken: try_join_all(taken).await?,
            last,
        })
    }

    async fn taken(
        &self,
        subject: SubjectHash,
        number: u32,
        facts: &[StartMark],
    ) -> Result<KnownStart, Error> {
        let path = names::start(subject, number, StartMark::Leased);
        let start = self.read(&path).await?.ok_or(Error::Corrupt(path))?;
        Ok(KnownStart {
            number,
            start,
            facts: facts.to_vec(),
        })
    }

    /// Takes the lease on the start `of.attempt` of a subject, if nobody was faster.
    pub(super) async fn lease(
        &self,
        subject: SubjectHash,
        of: AttemptOf,
    ) -> Result<Option<StartLease>, Error> {
        let start = StartLease {
            version: V1,
            at: self.clock.now(),
            of,
            owner: self.owners.me(),
            by: self.nonce(),
        };
        let path = names::start(subject, of.attempt, StartMark::Leased);
        Ok(self.create_exclusive(&path, &start).await?.then_some(start))
    }

    /// The person showed nothing in this attempt: it stays a start, but is no attempt.
    pub(super) async fn discount(&self, subject: SubjectHash, of: AttemptOf) -> Result<(), Error> {
        self.mark(subject, of, StartMark::Uncounted).await.map(|_| ())
    }

    /// Says something of a start.
    pub(super) async fn mark(
        &self,
        subject: SubjectHash,
        of: AttemptOf,
        fact: StartMark,
    ) -> Result<Created, Error> {
        let path = names::start(subject, of.attempt, fact);
        self.create(&path, &Happened::at(self.clock.now())).await
    }
}
