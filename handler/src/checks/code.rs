//! Authorization codes.

use super::facts::{Code, V1};
use super::names::Name;
use super::status::{Step, step};
use super::stopped::Footing;
use super::subject::lead;
use super::{Checks, Error, Visit};
use crate::ids::FactHash;
use crate::seal::{self, Purpose};

/// A code that expired unused is followed by another one, so often at most.
const MAX_GENERATIONS: u32 = 100;

impl Checks {
    /// The code of this authorization. Processes that race issue the same one; when it has expired unused, the next one
    /// is issued.
    ///
    /// # Errors
    /// [`Error::NotReady`] while the person is at the vendor; [`Error::Finished`] once a code was redeemed;
    /// [`Error::TooMany`]; the store.
    pub async fn code(&self, visit: &Visit) -> Result<String, Error> {
        let history = self.deps.history(visit.id).await?;
        match self.footing(&history, visit).await? {
            Footing::Attempt(attempt) if matches!(step(attempt), Step::Checking | Step::Done) => {}
            Footing::Stopped(_) => {}
            Footing::Attempt(_) | Footing::Nothing => return Err(Error::NotReady),
        }
        let at = self.deps.clock.now();
        for generation in 0..MAX_GENERATIONS {
            let hash = name(visit, generation);
            if history.names.contains(&Name::Redeemed(hash)) {
                return Err(Error::Finished);
            }
            let expires_at = at + self.deps.limits.code_life;
            let ours = Code {
                version: V1,
                at,
                expires_at,
                authorization: visit.hash,
            };
            let first = self
                .deps
                .create_or_read(&Name::Code(hash).path(visit.id), ours)
                .await?;
            if first.expires_at > at {
                return Ok(self
                    .deps
                    .seal
                    .seal(Purpose::Code, visit.id, first.expires_at, hash.0));
            }
        }
        Err(Error::TooMany)
    }
}

fn name(visit: &Visit, generation: u32) -> FactHash {
    FactHash(lead(&seal::digest(&[
        "code",
        &visit.hash.to_string(),
        &generation.to_string(),
    ])))
}
