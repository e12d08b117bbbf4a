//! Client of Netverify, the older generation of Jumio's API ("ID Verification", "API v2", "Web v4").
//!
//! # Layout
//! - `workflow`: what a person is asked to show
//! - `config`: address, workflow and times, checked together
//! - `basic`: calls that prove themselves by user and password
//! - `request`: the body that starts a transaction
//! - `wire`: the shapes of the answers
//! - `decision`: from its words to our marks, reasons and person
//! - `client`: the operations

mod basic;
mod client;
pub(crate) mod config;
mod decision;
mod request;
mod wire;
mod workflow;

pub(crate) use client::Client;
pub(crate) use config::Config;
pub(crate) use decision::CHECKS;
#[cfg(any(test, feature = "testing"))]
pub(crate) use decision::progress;
#[cfg(any(test, feature = "testing"))]
pub(crate) use wire::{Data, Initiated, Status};
pub(crate) use workflow::Workflow;

#[cfg(test)]
mod tests;
