//! What operators say of a verification: one settles a review, takes an approval back, or allows further attempts.

use time::OffsetDateTime;
use tracing::info;

use crate::checks::facts::names::{FactName, StartMark};
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{AttemptOf, Conclusion, Decision, Happened, Human, Operated, V2};
use crate::checks::history::attempt::Attempt;
use crate::checks::outcome::{Reason, Status};
use crate::checks::settle::MAX_RACES;
use crate::checks::{Checks, Error, Outcome};
use crate::ids::VerificationId;

/// Maximum length of an operator's id, in characters.
const WHO_MAX: usize = 64;
/// Maximum length of a reason, in characters.
const WHY_MAX: usize = 200;

/// What a human decided. It is kept for as long as the verification, so there must be no personal data in it: an id of
/// the operator, and a reason such as the number of a ticket, never a name or what a document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManualDecision {
    /// Who decided: an id, 1 to 64 visible ASCII characters without `@`.
    pub who: String,
    /// Why: 1 to 200 characters without control characters.
    pub why: String,
    /// The person is who they say they are.
    pub accepts: bool,
}

/// Who does something by hand, and why. It is kept, so there must be no personal data in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    /// An id: 1 to 64 visible ASCII characters without `@`.
    pub who: String,
    /// Why: 1 to 200 characters without control characters.
    pub why: String,
}

impl Operator {
    /// What is kept of it.
    pub(in crate::checks) fn operated(&self, now: OffsetDateTime) -> Operated {
        Operated {
            version: V2,
            at: now,
            who: self.who.clone(),
            why: self.why.clone(),
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        check(&self.who, &self.why)
    }
}

fn check(who: &str, why: &str) -> Result<(), Error> {
    // An id, and never a name or an address of somebody.
    let is_id = (1..=WHO_MAX).contains(&who.len()) && who.bytes().all(|b| b.is_ascii_graphic() && b != b'@');
    let is_reason =
        !why.trim().is_empty() && why.chars().count() <= WHY_MAX && !why.chars().any(char::is_control);
    if is_id && is_reason {
        Ok(())
    } else {
        Err(Error::ManualDecision)
    }
}

impl ManualDecision {
    /// The human's status and reason, and of the vendor's finding the rest.
    fn over(&self, reading: &Conclusion) -> Conclusion {
        let (status, reason) = if self.accepts {
            (Status::Approved, "approved_in_review")
        } else {
            (Status::Rejected, "rejected_in_review")
        };
        Conclusion {
            status,
            reason: Some(Reason::of(reason)),
            ..reading.clone()
        }
    }
}

impl Checks {
    /// A human decides the verification's present attempt, once the vendor has given a result. What is unread is read first,
    /// if the vendor can be asked. The word stands over what the vendor had said by then, for every sign-in that rests on
    /// the same transaction and asks the same. When the vendor says something else later, a human has to look again; it
    /// never turns a *no* into an approval. Repeating the same changes nothing.
    ///
    /// # Errors
    /// No such verification; [`Error::ManualDecision`]; [`Error::NotDecidable`]; the store.
    #[tracing::instrument(name = "verification.decide", skip_all, fields(verification.id = %id))]
    pub(crate) async fn decide(&self, id: VerificationId, manual: &ManualDecision) -> Result<Outcome, Error> {
        check(&manual.who, &manual.why)?;
        let seen = self.snapshot(id.subject());
        let mut over = None;
        for _ in 0..MAX_RACES {
            let history = self.settle_due(&seen, id).await?;
            let attempt = history.current().ok_or(Error::NotDecidable)?;
            let (number, reading) = decidable(attempt)?;
            // What came while this one was being stored was not known to the human.
            let (over, reading) = over.get_or_insert_with(|| (number, reading.clone()));
            let decision = Decision {
                human: Some(Human {
                    who: manual.who.clone(),
                    why: manual.why.clone(),
                    over: *over,
                }),
                ..Decision::unread(
                    attempt.decided_in.attempt,
                    self.deps.clock.now(),
                    manual.over(reading),
                )
            };
            if !manual.accepts && attempt.decided_in != attempt.home {
                self.refuse_elsewhere(&seen, attempt.home).await?;
            }
            let place = seen.history(attempt.decided_in.id).await?;
            if is_said(attempt, &decision) || self.decided(&seen, &place, attempt.home, &decision).await? {
                info!(verification.id = %id, who = manual.who, accepts = manual.accepts, code = "decision.manual",
                    "manual decision recorded");
                return self.outcome(&seen, &seen.history(id).await?).await;
            }
        }
        Err(Error::Busy)
    }

    /// Allows the subject of a verification as many further attempts and starts as the limits give anew. Repeating it before
    /// another start changes nothing.
    ///
    /// # Errors
    /// No such verification; [`Error::ManualDecision`], where who or why is not as it must be; the store.
    #[tracing::instrument(name = "verification.allow", skip_all, fields(verification.id = %id))]
    pub(crate) async fn allow(&self, id: VerificationId, operator: &Operator) -> Result<u32, Error> {
        operator.check()?;
        let seen = self.snapshot(id.subject());
        seen.request(id).await?;
        let starts = seen.known_starts().await?;
        if let Some(last) = starts.last() {
            let allowed = operator.operated(self.deps.clock.now());
            seen.mark(last.of.attempt, StartMark::Allowed, &allowed).await?;
            info!(verification.id = %id, who = operator.who, code = "attempts.allowed", "further attempts allowed");
        }
        let starts = seen.known_starts().await?;
        Ok(starts.left(&self.deps.limits, self.deps.clock.now()))
    }
}

impl Checks {
    /// Records, on the verification that owns the transaction, that a human has refused it for one of those who share it:
    /// from then on nobody else is told an approval of it, unless a human says so. Written before the decision, so that a
    /// decision never stands without it.
    async fn refuse_elsewhere(&self, seen: &Snapshot, home: AttemptOf) -> Result<(), Error> {
        let refused = Happened::at(self.deps.clock.now());
        let name = FactName::Refused(home.attempt);
        seen.create(home.id, name, &refused).await.map(|_| ())
    }
}

/// The last reading, where it is one that a human can judge.
fn decidable(attempt: &Attempt) -> Result<(u32, &Conclusion), Error> {
    let reading = attempt.decisions.last_reading();
    let is_judged = |status| matches!(status, Status::Approved | Status::Rejected | Status::Review);
    reading
        .filter(|(_, conclusion)| is_judged(conclusion.status))
        .ok_or(Error::NotDecidable)
}

/// The same human has said the same about the same, and nothing has been decided since.
fn is_said(attempt: &Attempt, decision: &Decision) -> bool {
    attempt
        .decisions
        .last_human()
        .is_some_and(|last| last.human == decision.human && last.conclusion == decision.conclusion)
}
