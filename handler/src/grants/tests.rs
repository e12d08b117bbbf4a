//! The core over a real store and a vendor with state, by its public operations only.

mod access;
mod attempts;
mod callbacks;
mod codes;
mod faces;
mod journey;
mod paying;
mod privacy;
mod process;
mod races;
mod random;
mod register;
mod reuse;
mod reversals;
mod store_faults;
pub(crate) mod vendor;
mod world;
