//! What happened to a verification, moment by moment, for whoever has to explain it. A fold of facts that changes nothing.

use std::fmt;

use futures::future::try_join_all;
use serde::Deserialize;
use time::OffsetDateTime;

use crate::checks::facts::names::{FactName, StartMark};
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{
    CallbackFact, Confirmed, Continued, Corrected, Decision, Happened, Joined, Operated, StartLease, Stopped,
};
use crate::checks::outcome::{Reason, Status};
use crate::checks::{Deps, Error, Verification};
use crate::ids::VerificationId;

/// One moment. Sorted by time, as the clocks of the processes say that wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// When, UTC.
    pub at: OffsetDateTime,
    /// The attempt that it is about, if it is about one.
    pub attempt: Option<u32>,
    /// What happened.
    pub event: Event,
}

/// What happened. Nothing in it is personal or a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A client registered it.
    Registered,
    /// A pushed request with the ticket added to what has to match.
    Added,
    /// A client pushed an authorization request.
    Pushed,
    /// A browser used the pushed request.
    PushedUsed,
    /// The person said in which country they are.
    Located,
    /// The person agreed to the check on a page of ours.
    Agreed,
    /// A browser brought an authorization request.
    Authorized,
    /// A process took the lease on a start and was about to call the vendor.
    StartLeased {
        /// The number of that process on its machine.
        pid: u32,
    },
    /// The start certainly was not executed.
    StartFreed,
    /// Nobody knows whether the start reached the vendor: it may have been paid.
    MayHaveBeenPaid,
    /// The person showed nothing: it is a start, but not an attempt.
    NotCounted,
    /// Another start was allowed although this transaction was open still.
    Superseded,
    /// An operator allowed further attempts.
    Allowed(By),
    /// The vendor created the transaction.
    TransactionStarted,
    /// The transaction of another verification is used.
    Joined(VerificationId),
    /// Another verification uses this transaction as well.
    JoinedBy(VerificationId),
    /// Other details, which were registered by another verification, are compared with this transaction.
    CorrectedBy(VerificationId),
    /// The vendor sent a callback with this word; without an attempt, it was about another transaction.
    Callback(String),
    /// The browser came back from the vendor.
    Returned,
    /// A browser that did not begin came back from the vendor, and its person is asked.
    ReturnedElsewhere,
    /// The browser that began has come back, or its person has said whether they began.
    Confirmed {
        /// They did.
        is_own: bool,
    },
    /// The vendor has what it needs.
    Captured,
    /// A human refused it for another verification that uses the transaction.
    RefusedElsewhere,
    /// It was decided.
    Decided {
        /// What would be told then.
        status: Status,
        /// Why.
        reason: Option<Reason>,
        /// Who, where a human decided.
        by: Option<By>,
    },
    /// It was erased.
    Erased(By),
    /// The code was redeemed.
    Redeemed,
    /// A code was presented again; its access token is revoked.
    Replayed,
    /// The answer to the redemption was written to the client.
    Answered,
    /// The person was sent back to a policy with a hint of who they are.
    HandedOver,
    /// The person was shown which values of their document the client is told, and went on.
    Named,
    /// A sign-in has no check, because of this; or the person has left without one.
    Stopped {
        /// What is told of it.
        status: Status,
        /// Why.
        reason: Reason,
        /// The person has left.
        left: bool,
    },
}

/// Who did something by hand, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct By {
    /// The operator's id.
    pub who: String,
    /// Such as the number of a ticket.
    pub why: String,
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "by {}: {}", self.who, self.why)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registered => f.write_str("registered"),
            Self::Added => f.write_str("more to match added by a pushed request"),
            Self::Pushed => f.write_str("authorization request pushed"),
            Self::PushedUsed => f.write_str("pushed request used by a browser"),
            Self::Located => f.write_str("country said by the person"),
            Self::HandedOver => f.write_str("person sent back to the policy"),
            Self::Named => f.write_str("person shown which values the client is told"),
            Self::Agreed => f.write_str("consent given on our own page"),
            Self::Authorized => f.write_str("authorization request by a browser"),
            Self::StartLeased { pid } => write!(f, "start lease taken by process {pid}"),
            Self::StartFreed => f.write_str("start not executed; freed"),
            Self::MayHaveBeenPaid => f.write_str("start lost; it may have been paid"),
            Self::NotCounted => f.write_str("start not counted as an attempt"),
            Self::Superseded => f.write_str("another start allowed while this transaction is open"),
            Self::Allowed(by) => write!(f, "further attempts allowed {by}"),
            Self::TransactionStarted => f.write_str("transaction started"),
            Self::Joined(home) => write!(f, "joined the transaction of {home}"),
            Self::JoinedBy(by) => write!(f, "transaction joined by {by}"),
            Self::CorrectedBy(by) => write!(f, "details corrected by {by}"),
            Self::Callback(word) => write!(f, "callback {word}"),
            Self::Returned => f.write_str("browser returned from the vendor"),
            Self::ReturnedElsewhere => f.write_str("a browser that did not begin returned from the vendor"),
            Self::Confirmed { is_own: true } => f.write_str("begun by the person themselves"),
            Self::Confirmed { is_own: false } => f.write_str("not begun by the person; cancelled"),
            Self::Captured => f.write_str("captured; the vendor judges"),
            Self::RefusedElsewhere => f.write_str("refused by a human for another verification"),
            Self::Decided { status, reason, by } => {
                write!(f, "decided: {}", status.as_str())?;
                if let Some(reason) = reason {
                    write!(f, " ({})", reason.as_str())?;
                }
                by.as_ref().map_or(Ok(()), |by| write!(f, " {by}"))
            }
            Self::Erased(by) => write!(f, "erased {by}"),
            Self::Redeemed => f.write_str("code redeemed"),
            Self::Answered => f.write_str("token answer sent"),
            Self::Stopped { status, reason, left } => {
                let how = if *left { "left" } else { "stopped" };
                write!(
                    f,
                    "{how} without a check: {} ({})",
                    status.as_str(),
                    reason.as_str()
                )
            }
            Self::Replayed => f.write_str("code presented again; access token revoked"),
        }
    }
}

/// See [`crate::checks::Checks::timeline`].
pub(in crate::checks) async fn of(deps: &Deps, verification: &Verification) -> Result<Vec<Moment>, Error> {
    let Verification { id, seen } = verification;
    let id = *id;
    if seen.is_erased(id).await? {
        let tombstone: Option<Operated> = deps.read(&FactName::Erased.path(id)).await?;
        return Ok(tombstone.map(erased).into_iter().collect());
    }
    let names = seen.names(id).await?;
    if !names.contains(&FactName::Request) {
        return Err(Error::NotFound);
    }
    // What has the same time stays in the order in which it must have happened.
    let mut moments = vec![seen.moment(id, FactName::Request).await?];
    moments.extend(seen.start_moments(id).await?);
    let rest = names.iter().filter(|name| **name != FactName::Request);
    moments.extend(try_join_all(rest.map(|name| seen.moment(id, *name))).await?);
    moments.sort_by_key(|moment| moment.at);
    Ok(moments)
}

/// When a fact was written; every fact says so.
#[derive(Deserialize)]
struct Written {
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
}

impl Snapshot {
    async fn moment(&self, id: VerificationId, name: FactName) -> Result<Moment, Error> {
        let (attempt, event) = match name {
            FactName::Request => (None, Event::Registered),
            FactName::Location => (None, Event::Located),
            FactName::Consent => (None, Event::Agreed),
            FactName::Added(_) => (None, Event::Added),
            FactName::Authorization(_) => (None, Event::Authorized),
            FactName::Pushed(_) => (None, Event::Pushed),
            FactName::Used(_) => (None, Event::PushedUsed),
            FactName::Transaction(n) => (Some(n), Event::TransactionStarted),
            FactName::Returned(n, _) => (Some(n), Event::Returned),
            FactName::Confirmed(n) => {
                let is_own = self.fact::<Confirmed>(id, name).await?.is_own;
                (Some(n), Event::Confirmed { is_own })
            }
            FactName::Elsewhere(n) => (Some(n), Event::ReturnedElsewhere),
            FactName::Owned(n) => (Some(n), Event::Confirmed { is_own: true }),
            FactName::Disowned(n) => (Some(n), Event::Confirmed { is_own: false }),
            FactName::Captured(n) => (Some(n), Event::Captured),
            FactName::Refused(n) => (Some(n), Event::RefusedElsewhere),
            FactName::Redeemed(_) => (None, Event::Redeemed),
            FactName::Answered(_) => (None, Event::Answered),
            FactName::Handed(_) => (None, Event::HandedOver),
            FactName::Named(_) => (None, Event::Named),
            FactName::Replayed(_) => (None, Event::Replayed),
            FactName::Erased => return Ok(erased(self.fact(id, name).await?)),
            FactName::Decision(_) => return Ok(decided(self.fact(id, name).await?)),
            FactName::Stopped(..) => return Ok(stopped(self.fact(id, name).await?)),
            FactName::Joined(n) | FactName::Rejoined(n) => {
                (Some(n), Event::Joined(self.fact::<Joined>(id, name).await?.home))
            }
            FactName::Corrected(n) => {
                let by = self.fact::<Corrected>(id, name).await?.by;
                (Some(n), Event::CorrectedBy(by))
            }
            FactName::Continued(_) => (None, Event::JoinedBy(self.fact::<Continued>(id, name).await?.by)),
            FactName::Callback(..) | FactName::Foreign(_) => {
                let fact: CallbackFact = self.fact(id, name).await?;
                (fact.attempt, Event::Callback(fact.status_word))
            }
        };
        let at = self.fact::<Written>(id, name).await?.at;
        Ok(Moment { at, attempt, event })
    }

    /// What is said of the starts that this verification made.
    async fn start_moments(&self, id: VerificationId) -> Result<Vec<Moment>, Error> {
        let mut moments = Vec::new();
        for (number, marks) in self.starts().await? {
            let lease: StartLease = self.start(number, StartMark::Leased).await?;
            if lease.of.id != id {
                continue;
            }
            moments.push(Moment {
                at: lease.at,
                attempt: Some(number),
                event: Event::StartLeased { pid: lease.owner.pid },
            });
            for mark in marks {
                moments.extend(self.said(number, mark).await?);
            }
        }
        Ok(moments)
    }

    async fn said(&self, number: u32, mark: StartMark) -> Result<Option<Moment>, Error> {
        let event = match mark {
            // Told by the lease, and by the decision.
            StartMark::Leased
            | StartMark::Accepted
            | StartMark::Ended
            | StartMark::Checked
            | StartMark::Party(_) => {
                return Ok(None);
            }
            StartMark::Released => Event::StartFreed,
            StartMark::Uncounted => Event::NotCounted,
            StartMark::Unconfirmed => Event::MayHaveBeenPaid,
            StartMark::Superseded => Event::Superseded,
            StartMark::Allowed => Event::Allowed(self.start::<Operated>(number, mark).await?.by()),
        };
        let happened: Happened = self.start(number, mark).await?;
        Ok(Some(Moment {
            at: happened.at,
            attempt: Some(number),
            event,
        }))
    }
}

fn decided(fact: Decision) -> Moment {
    Moment {
        at: fact.at,
        attempt: Some(fact.attempt),
        event: Event::Decided {
            status: fact.conclusion.status,
            reason: fact.conclusion.reason,
            by: fact.human.map(|human| By {
                who: human.who,
                why: human.why,
            }),
        },
    }
}

fn erased(fact: Operated) -> Moment {
    Moment {
        at: fact.at,
        attempt: None,
        event: Event::Erased(fact.by()),
    }
}

impl Operated {
    fn by(self) -> By {
        By {
            who: self.who,
            why: self.why,
        }
    }
}

fn stopped(fact: Stopped) -> Moment {
    Moment {
        at: fact.at,
        attempt: None,
        event: Event::Stopped {
            status: fact.status,
            reason: fact.reason,
            left: fact.left,
        },
    }
}
