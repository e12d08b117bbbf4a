//! `runner check`: everything that can be said about policies without running them.
//!
//! Loading already refuses what cannot work ([`crate::load`]); the rules here find what works and is wrong: holes, steps
//! nobody reaches, claims nobody sets, addresses in the clear. Each finding names file and line, why it matters and
//! what to write instead. A finding that is meant can be allowed where it stands, by a comment in the line before it or
//! in its own: `<!-- runner: allow rule-name because … -->`; errors of loading cannot be allowed.
//!
//! # Layout
//! - [`report`]: text, JSON and SARIF
//! - [`online`]: what only the network can tell
//! - `reach`: what a relying party can reach, and which claims are certainly set on the way
//! - `allow`: allowed findings
//! - the rest: one file per family of rules

mod addresses;
mod allow;
mod claims;
mod insights;
mod journeys;
pub mod online;
mod pages;
mod placeholders;
mod preconditions;
mod reach;
pub mod report;
mod resolvers;
mod rest;
#[cfg(test)]
mod sample;
mod secrets;

use std::{io, path::Path};

use crate::{
    finding::{Finding, Severity},
    load::{self, Loaded, Settings, Source},
    model::Policy,
};

pub use report::Format;

/// Nothing to complain about; notes may have been written.
pub const CLEAN: u8 = 0;
/// There are errors or warnings.
pub const FOUND: u8 = 1;

/// Loads the policies below `dir`, once per environment, or once with placeholders as they are if there is none.
#[must_use]
pub fn load(dir: &Path, environments: &[Settings]) -> Vec<Loaded> {
    if environments.is_empty() {
        return vec![load::folder(dir, None)];
    }
    let with = |settings| load::folder(dir, Some(settings));
    environments.iter().map(with).collect()
}

/// Writes what the rules find in any of the loads, and what was found `besides`; the answer is the exit code, [`CLEAN`]
/// or [`FOUND`].
///
/// # Errors
/// When the report cannot be written.
pub fn run(
    loads: &[Loaded],
    besides: Vec<Finding>,
    format: Format,
    out: &mut dyn io::Write,
) -> io::Result<u8> {
    let mut found: Vec<_> = loads.iter().flat_map(findings).chain(besides).collect();
    load::settle(&mut found);
    let files = loads.first().map_or(0, |loaded| loaded.sources.len());
    report::write(&found, files, format, out)?;
    let complaint = found.iter().any(|finding| finding.severity > Severity::Note);
    Ok(if complaint { FOUND } else { CLEAN })
}

/// Placeholders that nobody filled: those of the starter packs, of samples, and of people in a hurry.
#[must_use]
pub fn unfilled(sources: &[Source]) -> Vec<Finding> {
    let mut found = Vec::new();
    placeholders::check(sources, &mut found);
    found
}

/// Everything found: by loading, then by every rule, in file order, without what is allowed.
#[must_use]
pub fn findings(loaded: &Loaded) -> Vec<Finding> {
    let mut found = Vec::new();
    placeholders::check(&loaded.sources, &mut found);
    for policy in loaded.tenant.callable() {
        rules(policy, &mut found);
    }
    allow::remove(&loaded.sources, &mut found);
    found.extend(loaded.findings.iter().cloned());
    load::settle(&mut found);
    found
}

fn rules(policy: &Policy, found: &mut Vec<Finding>) {
    let reach = reach::Reach::of(policy);
    addresses::check(policy, found);
    claims::check(policy, &reach, found);
    insights::check(policy, found);
    journeys::check(policy, &reach, found);
    pages::check(policy, &reach, found);
    preconditions::check(policy, &reach, found);
    resolvers::check(policy, found);
    rest::check(policy, found);
    secrets::check(policy, found);
}
