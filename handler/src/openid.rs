//! The `OpenID` front: what clients and callers ask, checked, and what they are answered. Knows no HTTP server.
//!
//! # Layout
//! - `parameters`, `strict_json`: reading forms, queries and JSON so that nothing can be read in two ways
//! - `refusal`: errors in the words of OAuth
//! - `caller`: who may register a verification; `registration`: what they say; `personal`: what nobody is called
//! - `client`, `client_auth`: who may authorize and redeem, and how they prove themselves
//! - `authorization_request`, `claims_request`: what a client asks
//! - `answer`, `id_token`, `metadata`: what it is told

pub mod answer;
pub mod authorization_request;
pub mod caller;
pub mod claims_request;
pub mod client;
pub mod client_auth;
pub mod id_token;
pub mod metadata;
pub mod parameters;
pub mod personal;
pub mod refusal;
pub mod registration;
pub mod strict_json;

#[cfg(test)]
mod tests;
