//! From a folder of policy files to a tenant that can run.
//!
//! The way: `files` finds the XML files and fills `{Settings:…}` placeholders ([`settings`]), `schema` checks words and
//! order, `read` makes the typed model of each file, `chain` follows base policies and `merge`s each chain,
//! `include` resolves `IncludeTechnicalProfile`, `references` looks up every name, and `support` refuses what the
//! runner cannot execute. Every refusal is a [`Finding`] with file and line; nothing is skipped in silence.

pub mod build;
mod chain;
mod files;
mod include;
mod merge;
mod read;
mod references;
mod schema;
pub mod settings;
mod support;
mod xml;

use std::path::Path;

use crate::{
    finding::{Finding, Severity},
    model::{Policy, Table, Tenant},
};

pub use files::Source;
pub use settings::Settings;

/// Everything loading found out: the tenant as far as it could be made, and what was found on the way.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The files, with their text after placeholders were filled.
    pub sources: Vec<Source>,
    /// Each file alone, as read.
    pub files: Vec<Policy>,
    /// Merged policies; incomplete if there are errors.
    pub tenant: Tenant,
    /// What was found, in file order.
    pub findings: Vec<Finding>,
}

/// Loads every policy file below `dir`, with placeholders filled from `settings`.
///
/// # Errors
/// Every [`Finding`] of severity [`Severity::Error`]: files that cannot be read or parsed, words and order the schema
/// refuses, names that lead nowhere, placeholders without a setting, and whatever the runner cannot execute.
pub fn tenant(dir: &Path, settings: Option<&Settings>) -> Result<Tenant, Vec<Finding>> {
    let Loaded { tenant, findings, .. } = folder(dir, settings);
    let errors: Vec<_> = findings
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    if errors.is_empty() {
        Ok(tenant)
    } else {
        Err(errors)
    }
}

/// Loads a folder as far as possible and says all that was found; what `runner check` builds on.
#[must_use]
pub fn folder(dir: &Path, settings: Option<&Settings>) -> Loaded {
    let (sources, findings) = files::read(dir, settings);
    from_sources(sources, findings)
}

/// Loads policy texts that are already in memory, as [`folder`] does.
#[must_use]
pub fn from_sources(sources: Vec<Source>, mut findings: Vec<Finding>) -> Loaded {
    let mut files = Vec::new();
    for source in &sources {
        files.extend(parse(source, &mut findings));
    }
    let tenant = merged(&files, &mut findings);
    for policy in tenant.policies.iter().filter(|policy| is_leaf(policy, &tenant)) {
        references::check(policy, &mut findings);
        support::check(policy, &mut findings);
    }
    settle(&mut findings);
    Loaded {
        sources,
        files,
        tenant,
        findings,
    }
}

/// Findings in file order; what several policies inherit is said once.
pub(crate) fn settle(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| {
        (&a.span, b.severity, a.rule, &a.message).cmp(&(&b.span, a.severity, b.rule, &b.message))
    });
    findings.dedup();
}

fn parse(source: &Source, findings: &mut Vec<Finding>) -> Option<Policy> {
    let document = match roxmltree::Document::parse(&source.text) {
        Ok(document) => document,
        Err(error) => {
            findings.push(files::malformed(source, &error));
            return None;
        }
    };
    let file = xml::File::new(&document, &source.name);
    let root = file.root();
    if root.name() != "TrustFrameworkPolicy" {
        findings.push(files::foreign(&root.span(), root.name()));
        return None;
    }
    findings.extend(schema::check(root));
    Some(read::policy(root))
}

fn merged(files: &[Policy], findings: &mut Vec<Finding>) -> Tenant {
    let mut policies: Table<Policy> = chain::merge(files, findings).into_iter().collect();
    for policy in &mut policies {
        include::resolve(policy, findings);
    }
    let name = policies
        .iter()
        .map(|policy| policy.tenant.clone())
        .next()
        .unwrap_or_default();
    Tenant { name, policies }
}

/// Whether no other policy inherits from this one: only then is it meant to be complete.
fn is_leaf(policy: &Policy, tenant: &Tenant) -> bool {
    let inherits = |other: &Policy| {
        other
            .base
            .as_ref()
            .is_some_and(|base| base.id.eq_ignore_ascii_case(&policy.id))
    };
    policy.relying_party.is_some() || !tenant.policies.iter().any(inherits)
}
