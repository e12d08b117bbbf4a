//! What is asked, read so that nothing can be read in two ways.
//!
//! # Layout
//! - `parameters`, `strict_json`: forms, queries and JSON
//! - `authorization_request`, `claims_request`: what a client asks
//! - `registration`: what a caller registers; `personal`: what nobody is called

pub(crate) mod authorization_request;
pub(crate) mod claims_request;
pub(crate) mod parameters;
pub(crate) mod personal;
pub(crate) mod registration;
pub(crate) mod strict_json;
