//! What the person's browser tells us of their way: came back from the vendor, or gave up.

use super::facts::{Conclusion, Decision, Happened};
use super::names::Name;
use super::outcome::Status;
use super::settle::MAX_RACES;
use super::{Checks, Error, Visit};

/// So many returns of one attempt are kept; reading is due after each.
const MAX_RETURNS: u32 = 20;

impl Checks {
    /// The browser came back from the vendor. Says nothing about the result; makes reading it due.
    ///
    /// # Errors
    /// The store.
    pub async fn returned(&self, visit: &Visit) -> Result<(), Error> {
        let history = self.deps.own_history(visit.id).await?;
        let Some(attempt) = history.current().map(|attempt| attempt.number) else {
            return Ok(());
        };
        let returns = history.returns(attempt);
        if returns < MAX_RETURNS {
            let path = Name::Returned(attempt, returns + 1).path(visit.id);
            self.deps
                .create(&path, &Happened::at(self.deps.clock.now()))
                .await?;
        }
        Ok(())
    }

    /// The person does not want to go on. Does nothing when something was concluded already. When the vendor has what it
    /// needs, the attempt counts all the same.
    ///
    /// # Errors
    /// The store; too many others who decide at the same time.
    pub async fn cancel(&self, visit: &Visit) -> Result<(), Error> {
        self.line.leave(visit.id);
        match self.settle(visit.id).await {
            Ok(_) | Err(Error::Vendor(_)) => {}
            Err(error) => return Err(error),
        }
        for _ in 0..MAX_RACES {
            let history = self.deps.history(visit.id).await?;
            let attempt = history.current();
            if self.left_unchecked(&history, visit).await? {
                return Ok(());
            }
            if attempt.is_some_and(|attempt| attempt.is_concluded() || attempt.decision.is_some()) {
                return Ok(());
            }
            // A joined transaction goes on where it lies; only this sign-in gives it up.
            if let Some(attempt) = attempt.filter(|attempt| attempt.home.id == visit.id && !attempt.captured)
            {
                self.deps.discount(history.request.subject, attempt.home).await?;
            }
            // Starts are numbered from 1: what was given up before any of them keeps out of their way.
            let number = attempt.map_or(0, |attempt| attempt.number);
            let decision = Decision::unread(number, self.deps.clock.now(), given_up());
            if self.decided(&history, &decision).await? {
                return Ok(());
            }
        }
        Err(Error::Busy)
    }
}

fn given_up() -> Conclusion {
    Conclusion::plain(Status::Cancelled, "cancelled")
}
