//! Each secret stands by itself: of what a reading brought, what is good comes into force, and what is bad keeps its last
//! good value.

use std::collections::{BTreeMap, BTreeSet};

use super::Secret;
use super::fetched::Fetched;
use super::loaded::Loaded;
use super::overlay::{Overlay, secret_name};
use crate::settings::{Fault, Faults, Source};

/// What came into force last.
pub(super) struct Standing {
    latest: BTreeMap<String, Secret>,
    /// What was wrong with it already.
    complaints: Vec<Fault>,
}

/// What comes into force now.
pub(super) struct Settled {
    pub(super) loaded: Loaded,
    /// What it was put together from.
    pub(super) fetched: Fetched,
    /// What is wrong with the values that do not come into force.
    pub(super) bad: Vec<Fault>,
}

impl Standing {
    /// What has come into force.
    pub(super) fn of(fetched: &Fetched, loaded: &Loaded) -> Self {
        Self {
            latest: fetched.latest().clone(),
            complaints: complaints(loaded),
        }
    }

    /// Finds out which of the new values are good: those that are complained about get their last good values back, until
    /// nothing new is complained about.
    ///
    /// # Errors
    /// What is wrong even with the last good values.
    pub(super) fn settle(
        &self,
        new: &Fetched,
        source: &dyn Source,
        assemble: impl Fn(&Fetched) -> Result<Loaded, Faults>,
    ) -> Result<Settled, Faults> {
        let mut open = new.changed_since(&self.latest);
        let (mut fetched, mut bad, mut guessed) = (new.clone(), Vec::new(), Vec::new());
        loop {
            let result = assemble(&fetched);
            let complaints = self.new_complaints(&result);
            let named = named(&complaints, &fetched.overlay(source), &open);
            let blamed = if named.is_empty() {
                let near = near(&complaints, &open, result.is_err());
                guessed.extend(near.iter().cloned());
                near
            } else {
                named
            };
            if blamed.is_empty() {
                // What is still complained about is not for want of the last good values.
                bad.retain(|fault| !complaints.contains(fault));
                let settled = result.map(|loaded| Settled { loaded, fetched, bad })?;
                return Ok(without_guesses(new, settled, &guessed, assemble));
            }
            for fault in complaints {
                if !bad.contains(&fault) {
                    bad.push(fault);
                }
            }
            for name in blamed {
                fetched.put(&name, self.latest.get(&name));
                open.remove(&name);
            }
        }
    }

    fn new_complaints(&self, result: &Result<Loaded, Faults>) -> Vec<Fault> {
        match result {
            Ok(loaded) => complaints(loaded)
                .into_iter()
                .filter(|fault| !self.complaints.contains(fault))
                .collect(),
            Err(faults) => faults.0.clone(),
        }
    }
}

/// Takes those values after all that were only suspected and do no harm.
fn without_guesses(
    new: &Fetched,
    mut settled: Settled,
    guessed: &[String],
    assemble: impl Fn(&Fetched) -> Result<Loaded, Faults>,
) -> Settled {
    let known = complaints(&settled.loaded);
    for name in guessed {
        let mut fetched = settled.fetched.clone();
        fetched.put(name, new.secret(name));
        let loaded = assemble(&fetched).ok();
        let is_harmless = |loaded: &Loaded| complaints(loaded).iter().all(|fault| known.contains(fault));
        if let Some(loaded) = loaded.filter(is_harmless) {
            (settled.loaded, settled.fetched) = (loaded, fetched);
        }
    }
    settled
}

/// What is wrong with something that came into force all the same.
pub(super) fn complaints(loaded: &Loaded) -> Vec<Fault> {
    [loaded.settings.aside.as_slice(), &loaded.settings.spared].concat()
}

/// Those of the secrets that the complaints name, by their settings or by what their settings name.
fn named(complaints: &[Fault], settings: &Overlay<'_>, open: &BTreeSet<String>) -> BTreeSet<String> {
    let named = complaints.iter().flat_map(|fault| {
        let reference = settings.get(&fault.setting);
        [Some(secret_name(&fault.setting)), reference]
    });
    let named: Vec<String> = named.flatten().collect();
    let is_named = |name: &&String| named.iter().any(|named| named.trim().eq_ignore_ascii_case(name));
    open.iter().filter(is_named).cloned().collect()
}

/// Where two settings do not go together, only one of them is named: then those near it; in need, all.
fn near(complaints: &[Fault], open: &BTreeSet<String>, in_need: bool) -> BTreeSet<String> {
    let sections: Vec<String> = complaints
        .iter()
        .filter_map(|fault| Some(secret_name(fault.setting.rsplit_once(':')?.0) + "--"))
        .collect();
    let is_near = |name: &&String| {
        let name = name.to_ascii_lowercase();
        sections
            .iter()
            .any(|section| name.starts_with(&section.to_ascii_lowercase()))
    };
    let near: BTreeSet<String> = open.iter().filter(is_near).cloned().collect();
    if near.is_empty() && in_need {
        return open.clone();
    }
    near
}
