//! Begins a check, or goes on with one that was begun.
//!
//! Each round reads the facts, decides one step (`next_step`) and does it; the facts say what is next then. Nothing here
//! waits for another process: whoever has to is told so at once and asks again.
//!
//! # Layout
//! - `next_step`: decides what is next, from facts alone
//! - `line`: waits for the vendor's rate; `start`: calls the vendor; `party`: who shares a transaction; `join`: shares one
//! - `correct`: compares other details with a finished one
//! - `stopped`: notes why a check cannot be begun

pub(crate) mod correct;
pub(crate) mod join;
pub(crate) mod line;
pub(crate) mod next_step;
pub(crate) mod party;
pub(crate) mod start;
pub(crate) mod stopped;

use std::sync::Arc;

use secrecy::SecretString;
use tracing::{Instrument as _, error};

use crate::checks::begin::line::{Asking, Turn};
use crate::checks::begin::next_step::{Latest, NextStep, OfSubject, Own, Which};
use crate::checks::confirm::Word;
use crate::checks::facts::StartLease;
use crate::checks::facts::names::StartMark;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::history::attempt::Attempt;
use crate::checks::history::earlier::{self, Reusable, Wanted};
use crate::checks::history::starts::{self, Starts};
use crate::checks::history::{History, is_approval};
use crate::checks::register::consent;
use crate::checks::vendor::VendorError;
use crate::checks::{Checks, Entry, Error, Outcome};

/// How a check was begun.
#[derive(Clone, Debug)]
pub(crate) enum Begun {
    /// The browser goes to this address of the vendor. A credential.
    Redirect(SecretString),
    /// Nothing to do for the person: the outcome is known (or it is being judged, when it is pending).
    Settled(Outcome),
    /// The person has to agree first ([`Checks::agree`]); nothing was started.
    NeedsConsent,
    /// The person has to say first where they are ([`Checks::locate`]); nothing was started.
    NeedsPlace,
    /// Not begun yet. The person sees a page that asks again by itself, by [`Checks::begin`], or by
    /// [`Checks::retry_after`] where `after` is given.
    Waiting {
        /// What for.
        what: Waiting,
        /// The number of the attempt that another one is to follow.
        after: Option<u32>,
    },
}

/// What a person waits for before the check is begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// The transaction is being created, by another request or process.
    Starting,
    /// Their turn: this many people are ahead.
    InLine(usize),
}

/// Maximum number of steps of one request: more are only needed while others of the same subject are at work.
const MAX_STEPS: u32 = 12;

impl Checks {
    /// Begins the check, or goes on with one that was begun. At most one transaction per subject is under way, however many
    /// sign-ins, browsers, retries and processes race. A valid earlier approval of the same subject is reused, and a
    /// transaction of the same subject that is under way is joined, unless the authorization demands a fresh check.
    ///
    /// # Errors
    /// The vendor or the store; no attempts left, or no starts.
    pub(crate) async fn begin(&self, entry: &Entry) -> Result<Begun, Error> {
        self.detached(entry, Which::Present).await
    }

    /// Begins the next attempt, when the last one ended in a way that another can change and attempts are left.
    ///
    /// # Errors
    /// As [`Checks::begin`], and [`Error::NotRetryable`].
    pub(crate) async fn retry(&self, entry: &Entry) -> Result<Begun, Error> {
        let history = self.read_soon(&entry.seen, entry.id, true).await?;
        let which = history
            .current()
            .map_or(Which::Present, |attempt| Which::After(attempt.number));
        self.detached(entry, which).await
    }

    /// Goes on with a retry that had to wait: begins an attempt after the one of this number, unless there is one.
    ///
    /// # Errors
    /// As [`Checks::retry`].
    pub(crate) async fn retry_after(&self, entry: &Entry, attempt: u32) -> Result<Begun, Error> {
        self.detached(entry, Which::After(attempt)).await
    }

    /// A browser may hang up at any moment; a transaction that is being created must be recorded all the same.
    async fn detached(&self, entry: &Entry, which: Which) -> Result<Begun, Error> {
        let span = tracing::info_span!("verification.begin", verification.id = %entry.id);
        let (this, entry) = (self.clone(), entry.clone());
        let work = async move {
            let begun = Box::pin(this.advance(&entry, which)).await;
            stopped::noted(&this, &entry, begun).await
        };
        let finished = self.deps.background.finish(work.instrument(span)).await;
        finished.unwrap_or_else(|error| {
            error!(cause = %error, code = "check.panicked", "task panicked while starting a check");
            Err(Error::Busy)
        })
    }

    async fn advance(&self, entry: &Entry, which: Which) -> Result<Begun, Error> {
        let after = match which {
            Which::Present => None,
            Which::After(number) => Some(number),
        };
        let waiting = |what| Begun::Waiting { what, after };
        let mut asking = self.line.asking(entry.id.subject());
        let mut begun = Ok(waiting(Waiting::Starting));
        for _ in 0..MAX_STEPS {
            if let Some(done) = self.step(entry, which, &mut asking).await.transpose() {
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
        entry: &Entry,
        which: Which,
        asking: &mut Asking<'_>,
    ) -> Result<Option<Done>, Error> {
        let seen = &entry.seen;
        let history = self.read_soon(seen, entry.id, true).await?;
        match self.next_step(&history, entry, which).await? {
            NextStep::Tell => {
                let outcome = self.outcome(seen, &history).await?;
                let (outcome, _) = self.tellable(entry, &history, outcome).await?;
                return Ok(Some(Done::Begun(Begun::Settled(outcome))));
            }
            NextStep::GoOn => return self.go_on(&history),
            NextStep::Wait => return Ok(Some(Done::Waits(Waiting::Starting))),
            // Before anything is asked of the person.
            NextStep::Start(_) if self.deps.limits.closed => return Err(Error::Closed),
            NextStep::Start(number) => {
                self.look_into(entry.purse)?;
                // Before the line: nobody's turn passes while they answer.
                if consent::is_missing(entry).await? {
                    return Ok(Some(Done::Begun(Begun::NeedsConsent)));
                }
                if self.unknown_place(entry).await?.is_some() {
                    return Ok(Some(Done::Begun(Begun::NeedsPlace)));
                }
                return self.in_turn(entry, number, asking).await;
            }
            NextStep::Join(of) => self.join(of, entry, &history).await?,
            NextStep::Correct(of) => self.correct(of, entry, &history).await?,
            NextStep::Recover(of) => {
                start::recover(self, seen, of).await?;
            }
            NextStep::Supersede(of) => {
                starts::mark(&self.deps, seen, of, StartMark::Superseded).await?;
            }
            NextStep::NotRetryable => return Err(Error::NotRetryable),
            NextStep::Exhausted => return Err(Error::AttemptsExhausted),
            NextStep::OutOfStarts => return Err(Error::StartsExhausted),
        }
        Ok(None)
    }

    /// What is next. The subject's facts are looked at only if they matter.
    async fn next_step(&self, history: &History, entry: &Entry, which: Which) -> Result<NextStep, Error> {
        let current = history.current();
        let own = Own {
            which,
            attempt: current.filter(|attempt| entry.is_satisfied_by(attempt)),
            can_go_on: current.is_some_and(|attempt| self.href_of(attempt).is_some()),
        };
        if let Some(step) = next_step::by_own(&own) {
            return Ok(step);
        }
        Ok(next_step::by_subject(&self.of_subject(history, entry).await?))
    }

    async fn of_subject(&self, history: &History, entry: &Entry) -> Result<OfSubject, Error> {
        let seen = &entry.seen;
        let starts = seen.known_starts().await?;
        // Before approvals are looked for: the latest transaction may have ended in one without anybody having noticed.
        let latest = self.latest(seen, &starts).await?;
        // Of this listing, in which the start before was seen to be concluded; whoever was faster since has this number.
        let next = starts.next();
        // Anew: what the look at the latest one has concluded counts.
        let starts = start::with_room(self, seen, seen.known_starts().await?, latest).await?;
        let present = history.current().map_or(0, |attempt| attempt.number);
        // What was only given up here may have been approved for those who share it.
        let given_up = history.current().is_some_and(Attempt::is_given_up_here);
        let after = present.saturating_sub(u32::from(given_up));
        // For who demands a fresh check, one that was begun after the demand is.
        let after = after.max(entry.stale);
        Ok(OfSubject {
            latest,
            reusable: self.reusable_for(entry, after, entry.word()).await?,
            correctable: self.correctable(entry, &starts, after).await?,
            room: starts.room(&self.deps.limits, self.deps.clock.now()),
            next,
            after: present.max(entry.stale),
        })
    }

    /// What elsewhere is as good as a check of this sign-in's own, of a start after number `after`.
    pub(super) async fn reusable_for(
        &self,
        entry: &Entry,
        after: u32,
        word: Word,
    ) -> Result<Reusable, Error> {
        let asked = entry.seen.request(entry.id).await?.asked;
        let wanted = Wanted {
            by: entry.id,
            asked: &asked,
            approved_since: entry.approved_since,
            word,
        };
        earlier::reusable(&self.deps, &entry.seen, &wanted, after).await
    }

    /// How the last start of a subject stands.
    pub(super) async fn latest(&self, seen: &Arc<Snapshot>, starts: &Starts) -> Result<Latest, Error> {
        let Some(lease) = starts.open() else {
            return Ok(Latest::Concluded);
        };
        let of = lease.of;
        let home = match self.read_soon(seen, of.id, true).await {
            Err(Error::NotFound) => return Ok(Latest::Concluded), // erased
            home => home?,
        };
        let attempt = home.attempts.get(&of.attempt);
        let Some(attempt) = attempt.filter(|attempt| attempt.has_transaction) else {
            return Ok(if self.is_over(lease) {
                Latest::Abandoned(of)
            } else {
                Latest::Leased
            });
        };
        // Whoever gave it up alone has made another start possible; here others go on with it.
        let is_judged = attempt.decision.is_some() && attempt.decisions.has_result();
        let is_open = !is_judged && earlier::is_under_way(&self.deps, attempt);
        Ok(if is_open {
            Latest::UnderWay(of)
        } else {
            Latest::Concluded
        })
    }

    /// Whether nobody works on a lease any more: its time is over, or its owner is known to be dead. One that begins
    /// further in the future than any lease lasts was written by a clock that is wrong, and says nothing.
    fn is_over(&self, lease: &StartLease) -> bool {
        let age = self.deps.clock.now() - lease.at;
        age.unsigned_abs() >= self.deps.limits.start_lease || self.deps.owners.is_dead(&lease.owner)
    }

    /// Waits for the line's turn, and starts.
    async fn in_turn(
        &self,
        entry: &Entry,
        number: u32,
        asking: &mut Asking<'_>,
    ) -> Result<Option<Done>, Error> {
        let limits = &self.deps.limits;
        match asking.turn(limits.start_pace, limits.line_patience).await {
            Turn::Now => {}
            // Others may have been served while this one waited.
            Turn::Come => {
                entry.seen.refresh().await?;
                return Ok(None);
            }
            Turn::Later(before) => return Ok(Some(Done::Waits(Waiting::InLine(before)))),
            Turn::Never => return Err(Error::LineTooLong),
        }
        match start::start(self, entry, number).await {
            Err(Error::Vendor(VendorError::Throttled { retry_after })) => {
                self.line.hold_back(retry_after);
                let before = self.line.place(entry.id.subject()).unwrap_or_default();
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
        transaction.href(&self.deps.seal, attempt.home).ok()
    }
}

impl Entry {
    /// Whether an attempt, decided or not, is what this sign-in asks for.
    pub(super) fn is_satisfied_by(&self, attempt: &Attempt) -> bool {
        // The person can have shown nothing before its transaction was recorded. One that was only given up is told.
        if attempt.has_transaction && attempt.number <= self.stale {
            return false;
        }
        match &attempt.decision {
            Some(decision) if is_approval(decision) => {
                attempt.checked().unwrap_or(decision.at) >= self.approved_since
            }
            _ => true,
        }
    }
}

/// What a step ended with.
enum Done {
    Begun(Begun),
    Waits(Waiting),
}
