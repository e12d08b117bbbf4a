//! The runner from outside: its program, its addresses, and whole journeys through small invented policies.

#![expect(clippy::expect_used, reason = "a test ends where its ground gives way")]

mod attacks;
mod factors;
mod policy;
mod providers;
mod rest;
mod steps;
mod stub;
mod wire;
mod world;
