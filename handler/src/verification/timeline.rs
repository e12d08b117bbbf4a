//! What happened to a verification, moment by moment, for whoever has to explain it. A fold of facts that changes nothing.

use std::collections::BTreeSet;
use std::fmt;

use futures::future::try_join_all;
use time::OffsetDateTime;

use super::facts::{
    Added, Authorized, Code, Continued, Decision, Happened, Joined, Location, NoticeFact, PushedRequest,
    Redeemed, Request, Slot, Stopped, Transaction, Used,
};
use super::outcome::{Reason, Status};
use super::paths::{self, Name, SlotFact};
use super::{Deps, Error, Verifications};
use crate::ids::{SubjectHash, VerificationId};

/// One moment. Sorted by time, as the clocks of the processes say that wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When, UTC.
    pub at: OffsetDateTime,
    /// The attempt that it is about, if it is about one.
    pub attempt: Option<u32>,
    /// What happened.
    pub event: Event,
}

/// What happened. Nothing in it is personal or a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
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
    /// The vendor created the transaction.
    TransactionStarted,
    /// The transaction of another verification is used.
    Joined(VerificationId),
    /// Another verification uses this transaction as well.
    JoinedBy(VerificationId),
    /// The vendor sent a callback with this word; without an attempt, it was about another transaction.
    Callback(String),
    /// The browser came back from the vendor.
    Returned,
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
        /// The operator's id, where a human decided.
        by: Option<String>,
    },
    /// A code was issued.
    CodeIssued,
    /// The code was redeemed.
    Redeemed,
    /// A code was presented again; its access token is revoked.
    Replayed,
    /// The answer to the redemption was written to the client.
    Answered,
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

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registered => f.write_str("registered"),
            Self::Added => f.write_str("more to match added by a pushed request"),
            Self::Pushed => f.write_str("authorization request pushed"),
            Self::PushedUsed => f.write_str("pushed request used by a browser"),
            Self::Located => f.write_str("country said by the person"),
            Self::Authorized => f.write_str("authorization request by a browser"),
            Self::StartLeased { pid } => write!(f, "start lease taken by process {pid}"),
            Self::StartFreed => f.write_str("start not executed; freed"),
            Self::MayHaveBeenPaid => f.write_str("start lost; it may have been paid"),
            Self::NotCounted => f.write_str("start not counted as an attempt"),
            Self::Superseded => f.write_str("another start allowed while this transaction is open"),
            Self::TransactionStarted => f.write_str("transaction started"),
            Self::Joined(home) => write!(f, "joined the transaction of {home}"),
            Self::JoinedBy(by) => write!(f, "transaction joined by {by}"),
            Self::Callback(word) => write!(f, "callback {word}"),
            Self::Returned => f.write_str("browser returned from the vendor"),
            Self::Captured => f.write_str("captured; the vendor judges"),
            Self::RefusedElsewhere => f.write_str("refused by a human for another verification"),
            Self::Decided { status, reason, by } => {
                write!(f, "decided: {}", status.as_str())?;
                if let Some(reason) = reason {
                    write!(f, " ({})", reason.as_str())?;
                }
                by.as_ref().map_or(Ok(()), |who| write!(f, " by {who}"))
            }
            Self::CodeIssued => f.write_str("code issued"),
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

impl Verifications {
    /// What happened to a verification, oldest first. Reads facts only.
    ///
    /// # Errors
    /// No such verification; the store.
    pub async fn timeline(&self, id: VerificationId) -> Result<Vec<Moment>, Error> {
        let files = self.deps.records.list(&paths::folder(id)).await?;
        let mut names: BTreeSet<Name> = files.iter().filter_map(|file| Name::parse(file)).collect();
        if !names.remove(&Name::Request) {
            return Err(Error::NotFound);
        }
        let authorizations = self.deps.records.list(&paths::authorizations(id)).await?;
        names.extend(
            authorizations
                .iter()
                .filter_map(|file| paths::parse_authorization(file)),
        );
        let request: Request = self.deps.fact(id, Name::Request).await?;
        // What has the same time stays in the order in which it must have happened.
        let mut moments = vec![Moment {
            at: request.at,
            attempt: None,
            event: Event::Registered,
        }];
        moments.extend(self.deps.start_moments(request.subject, id).await?);
        let rest = names.iter().map(|name| self.deps.moment(id, *name));
        moments.extend(try_join_all(rest).await?);
        moments.sort_by_key(|moment| moment.at);
        Ok(moments)
    }
}

impl Deps {
    async fn moment(&self, id: VerificationId, name: Name) -> Result<Moment, Error> {
        let (at, attempt, event) = match name {
            Name::Request => (self.fact::<Request>(id, name).await?.at, None, Event::Registered),
            Name::Location => (self.fact::<Location>(id, name).await?.at, None, Event::Located),
            Name::Added(_) => (self.fact::<Added>(id, name).await?.at, None, Event::Added),
            Name::Authorization(_) => {
                let fact: Authorized = self.fact(id, name).await?;
                (fact.at, None, Event::Authorized)
            }
            Name::Pushed(_) => (
                self.fact::<PushedRequest>(id, name).await?.at,
                None,
                Event::Pushed,
            ),
            Name::Used(_) => (self.fact::<Used>(id, name).await?.at, None, Event::PushedUsed),
            Name::Joined(n) => {
                let fact: Joined = self.fact(id, name).await?;
                (fact.at, Some(n), Event::Joined(fact.home))
            }
            Name::Transaction(n) => {
                let fact: Transaction = self.fact(id, name).await?;
                (fact.at, Some(n), Event::TransactionStarted)
            }
            Name::Notice(_) => {
                let fact: NoticeFact = self.fact(id, name).await?;
                (fact.at, fact.attempt, Event::Callback(fact.status_word))
            }
            Name::Continued(_) => {
                let fact: Continued = self.fact(id, name).await?;
                (fact.at, None, Event::JoinedBy(fact.by))
            }
            Name::Decision(_) => return Ok(decided(self.fact(id, name).await?)),
            Name::Stopped(..) => return Ok(stopped(self.fact(id, name).await?)),
            Name::Code(_) => (self.fact::<Code>(id, name).await?.at, None, Event::CodeIssued),
            Name::Redeemed(_) => (self.fact::<Redeemed>(id, name).await?.at, None, Event::Redeemed),
            Name::Returned(n, _) => (self.happened(id, name).await?, Some(n), Event::Returned),
            Name::Captured(n) => (self.happened(id, name).await?, Some(n), Event::Captured),
            Name::Refused(n) => (self.happened(id, name).await?, Some(n), Event::RefusedElsewhere),
            Name::Answered(_) => (self.happened(id, name).await?, None, Event::Answered),
            Name::Replayed(_) => (self.happened(id, name).await?, None, Event::Replayed),
        };
        Ok(Moment { at, attempt, event })
    }

    async fn happened(&self, id: VerificationId, name: Name) -> Result<OffsetDateTime, Error> {
        Ok(self.fact::<Happened>(id, name).await?.at)
    }

    /// What is said of the starts that this verification made.
    async fn start_moments(&self, subject: SubjectHash, id: VerificationId) -> Result<Vec<Moment>, Error> {
        let files = self.records.list(&paths::slots(subject)).await?;
        let known: Vec<(u32, SlotFact)> = files.iter().filter_map(|file| paths::parse_slot(file)).collect();
        let mut moments = Vec::new();
        for (number, _) in known.iter().filter(|(_, fact)| *fact == SlotFact::Taken) {
            let path = paths::slot(subject, *number, SlotFact::Taken);
            let slot: Slot = self.read(&path).await?.ok_or(Error::Corrupt(path))?;
            if slot.of.id == id {
                let pid = slot.owner.pid;
                moments.push(Moment {
                    at: slot.at,
                    attempt: Some(*number),
                    event: Event::StartLeased { pid },
                });
                let said = known.iter().filter(|(of, _)| of == number);
                for (_, fact) in said {
                    moments.extend(self.said(subject, *number, *fact).await?);
                }
            }
        }
        Ok(moments)
    }

    async fn said(&self, subject: SubjectHash, number: u32, fact: SlotFact) -> Result<Option<Moment>, Error> {
        let event = match fact {
            SlotFact::Taken => return Ok(None),
            SlotFact::Released => Event::StartFreed,
            SlotFact::Uncounted => Event::NotCounted,
            SlotFact::Unconfirmed => Event::MayHaveBeenPaid,
            SlotFact::Superseded => Event::Superseded,
        };
        let path = paths::slot(subject, number, fact);
        let happened: Happened = self.read(&path).await?.ok_or(Error::Corrupt(path))?;
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
            by: fact.human.map(|human| human.who),
        },
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
