//! Reads answers as the client does, from bytes alone: for the fuzz targets.

use super::wire::{Created, Details, Status};
use super::{decision, netverify};
use crate::checks::vendor::Progress;

/// What the answer about a result says; nothing where it is none.
#[must_use]
pub fn details(body: &[u8]) -> Option<Progress> {
    let details: Details = serde_json::from_slice(body).ok()?;
    details.is_bounded().ok()?;
    Some(decision::progress(&details))
}

/// Whether this is the answer to a status request; what it says becomes a progress.
#[must_use]
pub fn status(body: &[u8]) -> Option<Progress> {
    let status: Status = serde_json::from_slice(body).ok()?;
    Some(decision::unfinished(&status.workflow_execution.status))
}

/// Whether this is the answer to a start.
#[must_use]
pub fn created(body: &[u8]) -> bool {
    serde_json::from_slice::<Created>(body).is_ok_and(|created| !created.account.id.is_empty())
}

/// What Netverify's answer about a result says; nothing where it is none.
#[must_use]
pub fn scan(body: &[u8]) -> Option<Progress> {
    let data: netverify::Data = serde_json::from_slice(body).ok()?;
    Some(netverify::progress(&data))
}

/// Whether this is one of Netverify's other answers.
#[must_use]
pub fn netverify(body: &[u8]) -> bool {
    serde_json::from_slice::<netverify::Initiated>(body).is_ok()
        || serde_json::from_slice::<netverify::Status>(body).is_ok()
}
