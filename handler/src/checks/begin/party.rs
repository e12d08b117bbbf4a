//! Who shares a transaction, in an order on which all processes agree.
//!
//! Sign-ins of one subject share a transaction; when the last of them gives it up, another start may follow. Whoever joins, and
//! whoever gives up as the last one, therefore takes the next number of the transaction's party by create-if-absent: the
//! second of two looks again, and then sees the first.

use crate::checks::facts::names::{FactName, StartMark};
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{AttemptOf, Party, V2};
use crate::checks::history::starts;
use crate::checks::{Deps, Error};
use crate::ids::VerificationId;

/// Announces that a sign-in is about to join a transaction that has not ended. False when the facts have to be looked at
/// again: somebody was faster, or the last one has left.
pub(in crate::checks) async fn enter(
    deps: &Deps,
    seen: &Snapshot,
    of: AttemptOf,
    by: VerificationId,
) -> Result<bool, Error> {
    if seen.has_dissolved(of).await? {
        // It may have been killed before it could say so.
        starts::discount(deps, seen, of).await?;
        return Ok(false);
    }
    change(deps, seen, of, by, true).await
}

/// Gives a transaction up in which nothing was shown: when nobody else shares it, another start may follow. False when
/// the facts have to be looked at again.
pub(in crate::checks) async fn leave(
    deps: &Deps,
    seen: &Snapshot,
    of: AttemptOf,
    by: VerificationId,
) -> Result<bool, Error> {
    if seen.is_shared(of, by).await? {
        return Ok(true);
    }
    if !seen.has_dissolved(of).await? && !change(deps, seen, of, by, false).await? {
        return Ok(false);
    }
    starts::discount(deps, seen, of).await?;
    Ok(true)
}

async fn change(
    deps: &Deps,
    seen: &Snapshot,
    of: AttemptOf,
    by: VerificationId,
    joins: bool,
) -> Result<bool, Error> {
    let party = Party {
        version: V2,
        at: deps.clock.now(),
        by,
        joins,
        nonce: deps.nonce(),
    };
    let number = seen.party_size(of).await? + 1;
    let is_ours = seen.take(of.attempt, StartMark::Party(number), &party).await?;
    if !is_ours {
        seen.refresh().await?;
    }
    Ok(is_ours)
}

impl Snapshot {
    async fn party_size(&self, of: AttemptOf) -> Result<u32, Error> {
        let marks = self.starts().await?.remove(&of.attempt).unwrap_or_default();
        let numbers = marks.into_iter().filter_map(|mark| match mark {
            StartMark::Party(number) => Some(number),
            _ => None,
        });
        Ok(numbers.max().unwrap_or(0))
    }

    async fn party_change(&self, of: AttemptOf, number: u32) -> Result<Party, Error> {
        self.start(of.attempt, StartMark::Party(number)).await
    }

    /// Whether the last one has left.
    async fn has_dissolved(&self, of: AttemptOf) -> Result<bool, Error> {
        let last = self.party_size(of).await?;
        Ok(last > 0 && !self.party_change(of, last).await?.joins)
    }

    /// Whether a sign-in of another verification is at this transaction as well, or about to join it, and has not given it
    /// up.
    async fn is_shared(&self, of: AttemptOf, by: VerificationId) -> Result<bool, Error> {
        let mut entered = Vec::new();
        for number in 1..=self.party_size(of).await? {
            entered.push(self.party_change(of, number).await?);
        }
        for id in self.verifications().await?.into_iter().filter(|id| *id != by) {
            let entries = entered
                .iter()
                .filter(|change| change.joins && change.by == id)
                .count();
            if self.is_at(id, of, entries).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a verification is at a transaction, which it has entered so often.
    async fn is_at(&self, id: VerificationId, of: AttemptOf, entries: usize) -> Result<bool, Error> {
        let names = self.names(id).await?;
        let joined = [FactName::Joined(of.attempt), FactName::Rejoined(of.attempt)];
        let joined = joined.iter().filter(|name| names.contains(name)).count();
        if joined == 0 && !names.contains(&FactName::Transaction(of.attempt)) || entries > joined {
            return Ok(entries > joined);
        }
        let history = self.own_history(id).await?;
        let attempt = history.attempts.get(&of.attempt);
        Ok(attempt.is_some_and(|attempt| attempt.is_rejoined || attempt.decisions.given_up().is_none()))
    }
}
