//! Begins a check, or goes on with one that was begun.
//!
//! Each round reads the facts, decides one step (`next`) and does it; the facts say what is next then. Nothing here
//! waits for another process: whoever has to is told so at once and asks again.

use secrecy::SecretString;
use tracing::{Instrument as _, error};

use super::earlier::{Reusable, Wanted};
use super::facts::{AttemptOf, Continued, Joined, V1};
use super::history::{Attempt, History};
use super::line::{Asking, Turn};
use super::next::{self, Latest, NextStep, OfSubject, Own, Which};
use super::outcome::Status;
use super::paths::{Name, SlotFact};
use super::slots::{Slots, Taken};
use super::vendor::{Need, VendorError};
use super::{Deps, Error, Outcome, Verifications, Visit};
use crate::ids::VerificationId;

/// How a check was begun.
#[derive(Clone, Debug)]
pub enum Begun {
    /// The browser goes to this address of the vendor. A credential.
    Redirect(SecretString),
    /// Nothing to do for the person: the outcome is known (or it is being judged, when it is pending).
    Settled(Outcome),
    /// The person has to say this first ([`Verifications::locate`]); nothing was started.
    Needs(Need),
    /// Not begun yet. The person sees a page that asks again by itself, by [`Verifications::begin`], or by
    /// [`Verifications::retry_after`] where `after` is given.
    Waiting {
        /// What for.
        what: Waiting,
        /// The number of the attempt that another one is to follow.
        after: Option<u32>,
    },
}

/// What a person waits for before the check is begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The transaction is being created, by another request or process.
    Starting,
    /// Their turn: so many people are before.
    InLine(usize),
}

/// Maximum number of steps of one request: more are only needed while others of the same subject are at work.
const MAX_STEPS: u32 = 12;
/// Maximum number of sign-ins that are recorded as going on with one transaction: all of them are read at each return.
const MAX_CONTINUED: usize = 50;

impl Verifications {
    /// Begins the check, or goes on with one that was begun. At most one transaction per subject is under way, however many
    /// sign-ins, browsers, retries and processes race. A valid earlier approval of the same subject is reused, and a
    /// transaction of the same subject that is under way is joined, unless the authorization demands a fresh check.
    ///
    /// # Errors
    /// The vendor or the store; no attempts left, or no starts.
    pub async fn begin(&self, visit: &Visit) -> Result<Begun, Error> {
        self.detached(visit, Which::Present).await
    }

    /// Begins the next attempt, when the last one ended in a way that another can change and attempts are left.
    ///
    /// # Errors
    /// As [`Verifications::begin`], and [`Error::NotRetryable`].
    pub async fn retry(&self, visit: &Visit) -> Result<Begun, Error> {
        let history = self.look(visit.id).await?;
        let which = history
            .current()
            .map_or(Which::Present, |attempt| Which::After(attempt.number));
        self.detached(visit, which).await
    }

    /// Goes on with a retry that had to wait: begins an attempt after the one of this number, unless there is one.
    ///
    /// # Errors
    /// As [`Verifications::retry`].
    pub async fn retry_after(&self, visit: &Visit, attempt: u32) -> Result<Begun, Error> {
        self.detached(visit, Which::After(attempt)).await
    }

    /// A browser may hang up at any moment; a transaction that is being created must be recorded all the same.
    async fn detached(&self, visit: &Visit, which: Which) -> Result<Begun, Error> {
        let span = tracing::info_span!("verification.begin", verification.id = %visit.id);
        let (this, visit) = (self.clone(), visit.clone());
        let work = async move {
            let begun = Box::pin(this.advance(&visit, which)).await;
            this.noted(&visit, begun).await
        };
        let finished = self.deps.background.finish(work.instrument(span)).await;
        finished.unwrap_or_else(|error| {
            error!(cause = %error, "beginning a check ended unexpectedly");
            Err(Error::Busy)
        })
    }

    async fn advance(&self, visit: &Visit, which: Which) -> Result<Begun, Error> {
        let after = match which {
            Which::Present => None,
            Which::After(number) => Some(number),
        };
        let waiting = |what| Begun::Waiting { what, after };
        let mut asking = self.line.asking(visit.id);
        let mut begun = Ok(waiting(Waiting::Starting));
        for _ in 0..MAX_STEPS {
            if let Some(done) = self.step(visit, which, &mut asking).await.transpose() {
                begun = done.map(|done| match done {
                    Done::Begun(begun) => begun,
                    Done::Waits(what) => waiting(what),
                });
                break;
            }
        }
        if !matches!(
            begun,
            Ok(Begun::Waiting {
                what: Waiting::InLine(_),
                ..
            })
        ) {
            asking.leave();
        }
        begun
    }

    /// One step; nothing when the facts have to be looked at again.
    async fn step(
        &self,
        visit: &Visit,
        which: Which,
        asking: &mut Asking<'_>,
    ) -> Result<Option<Done>, Error> {
        let history = self.look(visit.id).await?;
        match self.next_step(&history, visit, which).await? {
            NextStep::Tell => {
                let outcome = self.outcome(&history).await?;
                return Ok(Some(Done::Begun(Begun::Settled(outcome))));
            }
            NextStep::GoOn => return self.go_on(&history),
            NextStep::Wait => return Ok(Some(Done::Waits(Waiting::Starting))),
            NextStep::Start(number) => {
                // Before the line: nobody's turn passes while they answer.
                let place = self.deps.place(visit.id, &history.request).await?;
                if let Some(need) = self.deps.vendor.needs(&place) {
                    return Ok(Some(Done::Begun(Begun::Needs(need))));
                }
                return self.in_turn(&history, visit, number, asking).await;
            }
            NextStep::Join(of) => self.join(of, visit).await?,
            NextStep::Recover(of) => {
                self.recover(history.request.subject, of).await?;
            }
            NextStep::Supersede(of) => {
                self.deps
                    .mark(history.request.subject, of, SlotFact::Superseded)
                    .await?;
            }
            NextStep::NotRetryable => return Err(Error::NotRetryable),
            NextStep::Exhausted => return Err(Error::AttemptsExhausted),
            NextStep::ExhaustedByFailures => return Err(Error::StartsExhausted),
        }
        Ok(None)
    }

    /// What is next. The subject's facts are read only if they matter.
    async fn next_step(&self, history: &History, visit: &Visit, which: Which) -> Result<NextStep, Error> {
        let current = history.current();
        let own = Own {
            which,
            attempt: current.filter(|attempt| self.satisfies(attempt, visit)),
            can_go_on: current.is_some_and(|attempt| self.href_of(attempt).is_some()),
        };
        if let Some(step) = next::by_own(&own) {
            return Ok(step);
        }
        Ok(next::by_subject(&self.of_subject(history, visit).await?))
    }

    async fn of_subject(&self, history: &History, visit: &Visit) -> Result<OfSubject, Error> {
        let subject = history.request.subject;
        let slots = self.deps.slots(subject).await?;
        // Before approvals are looked for: the latest transaction may have ended in one without anybody having noticed.
        let latest = self.latest(&slots).await?;
        // Of this listing, in which the start before was seen to be concluded; whoever was faster since has this number.
        let next = slots.next();
        let slots = self.with_room(subject, slots, latest).await?;
        let present = history.current().map_or(0, |attempt| attempt.number);
        let wanted = Wanted {
            by: visit.id,
            asked: &history.request.asked,
            approved_since: self.deps.approved_since(&visit.authorization, visit.at),
        };
        let reusable = if visit.authorization.fresh {
            Reusable::default()
        } else {
            self.deps.reusable(&slots, &wanted, present).await?
        };
        Ok(OfSubject {
            latest,
            reusable,
            room: slots.room(&self.deps.limits, self.deps.clock.now()),
            next,
            after: present.max(visit.stale),
        })
    }

    /// How the last start of a subject stands.
    pub(super) async fn latest(&self, slots: &Slots) -> Result<Latest, Error> {
        let Some(taken) = slots.open() else {
            return Ok(Latest::Concluded);
        };
        let of = taken.slot.of;
        let home = match self.look(of.id).await {
            Err(Error::NotFound) => return Ok(Latest::Concluded), // erased
            home => home?,
        };
        let attempt = home.attempts.get(&of.attempt);
        let Some(attempt) = attempt.filter(|attempt| attempt.transaction.is_some()) else {
            return Ok(if self.is_over(taken) {
                Latest::Abandoned(of)
            } else {
                Latest::Leased
            });
        };
        let is_open = attempt.decision.is_none() && self.deps.is_under_way(attempt);
        Ok(if is_open {
            Latest::UnderWay(of)
        } else {
            Latest::Concluded
        })
    }

    /// Whether nobody works on a lease any more: its time is over, or its owner is known to be dead. One that begins
    /// further in the future than any lease lasts was written by a clock that is wrong, and says nothing.
    fn is_over(&self, taken: &Taken) -> bool {
        let age = self.deps.clock.now() - taken.slot.at;
        age.unsigned_abs() >= self.deps.limits.claim_lease || self.deps.owners.is_dead(&taken.slot.owner)
    }

    /// Waits for the line's turn, and starts.
    async fn in_turn(
        &self,
        history: &History,
        visit: &Visit,
        number: u32,
        asking: &mut Asking<'_>,
    ) -> Result<Option<Done>, Error> {
        let limits = &self.deps.limits;
        match asking.turn(limits.start_pace, limits.line_patience).await {
            Turn::Now => {}
            Turn::Near => return Ok(None),
            Turn::Later(before) => return Ok(Some(Done::Waits(Waiting::InLine(before)))),
            Turn::Never => return Err(Error::LineTooLong),
        }
        match self.start(history, visit, number).await {
            Err(Error::Vendor(VendorError::Throttled { retry_after })) => {
                self.line.hold_back(retry_after);
                let before = self.line.place(visit.id).unwrap_or_default();
                Ok(Some(Done::Waits(Waiting::InLine(before))))
            }
            started => Ok(started?.map(|href| Done::Begun(Begun::Redirect(href)))),
        }
    }

    /// Back to the vendor's page.
    fn go_on(&self, history: &History) -> Result<Option<Done>, Error> {
        let href = history.current().and_then(|attempt| self.href_of(attempt));
        let href = href.ok_or(Error::NotReady)?;
        Ok(Some(Done::Begun(Begun::Redirect(href))))
    }

    fn href_of(&self, attempt: &Attempt) -> Option<SecretString> {
        let transaction = attempt.transaction.as_ref()?;
        self.deps.href(attempt.home, transaction).ok()
    }

    /// Whether an attempt, decided or not, is what the authorization asks for.
    pub(super) fn satisfies(&self, attempt: &Attempt, visit: &Visit) -> bool {
        // The person can have shown nothing before its transaction was recorded. One that was only given up is told.
        if attempt.transaction.is_some() && attempt.number <= visit.stale {
            return false;
        }
        match &attempt.decision {
            Some(decision) if decision.conclusion.status == Status::Approved => {
                let checked_at = attempt.checked().unwrap_or(decision.at);
                checked_at >= self.deps.approved_since(&visit.authorization, visit.at)
            }
            _ => true,
        }
    }

    /// Uses a transaction that lies elsewhere, and leaves word there, for when the vendor sends the browser back. The word
    /// comes first: who has joined is sent to the vendor without coming by here again.
    async fn join(&self, of: AttemptOf, visit: &Visit) -> Result<(), Error> {
        self.leave_word(of, visit).await?;
        self.deps.join(of, visit.id).await
    }

    async fn leave_word(&self, of: AttemptOf, visit: &Visit) -> Result<(), Error> {
        let is_continued = |name: &&Name| matches!(name, Name::Continued(_));
        let home = self.deps.own_history(of.id).await?;
        let is_open = home.attempts.get(&of.attempt).is_some_and(|attempt| {
            let decision = attempt.decision.as_ref();
            decision.is_none_or(|decision| decision.conclusion.status == Status::Review)
        });
        if !is_open || home.names.iter().filter(is_continued).count() >= MAX_CONTINUED {
            return Ok(());
        }
        let continued = Continued {
            version: V1,
            at: self.deps.clock.now(),
            by: visit.id,
            authorization: visit.hash,
            expires_at: visit.expires_at,
        };
        self.deps
            .create(&Name::Continued(visit.hash).path(of.id), &continued)
            .await
            .map(|_| ())
    }
}

impl Deps {
    /// Makes a transaction that lies elsewhere an attempt of a verification.
    pub(super) async fn join(&self, of: AttemptOf, by: VerificationId) -> Result<(), Error> {
        let joined = Joined {
            version: V1,
            at: self.clock.now(),
            home: of.id,
        };
        let path = Name::Joined(of.attempt).path(by);
        self.create(&path, &joined).await.map(|_| ())
    }
}

/// What a step ended with.
enum Done {
    Begun(Begun),
    Waits(Waiting),
}
