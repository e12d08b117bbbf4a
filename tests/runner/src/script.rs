//! Scripted journeys: regression tests of a tenant's policies, over HTTP, as a browser would walk them.
//!
//! A script is a TOML or YAML file ([`mod@file`]). `runner test` starts a tenant for it, walks each journey with a fresh [`browser`]
//! ([`run`]), compares what came of it ([`expect`]) and can write JUnit ([`report`]).

pub mod browser;
pub mod expect;
pub mod file;
mod lines;
pub mod page;
mod phone;
pub mod providers;
pub mod report;
pub mod run;
pub mod services;
