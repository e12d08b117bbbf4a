//! Whether a person began a check themselves.
//!
//! Whoever begins a check in their own browser may send the vendor's address to somebody else, who then shows their document for
//! a sign-in that is not theirs. The vendor sends that person's browser back to us, and not the one that began. Where nobody whom
//! we know answers for a sign-in ([`Purse::Unknown`]), or values of the document are told, an approval is therefore told only once the browser that began has come back
//! itself, or the person in front of it has said that they began it. Where a browser came back that did not begin, its person is
//! asked instead, and the one that began says nothing any more. Whoever says no has cancelled, for good.
//!
//! They are facts of the start, and whoever would reuse the approval needs the word too.

use tracing::info;

use crate::checks::facts::names::FactName;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{AttemptOf, Confirmed, Happened, V2};
use crate::checks::history::History;
use crate::checks::outcome::{CANCELLED, Status};
use crate::checks::purse::Purse;
use crate::checks::{Checks, Entry, Error, Outcome};

/// Which word an approval must have before it answers a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::checks) enum Word {
    /// None: somebody whom we know answers for it.
    Unneeded,
    /// Not that it was somebody else; the person may still be asked.
    NotNo,
    /// That it was they.
    Yes,
}

impl Word {
    /// Whether an approval is good enough of which this was said.
    pub(in crate::checks) const fn is_met_by(self, said: Option<bool>) -> bool {
        match self {
            Self::Unneeded => true,
            Self::NotNo => !matches!(said, Some(false)),
            Self::Yes => matches!(said, Some(true)),
        }
    }
}

impl Entry {
    /// Nobody whom we know answers for it, or more is told than whether somebody is approved.
    const fn needs_word(&self) -> bool {
        self.tells_values || matches!(self.purse, Purse::Unknown(_))
    }

    /// What an approval needs, for a browser that the person sits in front of.
    pub(in crate::checks) const fn word(&self) -> Word {
        if self.needs_word() {
            Word::NotNo
        } else {
            Word::Unneeded
        }
    }

    /// What an approval needs that answers without anybody being asked.
    pub(in crate::checks) const fn word_unasked(&self) -> Word {
        if self.needs_word() {
            Word::Yes
        } else {
            Word::Unneeded
        }
    }
}

impl Snapshot {
    /// What was said of a start: that the person began it, or that they did not. Where a browser came back that did not begin,
    /// its person has the word, and a no of theirs holds whatever else was said.
    pub(in crate::checks) async fn confirmed(&self, of: AttemptOf) -> Result<Option<bool>, Error> {
        if self.has(of.id, FactName::Disowned(of.attempt)).await? {
            return Ok(Some(false));
        }
        if self.is_elsewhere(of).await? {
            let is_owned = self.has(of.id, FactName::Owned(of.attempt)).await?;
            return Ok(is_owned.then_some(true));
        }
        let said: Option<Confirmed> = self.find(of.id, FactName::Confirmed(of.attempt)).await?;
        Ok(said.map(|said| said.is_own))
    }

    /// Whether a browser came back from the vendor that did not begin.
    async fn is_elsewhere(&self, of: AttemptOf) -> Result<bool, Error> {
        self.has(of.id, FactName::Elsewhere(of.attempt)).await
    }
}

impl Checks {
    /// The browser that began has come back from the vendor.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn came_back(&self, entry: &Entry) -> Result<(), Error> {
        self.say(entry, true).await
    }

    /// The person in front of the browser that began says whether it was they. What was said first counts.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn confirm(&self, entry: &Entry, is_own: bool) -> Result<(), Error> {
        let history = entry.seen.history(entry.id).await?;
        if self.unconfirmed(entry, &history).await? != Some(None) {
            return Ok(());
        }
        info!(verification.id = %entry.id, is_own, code = "check.confirmed", "person asked whether they began the check");
        self.say(entry, is_own).await
    }

    /// A browser that did not begin has come back from the vendor: from now on its person has the word. Says whether they
    /// are to be asked; nobody is where somebody whom we know answers for the sign-in.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn came_back_elsewhere(&self, entry: &Entry) -> Result<bool, Error> {
        self.say_elsewhere(entry, FactName::Elsewhere).await
    }

    /// The person in front of a browser that did not begin says whether they began the check all the same. Anybody who knows
    /// the address may say yes, so it is a no that counts, whenever it comes.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn answer_elsewhere(&self, entry: &Entry, is_own: bool) -> Result<(), Error> {
        info!(verification.id = %entry.id, is_own, code = "check.confirmed", "person asked whether they began the check");
        let word = if is_own {
            FactName::Owned
        } else {
            FactName::Disowned
        };
        self.say_elsewhere(entry, word).await.map(|_| ())
    }

    async fn say_elsewhere(&self, entry: &Entry, name: fn(u32) -> FactName) -> Result<bool, Error> {
        let history = entry.seen.history(entry.id).await?;
        let attempt = history.current().filter(|attempt| attempt.has_transaction);
        let Some(of) = attempt.filter(|_| entry.needs_word()).map(|attempt| attempt.home) else {
            return Ok(false);
        };
        let happened = Happened::at(self.deps.clock.now());
        entry.seen.create(of.id, name(of.attempt), &happened).await?;
        Ok(true)
    }

    async fn say(&self, entry: &Entry, is_own: bool) -> Result<(), Error> {
        let seen = &entry.seen;
        let history = seen.history(entry.id).await?;
        let Some(attempt) = history.current().filter(|attempt| attempt.has_transaction) else {
            return Ok(());
        };
        if !entry.needs_word() {
            return Ok(());
        }
        let confirmed = Confirmed {
            version: V2,
            at: self.deps.clock.now(),
            is_own,
        };
        let of = attempt.home;
        let name = FactName::Confirmed(of.attempt);
        seen.create(of.id, name, &confirmed).await.map(|_| ())
    }

    /// What was said of an approval that may not be told for want of a yes; nothing where it may, or there is none.
    pub(super) async fn unconfirmed(
        &self,
        entry: &Entry,
        history: &History,
    ) -> Result<Option<Option<bool>>, Error> {
        let attempt = history.current().filter(|_| entry.needs_word());
        let is_approved = |status| status == Some(Status::Approved);
        let approved = attempt.filter(|attempt| {
            let decision = attempt.decision.as_ref();
            is_approved(decision.map(|decision| decision.conclusion.status))
        });
        let Some(approved) = approved else {
            return Ok(None);
        };
        let said = entry.seen.confirmed(approved.home).await?;
        Ok((said != Some(true)).then_some(said))
    }

    /// Whether another browser has the word.
    async fn is_asked_elsewhere(&self, entry: &Entry, history: &History) -> Result<bool, Error> {
        match history.current() {
            Some(attempt) => entry.seen.is_elsewhere(attempt.home).await,
            None => Ok(false),
        }
    }

    /// What may be told of an outcome, and whether the person has to be asked first.
    pub(super) async fn tellable(
        &self,
        entry: &Entry,
        history: &History,
        outcome: Outcome,
    ) -> Result<(Outcome, Asked), Error> {
        if outcome.status != Status::Approved {
            return Ok((outcome, Asked::Nothing));
        }
        let (now, left) = (self.deps.clock.now(), outcome.attempts_left);
        let pending = Outcome::pending(outcome.id, now, left);
        Ok(match self.unconfirmed(entry, history).await? {
            None => (outcome, Asked::Nothing),
            Some(None) if self.is_asked_elsewhere(entry, history).await? => (pending, Asked::Nothing),
            Some(None) => (pending, Asked::WhetherOwn),
            Some(Some(_)) => {
                let cancelled = Outcome {
                    status: Status::Cancelled,
                    reason: Some(CANCELLED),
                    at: outcome.at,
                    ..pending
                };
                (cancelled, Asked::Nothing)
            }
        })
    }
}

/// What the person has to be asked before an outcome is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Nothing,
    /// Whether they began the check.
    WhetherOwn,
}
