//! Every parser of bytes that come from outside, as a plain function: it must not panic, and what it accepts must be what it
//! says, for any bytes.
//!
//! `cargo test -p fuzz` runs each over its corpus and 10,000 changes of it, the same ones each time. `cargo rig fuzz` runs
//! them under libFuzzer, which sees which branches a change has reached.
//!
//! # Layout
//! - `targets`: the functions, by name
//! - `corpus`: where each begins: files in `corpus/<target>`, and sealed values, which are made
//! - `sample`: verification tokens of the sample front, put together by hand
//! - `mutate`: changes of bytes, decided by a seed
//! - `campaign`: runs a target over all of that, and tells the seed of what fails

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a target says by a panic that something does not hold"
)]

pub mod campaign;
pub mod corpus;
pub mod mutate;
pub mod sample;
pub mod targets;

pub use targets::{TARGETS, Target};

#[cfg(test)]
mod tests;
