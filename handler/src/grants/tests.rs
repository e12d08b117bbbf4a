//! The core over a real store and a vendor with state, by its public operations only.

mod access;
mod attempts;
mod budget;
mod callbacks;
mod codes;
mod erase;
mod faces;
pub(crate) mod far;
mod fixture;
mod journey;
mod line;
mod netverify;
mod paying;
mod privacy;
mod process;
mod races;
mod random;
mod register;
mod reuse;
mod reversals;
mod spend;
mod store_faults;
mod sweep;
mod tried;
pub(crate) mod vendor;
mod vendors;
mod world;
