//! What the facts of a verification add up to. A fold of what one listing named: it asks nobody and writes nothing.
//!
//! # Layout
//! - `attempt`, `decisions`: one attempt, and what was decided of it
//! - `starts`: how often a subject may try; `earlier`: checks that save another one
//! - `timeline`: everything, moment by moment

pub(crate) mod attempt;
pub(crate) mod decisions;
pub(crate) mod earlier;
pub(crate) mod starts;
pub(crate) mod timeline;

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;

use crate::checks::Error;
use crate::checks::decision::matching::Asked;
use crate::checks::facts::names::FactName;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{Added, AttemptOf, Continued, Corrected, Decision, Happened, Request};
use crate::checks::history::attempt::{Asks, Attempt};
use crate::checks::outcome::{Outcome, Status};
use crate::ids::{FactHash, VerificationId};

/// A verification, as its facts say.
#[derive(Clone, Debug)]
pub(super) struct History {
    pub(super) id: VerificationId,
    pub(super) names: BTreeSet<FactName>,
    pub(super) attempts: BTreeMap<u32, Attempt>,
}

impl History {
    /// The attempt that counts: the last one.
    pub(super) fn current(&self) -> Option<&Attempt> {
        self.attempts.values().rev().find(|attempt| attempt.is_known())
    }

    /// The number that the next decision gets.
    pub(super) fn next_decision(&self) -> u32 {
        let last = self.names.iter().filter_map(|name| match name {
            FactName::Decision(d) => Some(*d),
            _ => None,
        });
        last.max().unwrap_or(0) + 1
    }

    /// How often the browser came back in an attempt.
    pub(super) fn returns(&self, attempt: u32) -> u32 {
        let of = |name: &&FactName| matches!(name, FactName::Returned(n, _) if *n == attempt);
        u32::try_from(self.names.iter().filter(of).count()).unwrap_or(u32::MAX)
    }

    fn attempt(&mut self, number: u32) -> &mut Attempt {
        self.attempts
            .entry(number)
            .or_insert_with(|| Attempt::new(self.id, number))
    }

    /// What the names alone say.
    fn note(&mut self, name: FactName) {
        match name {
            FactName::Joined(n) => self.attempt(n).is_joined = true,
            FactName::Rejoined(n) => self.attempt(n).is_rejoined = true,
            FactName::Transaction(n) => self.attempt(n).has_transaction = true,
            FactName::Captured(n) => self.attempt(n).captured = true,
            FactName::Refused(n) => self.attempt(n).is_refused_elsewhere = true,
            FactName::Returned(n, _) => self.attempt(n).has_returned = true,
            FactName::Callback(n, hash) => {
                self.attempt(n).callbacks.insert(hash);
            }
            _ => {}
        }
    }
}

impl Snapshot {
    /// A verification, together with the transaction that it uses, if that lies elsewhere.
    pub(super) async fn history(&self, id: VerificationId) -> Result<History, Error> {
        let mut history = self.own_history(id).await?;
        let Some(number) = history
            .current()
            .filter(|last| last.adopts())
            .map(|last| last.number)
        else {
            return Ok(history);
        };
        let home = self.home_of(number).await?.ok_or(Error::NotFound)?;
        let other = self.own_history(home).await?;
        let adopted = other.attempts.get(&number).ok_or(Error::NotFound)?;
        let ours = self.request(id).await?.asked;
        // What was compared is what was asked there, and what was added since makes it unread.
        let asks = match adopted.decisions.last_reading() {
            Some((_, reading)) if !adopted.is_unread() => Asks::of(&ours, &reading.asked),
            _ => Asks::of(&ours, &self.request(home).await?.asked),
        };
        let corrected = self.correction(&other, number, &ours).await?;
        if let Some(attempt) = history.attempts.get_mut(&number) {
            attempt.join(adopted, asks);
            let is_shared = attempt.decided_in.id != id;
            if let (false, Some(corrected)) = (is_shared, corrected) {
                attempt.share_correction(&corrected);
            }
        }
        Ok(history)
    }

    /// The verification that has corrected what was registered for a transaction.
    pub(super) async fn corrected_by(&self, of: AttemptOf) -> Result<Option<VerificationId>, Error> {
        let corrected: Option<Corrected> = self.find(of.id, FactName::Corrected(of.attempt)).await?;
        Ok(corrected.map(|corrected| corrected.by))
    }

    /// What was decided of a transaction for whoever has corrected what was registered, where that is what `ours` asks.
    pub(super) async fn correction(
        &self,
        home: &History,
        number: u32,
        ours: &Asked,
    ) -> Result<Option<Attempt>, Error> {
        let Some(by) = self.corrected_by(own(home.id, number)).await? else {
            return Ok(None);
        };
        let mut theirs = match self.own_history(by).await {
            Err(Error::NotFound) => return Ok(None), // erased
            theirs => theirs?,
        };
        let asks = Asks::of(ours, &self.request(by).await?.asked);
        let attempt = theirs.attempts.remove(&number);
        let joined = attempt
            .zip(home.attempts.get(&number))
            .map(|(mut attempt, adopted)| {
                attempt.join(adopted, Asks::Other);
                attempt
            });
        // Whoever asks less is told an approval, as of every other transaction.
        Ok(joined.filter(|attempt| match asks {
            Asks::TheSame => true,
            Asks::Less => attempt.decision.as_ref().is_some_and(is_approval),
            Asks::Other => false,
        }))
    }

    /// A verification without a look at any other.
    pub(super) async fn own_history(&self, id: VerificationId) -> Result<History, Error> {
        let names = self.names(id).await?;
        if !names.contains(&FactName::Request) {
            return Err(Error::NotFound);
        }
        let mut history = History {
            id,
            names: names.clone(),
            attempts: BTreeMap::new(),
        };
        for name in &names {
            history.note(*name);
        }
        for (number, decision) in self.decisions(id, &names).await? {
            history.attempt(decision.attempt).decisions.add(number, decision);
        }
        let added: BTreeSet<FactHash> = names.iter().filter_map(added).collect();
        for attempt in history.attempts.values_mut() {
            attempt.added.clone_from(&added);
            self.complete(id, attempt, &names).await?;
            attempt.conclude();
        }
        Ok(history)
    }

    async fn decisions(
        &self,
        id: VerificationId,
        names: &BTreeSet<FactName>,
    ) -> Result<Vec<(u32, Decision)>, Error> {
        let decisions = names.iter().filter_map(|name| match name {
            FactName::Decision(number) => Some((*number, *name)),
            _ => None,
        });
        let read = decisions.map(|(number, name)| async move { Ok((number, self.fact(id, name).await?)) });
        try_join_all(read).await
    }

    /// What only matters as long as the vendor has concluded nothing: where the transaction is, and when the browser came
    /// back.
    async fn complete(
        &self,
        id: VerificationId,
        attempt: &mut Attempt,
        names: &BTreeSet<FactName>,
    ) -> Result<(), Error> {
        let number = attempt.number;
        if attempt.decisions.has_result() {
            return Ok(());
        }
        if attempt.has_transaction {
            attempt.transaction = Some(self.fact(id, FactName::Transaction(number)).await?);
        }
        let returns = names
            .iter()
            .filter(|name| matches!(name, FactName::Returned(n, _) if *n == number));
        let read = returns.map(|name| self.fact::<Happened>(id, *name));
        attempt.returned_at = try_join_all(read).await?.iter().map(|fact| fact.at).collect();
        Ok(())
    }

    /// What was registered, and what was added to it.
    pub(super) async fn request(&self, id: VerificationId) -> Result<Request, Error> {
        let mut request: Request = self.fact(id, FactName::Request).await?;
        for name in self.names(id).await? {
            if added(&name).is_some() {
                request.asked.add(self.fact::<Added>(id, name).await?.asked);
            }
        }
        Ok(request)
    }

    /// The other sign-ins that use a transaction of this verification too, at most `most` of them.
    pub(super) async fn continued(&self, history: &History, most: usize) -> Result<Vec<Continued>, Error> {
        let names = history.names.iter();
        let names = names.filter(|name| matches!(name, FactName::Continued(_)));
        let read = names
            .take(most)
            .map(|name| self.fact::<Continued>(history.id, *name));
        try_join_all(read).await
    }
}

fn added(name: &FactName) -> Option<FactHash> {
    match name {
        FactName::Added(hash) => Some(*hash),
        _ => None,
    }
}

impl Outcome {
    /// What is told of a decision.
    pub(super) fn decided(id: VerificationId, decision: &Decision, attempts_left: u32) -> Self {
        let conclusion = &decision.conclusion;
        Self {
            id,
            status: conclusion.status,
            reason: conclusion.reason.clone(),
            at: decision.at,
            attempts_left,
            next_at: None,
            matched: conclusion.matched,
            document: conclusion.document.filter(|_| is_approval(decision)),
        }
    }
}

/// Whether a decision approves.
pub(super) fn is_approval(decision: &Decision) -> bool {
    decision.conclusion.status == Status::Approved
}

/// The attempt of a verification's own.
pub(super) const fn own(id: VerificationId, attempt: u32) -> AttemptOf {
    AttemptOf { id, attempt }
}
