//! How things stand for a waiting browser.

use time::OffsetDateTime;

use crate::checks::begin::next_step::Latest;
use crate::checks::begin::stopped::{self, Footing, last_stop};
use crate::checks::confirm::Asked;
use crate::checks::facts::Stopped;
use crate::checks::history::History;
use crate::checks::history::attempt::Attempt;
use crate::checks::history::starts::Room;
use crate::checks::{Checks, Entry, Error, Outcome, Status};
use crate::ids::VerificationId;

/// How things stand.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub(crate) struct CheckStatus {
    /// What would be told to the client now.
    pub outcome: Outcome,
    /// How far the person has come.
    pub step: Step,
    /// Since when they wait for an outcome that is not final: their last return from the vendor, or when a review began.
    pub waits_since: Option<OffsetDateTime>,
    /// [`Checks::retry`] would start another attempt.
    pub can_retry: bool,
    /// The person has used up their attempts; starts of which nobody knows what became are not theirs.
    pub has_used_up: bool,
    /// When another attempt is possible, where none is left.
    pub next_at: Option<OffsetDateTime>,
    /// The person may go back to the client without waiting: a code of the sign-in gives a code whose outcome may still
    /// be pending.
    pub may_leave: bool,
    /// The person may (still, or again) go to the vendor's pages: [`Checks::begin`] gives their address, because
    /// the vendor has not told that it has all it needs.
    pub can_resume: bool,
    /// What was registered wrongly was corrected for it, and compared with the transaction that was finished.
    pub is_corrected: bool,
}

/// How far the person has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// No transaction yet.
    NotBegun,
    /// The person is in line for it; this many are ahead.
    InLine(usize),
    /// It is being created, by another request or process.
    Starting,
    /// The person is (or should be) at the vendor's pages.
    AtVendor,
    /// The vendor has what it needs and judges.
    Checking,
    /// The outcome is known.
    Done,
    /// It is approved, and the person has to say first whether they began it ([`Checks::confirm`]).
    Unconfirmed,
}

impl Checks {
    /// How things stand, after the vendor was asked where that is due: when a callback is unread, after the browser's return,
    /// and at the poll marks. Two seconds at most are waited for that. A vendor that does not answer by then leaves things
    /// pending.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn poll(&self, entry: &Entry) -> Result<CheckStatus, Error> {
        let history = self.read_soon(&entry.seen, entry.id, true).await?;
        let attempt = history.current().filter(|attempt| entry.is_satisfied_by(attempt));
        let step = attempt.map_or(Step::NotBegun, step);
        if step == Step::NotBegun {
            return self.before_start(&history, entry).await;
        }
        let decision = attempt.and_then(|attempt| attempt.decision.as_ref());
        // An approval is told without a look at what else might have been tried.
        let outcome = match decision {
            Some(decision) if decision.conclusion.status == Status::Approved => {
                Outcome::decided(history.id, decision, 0)
            }
            _ => self.outcome(&entry.seen, &history).await?,
        };
        let (outcome, asked) = self.tellable(entry, &history, outcome).await?;
        let step = match asked {
            Asked::Nothing => step,
            Asked::WhetherOwn => Step::Unconfirmed,
        };
        let (has_used_up, next_at) = match outcome.attempts_left {
            0 => self.used_up(entry, &outcome).await?,
            _ => (false, None),
        };
        let is_retryable = decision.is_some_and(|decision| decision.conclusion.is_retryable());
        Ok(CheckStatus {
            can_retry: is_retryable && outcome.attempts_left > 0,
            has_used_up,
            next_at,
            may_leave: matches!(step, Step::Checking | Step::Done),
            can_resume: attempt.is_some_and(|attempt| {
                attempt.has_transaction && attempt.decision.is_none() && !attempt.captured
            }),
            waits_since: attempt.and_then(waits_since),
            is_corrected: self.is_corrected(entry, attempt).await?,
            outcome,
            step,
        })
    }

    async fn is_corrected(&self, entry: &Entry, attempt: Option<&Attempt>) -> Result<bool, Error> {
        let Some(home) = attempt
            .map(|attempt| attempt.home)
            .filter(|home| home.id != entry.id)
        else {
            return Ok(false);
        };
        let by = entry.seen.corrected_by(home).await?;
        let decided_in = attempt.map(|attempt| attempt.decided_in.id);
        Ok(by.is_some_and(|by| by == entry.id || Some(by) == decided_in))
    }

    /// Whether no start is left, and when there is one again.
    async fn used_up(
        &self,
        entry: &Entry,
        outcome: &Outcome,
    ) -> Result<(bool, Option<OffsetDateTime>), Error> {
        if outcome.status == Status::Approved {
            return Ok((false, None));
        }
        let starts = entry.seen.known_starts().await?;
        let (limits, now) = (&self.deps.limits, self.deps.clock.now());
        Ok((
            starts.room(limits, now) != Room::Free,
            starts.free_at(limits, now),
        ))
    }

    /// When the person may be checked again; nothing where no time has to pass before.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn next_at(&self, entry: &Entry) -> Result<Option<OffsetDateTime>, Error> {
        let starts = entry.seen.known_starts().await?;
        Ok(starts.free_at(&self.deps.limits, self.deps.clock.now()))
    }

    /// Whether there is something to hand over for this sign-in: an outcome, or the vendor judges. Reads, and asks nobody.
    ///
    /// # Errors
    /// No such verification; the store.
    pub(crate) async fn may_leave(&self, entry: &Entry) -> Result<bool, Error> {
        let history = entry.seen.history(entry.id).await?;
        let footing = stopped::footing(&history, entry).await?;
        let is_asked =
            matches!(footing, Footing::Attempt(_)) && self.unconfirmed(entry, &history).await? == Some(None);
        Ok(!is_asked && self.may_leave_unconfirmed(entry).await?)
    }

    /// The same, whether or not the person has said that they began it.
    ///
    /// # Errors
    /// No such verification; the store.
    pub(crate) async fn may_leave_unconfirmed(&self, entry: &Entry) -> Result<bool, Error> {
        let history = entry.seen.history(entry.id).await?;
        Ok(match stopped::footing(&history, entry).await? {
            Footing::Attempt(attempt) => matches!(step(attempt), Step::Checking | Step::Done),
            Footing::Stopped(_) => true,
            Footing::Nothing => false,
        })
    }

    /// What is going on before there is a transaction. A start that was abandoned counts as going on: whoever asks to go
    /// on clears it up.
    async fn before_start(&self, history: &History, entry: &Entry) -> Result<CheckStatus, Error> {
        let starts = entry.seen.known_starts().await?;
        let now = self.deps.clock.now();
        let left = starts.left(&self.deps.limits, now);
        if let Some(stopped) = last_stop(&entry.seen, history, entry.key).await? {
            let next_at = starts.free_at(&self.deps.limits, now);
            return Ok(CheckStatus {
                next_at,
                ..stopped.status(history.id, left)
            });
        }
        let step = match self.line.place(history.id.subject()) {
            Some(before) => Step::InLine(before),
            None => match self.latest(&entry.seen, &starts).await? {
                Latest::Leased | Latest::Abandoned(_) => Step::Starting,
                Latest::Concluded | Latest::UnderWay(_) => Step::NotBegun,
            },
        };
        Ok(CheckStatus {
            outcome: Outcome::pending(history.id, now, left),
            step,
            waits_since: None,
            can_retry: false,
            has_used_up: false,
            next_at: None,
            may_leave: false,
            can_resume: false,
            is_corrected: false,
        })
    }

    /// What is told of a sign-in now, after what is unread was read, two seconds at most; and when the person was last
    /// checked for it, if they were.
    ///
    /// # Errors
    /// No such verification, or it was erased; the store.
    pub(crate) async fn told(&self, entry: &Entry) -> Result<(Outcome, Option<OffsetDateTime>), Error> {
        let history = self.read_soon(&entry.seen, entry.id, false).await?;
        stopped::told_of(self, &history, entry).await
    }
}

impl Stopped {
    /// Over for this sign-in, unless the person tries again.
    fn status(&self, id: VerificationId, attempts_left: u32) -> CheckStatus {
        CheckStatus {
            outcome: self.outcome(id, attempts_left),
            step: Step::Done,
            waits_since: None,
            can_retry: false,
            has_used_up: false,
            next_at: None,
            may_leave: true,
            can_resume: false,
            is_corrected: false,
        }
    }
}

fn waits_since(attempt: &Attempt) -> Option<OffsetDateTime> {
    let decided_at = attempt.decision.as_ref().map(|decision| decision.at);
    decided_at.or_else(|| attempt.returned_at.iter().max().copied())
}

/// How far an attempt has come.
pub(super) fn step(attempt: &Attempt) -> Step {
    match attempt.has_transaction {
        _ if attempt.decision.is_some() => Step::Done,
        false => Step::NotBegun,
        true if attempt.captured || attempt.has_returned => Step::Checking,
        true => Step::AtVendor,
    }
}
