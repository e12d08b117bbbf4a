//! How things stand for a waiting browser.

use super::history::{Attempt, History};
use super::next::Latest;
use super::{Error, Outcome, Verifications, Visit};

/// How things stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What would be told to the client now.
    pub outcome: Outcome,
    /// How far the person has come.
    pub step: Step,
    /// [`Verifications::retry`] would start another attempt.
    pub can_retry: bool,
    /// The person may go back to the client without waiting: [`Verifications::code`] gives a code whose outcome may still
    /// be pending.
    pub may_leave: bool,
    /// The person may (still, or again) go to the vendor's pages: [`Verifications::begin`] gives their address, because
    /// the vendor has not told that it has all it needs.
    pub can_resume: bool,
}

/// How far the person has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// No transaction yet.
    NotBegun,
    /// The person is in line for it; so many are before.
    InLine(usize),
    /// It is being created, by another request or process.
    Starting,
    /// The person is (or should be) at the vendor's pages.
    AtVendor,
    /// The vendor has what it needs and judges.
    Checking,
    /// The outcome is known.
    Done,
}

impl Verifications {
    /// How things stand. Has the vendor asked when a callback is unread, after the browser's return, and at the poll marks,
    /// and waits two seconds at most for that. A vendor that does not answer by then leaves things pending.
    ///
    /// # Errors
    /// The store.
    pub async fn standing(&self, visit: &Visit) -> Result<Standing, Error> {
        let history = self.read_soon(visit.id, true).await?;
        let outcome = self.outcome(&history).await?;
        let attempt = history.current().filter(|attempt| self.satisfies(attempt, visit));
        let mut step = attempt.map_or(Step::NotBegun, step);
        if step == Step::NotBegun {
            if let Some(stopped) = self.deps.last_stop(&history, visit.hash).await? {
                return Ok(stopped.standing(visit.id, outcome.attempts_left));
            }
            step = self.before_start(&history).await?;
        }
        let is_retryable = attempt
            .and_then(|attempt| attempt.decision.as_ref())
            .is_some_and(|decision| decision.conclusion.is_retryable());
        Ok(Standing {
            can_retry: is_retryable && outcome.attempts_left > 0,
            may_leave: matches!(step, Step::Checking | Step::Done),
            can_resume: attempt.is_some_and(|attempt| {
                attempt.transaction.is_some() && attempt.decision.is_none() && !attempt.captured
            }),
            outcome: if matches!(step, Step::NotBegun | Step::InLine(_) | Step::Starting) {
                Outcome::pending(visit.id, self.deps.clock.now(), outcome.attempts_left)
            } else {
                outcome
            },
            step,
        })
    }
}

impl Verifications {
    /// What is going on before there is a transaction. A start that was abandoned counts as going on: whoever asks to go
    /// on clears it up.
    async fn before_start(&self, history: &History) -> Result<Step, Error> {
        if let Some(before) = self.line.place(history.id) {
            return Ok(Step::InLine(before));
        }
        let slots = self.deps.slots(history.request.subject).await?;
        Ok(match self.latest(&slots).await? {
            Latest::Leased | Latest::Abandoned(_) => Step::Starting,
            Latest::Concluded | Latest::UnderWay(_) => Step::NotBegun,
        })
    }
}

/// How far an attempt has come.
pub(super) fn step(attempt: &Attempt) -> Step {
    match &attempt.transaction {
        _ if attempt.decision.is_some() => Step::Done,
        None => Step::NotBegun,
        Some(_) if attempt.captured || !attempt.returned_at.is_empty() => Step::Checking,
        Some(_) => Step::AtVendor,
    }
}
