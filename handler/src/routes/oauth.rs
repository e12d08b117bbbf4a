//! Routes that clients come to.
//!
//! # Layout
//! - `push`: pushed authorization requests; `nobody`: those that name nobody; `token`, `userinfo`; `cors`: whose pages may read
//!   those; `metadata`: discovery and keys

pub(crate) mod cors;
pub(crate) mod metadata;
pub(crate) mod nobody;
pub(crate) mod push;
pub(crate) mod token;
pub(crate) mod userinfo;
