//! Runs the handler's processes under seeded schedules of everything that can go wrong, and checks what they tell.
//!
//! Two or three processes stand beside each other over one store, with one vendor, behind one host. The seed decides who
//! goes on, what fails (before or after it took effect), which process dies, how far its clock is off, when callbacks come,
//! and what people press. Time is tokio's paused time, so a run of half an hour takes milliseconds, and the same seed gives
//! the same schedule. The handler is seen only through `handler::testing`.
//!
//! # Layout
//! - `run`: runs seeds; `world`: everything of one run
//! - `weather`: what a seed decides; `points`: where it decides
//! - `store`, `jumio`, `callbacks`: what the processes work with; `processes`, `host`: where they run
//! - `browser`, `page`, `client`, `journey`: who uses them
//! - `erasure`: the timer, and what must hold of a person who was erased
//! - `oracle`: what must hold; `logs`: what an operator is told; `trace`: the schedule for the reader; `keys`: real keys

mod browser;
mod callbacks;
mod client;
mod erasure;
mod host;
mod journey;
mod jumio;
mod keys;
mod logs;
mod oracle;
mod page;
mod points;
mod processes;
mod run;
mod store;
mod trace;
mod weather;
mod world;

pub use run::{Report, Summary, seed, seeds};

/// As in the shipped binary; and it is quicker with many small documents.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(test)]
mod tests;
