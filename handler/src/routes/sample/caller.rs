//! Who may call: B2C, by the secret in its policies' base address or by the proofs of `/api/verify`; or anybody, where a setting
//! says so.

use bytes::Bytes;
use warp::http::header;

use super::BODY_MAX;
use crate::routes::exchange::call::Call;
use crate::routes::problem::Fault;
use crate::sample::front::{CALLER, Front, Refused};
use crate::services::Services;
use crate::telemetry;

/// Whether the caller may ask.
pub(super) async fn check(call: &Call, services: &Services, front: &Front) -> Result<(), Fault> {
    let secret = call.parameter.as_str();
    if !secret.is_empty() {
        return by_secret(call, front, secret);
    }
    if front.allows_anonymous && call.incoming.values(header::AUTHORIZATION).is_empty() {
        return Ok(());
    }
    call.caller(services).await.map(|_| ())
}

/// The body of a call whose caller may ask.
pub(super) async fn body(call: &mut Call, services: &Services, front: &Front) -> Result<Bytes, Fault> {
    check(call, services, front).await?;
    telemetry::note_caller(CALLER);
    call.json(BODY_MAX).await
}

/// The sample has one placeholder for the address in its policies, which nobody sees, and in its page, which everybody does.
/// A browser that knows the secret has it from there.
fn by_secret(call: &Call, front: &Front, secret: &str) -> Result<(), Fault> {
    if !front.is_secret(secret) {
        return Err(Refused::Secret.into());
    }
    if !call.incoming.values(header::ORIGIN).is_empty() {
        return Err(Refused::PublicSecret.into());
    }
    Ok(())
}
