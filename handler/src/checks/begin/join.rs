//! Shares a transaction of another verification, or an approval that is there.

use crate::checks::begin::party;
use crate::checks::facts::names::FactName;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{AttemptOf, Continued, Decision, Joined, V2};
use crate::checks::history::{History, is_approval};
use crate::checks::outcome::Status;
use crate::checks::{Checks, Deps, Entry, Error, MAX_CONTINUED};
use crate::ids::VerificationId;

impl Checks {
    /// Shares a transaction of another verification, and records on that one that this sign-in continues it, for when the
    /// vendor sends the browser back. That record is written first: once joined, the browser is sent to the vendor without
    /// passing here again. Does nothing where the facts have to be looked at again.
    pub(super) async fn join(&self, of: AttemptOf, entry: &Entry, history: &History) -> Result<(), Error> {
        let home = entry.seen.own_history(of.id).await?;
        let theirs = home.attempts.get(&of.attempt);
        let is_judged = theirs.is_none_or(|attempt| attempt.decisions.has_result());
        if !is_judged && !party::enter(&self.deps, &entry.seen, of, entry.id).await? {
            return Ok(());
        }
        self.leave_word(of, entry).await?;
        // Given up before, and taken up again.
        let name = match history.attempts.get(&of.attempt) {
            Some(known) if known.is_joined => FactName::Rejoined(of.attempt),
            _ => FactName::Joined(of.attempt),
        };
        join(&self.deps, &entry.seen, of, entry.id, name).await
    }

    async fn leave_word(&self, of: AttemptOf, entry: &Entry) -> Result<(), Error> {
        let is_continued = |name: &&FactName| matches!(name, FactName::Continued(_));
        let home = entry.seen.own_history(of.id).await?;
        let is_open = home.attempts.get(&of.attempt).is_some_and(|attempt| {
            let decision = attempt.decision.as_ref();
            let in_review = |decision: &Decision| decision.conclusion.status == Status::Review;
            !attempt.decisions.has_result() || decision.is_none_or(in_review)
        });
        let is_open = is_open || entry.seen.corrected_by(of).await? == Some(entry.id);
        if !is_open || home.names.iter().filter(is_continued).count() >= MAX_CONTINUED {
            return Ok(());
        }
        let continued = Continued {
            version: V2,
            at: self.deps.clock.now(),
            by: entry.id,
            authorization: entry.key,
            expires_at: entry.expires_at,
        };
        let name = FactName::Continued(entry.key);
        entry.seen.create(of.id, name, &continued).await.map(|_| ())
    }

    /// Whether an approval that is good enough answers this sign-in: the verification's own, or a later one of the subject,
    /// which then becomes the attempt that counts. Whoever is faster with a later attempt wins.
    ///
    /// # Errors
    /// No such verification; the store.
    pub(crate) async fn adopt_approval(&self, entry: &Entry) -> Result<bool, Error> {
        let seen = &entry.seen;
        let history = seen.history(entry.id).await?;
        let last = history.current();
        if let Some(attempt) = last.filter(|attempt| entry.is_satisfied_by(attempt)) {
            let is_met = entry
                .word_unasked()
                .is_met_by(seen.confirmed(attempt.home).await?);
            return Ok(is_met && attempt.decision.as_ref().is_some_and(is_approval));
        }
        let after = last.map_or(0, |last| last.number);
        let reusable = self.reusable_for(entry, after, entry.word_unasked()).await?;
        let Some(of) = reusable.approval else {
            return Ok(false);
        };
        let name = FactName::Joined(of.attempt);
        join(&self.deps, seen, of, entry.id, name).await?;
        Ok(true)
    }
}

/// Makes a transaction that lies elsewhere an attempt of a verification.
pub(in crate::checks) async fn join(
    deps: &Deps,
    seen: &Snapshot,
    of: AttemptOf,
    by: VerificationId,
    name: FactName,
) -> Result<(), Error> {
    let joined = Joined {
        version: V2,
        at: deps.clock.now(),
        home: of.id,
    };
    seen.create(by, name, &joined).await.map(|_| ())
}
