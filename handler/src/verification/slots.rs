//! How often a subject may try, exactly, although processes share nothing but the store.
//!
//! Every start takes the next numbered slot of its subject by create-if-absent, and may take it only when the start before
//! it is concluded. So the slot is the lease too: whoever creates slot s has seen all slots before s, two can never both
//! take the last free one, and no two transactions of one subject are begun at once. A slot is released when the start
//! certainly came to nothing; it stays a start but is no attempt when the person showed nothing, or when nobody knows
//! whether the vendor was reached.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use time::OffsetDateTime;

use super::facts::{AttemptOf, Happened, Slot, Transaction, V1};
use super::paths::{self, Name, SlotFact};
use super::records::Created;
use super::{Deps, Error, Limits};
use crate::ids::SubjectHash;

/// How far back an earlier verification is looked for.
const LOOK_BACK: usize = 20;

/// A subject's slots, latest first; released ones are left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    pub(super) taken: Vec<Taken>,
    last: u32,
}

/// One slot.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) number: u32,
    pub(super) slot: Slot,
    facts: Vec<SlotFact>,
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

impl Taken {
    /// The person has shown something in it, or may yet.
    pub(super) fn is_attempt(&self) -> bool {
        !self.says(SlotFact::Uncounted) && !self.is_unconfirmed()
    }

    /// Nobody knows whether it reached the vendor.
    pub(super) fn is_unconfirmed(&self) -> bool {
        self.says(SlotFact::Unconfirmed)
    }

    /// It is said of it, here, that another start may follow.
    fn is_concluded(&self) -> bool {
        !self.is_attempt() || self.says(SlotFact::Superseded)
    }

    pub(super) fn says(&self, fact: SlotFact) -> bool {
        self.facts.contains(&fact)
    }
}

impl Slots {
    /// How many attempts are left now.
    pub(super) fn left(&self, limits: &Limits, now: OffsetDateTime) -> u32 {
        let starts = self.count(limits, now, |_| true);
        let attempts = self.count(limits, now, Taken::is_attempt);
        limits
            .max_starts
            .saturating_sub(starts)
            .min(limits.max_attempts.saturating_sub(attempts))
    }

    /// Whether one more start is allowed now.
    pub(super) fn room(&self, limits: &Limits, now: OffsetDateTime) -> Room {
        let known = self.count(limits, now, |taken| !taken.is_unconfirmed());
        let attempts = self.count(limits, now, Taken::is_attempt);
        if self.left(limits, now) > 0 {
            Room::Free
        } else if attempts < limits.max_attempts && known < limits.max_starts {
            Room::UsedUpByFailures
        } else {
            Room::UsedUp
        }
    }

    fn count(&self, limits: &Limits, now: OffsetDateTime, is_meant: impl Fn(&Taken) -> bool) -> u32 {
        let recent = |taken: &&Taken| taken.slot.at + limits.attempts_window > now;
        let meant = self.taken.iter().filter(recent).filter(|taken| is_meant(taken));
        u32::try_from(meant.count()).unwrap_or(u32::MAX)
    }

    /// The last start, unless it is already said that another may follow.
    pub(super) fn open(&self) -> Option<&Taken> {
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
    /// Reads the latest slots: at least as many as may be taken within the window, so that none of those is missed.
    pub(super) async fn slots(&self, subject: SubjectHash) -> Result<Slots, Error> {
        let files = self.records.list(&paths::slots(subject)).await?;
        let mut facts: BTreeMap<u32, Vec<SlotFact>> = BTreeMap::new();
        for (number, fact) in files.iter().filter_map(|file| paths::parse_slot(file)) {
            facts.entry(number).or_default().push(fact);
        }
        let last = facts.keys().next_back().copied().unwrap_or(0);
        let enough = LOOK_BACK.max(usize::try_from(self.limits.max_starts).unwrap_or(usize::MAX));
        let latest = facts
            .iter()
            .rev()
            .filter(|(_, facts)| !facts.contains(&SlotFact::Released))
            .take(enough);
        let taken = latest.map(|(number, facts)| self.taken(subject, *number, facts));
        Ok(Slots {
            taken: try_join_all(taken).await?,
            last,
        })
    }

    /// The number of a subject's last start whose transaction is recorded; 0 for none. A later one may be under way, but
    /// nobody has been sent to it yet.
    pub(super) async fn last_recorded(&self, subject: SubjectHash) -> Result<u32, Error> {
        let files = self.records.list(&paths::slots(subject)).await?;
        let numbers = files.iter().filter_map(|file| paths::parse_slot(file));
        let Some(last) = numbers.map(|(number, _)| number).max() else {
            return Ok(0);
        };
        let of = self.taken(subject, last, &[]).await?.slot.of;
        let path = Name::Transaction(of.attempt).path(of.id);
        let transaction: Option<Transaction> = self.read(&path).await?;
        Ok(if transaction.is_some() { last } else { last - 1 })
    }

    async fn taken(&self, subject: SubjectHash, number: u32, facts: &[SlotFact]) -> Result<Taken, Error> {
        let path = paths::slot(subject, number, SlotFact::Taken);
        let slot = self.read(&path).await?.ok_or(Error::Corrupt(path))?;
        Ok(Taken {
            number,
            slot,
            facts: facts.to_vec(),
        })
    }

    /// Takes the lease on the start `of.attempt` of a subject, if nobody was faster.
    pub(super) async fn lease(&self, subject: SubjectHash, of: AttemptOf) -> Result<Option<Slot>, Error> {
        let slot = Slot {
            version: V1,
            at: self.clock.now(),
            of,
            owner: self.owners.me(),
            by: self.nonce(),
        };
        let path = paths::slot(subject, of.attempt, SlotFact::Taken);
        Ok(self.claim(&path, &slot).await?.then_some(slot))
    }

    /// The person showed nothing in this attempt: it stays a start, but is no attempt.
    pub(super) async fn discount(&self, subject: SubjectHash, of: AttemptOf) -> Result<(), Error> {
        self.mark(subject, of, SlotFact::Uncounted).await.map(|_| ())
    }

    /// Says something of a start.
    pub(super) async fn mark(
        &self,
        subject: SubjectHash,
        of: AttemptOf,
        fact: SlotFact,
    ) -> Result<Created, Error> {
        let path = paths::slot(subject, of.attempt, fact);
        self.create(&path, &Happened::at(self.clock.now())).await
    }
}
