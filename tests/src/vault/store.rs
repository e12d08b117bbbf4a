//! What is in the vault: named secrets with versions; a certificate is also a secret of the same name.

use std::collections::BTreeMap;
use std::time::Duration;

use time::OffsetDateTime;

use crate::random;

/// One version of a secret.
#[derive(Clone)]
pub struct Version {
    /// 32 hexadecimal characters.
    pub id: String,
    /// The value; for a certificate PEM text or Base64 of PKCS#12.
    pub value: String,
    /// What the value is, if somebody said so.
    pub content_type: Option<String>,
    /// A disabled version cannot be read.
    pub enabled: bool,
    /// When it was stored.
    pub created_at: OffsetDateTime,
    /// Of a certificate: its DER.
    pub certificate: Option<Vec<u8>>,
}

runner::debug_only!(Version: id, content_type, enabled, created_at);

/// All secrets, by their names in lower case: names ignore case and keep it.
#[derive(Debug, Default)]
pub struct Store(BTreeMap<String, Entry>);

/// One secret.
#[derive(Debug, Default)]
struct Entry {
    /// As first written.
    name: String,
    /// Oldest first.
    versions: Vec<Version>,
}

/// A value to store.
#[derive(Clone, Default)]
pub struct Value {
    /// The text.
    pub text: String,
    /// `contentType`.
    pub content_type: Option<String>,
    /// Stored, but not readable.
    pub disabled: bool,
    /// Of a certificate: its DER.
    pub certificate: Option<Vec<u8>>,
}

runner::debug_only!(Value: content_type, disabled);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::default()
        }
    }
}

/// Key Vault takes names of 1 to 127 letters, digits and hyphens.
#[must_use]
pub fn is_name(name: &str) -> bool {
    (1..=127).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

impl Store {
    /// Adds a version, which becomes the current one, and returns its id; `None` for a name Key Vault would not take.
    pub fn put(&mut self, name: &str, value: Value, now: OffsetDateTime) -> Option<String> {
        if !is_name(name) {
            return None;
        }
        let version = Version {
            id: random::hex::<16>(),
            value: value.text,
            content_type: value.content_type,
            enabled: !value.disabled,
            created_at: now,
            certificate: value.certificate,
        };
        let id = version.id.clone();
        let entry = || Entry {
            name: name.to_owned(),
            versions: Vec::new(),
        };
        self.0
            .entry(name.to_lowercase())
            .or_insert_with(entry)
            .versions
            .push(version);
        Some(id)
    }

    /// All versions of a name, oldest first; empty when there is no such secret.
    #[must_use]
    pub fn versions(&self, name: &str) -> &[Version] {
        self.0
            .get(&name.to_lowercase())
            .map_or(&[], |entry| entry.versions.as_slice())
    }

    /// One version, or the current one.
    #[must_use]
    pub fn version(&self, name: &str, id: Option<&str>) -> Option<&Version> {
        let versions = self.versions(name);
        match id {
            None => versions.last(),
            Some(id) => versions.iter().find(|version| version.id == id),
        }
    }

    /// Every name with its current version, in order of names.
    pub fn current(&self) -> impl Iterator<Item = (&str, &Version)> {
        self.0
            .values()
            .filter_map(|entry| Some((entry.name.as_str(), entry.versions.last()?)))
    }

    /// Makes all versions of a name so much older, as if that time had gone by.
    pub fn age(&mut self, name: &str, by: Duration) {
        let entry = self.0.get_mut(&name.to_lowercase());
        for version in entry.into_iter().flat_map(|entry| &mut entry.versions) {
            version.created_at -= by;
        }
    }

    /// Forgets a secret with all its versions; false when there is none.
    pub fn remove(&mut self, name: &str) -> bool {
        self.0.remove(&name.to_lowercase()).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_version_is_the_current_one() {
        let mut store = Store::default();
        let first = store
            .put("Colour", "red".into(), OffsetDateTime::UNIX_EPOCH)
            .unwrap();
        store
            .put("colour", "blue".into(), OffsetDateTime::UNIX_EPOCH)
            .unwrap();
        assert_eq!(store.version("COLOUR", None).unwrap().value, "blue");
        assert_eq!(store.version("colour", Some(&first)).unwrap().value, "red");
        assert_eq!(
            store.current().map(|(name, _)| name).collect::<Vec<_>>(),
            ["Colour"]
        );
    }

    #[test]
    fn what_gets_older_keeps_its_order() {
        let (mut store, hour) = (Store::default(), Duration::from_secs(3600));
        for colour in ["red", "blue"] {
            store.put("Colour", colour.into(), OffsetDateTime::UNIX_EPOCH);
            store.age("colour", hour);
        }
        let ages = store
            .versions("Colour")
            .iter()
            .map(|version| OffsetDateTime::UNIX_EPOCH - version.created_at);
        assert_eq!(ages.collect::<Vec<_>>(), [2 * hour, hour]);
        store.age("another", hour);
    }

    #[test]
    fn no_value_prints() {
        let mut store = Store::default();
        let value = Value::from("hush");
        assert!(!format!("{value:?}").contains("hush"));
        store.put("Colour", value, OffsetDateTime::UNIX_EPOCH).unwrap();
        let printed = format!("{store:?}");
        assert!(
            printed.contains("Colour") && !printed.contains("hush"),
            "{printed}"
        );
    }

    #[test]
    fn a_name_with_a_colon_is_refused() {
        let mut store = Store::default();
        assert_eq!(
            store.put(
                "JumioSettings:AuthUsername",
                "x".into(),
                OffsetDateTime::UNIX_EPOCH
            ),
            None
        );
        assert!(
            store
                .put(
                    "JumioSettings--AuthUsername",
                    "x".into(),
                    OffsetDateTime::UNIX_EPOCH
                )
                .is_some()
        );
    }
}
