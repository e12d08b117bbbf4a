//! Metadata and keys, by which B2C checks a hint. Public, and cached for as long as a hint lives: the settings may change.

use super::front;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::problem::Fault;

pub(super) async fn metadata(call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    Ok(reply::public_json(front(&services)?.published.metadata.clone()))
}

pub(super) async fn keys(call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    Ok(reply::public_json(front(&services)?.published.keys.clone()))
}
