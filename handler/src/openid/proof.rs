//! Who asks.
//!
//! # Layout
//! - `caller`: who may register a verification; `client_auth`: how a client proves itself

pub(crate) mod caller;
pub(crate) mod client_auth;
