//! Jumio, behind [`crate::checks::vendor::Vendor`]: the only module that knows its addresses, shapes and words.
//!
//! # Layout
//! - `kyx`: client of the current generation (KYX, "Jumio Platform")
//! - `wire`: the shapes of its answers, tolerant of what is met in live traffic
//! - `decision`: from its labels to our marks, reasons and person
//! - `netverify`: client of the older generation (Netverify, "API v2")
//! - `credentials`, `config`: what both clients prove themselves with, and what both are told
//! - `call`, `transport`, `slow`, `sent`: one request, when it may be repeated, when its answer takes long, and whether it was
//!   under way when time ran out
//! - `callback`: what is kept of a callback, of either generation
//! - `limits`: what may be sent, checked before it is sent
//! - `locale`: from a browser's language to one Jumio has

mod call;
pub(crate) mod callback;
mod config;
mod credentials;
mod decision;
pub(crate) mod kyx;
mod limits;
mod locale;
pub(crate) mod netverify;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod reading;
mod sent;
mod slow;
mod transport;
mod wire;

pub(crate) use config::Fault;
pub(crate) use credentials::{ClientCredentials, Credentials};
pub(crate) use decision::CHECKS;

#[cfg(test)]
pub(crate) mod tests;
