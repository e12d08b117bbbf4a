//! Seeds for every commit, and the schedules that once failed, each by its events.
//!
//! # Layout
//! - `seeds`: the first seeds, and that a seed always gives the same schedule
//! - `play`: what the schedules share; then one file for each kind

mod bound;
mod paying;
mod play;
mod pushed;
mod redeeming;
mod reversals;
mod seeds;
mod told;
