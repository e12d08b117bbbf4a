//! Pages and policies as they are uploaded: every placeholder filled, or nothing written and every fault told at once.
//!
//! Made for Microsoft's sample (`samples/Jumio` of azure-ad-b2c/partner-integrations) and the `LocalAccounts` starter pack,
//! whose placeholders are words of the text; `{Settings:…}` of our own policies and pages is filled as well.
//!
//! # Layout
//! - [`values`]: what is filled in, checked; [`address`]: addresses among it
//! - [`blanks`]: finds placeholders in a text and fills them
//! - [`input`]: reads the folder; [`output`]: writes the one to upload, over nothing that was not made here

pub mod address;
pub mod blanks;
pub mod input;
pub mod output;
pub mod values;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use regex::Regex;
use runner::check;
use runner::load::{self, Source};

use blanks::{Fault, Kind};
use input::File;
use values::Values;

/// Endings of files that may hold placeholders; others are copied as they are.
const TEXTS: [&str; 8] = ["xml", "html", "htm", "css", "js", "json", "svg", "txt"];

/// Fills pages. Everybody may read them, so no secret may be among the values. Tells how many files there are.
///
/// # Errors
/// A placeholder without a value or that nobody knows, an address of the API with the base secret in it, a folder that cannot
/// be read or written, a file in `out` that was not made here. Nothing is written then.
pub fn ui(from: &Path, out: &Path, values: &Values) -> Result<usize> {
    ensure!(
        !values.has_secret(),
        "pages are public: there is no secret in them"
    );
    let files = input::pages(from)?;
    ensure!(!files.is_empty(), "{} holds no pages", from.display());
    let files = filled(files, Kind::Page, values)?;
    for file in &files {
        public(file)?;
    }
    output::write(from, out, &files, Kind::Page)?;
    Ok(files.len())
}

/// Fills policies. Tells their files in the order in which B2C takes them: what is inherited from comes first.
///
/// # Errors
/// As [`ui`]; besides, a text that is no policy.
pub fn policies(from: &Path, out: &Path, values: &Values) -> Result<Vec<PathBuf>> {
    let files = input::policies(from)?;
    ensure!(!files.is_empty(), "{} holds no policies (*.xml)", from.display());
    let files = filled(files, Kind::Policy, values)?;
    let order = order(&files)?;
    output::write(from, out, &files, Kind::Policy)?;
    Ok(order.into_iter().map(|name| out.join(name)).collect())
}

fn filled(files: Vec<File>, kind: Kind, values: &Values) -> Result<Vec<File>> {
    let mut faults: Vec<Fault> = Vec::new();
    let mut done = Vec::new();
    for file in files {
        if !file.ends_with_any(&TEXTS) {
            done.push(file);
            continue;
        }
        let (text, found) = blanks::fill(&file.text()?, &file.name, kind, values);
        faults.extend(found);
        done.push(File {
            bytes: text.into_bytes(),
            ..file
        });
    }
    if faults.is_empty() {
        return Ok(done);
    }
    bail!(
        "nothing was written, because placeholders remain:\n{}",
        blanks::told(&faults)
    )
}

/// Refuses what would publish the base secret: somebody filled it into a page by hand before.
fn public(file: &File) -> Result<()> {
    let secret = Regex::new(r"(?i)/api/jumio/[a-z0-9_-]{32,}")?;
    ensure!(
        !secret.is_match(&String::from_utf8_lossy(&file.bytes)),
        "{} holds an address with a base secret. Pages are public: take the page as the sample has it, and rotate the secret \
         if this one was ever uploaded",
        file.name
    );
    Ok(())
}

/// The files, parents before children; whatever the runner's own list of placeholders finds is refused as well.
fn order(files: &[File]) -> Result<Vec<String>> {
    let mut sources = Vec::new();
    for file in files {
        sources.push(Source {
            name: file.name.as_str().into(),
            text: file.text()?.trim_start_matches('\u{feff}').to_owned(),
        });
    }
    let loaded = load::from_sources(sources, Vec::new());
    let left = check::unfilled(&loaded.sources);
    ensure!(left.is_empty(), "nothing was written:\n{}", lines(&left));
    let broken: Vec<_> = loaded
        .findings
        .iter()
        .filter(|finding| finding.rule == "xml")
        .collect();
    ensure!(broken.is_empty(), "nothing was written:\n{}", lines(&broken));
    let file_of = |id: &str| {
        let of = |policy: &&runner::model::Policy| policy.id.eq_ignore_ascii_case(id);
        loaded
            .files
            .iter()
            .find(of)
            .map(|policy| policy.span.file.to_string())
    };
    let mut names: Vec<String> = loaded
        .tenant
        .policies
        .iter()
        .filter_map(|policy| file_of(&policy.id))
        .collect();
    // What the runner could not merge is uploaded last; `runner check` says why.
    let others: Vec<String> = files
        .iter()
        .map(|file| file.name.clone())
        .filter(|name| !names.contains(name))
        .collect();
    names.extend(others);
    Ok(names)
}

fn lines(findings: &[impl std::fmt::Display]) -> String {
    findings
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests;
