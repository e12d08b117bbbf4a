//! What the person's browser tells us of their way: came back from the vendor, or gave up.

use crate::checks::begin::party;
use crate::checks::begin::stopped;
use crate::checks::facts::names::FactName;
use crate::checks::facts::{Conclusion, Decision, Happened};
use crate::checks::history::own;
use crate::checks::outcome::Status;
use crate::checks::settle::MAX_RACES;
use crate::checks::{Checks, Entry, Error};

/// Maximum number of returns stored per attempt; reading is due after each.
const MAX_RETURNS: u32 = 20;

impl Checks {
    /// The browser came back from the vendor. Says nothing about the result; makes reading it due, unless it is known.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn returned(&self, entry: &Entry) -> Result<(), Error> {
        let seen = &entry.seen;
        let history = seen.own_history(entry.id).await?;
        let Some(attempt) = history.current() else {
            return Ok(());
        };
        let returns = history.returns(attempt.number);
        if returns < MAX_RETURNS && !attempt.decisions.has_result() {
            let name = FactName::Returned(attempt.number, returns + 1);
            let returned = Happened::at(self.deps.clock.now());
            seen.create(entry.id, name, &returned).await?;
        }
        Ok(())
    }

    /// The person goes back to the client. Makes sure that there is something to hand over: who leaves before the end gives
    /// up.
    ///
    /// # Errors
    /// As [`Checks::cancel`].
    pub(crate) async fn leave(&self, entry: &Entry) -> Result<(), Error> {
        if self.poll(entry).await?.may_leave {
            return Ok(());
        }
        self.give_up(entry, Way::Left).await
    }

    /// The person does not want to go on. Does nothing when something was concluded already. When the vendor has what it
    /// needs, the attempt counts all the same.
    ///
    /// # Errors
    /// The store; too many others who decide at the same time.
    pub(crate) async fn cancel(&self, entry: &Entry) -> Result<(), Error> {
        self.give_up(entry, Way::Cancelled).await
    }

    async fn give_up(&self, entry: &Entry, way: Way) -> Result<(), Error> {
        self.line.leave(entry.id.subject());
        let seen = &entry.seen;
        // A vendor that is slow or down keeps nobody from leaving.
        self.read_now(seen, entry.id).await?;
        for _ in 0..MAX_RACES {
            let history = seen.history(entry.id).await?;
            let attempt = history.current();
            if stopped::left_unchecked(self, &history, entry).await? {
                return Ok(());
            }
            if attempt.is_some_and(|attempt| attempt.is_concluded() || attempt.decision.is_some()) {
                return Ok(());
            }
            if way == Way::Left {
                stopped::left_stopped(self, &history, entry).await?;
            }
            // Whoever shares the transaction may go on with it: only this sign-in gives it up.
            if let Some(attempt) = attempt.filter(|attempt| attempt.has_transaction && !attempt.captured)
                && !party::leave(&self.deps, seen, attempt.home, entry.id).await?
            {
                continue;
            }
            // Starts are numbered from 1: what was given up before any of them keeps out of their way.
            let number = attempt.map_or(0, |attempt| attempt.number);
            let home = own(entry.id, number);
            let decision = Decision::unread(number, self.deps.clock.now(), given_up());
            if self.decided(seen, &history, home, &decision).await? {
                return Ok(());
            }
        }
        Err(Error::Busy)
    }
}

/// How a person gives up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// From a page that says that they are being checked.
    Cancelled,
    /// From a page that may have said why they are not.
    Left,
}

fn given_up() -> Conclusion {
    Conclusion::plain(Status::Cancelled, "cancelled")
}
