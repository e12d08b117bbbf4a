//! Verifies a person's identity with Jumio, for Azure AD B2C and any OpenID client.
//!
//! # Layout
//! - leaves: `background`, `clock`, `digest`, `owners`, `random`, `ids`, `person`, `seal`, `telemetry`, `files`, `http_client`
//! - `clients`: who asks for sign-ins, and how they prove themselves
//! - `checks`: the core; declares what it needs of the others
//! - `grants`: authorizations, codes and redemptions
//! - `settings`, `secrets`: typed settings and Key Vault
//! - `openid`: the OpenID front: what is asked and what is answered, without HTTP
//! - `sample`: the same for those who come from Microsoft's sample
//! - `pages`: what people see
//! - `routes`: HTTP
//! - `tokens`: what we sign and what we accept
//! - `jumio`: the vendor
//! - `fact_store`: where facts are kept
//! - `services`: what routes and commands are given
//! - `app`: puts everything together; `process`: runs it; `cli`: commands for operators; `testing` does so without sockets and settings

#![allow(
    rustdoc::private_intra_doc_links,
    reason = "nearly all of it is private, and read as such"
)]
#![cfg_attr(
    not(any(test, feature = "testing")),
    expect(unreachable_pub, reason = "`testing` hands it out, and is not there")
)]

mod app;
mod background;
mod checks;
mod cli;
mod clients;
mod clock;
mod digest;
mod fact_store;
mod files;
mod grants;
mod http_client;
mod ids;
mod jumio;
mod openid;
mod owners;
mod pages;
mod person;
mod process;
mod random;
mod routes;
mod sample;
mod seal;
mod secrets;
mod services;
mod settings;
mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod tokens;

pub use process::run;

#[cfg(test)]
mod tests;
