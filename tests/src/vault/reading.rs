//! What the store gives to a reader: versions, lists, and what was deleted.

use serde_json::Value;
use time::OffsetDateTime;

use super::problem::{disabled, not_found};
use super::store::{Deleted, Store, Version};
use super::target::Kind;
use super::view::View;
use crate::serve::Answer;

/// A version that may be read.
pub(super) fn readable<'a>(
    store: &'a Store,
    kind: Kind,
    name: &str,
    version: Option<&str>,
) -> Result<&'a Version, Answer> {
    let known = store.version(name, version).filter(|found| is(kind, found));
    let found = known.ok_or_else(|| match version {
        Some(version) => not_found(kind, &format!("{name}/{version}")),
        None => not_found(kind, name),
    })?;
    if kind == Kind::Secret && !found.enabled {
        return Err(disabled());
    }
    Ok(found)
}

/// Every certificate is a secret too.
fn is(kind: Kind, version: &Version) -> bool {
    kind == Kind::Secret || version.certificate.is_some()
}

pub(super) fn names(origin: &str, kind: Kind, store: &Store) -> Vec<Value> {
    let listed = store.current().filter(|(_, version)| is(kind, version));
    listed
        .map(|(name, version)| View { origin, kind, name }.item(version))
        .collect()
}

/// In order of their ids, which says nothing about their age.
pub(super) fn versions(view: &View<'_>, store: &Store) -> Vec<Value> {
    let mut versions: Vec<&Version> = store.versions(view.name).iter().collect();
    versions.retain(|version| is(view.kind, version));
    versions.sort_by(|one, other| one.id.cmp(&other.id));
    versions
        .into_iter()
        .map(|version| view.version(version))
        .collect()
}

pub(super) fn deleted(origin: &str, kind: Kind, store: &Store) -> Vec<Value> {
    let listed = store.deleted().filter_map(|deleted| gone(kind, deleted));
    listed
        .map(|(name, version, at)| View { origin, kind, name }.deleted(version, at, false))
        .collect()
}

/// The name, the version that was current, and when it was deleted.
pub(super) fn gone(kind: Kind, deleted: &Deleted) -> Option<(&str, &Version, OffsetDateTime)> {
    let (name, version) = deleted.current()?;
    is(kind, version).then_some((name, version, deleted.at))
}
