//! Metadata and keys, by which B2C checks a hint. Public, and cached for as long as a hint lives: the settings may change.

use std::time::Duration;

use super::front;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::problem::Fault;

const FRESH: Duration = Duration::from_secs(3600);

pub(super) async fn metadata(call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let document = front(&services)?.published.metadata.clone();
    Ok(reply::public_json(document, FRESH))
}

pub(super) async fn keys(call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let document = front(&services)?.published.keys.clone();
    Ok(reply::public_json(document, FRESH))
}
