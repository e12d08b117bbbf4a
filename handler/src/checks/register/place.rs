//! Where the person is: the vendor may have to know it before it can start. Asked once a verification.

use crate::checks::facts::names::FactName;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{Location, Request};
use crate::checks::vendor::Place;
use crate::checks::{Deps, Error};
use crate::ids::VerificationId;

/// Where the person is: as the client said, where that is enough for the vendor, else as the person said.
pub(in crate::checks) async fn place(
    deps: &Deps,
    seen: &Snapshot,
    id: VerificationId,
    request: &Request,
) -> Result<Place, Error> {
    let registered = request.consent.as_ref().map(|consent| Place {
        country: consent.country.clone(),
        state: consent.state.clone(),
    });
    let registered = registered.unwrap_or_default();
    if deps.vendors.present().needs(&registered).is_none() {
        return Ok(registered);
    }
    let said: Option<Location> = seen.find(id, FactName::Location).await?;
    Ok(said.map_or(registered, |said| said.place))
}
