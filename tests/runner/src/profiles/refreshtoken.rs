//! `RefreshTokenReadAndSetup`: what the refresh token carries, as claims.

use crate::engine::Failure;
use crate::engine::pipeline::{Returned, Stage};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub(super) fn call(stage: Stage<'_>) -> Result<Returned, Failure> {
    let missing = || {
        Failure::new(
            "AADB2C90277",
            "only a request with a refresh token can run this technical profile",
        )
    };
    let grant = stage.refresh.ok_or_else(missing)?;
    let mut returned = grant.kept.clone();
    let issued_at = OffsetDateTime::from_unix_timestamp(grant.issued_at)
        .ok()
        .and_then(|at| at.format(&Rfc3339).ok());
    returned.insert(
        "refreshTokenIssuedOnDateTime".to_owned(),
        issued_at.unwrap_or_default().into(),
    );
    Ok(returned)
}
