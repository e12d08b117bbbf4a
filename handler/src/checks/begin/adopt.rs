//! Makes an earlier approval of the subject count for a sign-in.

use crate::checks::facts::names::FactName;
use crate::checks::history::is_approval;
use crate::checks::{Checks, Entry, Error};

impl Checks {
    /// Whether an approval that is good enough answers this sign-in: the verification's own, or a later one of the subject,
    /// which then becomes the attempt that counts. Whoever is faster with a later attempt wins.
    ///
    /// # Errors
    /// No such verification; the store.
    pub(crate) async fn adopt_approval(&self, entry: &Entry) -> Result<bool, Error> {
        let seen = &entry.seen;
        let history = seen.history(entry.id).await?;
        let last = history.current();
        if let Some(attempt) = last.filter(|attempt| entry.is_satisfied_by(attempt)) {
            return Ok(attempt.decision.as_ref().is_some_and(is_approval));
        }
        let after = last.map_or(0, |last| last.number);
        let Some(of) = self.reusable_for(entry, after).await?.approval else {
            return Ok(false);
        };
        let name = FactName::Joined(of.attempt);
        self.deps.join(seen, of, entry.id, name).await?;
        Ok(true)
    }
}
