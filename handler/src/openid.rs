//! The `OpenID` front: what clients and callers ask, checked, and what they are answered. Knows no HTTP server.
//!
//! # Layout
//! - `request`: what is asked; `proof`: who asks; `answer`: what they are told

pub(crate) mod answer;
pub(crate) mod proof;
pub(crate) mod request;

#[cfg(test)]
mod tests;
