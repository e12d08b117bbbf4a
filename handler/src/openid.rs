//! The `OpenID` front: what clients and callers ask, checked, and what they are answered. Knows no HTTP server.
//!
//! # Layout
//! - `parameters`, `strict_json`: reading forms, queries and JSON so that nothing can be read in two ways
//! - `refusal`: errors in the words of OAuth
//! - `caller`: who may register a verification; `registration`: what they say; `personal`: what nobody is called
//! - `authorization_request`, `claims_request`: what a client asks
//! - `answer`, `id_token`, `metadata`: what it is told

pub(crate) mod answer;
pub(crate) mod authorization_request;
pub(crate) mod caller;
pub(crate) mod claims_request;
pub(crate) mod client_auth;
pub(crate) mod id_token;
pub(crate) mod metadata;
pub(crate) mod parameters;
pub(crate) mod personal;
pub(crate) mod refusal;
pub(crate) mod registration;
pub(crate) mod strict_json;

#[cfg(test)]
mod tests;
