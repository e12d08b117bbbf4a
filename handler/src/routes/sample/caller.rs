//! Who may call: B2C, by the secret in its policies' base address or by the proofs of `/api/verify`; or anybody, where a setting
//! says so.

use warp::http::header;

use crate::openid::proof::caller::Presented;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::incoming::CERTIFICATE;
use crate::routes::problem::Fault;
use crate::sample::front::{Front, Refused};
use crate::services::Services;

/// Whether the caller may ask.
pub(super) async fn check(call: &Call, services: &Services, front: &Front) -> Result<(), Fault> {
    let secret = call.parameter.as_str();
    if !secret.is_empty() {
        return by_secret(call, front, secret);
    }
    let authorization = call.incoming.values(header::AUTHORIZATION);
    let certificate = call.incoming.values(CERTIFICATE);
    if front.allows_anonymous && authorization.is_empty() {
        return Ok(());
    }
    let presented = Presented {
        authorization: &authorization,
        certificate: &certificate,
    };
    let caller = services.callers.check(presented, call.gate.clock.now()).await;
    caller
        .map(|_| ())
        .map_err(|error| Fault::Caller(error, services.callers.challenge()))
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
