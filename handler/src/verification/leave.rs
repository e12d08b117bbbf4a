//! What the person's browser tells us of their way: came back from the vendor, or gave up.

use super::facts::{Conclusion, Decision, Happened, V1};
use super::outcome::Status;
use super::paths::Name;
use super::{Error, Verifications, Visit};

/// So many returns of one attempt are kept; reading is due after each.
const MAX_RETURNS: u32 = 20;

impl Verifications {
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

    /// The person does not want to go on. Does nothing when the outcome is known already. When the vendor has what it
    /// needs, the attempt counts all the same.
    ///
    /// # Errors
    /// The store.
    pub async fn cancel(&self, visit: &Visit) -> Result<(), Error> {
        match self.settle(visit.id).await {
            Ok(_) | Err(Error::Vendor(_)) => {}
            Err(error) => return Err(error),
        }
        let history = self.deps.history(visit.id).await?;
        let attempt = history.current();
        if attempt.is_some_and(|attempt| attempt.decision.is_some()) {
            return Ok(());
        }
        let now = self.deps.clock.now();
        if let Some(attempt) = attempt.filter(|attempt| attempt.home.id == visit.id && !attempt.captured) {
            self.deps.discount(history.request.subject, attempt.home).await?;
        }
        let decision = Decision {
            version: V1,
            attempt: attempt.map_or(1, |attempt| attempt.number),
            at: now,
            read_at: now,
            // An adopted transaction goes on where it lies; only this sign-in gives it up.
            adopted: attempt
                .map(|attempt| attempt.home)
                .filter(|home| home.id != visit.id),
            conclusion: Conclusion::plain(Status::Cancelled, "cancelled"),
        };
        self.record_decision(&history, decision).await
    }
}
