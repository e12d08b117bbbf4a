//! Client of KYX, the current generation of Jumio's API.
//!
//! # Layout
//! - `config`: addresses, keys and times, checked together
//! - `token`: the OAuth 2.0 access token: cached, renewed early, fetched once for everybody
//! - `authorised`: calls that carry a token
//! - `request`: the body that starts a transaction
//! - `client`: the operations

mod authorised;
mod client;
pub(crate) mod config;
mod request;
mod token;

pub(crate) use client::Client;
pub(crate) use config::Config;
