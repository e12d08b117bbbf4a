//! What the decisions about one attempt add up to.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use crate::checks::facts::{Conclusion, Decision};
use crate::checks::outcome::{Reason, Status};
use crate::ids::FactHash;

/// The vendor changed its result after a human had decided.
const REOPENED: Reason = Reason::of("changed_after_review");

/// The decisions about one attempt, by their numbers.
#[derive(Clone, Debug, Default)]
pub(in crate::checks) struct Decisions(BTreeMap<u32, Decision>);

/// How things stand after some of the decisions, gone through in their order.
#[derive(Default)]
struct Fold<'a> {
    /// The last conclusive reading.
    reading: Option<&'a Decision>,
    /// The last human decision, and whether the vendor has changed its result since the one that it stands over.
    human: Option<(&'a Decision, bool)>,
}

impl Decisions {
    pub(in crate::checks) fn add(&mut self, number: u32, decision: Decision) {
        self.0.insert(number, decision);
    }

    pub(in crate::checks) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether some decision names this callback.
    pub(in crate::checks) fn names(&self, callback: &FactHash) -> bool {
        let mut named = self.0.values().flat_map(|decision| &decision.callbacks);
        named.any(|named| named == callback)
    }

    /// Those that say something of the transaction, and not only that a person gave it up in one of the sign-ins that share
    /// it: the others may go on. What an end without a result says is for them too.
    pub(in crate::checks) fn of_the_transaction(&self) -> Self {
        let all = self.0.iter().filter(|(_, decision)| !is_given_up(decision));
        Self(
            all.map(|(number, decision)| (*number, decision.clone()))
                .collect(),
        )
    }

    /// Whether the vendor has concluded something, and not only a person given up.
    pub(in crate::checks) fn has_result(&self) -> bool {
        let mut all = self.0.values();
        all.any(|decision| is_conclusive_reading(decision) && !is_given_up(decision))
    }

    /// The last time that the person gave it up.
    pub(in crate::checks) fn given_up(&self) -> Option<&Decision> {
        self.0.values().rev().find(|decision| is_given_up(decision))
    }

    /// The last conclusion that no human made, and the number of its decision.
    pub(in crate::checks) fn last_reading(&self) -> Option<(u32, &Conclusion)> {
        let mut latest = self.0.iter().rev();
        let (number, decision) = latest.find(|(_, decision)| is_conclusive_reading(decision))?;
        Some((*number, &decision.conclusion))
    }

    /// When the vendor was first found to have checked the person. Reading the same again, or a human's word over it, makes
    /// a check no younger.
    pub(in crate::checks) fn checked_at(&self) -> Option<OffsetDateTime> {
        let mut readings = self.0.values().filter(|decision| decision.human.is_none());
        let first = readings.find(|reading| reading.conclusion.is_check());
        first.map(|reading| reading.at)
    }

    /// The last decision that a human made.
    pub(in crate::checks) fn last_human(&self) -> Option<&Decision> {
        self.0.values().rev().find(|decision| decision.human.is_some())
    }

    /// What is told: the last reading, or the human's word that stands over it. Its time is the one since which this
    /// status is told, so that reading the same again makes nothing younger.
    pub(in crate::checks) fn told(&self) -> Option<Decision> {
        let mut fold = Fold::default();
        let mut told: Option<Decision> = None;
        for (number, decision) in &self.0 {
            if let Some(human) = &decision.human {
                let is_changed = self.is_changed_between(human.over, *number, decision);
                fold.human = Some((decision, is_changed));
            } else if is_conclusive_reading(decision) {
                fold.read(decision);
            }
            let Some(next) = fold.told() else { continue };
            let since = told.filter(|told| told.conclusion.status == next.conclusion.status);
            told = Some(Decision {
                at: since.map_or(next.at, |told| told.at),
                ..next
            });
        }
        told
    }

    /// Whether a reading that the human had not listed came before the human's decision was stored.
    fn is_changed_between(&self, over: u32, number: u32, human: &Decision) -> bool {
        let mut listed_late = self.0.range(over..number).map(|(_, decision)| decision);
        listed_late.any(|reading| {
            is_conclusive_reading(reading) && !reading.conclusion.is_same_finding(&human.conclusion)
        })
    }
}

impl<'a> Fold<'a> {
    fn read(&mut self, reading: &'a Decision) {
        // An end without a result never takes it back that the person gave up.
        if self.reading.is_some_and(is_given_up) && !reading.conclusion.is_check() {
            return;
        }
        self.reading = Some(reading);
        if let Some((human, is_changed)) = &mut self.human {
            *is_changed |= !reading.conclusion.is_same_finding(&human.conclusion);
        }
    }

    /// A human's word stands over what the vendor had said by then. When the vendor has changed its result since, only what
    /// both say is told; anything else is for a human to look at again.
    fn told(&self) -> Option<Decision> {
        let reading = self.reading?;
        Some(match self.human {
            None => reading.clone(),
            Some((human, false)) => human.clone(),
            Some((human, true)) if human.conclusion.status == reading.conclusion.status => reading.clone(),
            Some((_, true)) => Decision {
                conclusion: reading.conclusion.clone().in_review(REOPENED),
                ..reading.clone()
            },
        })
    }
}

/// The person did not want to go on. The vendor never says so.
fn is_given_up(decision: &Decision) -> bool {
    decision.human.is_none() && decision.conclusion.status == Status::Cancelled
}

/// Read from the vendor, or given up by the person, and more than "nothing yet".
fn is_conclusive_reading(decision: &Decision) -> bool {
    decision.human.is_none() && decision.conclusion.status != Status::Pending
}

#[cfg(test)]
mod tests;
