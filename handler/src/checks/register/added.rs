//! What a pushed request with a ticket asks to match beside what was registered.

use crate::checks::decision::matching::Hasher;
use crate::checks::facts::names::FactName;
use crate::checks::facts::{Added, V2};
use crate::checks::{Checks, Error, Verification};
use crate::ids::FactHash;
use crate::person::Person;

/// Maximum number of different additions to one registration. An honest client adds the same at each sign-in.
const MAX_ADDED: usize = 20;

impl Checks {
    /// Adds to what has to match, for good and for every sign-in of the verification. Nothing is written where the same was
    /// registered.
    ///
    /// # Errors
    /// More additions than any honest client makes; the store.
    pub(crate) async fn add(&self, verification: &Verification, person: &Person) -> Result<(), Error> {
        let Verification { id, seen } = verification;
        let request = seen
            .fact::<crate::checks::facts::Request>(*id, FactName::Request)
            .await?;
        let hasher = Hasher {
            seal: &self.deps.seal,
            id: *id,
            subject: request.subject,
        };
        let asked = hasher.asked(person);
        if asked.is_covered_by(&request.asked) {
            return Ok(());
        }
        let text = serde_json::to_string(&asked).map_err(|_| Error::Corrupt("added".to_owned()))?;
        let name = FactName::Added(FactHash::of(&["added", &text]));
        let is_added = |name: &FactName| matches!(name, FactName::Added(_));
        if verification.count(is_added).await? >= MAX_ADDED && !seen.has(*id, name).await? {
            return Err(Error::TooMany);
        }
        let added = Added {
            version: V2,
            at: self.deps.clock.now(),
            asked,
        };
        seen.create(*id, name, &added).await.map(|_| ())
    }
}
