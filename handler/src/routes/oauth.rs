//! Routes that clients come to.
//!
//! # Layout
//! - `push`: pushed authorization requests; `token`, `userinfo`; `metadata`: discovery and keys

pub(crate) mod metadata;
pub(crate) mod push;
pub(crate) mod token;
pub(crate) mod userinfo;
