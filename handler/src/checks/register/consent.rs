//! What the person agreed to: as a client recorded it, or on a page of ours where that has to ask. Asked once a verification.

use crate::checks::facts::names::FactName;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{Agreed, Request, V2};
use crate::checks::vendor::Consent;
use crate::checks::{Deps, Entry, Error};
use crate::ids::VerificationId;

/// The consent that is recorded, whoever recorded it. The client's comes first.
///
/// # Errors
/// The store.
pub(in crate::checks) async fn consent(
    seen: &Snapshot,
    id: VerificationId,
    request: &Request,
) -> Result<Option<Consent>, Error> {
    if request.consent.is_some() {
        return Ok(request.consent.clone());
    }
    let agreed: Option<Agreed> = seen.find(id, FactName::Consent).await?;
    Ok(agreed.map(|agreed| agreed.consent))
}

/// Whether the person has to be asked before anything is sent to the vendor.
///
/// # Errors
/// The store.
pub(in crate::checks) async fn is_missing(entry: &Entry) -> Result<bool, Error> {
    if !entry.asks_consent {
        return Ok(false);
    }
    let request = entry.seen.request(entry.id).await?;
    Ok(consent(&entry.seen, entry.id, &request).await?.is_none())
}

/// Records that the person agrees now to a text of this version. The first agreement stays.
///
/// # Errors
/// The store.
pub(in crate::checks) async fn record(deps: &Deps, entry: &Entry, text_version: &str) -> Result<(), Error> {
    let at = deps.clock.now();
    let agreed = Agreed {
        version: V2,
        at,
        consent: Consent {
            text_version: text_version.to_owned(),
            obtained_at: at,
            country: None,
            state: None,
        },
    };
    let created = entry.seen.create(entry.id, FactName::Consent, &agreed);
    created.await.map(|_| ())
}
