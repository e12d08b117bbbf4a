//! Limits on paid starts, all subjects together: so many a minute and a day.
//!
//! There are two purses, and neither pays for the other: one for sign-ins that a caller or client answers for, one for those
//! that any browser may begin. So nobody who empties the second keeps the first ones from signing in.
//!
//! Processes share nothing but the store. Who wants to start leaves a mark in the folder of the day, and counts afterwards: of
//! any number who race each sees its own mark and all that were there before, so never more are paid than a limit allows. Where
//! several meet at the limit, all of them may be refused. Who is refused, and whose start certainly was not executed, voids the
//! mark, so that it counts no more; a mark that could not be voided counts.
//!
//! A start costs one write and one listing: of the hour, or of the day where the hours before are not known to be complete, which
//! is at the first start of a process and of an hour. A listing brings up to 5000 marks in a page. Who is known to be refused
//! costs nothing, for a minute.
//!
//! # Layout
//! - `mark`: one start, as the name of a document
//! - `ledger`: what one process has listed, and how it is counted
//! - `told`: how often that is told to operators

mod ledger;
mod mark;
mod told;

use std::net::IpAddr;

use time::{Date, OffsetDateTime, Time};
use tokio::time::{Duration, Instant};

use crate::checks::facts::names::SPEND;
use crate::checks::facts::{AttemptOf, Happened};
use crate::checks::{Checks, Error};
use crate::ids::{FactHash, SpenderKey, leading};
use crate::seal::Seal;
pub(in crate::checks) use ledger::Ledgers;
use ledger::Tally;
use mark::Mark;
pub(in crate::checks) use told::Told;

/// A day is kept so much longer than it lasts, for processes whose clocks are behind.
const KEPT_AFTER: Duration = Duration::from_secs(3600);

/// What a start is paid from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purse {
    /// That of sign-ins which a caller or an authenticated client answers for.
    Known,
    /// That of sign-ins which any browser may begin: walk-ins, and requests that public clients push.
    Unknown(Spender),
}

/// Who spends, as keyed hashes: neither an address nor anything else of a person is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Spender {
    client: SpenderKey,
    browser: SpenderKey,
    /// None where no front end tells addresses. Its hash is another one each day.
    address: Option<SpenderKey>,
}

impl Purse {
    /// That of a browser which came by itself. `browser` stands for the browser, the same in all its sign-ins.
    #[must_use]
    pub(crate) fn of_browser(seal: &Seal, client_id: &str, browser: &str) -> Self {
        Self::Unknown(Spender {
            client: key(seal, &["client", client_id]),
            browser: key(seal, &["browser", browser]),
            address: None,
        })
    }

    /// The same from this address, as a front end tells it. An address is personal data: its hash lives for a day.
    #[must_use]
    pub(crate) fn at_address(self, seal: &Seal, told: Option<IpAddr>, now: OffsetDateTime) -> Self {
        let address = |address: IpAddr| {
            let day = now.to_offset(time::UtcOffset::UTC).date();
            key(seal, &["address", &day.to_string(), &address.to_string()])
        };
        match (self, told) {
            (Self::Unknown(spender), Some(told)) => Self::Unknown(Spender {
                address: Some(address(told)),
                ..spender
            }),
            (purse, _) => purse,
        }
    }

    const fn spender(self) -> Option<Spender> {
        match self {
            Self::Known => None,
            Self::Unknown(spender) => Some(spender),
        }
    }
}

fn key(seal: &Seal, parts: &[&str]) -> SpenderKey {
    SpenderKey(leading(&seal.keyed("spender", parts)))
}

/// How many starts are paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spend {
    /// Of sign-ins that somebody answers for.
    pub known: Allowance,
    /// Of those that any browser may begin.
    pub unknown: Allowance,
    /// Of the latter for one client, a day; no limit without.
    pub per_client: Option<u32>,
    /// Of the latter by one browser, a day.
    pub per_browser: u32,
    /// Of the latter from one address, a day, where addresses are told.
    pub per_address: u32,
}

/// What is in a purse. Days and minutes are those of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Starts a day.
    pub a_day: u32,
    /// Starts a minute.
    pub a_minute: u32,
}

impl Default for Spend {
    fn default() -> Self {
        Self {
            known: Allowance {
                a_day: 10_000,
                a_minute: 600,
            },
            unknown: Allowance {
                a_day: 500,
                a_minute: 20,
            },
            per_client: None,
            per_browser: 5,
            per_address: 20,
        }
    }
}

/// One of the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    Day,
    Minute,
    Client,
    Browser,
    Address,
}

impl Spend {
    const fn of(&self, purse: Purse) -> Allowance {
        match purse {
            Purse::Known => self.known,
            Purse::Unknown(_) => self.unknown,
        }
    }

    /// How many are allowed by a limit, where it is one for this purse.
    fn allowed(&self, purse: Purse, limit: Limit) -> Option<u32> {
        let allowance = self.of(purse);
        match (purse, limit) {
            (_, Limit::Day) => Some(allowance.a_day),
            (_, Limit::Minute) => Some(allowance.a_minute),
            (Purse::Known, _) => None,
            (Purse::Unknown(_), Limit::Client) => self.per_client,
            (Purse::Unknown(_), Limit::Browser) => Some(self.per_browser),
            (Purse::Unknown(_), Limit::Address) => Some(self.per_address),
        }
    }

    /// The first limit that so many starts go beyond. That of a single one comes first: it is no matter for an operator.
    fn beyond(&self, purse: Purse, tally: &Tally) -> Option<Limit> {
        let all = [
            Limit::Browser,
            Limit::Address,
            Limit::Client,
            Limit::Day,
            Limit::Minute,
        ];
        all.into_iter().find(|limit| {
            self.allowed(purse, *limit)
                .is_some_and(|allowed| tally.of(*limit) > allowed)
        })
    }
}

/// A start that is paid for, or about to be.
#[derive(Debug)]
pub(super) struct Spent(Mark);

impl Checks {
    /// Takes a start out of a purse, before the vendor is called.
    ///
    /// # Errors
    /// [`Error::PurseEmpty`]; the store: then the start may count although it was not made.
    pub(super) async fn spend(&self, of: AttemptOf, purse: Purse) -> Result<Spent, Error> {
        let now = self.deps.clock.now();
        let nonce = self.told.unique(&self.deps.owners.me(), of);
        let mark = Mark::new(now, purse.spender(), nonce);
        self.refuse_known(purse, &mark, now)?;
        let spend = &self.deps.limits.spend;
        self.deps.write(&mark.path(), &Happened::at(now)).await?;
        let tally = self.ledgers.count(&*self.deps.store, &mark, now).await?;
        if let Some(limit) = spend.beyond(purse, &tally) {
            self.void(&mark).await?;
            return Err(self.refused(purse, limit, now));
        }
        self.told.nearly(spend, purse, &tally, now);
        Ok(Spent(mark))
    }

    /// Refuses whoever is known to be refused by [`Checks::spend`], so that they stand in nobody's way before they come to it. Asks
    /// the store nothing, and takes nothing.
    ///
    /// # Errors
    /// [`Error::PurseEmpty`].
    pub(super) fn look_into(&self, purse: Purse) -> Result<(), Error> {
        let now = self.deps.clock.now();
        let mark = Mark::new(now, purse.spender(), FactHash::of(&["asked"]));
        self.refuse_known(purse, &mark, now)
    }

    /// Refuses a start that goes beyond a limit by what was counted a moment ago.
    fn refuse_known(&self, purse: Purse, mark: &Mark, now: OffsetDateTime) -> Result<(), Error> {
        let known = self.ledgers.remembered(mark, now);
        let spend = &self.deps.limits.spend;
        match known.and_then(|tally| spend.beyond(purse, &tally.and_one())) {
            Some(limit) => Err(self.refused(purse, limit, now)),
            None => Ok(()),
        }
    }

    /// Puts a start back that certainly was not executed. One that cannot be put back counts: that is the safe side.
    pub(super) async fn put_back(&self, spent: &Spent) {
        if let Err(cause) = self.void(&spent.0).await {
            tracing::debug!(%cause, "start stays counted though it was not made");
        }
    }

    async fn void(&self, mark: &Mark) -> Result<(), Error> {
        let voided = Happened::at(self.deps.clock.now());
        self.deps.write(&mark.void_path(), &voided).await?;
        self.ledgers.forget(mark);
        Ok(())
    }

    fn refused(&self, purse: Purse, limit: Limit, now: OffsetDateTime) -> Error {
        self.told.exhausted(&self.deps.limits.spend, purse, limit, now);
        Error::PurseEmpty
    }

    /// Removes the marks of days that are over, some of them where they are very many.
    pub(super) async fn sweep_spend(&self, now: OffsetDateTime, until: Instant) -> Result<(), Error> {
        for folder in self.deps.store.folders(SPEND).await? {
            if !mark::day_of(&folder).is_some_and(|day| is_over(day, now)) {
                continue;
            }
            let path = format!("{SPEND}/{folder}");
            for file in self.deps.store.list(&path).await? {
                if Instant::now() >= until {
                    return Ok(());
                }
                self.deps.store.delete(&format!("{path}/{file}")).await?;
            }
        }
        Ok(())
    }
}

fn is_over(day: Date, now: OffsetDateTime) -> bool {
    let end = day
        .next_day()
        .map(|next| OffsetDateTime::new_utc(next, Time::MIDNIGHT));
    end.is_some_and(|end| end + KEPT_AFTER <= now)
}
