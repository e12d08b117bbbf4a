//! Reads the vendor's result with our own ids, decides, and records.

use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::sleep;
use tracing::{error, info, warn};

use super::decide::decide;
use super::facts::{AttemptOf, Conclusion, Decision, Happened, V1};
use super::history::{Attempt, History};
use super::matching::Hasher;
use super::outcome::Status;
use super::paths::Name;
use super::records::Created;
use super::vendor::{End, Progress, TransactionIds};
use super::{Error, Outcome, Verifications};
use crate::ids::VerificationId;

/// A result may be announced a moment before it can be read.
const UNKNOWN_PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(750)];
/// Nobody finishes a transaction any more that is so much older than the vendor keeps it.
const GRACE: Duration = Duration::from_secs(3600);
/// So many racing decisions of one verification are sorted out before giving up.
const MAX_RACES: usize = 16;

impl Verifications {
    /// Reads the result from the vendor now, decides and records. Safe to repeat and to race.
    ///
    /// # Errors
    /// No such verification; the vendor or the store.
    #[tracing::instrument(name = "verification.settle", skip_all, fields(verification.id = %id))]
    pub async fn settle(&self, id: VerificationId) -> Result<Outcome, Error> {
        let history = self.deps.history(id).await?;
        let now = self.deps.clock.now();
        let current = history.current().map(|attempt| attempt.number);
        for attempt in history.attempts.values() {
            let is_current = Some(attempt.number) == current;
            if is_current || self.readings.is_due(attempt, &self.deps.limits.poll_marks, now) {
                self.read_result(&history, attempt).await?;
            }
        }
        self.outcome(&self.deps.history(id).await?).await
    }

    /// Reads what is due, and nothing that was read already: for a notice that came again, because the reading after the
    /// first one may have failed, or died with its process.
    ///
    /// # Errors
    /// No such verification; the store.
    #[tracing::instrument(name = "verification.catch_up", skip_all, fields(verification.id = %id))]
    pub async fn catch_up(&self, id: VerificationId) -> Result<(), Error> {
        self.look(id).await.map(|_| ())
    }

    /// Settles what is due and says how things are then. A vendor that cannot be asked changes nothing; it will be asked
    /// again.
    pub(super) async fn look(&self, id: VerificationId) -> Result<History, Error> {
        let history = self.deps.history(id).await?;
        let now = self.deps.clock.now();
        let mut is_stale = false;
        for attempt in history.attempts.values() {
            if self.readings.is_due(attempt, &self.deps.limits.poll_marks, now) {
                is_stale = true;
                match self.read_result(&history, attempt).await {
                    Err(Error::Vendor(cause)) if cause.needs_an_operator() => {
                        error!(verification.id = %id, %cause, "the result cannot be read");
                    }
                    Err(Error::Vendor(cause)) => {
                        warn!(verification.id = %id, %cause, "the result cannot be read now");
                    }
                    other => other?,
                }
            } else if let Some(decision) = attempt.decision.as_ref().filter(|_| attempt.is_borrowed) {
                self.record_decision(&history, decision.clone()).await?;
            }
        }
        if is_stale {
            self.deps.history(id).await
        } else {
            Ok(history)
        }
    }

    /// Reads one attempt's result where its transaction lies, and copies the decision when that is elsewhere.
    async fn read_result(&self, history: &History, attempt: &Attempt) -> Result<(), Error> {
        if attempt.transaction.is_none() {
            return Ok(());
        }
        if attempt.home.id == history.id {
            return self.read_own(history, attempt).await;
        }
        let home = self.deps.own_history(attempt.home.id).await?;
        if let Some(lent) = home.attempts.get(&attempt.home.attempt) {
            self.read_own(&home, lent).await?;
        }
        let home = self.deps.own_history(attempt.home.id).await?;
        match home
            .attempts
            .get(&attempt.home.attempt)
            .and_then(|lent| lent.decision.clone())
        {
            Some(decision) => {
                let copy = Decision {
                    attempt: attempt.number,
                    adopted: Some(attempt.home),
                    ..decision
                };
                self.record_decision(history, copy).await
            }
            None => Ok(()),
        }
    }

    async fn read_own(&self, history: &History, attempt: &Attempt) -> Result<(), Error> {
        let Some(transaction) = &attempt.transaction else {
            return Ok(());
        };
        let read_at = self.deps.clock.now();
        let reading = self.readings.begin(attempt.home, read_at);
        let progress = self.fetch(&transaction.ids).await;
        if matches!(
            progress,
            Ok(Progress::Started | Progress::Captured | Progress::Ended(_))
        ) {
            reading.answered();
        }
        let hasher = Hasher {
            seal: &self.deps.seal,
            id: history.id,
            subject: history.request.subject,
        };
        let is_overdue = transaction.at + self.deps.limits.transaction_life + GRACE <= read_at;
        let conclusion = match progress? {
            Progress::Ended(finding) => decide(&self.deps.rules, &finding, &history.request.asked, &hasher),
            Progress::Captured => return self.note_captured(attempt.home).await,
            Progress::Started if is_overdue => Conclusion::plain(Status::Expired, "never_finished"),
            Progress::Unknown if is_overdue => Conclusion::plain(Status::Error, "lost_by_vendor"),
            Progress::Started | Progress::Unknown => return Ok(()),
        };
        if attempt.decision.is_some() && conclusion.end != Some(End::Processed) {
            return Ok(()); // an end without a result never takes a conclusion back
        }
        if conclusion.is_uncounted() {
            self.deps.discount(history.request.subject, attempt.home).await?;
        }
        let decision = Decision {
            version: V1,
            attempt: attempt.number,
            at: read_at,
            read_at,
            adopted: None,
            conclusion,
        };
        self.record_decision(history, decision).await
    }

    async fn fetch(&self, ids: &TransactionIds) -> Result<Progress, Error> {
        for pause in UNKNOWN_PAUSES {
            match self.deps.vendor.fetch(ids).await? {
                Progress::Unknown => sleep(pause).await,
                progress => return Ok(progress),
            }
        }
        Ok(self.deps.vendor.fetch(ids).await?)
    }

    async fn note_captured(&self, of: AttemptOf) -> Result<(), Error> {
        let captured = Happened::at(self.deps.clock.now());
        self.deps
            .create(&Name::Captured(of.attempt).path(of.id), &captured)
            .await
            .map(|_| ())
    }

    /// Records a decision, unless the same is known already or a newer reading has concluded otherwise.
    pub(super) async fn record_decision(&self, history: &History, decision: Decision) -> Result<(), Error> {
        for _ in 0..MAX_RACES {
            let now = self.deps.own_history(history.id).await?;
            let known = now
                .attempts
                .get(&decision.attempt)
                .and_then(|attempt| attempt.decision.as_ref());
            if known.is_some_and(|known| supersedes(known, &decision)) {
                return Ok(());
            }
            let path = Name::Decision(now.next_decision()).path(history.id);
            if self.deps.create(&path, &decision).await? == Created::New {
                let status = decision.conclusion.status.as_str();
                let reason = decision
                    .conclusion
                    .reason
                    .as_ref()
                    .map_or("", |reason| reason.as_str());
                info!(verification.id = %history.id, attempt = decision.attempt, status, reason, "decided");
                return Ok(());
            }
        }
        Err(Error::Busy)
    }

    /// What would be told to the client now.
    pub(super) async fn outcome(&self, history: &History) -> Result<Outcome, Error> {
        let now: OffsetDateTime = self.deps.clock.now();
        let left = self
            .deps
            .slots(history.request.subject)
            .await?
            .left(&self.deps.limits, now);
        let decision = history.current().and_then(|attempt| attempt.decision.as_ref());
        Ok(match decision {
            Some(decision) => Outcome::decided(history.id, decision, left),
            None => Outcome::pending(history.id, now, left),
        })
    }
}

/// Nothing is to be added to what is known: it says the same, or comes from a later reading.
fn supersedes(known: &Decision, new: &Decision) -> bool {
    known.conclusion == new.conclusion || known.read_at > new.read_at
}
