//! The Key Vault and managed identity simulator over sockets.

mod azure;
mod client;
mod identity;
mod reading;
mod refusals;
