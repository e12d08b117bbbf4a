//! The runner from outside: its program, its addresses, and whole journeys through small invented policies.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where its ground gives way, and says when it was skipped"
)]

mod attacks;
mod browser;
mod commands;
mod exposure;
mod factors;
mod online;
mod policy;
mod providers;
mod rest;
mod rules;
mod schema;
mod starterpacks;
mod steps;
mod stub;
mod wire;
mod world;
