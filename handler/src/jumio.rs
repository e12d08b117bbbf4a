//! Jumio, behind [`crate::checks::vendor::Vendor`]: the only module that knows its addresses, shapes and words.
//!
//! # Layout
//! - `kyx`: client of the current generation (KYX, "Jumio Platform")
//! - `wire`: the shapes of its answers, tolerant of what is met in live traffic
//! - `decision`: from its labels to our marks, reasons and person
//! - `callback`: what is kept of a callback, of either generation
//! - `limits`: what may be sent, checked before it is sent
//! - `locale`: from a browser's language to one Jumio has

pub(crate) mod callback;
mod decision;
pub(crate) mod kyx;
mod limits;
mod locale;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod reading;
mod wire;

pub(crate) use decision::CHECKS;

#[cfg(test)]
pub(crate) mod tests;
