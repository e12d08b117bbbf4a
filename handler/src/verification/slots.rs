//! How often a subject may try, exactly, although processes share nothing but the store.
//!
//! Every start takes the next numbered slot of its subject by create-if-absent. Whoever creates slot s has seen all slots
//! before s, so two can never both take the last free one. A slot is released when nothing came of the start, and stays a
//! start but is no attempt when the person showed nothing.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use time::OffsetDateTime;

use super::facts::{AttemptOf, Happened, Slot, V1};
use super::paths::{self, SlotFact};
use super::{Deps, Error, Limits};
use crate::ids::SubjectHash;

/// How far back an earlier verification is looked for.
const LOOK_BACK: usize = 20;
/// So many racing starts of one subject are sorted out before giving up.
const MAX_RACES: usize = 64;

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
    pub(super) uncounted: bool,
}

impl Slots {
    /// How many attempts are left now.
    pub(super) fn left(&self, limits: &Limits, now: OffsetDateTime) -> u32 {
        let recent = |taken: &&Taken| taken.slot.at + limits.attempts_window > now;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let starts = count(self.taken.iter().filter(recent).count());
        let attempts = count(
            self.taken
                .iter()
                .filter(recent)
                .filter(|taken| !taken.uncounted)
                .count(),
        );
        limits
            .max_starts
            .saturating_sub(starts)
            .min(limits.max_attempts.saturating_sub(attempts))
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

    async fn taken(&self, subject: SubjectHash, number: u32, facts: &[SlotFact]) -> Result<Taken, Error> {
        let path = paths::slot(subject, number, SlotFact::Taken);
        let slot = self.read(&path).await?.ok_or(Error::Corrupt(path))?;
        Ok(Taken {
            number,
            slot,
            uncounted: facts.contains(&SlotFact::Uncounted),
        })
    }

    pub(super) fn has_room(&self, slots: &Slots) -> bool {
        slots.left(&self.limits, self.clock.now()) > 0
    }

    /// Takes a slot for a claim and gives its number.
    pub(super) async fn take_slot(
        &self,
        subject: SubjectHash,
        of: AttemptOf,
        claim: u32,
    ) -> Result<u32, Error> {
        for _ in 0..MAX_RACES {
            let slots = self.slots(subject).await?;
            let now = self.clock.now();
            if !self.has_room(&slots) {
                return Err(Error::AttemptsExhausted);
            }
            let number = slots.last + 1;
            let slot = Slot {
                version: V1,
                at: now,
                of,
                claim,
                by: self.nonce(),
            };
            if self
                .claim(&paths::slot(subject, number, SlotFact::Taken), &slot)
                .await?
            {
                return Ok(number);
            }
        }
        Err(Error::Busy)
    }

    /// Nothing came of the start: it counts for nothing.
    pub(super) async fn release_slot(&self, subject: SubjectHash, number: u32) -> Result<(), Error> {
        self.mark_slot(subject, number, SlotFact::Released).await
    }

    /// The person showed nothing in this attempt: its slots stay starts, but are no attempts.
    pub(super) async fn discount(&self, subject: SubjectHash, of: AttemptOf) -> Result<(), Error> {
        self.discount_before(subject, of, u32::MAX).await
    }

    /// The processes that made earlier claims of this attempt died: their slots stay starts, but are no attempts.
    pub(super) async fn discount_before(
        &self,
        subject: SubjectHash,
        of: AttemptOf,
        claim: u32,
    ) -> Result<(), Error> {
        let slots = self.slots(subject).await?;
        let is_meant = |taken: &&Taken| taken.slot.of == of && taken.slot.claim < claim && !taken.uncounted;
        for taken in slots.taken.iter().filter(is_meant) {
            self.mark_slot(subject, taken.number, SlotFact::Uncounted).await?;
        }
        Ok(())
    }

    async fn mark_slot(&self, subject: SubjectHash, number: u32, fact: SlotFact) -> Result<(), Error> {
        let path = paths::slot(subject, number, fact);
        self.create(&path, &Happened::at(self.clock.now()))
            .await
            .map(|_| ())
    }
}
