//! Begins anew in the place of a session at the vendor that has ended without a result.

use crate::checks::history::attempt::Attempt;
use crate::checks::history::starts::Room;
use crate::checks::{Begun, Checks, Entry, Error};

impl Checks {
    /// Gives up the attempt that the person has come back from, and begins another. Nothing is given up that the vendor has got all
    /// of, or where no other may be begun; and one that nobody has come back from yet is gone on with, so pressing twice pays
    /// once.
    ///
    /// # Errors
    /// As [`Checks::retry`].
    pub(crate) async fn restart(&self, entry: &Entry) -> Result<Begun, Error> {
        let seen = &entry.seen;
        // It may have everything by now.
        self.read_now(seen, entry.id).await?;
        let history = seen.history(entry.id).await?;
        if history.current().is_some_and(is_over) {
            self.check_another(entry).await?;
            self.cancel(entry).await?;
        }
        self.retry(entry).await
    }

    /// Whether another check may be begun as far as it is known before it is.
    async fn check_another(&self, entry: &Entry) -> Result<(), Error> {
        if self.deps.limits.closed {
            return Err(Error::Closed);
        }
        self.look_into(entry.purse)?;
        let starts = entry.seen.known_starts().await?;
        match starts.room(&self.deps.limits, self.deps.clock.now()) {
            Room::NoStarts => Err(Error::StartsExhausted),
            Room::Free | Room::UsedUp => Ok(()),
        }
    }
}

/// The person has come back from it, and the vendor has nothing to judge.
fn is_over(attempt: &Attempt) -> bool {
    attempt.has_transaction && attempt.has_returned && !attempt.captured && attempt.decision.is_none()
}
