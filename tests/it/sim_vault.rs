//! The Key Vault and managed identity simulator over sockets.

mod azure;
mod certificates;
mod client;
mod deleted;
mod headers;
mod identity;
mod reading;
mod refusals;
