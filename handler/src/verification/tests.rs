//! The core over a real store and a vendor with state, by its public operations only.

mod access;
mod attempts;
mod codes;
mod faces;
pub(crate) mod far;
mod journey;
mod line;
mod notices;
mod paying;
mod privacy;
mod races;
mod random;
mod register;
mod reuse;
mod reversals;
mod store_faults;
pub(crate) mod vendor;
mod world;
