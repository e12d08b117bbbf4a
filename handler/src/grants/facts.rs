//! The facts of authorizations. They lie in the folder of their verification, so one listing shows them.
//!
//! Nothing personal is in them: a browser only as the keyed hash of its cookie value.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Authorization;
use crate::checks::facts::V2;
use crate::ids::{BrowserHash, FactHash, SubjectHash, VerificationId};

/// `authorization-<h>.json`: h is the same for the same request of the same browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Authorized {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) expires_at: OffsetDateTime,
    /// Who is to be checked: `sub`.
    pub(super) subject: SubjectHash,
    /// Keyed hash of the browser's cookie value. None for a sign-in that was answered at once by an approval: its handle
    /// opens nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) browser: Option<BrowserHash>,
    /// For a request that demands a fresh check: the number of the subject's last start whose transaction was recorded when
    /// it was made. A check is fresh when its start has a higher number: that holds whatever any clock says.
    #[serde(default)]
    pub(super) stale: u32,
    pub(super) request: Authorization,
}

/// `pushed-<h>.json`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PushedRequest {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    pub(super) request: Authorization,
    /// Whoever holds the ticket may have made it: it serves only the browser that the ticket serves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) by_ticket: bool,
}

/// `used-<h>.json`: which browser a pushed request serves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Used {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    pub(super) browser: BrowserHash,
}

/// `redeemed-<h>.json`, named after the authorization: whatever codes were issued for it, one is redeemed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Redeemed {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) access_token_expires_at: OffsetDateTime,
    /// Random, so that the redeemer recognises its own redemption.
    pub(super) by: FactHash,
    /// SHA-256 of the code that was presented, base64url.
    pub(super) code: String,
    /// SHA-256 of the client's assertion, base64url, where it proved itself by one: only the same one may ask again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) assertion: Option<String>,
    /// `sub` that was told, where it depends on the outcome: it stays the same for who holds the access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<SubjectHash>,
}

/// Names the first authorization of a ticket, whatever it asks and whose it is: so there is but one.
pub(super) fn first_by_ticket(id: VerificationId) -> FactHash {
    FactHash::of(&["authorization", "first by ticket", &id.to_string()])
}
