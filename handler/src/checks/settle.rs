//! Reads the vendor's result with our own ids, decides, and records.
//!
//! A reading lists first (callbacks, decisions), then asks the vendor, and may be written only as the decision after the
//! last one it had listed. Whoever loses that race asks again. So decisions stand in the order in which the vendor was asked
//! without any clock, and a callback that no decision names has not been read.
//!
//! # Layout
//! - `polling`: when the vendor is asked; `reading`: one question to it, and what is written of the answer

pub(crate) mod polling;
pub(crate) mod reading;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::timeout_at;
use tracing::{Instrument as _, error, info, warn};

use crate::checks::fact_store::Created;
use crate::checks::facts::names::{FactName, StartMark};
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{AttemptOf, Decision};
use crate::checks::history::History;
use crate::checks::history::attempt::Attempt;
use crate::checks::history::starts;
use crate::checks::outcome::Status;
use crate::checks::{Checks, Error, Outcome};
use crate::ids::VerificationId;

/// Maximum number of racing decisions of one verification that are sorted out before giving up.
pub(super) const MAX_RACES: usize = 16;
/// Maximum time an answer waits for a reading, which then goes on in the background.
const PATIENCE: Duration = Duration::from_secs(2);
/// Maximum number of verifications that are settled together with the one whose transaction they have joined.
const MAX_JOINED: usize = 8;

/// Why the vendor is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Something is unread. Nothing is asked when somebody else has read it meanwhile.
    Unread,
    /// It is time to, or somebody wants to know. What is known already is not written again.
    Asked,
    /// A callback that is not stored. Always written, so that no reading which began before it may follow.
    NotStored,
}

impl Checks {
    /// [`Checks::settle_seen`] by whoever has listed nothing yet.
    #[cfg(test)]
    pub(crate) async fn settle(&self, id: VerificationId) -> Result<Outcome, Error> {
        self.settle_seen(&self.snapshot(id.subject()), id).await
    }

    /// Reads the result from the vendor now, decides and records; then the same for those who have joined the transaction.
    /// Safe to repeat and to race.
    #[tracing::instrument(name = "verification.settle", skip_all, fields(verification.id = %id))]
    pub(super) async fn settle_seen(
        &self,
        seen: &Arc<Snapshot>,
        id: VerificationId,
    ) -> Result<Outcome, Error> {
        let history = seen.history(id).await?;
        let current = history.current().map(|attempt| attempt.number);
        for attempt in history.attempts.values() {
            let is_current = Some(attempt.number) == current;
            if is_current || attempt.is_unread() || self.is_time(attempt) {
                self.read(seen, attempt.decided_in, Why::Asked).await?;
            }
        }
        self.settle_joined(seen, &history, Why::Unread).await;
        self.outcome(seen, &seen.history(id).await?).await
    }

    /// Reads what is unread or due, and nothing that was read already; then the same for those who have joined. For a
    /// callback that came again, because the reading after the first one may have failed, or died with its process.
    ///
    /// # Errors
    /// No such verification; the store.
    #[tracing::instrument(name = "verification.catch_up", skip_all, fields(verification.id = %id))]
    pub(crate) async fn catch_up(&self, id: VerificationId) -> Result<(), Error> {
        let seen = self.snapshot(id.subject());
        let history = self.settle_due(&seen, id).await?;
        self.settle_joined(&seen, &history, Why::Unread).await;
        Ok(())
    }

    /// Hands the reading of what is unread to the background.
    pub(super) fn catch_up_later(&self, id: VerificationId) {
        let this = self.clone();
        let span = tracing::info_span!("verification.catch_up", verification.id = %id);
        let work = async move {
            let seen = this.snapshot(id.subject());
            if let Err(cause) = Box::pin(this.read_due(&seen, id, false)).await {
                warn!(verification.id = %id, %cause, code = "callback.unread",
                    "reading the result after a callback failed; retried at the next request");
            }
        };
        drop(self.deps.background.start(work.instrument(span)));
    }

    /// Settles what is unread or due and says how things are then. A vendor that cannot be asked changes nothing; it will
    /// be asked again.
    pub(super) async fn settle_due(
        &self,
        seen: &Arc<Snapshot>,
        id: VerificationId,
    ) -> Result<History, Error> {
        self.read_due(seen, id, true).await
    }

    /// How things are, after what is unread (and, where `polls`, what is due) was read: two seconds at most are waited for
    /// that, and it goes on in the background. What is still unread then is told as pending.
    pub(super) async fn read_soon(
        &self,
        seen: &Arc<Snapshot>,
        id: VerificationId,
        polls: bool,
    ) -> Result<History, Error> {
        let history = seen.history(id).await?;
        if self.due(&history, polls).is_empty() {
            return Ok(history);
        }
        let (this, shared) = (self.clone(), Arc::clone(seen));
        let work = async move { Box::pin(this.read_due(&shared, id, polls)).await };
        let span = tracing::info_span!("verification.read", verification.id = %id);
        let reading = self.deps.background.finish(work.instrument(span));
        match timeout_at(seen.waits_until(PATIENCE), reading).await {
            Ok(Ok(read)) => read,
            Ok(Err(_)) | Err(_) => seen.history(id).await,
        }
    }

    /// Asks the vendor about the attempt that counts; two seconds at most are waited for that, and it goes on behind it.
    pub(super) async fn read_now(&self, seen: &Arc<Snapshot>, id: VerificationId) -> Result<(), Error> {
        let (this, shared) = (self.clone(), Arc::clone(seen));
        let work = async move { Box::pin(this.settle_seen(&shared, id)).await.map(|_| ()) };
        let reading = self.deps.background.finish(work);
        match timeout_at(seen.waits_until(PATIENCE), reading).await {
            Ok(Ok(Err(error))) if !matches!(error, Error::Vendor(_)) => Err(error),
            _ => Ok(()),
        }
    }

    /// Twice, because what was read where a transaction lies may be news for the one who has joined it.
    async fn read_due(
        &self,
        seen: &Arc<Snapshot>,
        id: VerificationId,
        polls: bool,
    ) -> Result<History, Error> {
        let mut history = seen.history(id).await?;
        for _ in 0..2 {
            let due = self.due(&history, polls);
            let mut is_read = false;
            for (of, why) in due {
                is_read |= self.try_read(seen, of, why).await?;
            }
            if !is_read {
                break;
            }
            history = seen.history(id).await?;
        }
        Ok(history)
    }

    fn due(&self, history: &History, polls: bool) -> Vec<(AttemptOf, Why)> {
        let why = |attempt: &Attempt| {
            if attempt.is_unread() {
                return Some(Why::Unread);
            }
            (polls && self.is_time(attempt)).then_some(Why::Asked)
        };
        let with_transaction = history
            .attempts
            .values()
            .filter(|attempt| attempt.has_transaction);
        with_transaction
            .filter_map(|attempt| Some((attempt.decided_in, why(attempt)?)))
            .collect()
    }

    fn is_time(&self, attempt: &Attempt) -> bool {
        let marks = &self.deps.limits.poll_marks;
        self.readings.is_due(attempt, marks, self.deps.clock.now())
    }

    /// Reads, and tells whether the vendor could be asked.
    async fn try_read(&self, seen: &Arc<Snapshot>, of: AttemptOf, why: Why) -> Result<bool, Error> {
        match self.read(seen, of, why).await {
            Ok(()) => Ok(true),
            Err(Error::Vendor(cause)) => {
                if cause.needs_an_operator() {
                    error!(verification.id = %of.id, %cause, code = "result.unreadable",
                        "reading the result from the vendor failed and needs an operator");
                } else {
                    warn!(verification.id = %of.id, %cause, code = "result.unavailable",
                        "reading the result from the vendor failed; retried later");
                }
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Reads one attempt's result for the registration in whose folder its decisions lie.
    pub(super) async fn read(&self, seen: &Snapshot, of: AttemptOf, why: Why) -> Result<(), Error> {
        for _ in 0..MAX_RACES {
            let history = seen.history(of.id).await?;
            let Some(attempt) = history.attempts.get(&of.attempt) else {
                return Ok(());
            };
            if why == Why::Unread && !attempt.is_unread() {
                return Ok(());
            }
            if why == Why::Unread && self.readings.wait(attempt.home).await {
                // Somebody else was asking just now, and may have asked for this as well.
                seen.refresh().await?;
                continue;
            }
            let Some(decision) = reading::ask_vendor(self, seen, &history, attempt, why).await? else {
                return Ok(());
            };
            if self.decided(seen, &history, attempt.home, &decision).await? {
                if attempt.decided_in.id != attempt.home.id {
                    // What was read for one who has joined is news for whoever rests on the transaction itself.
                    Box::pin(self.read(seen, attempt.home, Why::Asked)).await?;
                }
                return Ok(());
            }
        }
        Err(Error::Busy)
    }

    /// Writes the decision after the last one that `history` lists. Whether nobody else was faster: then what they wrote is
    /// known afterwards.
    pub(super) async fn decided(
        &self,
        seen: &Snapshot,
        history: &History,
        home: AttemptOf,
        decision: &Decision,
    ) -> Result<bool, Error> {
        let status = decision.conclusion.status;
        // First, so that an approval is never one that nobody finds.
        match status {
            Status::Approved | Status::Review => {
                starts::mark(&self.deps, seen, home, StartMark::Accepted).await?;
            }
            Status::Rejected => {
                starts::mark(&self.deps, seen, home, StartMark::Ended).await?;
            }
            // Ours or the vendor's fault, never the person's.
            Status::Error => starts::discount(&self.deps, seen, home).await?,
            Status::Pending | Status::Expired | Status::Cancelled => {}
        }
        let name = FactName::Decision(history.next_decision());
        if seen.create(history.id, name, decision).await? == Created::Existed {
            seen.refresh().await?;
            return Ok(false);
        }
        let reason = decision.conclusion.reason.as_ref();
        let reason = reason.map_or("", |reason| reason.as_str());
        info!(verification.id = %history.id, attempt = decision.attempt, status = status.as_str(), reason,
            code = "decision.recorded", "decision recorded");
        Ok(true)
    }

    /// Those who have joined a transaction of this verification and compare it with what they ask themselves.
    pub(super) async fn settle_joined(&self, seen: &Arc<Snapshot>, history: &History, why: Why) {
        let joined = match joined(seen, history).await {
            Ok(joined) => joined,
            Err(cause) => {
                return warn!(verification.id = %history.id, %cause, code = "joined.unknown",
                    "listing the verifications that share this transaction failed");
            }
        };
        for id in joined {
            if let Err(cause) = self.settle_one_joined(seen, id, history.id, why).await {
                warn!(verification.id = %id, %cause, code = "joined.not_settled",
                    "updating a verification that shares this transaction failed");
            }
        }
    }

    async fn settle_one_joined(
        &self,
        seen: &Arc<Snapshot>,
        id: VerificationId,
        home: VerificationId,
        why: Why,
    ) -> Result<(), Error> {
        let history = seen.history(id).await?;
        let own = |attempt: &&Attempt| attempt.home.id == home && attempt.decided_in.id == id;
        for attempt in history.attempts.values().filter(own) {
            self.try_read(seen, attempt.decided_in, why).await?;
        }
        Ok(())
    }

    /// What would be told to the client now.
    pub(super) async fn outcome(&self, seen: &Snapshot, history: &History) -> Result<Outcome, Error> {
        let now: OffsetDateTime = self.deps.clock.now();
        let left = seen.known_starts().await?.left(&self.deps.limits, now);
        let decision = history.current().and_then(|attempt| attempt.decision.as_ref());
        Ok(match decision {
            Some(decision) => Outcome::decided(history.id, decision, left),
            None => Outcome::pending(history.id, now, left),
        })
    }
}

/// Verifications that have joined a transaction of this one, some of them where they are very many.
async fn joined(seen: &Snapshot, history: &History) -> Result<BTreeSet<VerificationId>, Error> {
    let facts = seen.continued(history, MAX_JOINED).await?;
    let by = facts.into_iter().map(|fact| fact.by);
    Ok(by.filter(|by| *by != history.id).collect())
}
