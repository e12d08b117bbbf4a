//! Begins a check, or goes on with one that was begun.

use std::time::Duration;

use secrecy::SecretString;
use time::OffsetDateTime;
use tokio::time::{Instant, sleep};
use tracing::{Instrument as _, error};

use super::earlier::{Earlier, Wanted};
use super::facts::{AttemptOf, Claim, Continued, Transaction, V1};
use super::history::{Attempt, Hands, History};
use super::outcome::Status;
use super::paths::Name;
use super::{Error, Outcome, Verifications, Visit};

/// How soon one that waits for another process looks again: ever more seldom.
const FIRST_LOOK: Duration = Duration::from_millis(50);
const SELDOM: Duration = Duration::from_millis(800);

/// How a check was begun.
#[derive(Clone, Debug)]
pub enum Begun {
    /// The browser goes to this address of the vendor. A credential.
    Redirect(SecretString),
    /// Nothing to do for the person: the outcome is known (or it is being judged, when it is pending).
    Settled(Outcome),
}

/// So many claims one request tries to make: one that is lost to somebody else is found made on the next look.
const MAX_CLAIMS: u32 = 8;

/// Which attempt is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    /// The present one, or the first that is good enough for the authorization.
    Present,
    /// The one after the present one has ended.
    Next,
}

/// What to do, given the facts.
#[derive(Debug)]
enum Move {
    Tell(Box<Begun>),
    Claim(u32, u32),
    Wait,
}

impl Verifications {
    /// Begins the check, or goes on with one that was begun. At most one transaction per attempt is created, however many
    /// browsers, retries and processes race. A valid earlier approval of the same subject is reused, and a transaction of
    /// the same subject that is still under way is taken over, unless the authorization demands a fresh check.
    ///
    /// # Errors
    /// The vendor or the store; no attempts left; another process is starting it and does not finish.
    pub async fn begin(&self, visit: &Visit) -> Result<Begun, Error> {
        self.detached(visit, Which::Present).await
    }

    /// Begins the next attempt, when the last one ended in a way that another can change and attempts are left.
    ///
    /// # Errors
    /// As [`Verifications::begin`], and [`Error::NotRetryable`].
    pub async fn retry(&self, visit: &Visit) -> Result<Begun, Error> {
        self.detached(visit, Which::Next).await
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
        let patience = Instant::now() + self.deps.limits.claim_lease;
        let mut which = which;
        let mut claims = 0;
        let mut pause = FIRST_LOOK;
        let mut history = self.look(visit.id).await?;
        loop {
            match self.next_move(&history, visit, which).await? {
                Move::Tell(begun) => return Ok(*begun),
                Move::Claim(attempt, claim) if claims < MAX_CLAIMS => {
                    if let Some(begun) = self.claim(&history, visit, attempt, claim).await? {
                        return Ok(begun);
                    }
                    claims += 1;
                    // Somebody else's attempt, or an adopted one, is the next one that was asked for.
                    which = Which::Present;
                }
                Move::Wait if Instant::now() < patience => {
                    sleep(pause).await;
                    pause = SELDOM.min(pause * 2);
                }
                Move::Claim(..) | Move::Wait => return Err(Error::Busy),
            }
            history = self.look(visit.id).await?;
        }
    }

    async fn next_move(&self, history: &History, visit: &Visit, which: Which) -> Result<Move, Error> {
        let Some(attempt) = history.current() else {
            return Ok(Move::Claim(1, 1));
        };
        if let Some(decision) = &attempt.decision {
            let again = match which {
                Which::Present => !self.satisfies(attempt, visit),
                Which::Next if decision.conclusion.is_retryable() => true,
                Which::Next => return Err(Error::NotRetryable),
            };
            return if again {
                Ok(Move::Claim(attempt.number + 1, 1))
            } else {
                self.tell(history).await
            };
        }
        if !self.satisfies(attempt, visit) {
            return Ok(Move::Claim(attempt.number + 1, 1));
        }
        match (&attempt.transaction, attempt.hands()) {
            (Some(_), _) if attempt.captured => self.tell(history).await,
            (Some(transaction), _) => Ok(self.go_on(attempt, transaction)),
            (None, Hands::Free(claim)) => Ok(Move::Claim(attempt.number, claim)),
            (None, Hands::Claimed(claim, at))
                if at + self.deps.limits.claim_lease <= self.deps.clock.now() =>
            {
                Ok(Move::Claim(attempt.number, claim + 1))
            }
            (None, Hands::Claimed(..)) => Ok(Move::Wait),
        }
    }

    async fn tell(&self, history: &History) -> Result<Move, Error> {
        Ok(Move::Tell(Box::new(Begun::Settled(self.outcome(history).await?))))
    }

    /// Back to the vendor's page. When its address was encrypted with a key that is gone, only a new attempt helps.
    fn go_on(&self, attempt: &Attempt, transaction: &Transaction) -> Move {
        match self.deps.href(attempt.home, transaction) {
            Ok(href) => Move::Tell(Box::new(Begun::Redirect(href))),
            Err(_) => Move::Claim(attempt.number + 1, 1),
        }
    }

    /// Whether an attempt, decided or not, is what the authorization asks for.
    pub(super) fn satisfies(&self, attempt: &Attempt, visit: &Visit) -> bool {
        let began_since = |at: OffsetDateTime| attempt.began_at().is_none_or(|began| began >= at);
        if visit.authorization.fresh && !began_since(visit.at) {
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

    /// Tries to become the one who starts an attempt; nothing when somebody else is, or when nothing had to be started.
    async fn claim(
        &self,
        history: &History,
        visit: &Visit,
        attempt: u32,
        claim: u32,
    ) -> Result<Option<Begun>, Error> {
        let earlier = self.adoptable(history, visit).await?;
        if earlier.is_none() {
            let of = AttemptOf {
                id: visit.id,
                attempt,
            };
            self.make_room(history.request.subject, of, claim).await?;
        }
        let adopts = earlier.as_ref().map(Earlier::of);
        let path = Name::Claim(attempt, claim).path(visit.id);
        let ours = Claim {
            version: V1,
            at: self.deps.clock.now(),
            by: self.deps.nonce(),
            adopts,
        };
        if !self.deps.claim(&path, &ours).await? {
            return Ok(None);
        }
        match earlier {
            Some(Earlier::UnderWay(home) | Earlier::InReview(home, _)) => {
                self.take_over(home, visit).await.map(|()| None)
            }
            Some(_) => Ok(None),
            None => self.start(history, visit, attempt, claim).await,
        }
    }

    /// An earlier check of the same subject that can be used instead of a new one.
    async fn adoptable(&self, history: &History, visit: &Visit) -> Result<Option<Earlier>, Error> {
        if visit.authorization.fresh {
            return Ok(None);
        }
        let wanted = Wanted {
            by: visit.id,
            asked: &history.request.asked,
            approved_since: self.deps.approved_since(&visit.authorization, visit.at),
        };
        let slots = self.deps.slots(history.request.subject).await?;
        let mut earlier = self.deps.earlier(&slots, &wanted).await?;
        if let Some(Earlier::UnderWay(of)) = earlier {
            // It may have ended without anybody having noticed.
            self.look(of.id).await?;
            earlier = self.deps.earlier(&slots, &wanted).await?;
        }
        Ok(earlier.filter(|earlier| match earlier {
            Earlier::Approved(..) | Earlier::UnderWay(_) => true,
            Earlier::InReview(of, _) => !history.was_rejected_by(*of),
            Earlier::Other(..) => false,
        }))
    }

    /// Leaves word where the transaction lies, for when the vendor sends the browser back there.
    async fn take_over(&self, home: AttemptOf, visit: &Visit) -> Result<(), Error> {
        let continued = Continued {
            version: V1,
            at: self.deps.clock.now(),
            by: visit.id,
            authorization: visit.hash,
            expires_at: visit.expires_at,
        };
        self.deps
            .create(&Name::Continued(visit.hash).path(home.id), &continued)
            .await
            .map(|_| ())
    }
}
