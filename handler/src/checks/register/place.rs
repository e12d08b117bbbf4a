//! Where the person is: the vendor may have to know it before it can start. Asked once a verification.

use crate::checks::facts::names::FactName;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{Location, Request, V2};
use crate::checks::vendor::{Need, Place};
use crate::checks::{Checks, Deps, Entry, Error};
use crate::ids::VerificationId;

impl Checks {
    /// What the vendor still has to be told about the place of this sign-in's person.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn unknown_place(&self, entry: &Entry) -> Result<Option<Need>, Error> {
        let request = entry.seen.request(entry.id).await?;
        let place = self.deps.place(&entry.seen, entry.id, &request).await?;
        Ok(self.deps.vendors.present().needs(&place))
    }

    /// Keeps what the person said for all attempts of the verification, or tells what is still missing of it. The first
    /// answer stays.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn locate(&self, entry: &Entry, place: Place) -> Result<Option<Need>, Error> {
        if let Some(need) = self.deps.vendors.present().needs(&place) {
            return Ok(Some(need));
        }
        let location = Location {
            version: V2,
            at: self.deps.clock.now(),
            place,
        };
        let created = entry.seen.create(entry.id, FactName::Location, &location);
        created.await.map(|_| None)
    }
}

impl Deps {
    /// Where the person is: as the client said, where that is enough for the vendor, else as the person said.
    pub(in crate::checks) async fn place(
        &self,
        seen: &Snapshot,
        id: VerificationId,
        request: &Request,
    ) -> Result<Place, Error> {
        let registered = request.consent.as_ref().map(|consent| Place {
            country: consent.country.clone(),
            state: consent.state.clone(),
        });
        let registered = registered.unwrap_or_default();
        if self.vendors.present().needs(&registered).is_none() {
            return Ok(registered);
        }
        let said: Option<Location> = seen.find(id, FactName::Location).await?;
        Ok(said.map_or(registered, |said| said.place))
    }
}
