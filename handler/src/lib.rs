//! Verifies a person's identity with Jumio, for Azure AD B2C and any OpenID client.
//!
//! # Layout
//! - leaves: `background`, `clock`, `owners`, `random`, `ids`, `person`, `seal`, `telemetry`, `http_client`
//! - `checks`: the core; declares what it needs of the others
//! - `settings`, `secrets`: typed settings and Key Vault
//! - `openid`: the OpenID front: what is asked and what is answered, without HTTP
//! - `pages`: what people see
//! - `routes`: HTTP
//! - `tokens`: what we sign and what we accept
//! - `jumio`: the vendor
//! - `fact_store`: where facts are kept
//! - `app`: puts everything together; `testing` does so without sockets and settings

pub mod app;
pub mod background;
pub mod checks;
pub mod clock;
pub mod fact_store;
pub mod grants;
pub mod http_client;
pub mod ids;
pub mod jumio;
pub mod openid;
pub mod owners;
pub mod pages;
pub mod person;
pub mod random;
pub mod routes;
pub mod seal;
pub mod secrets;
pub mod settings;
pub mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod tokens;

#[cfg(test)]
mod tests;
