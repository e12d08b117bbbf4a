//! What is in the vault: named secrets with versions; a certificate is also a secret of the same name.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use loopback::random;
use time::OffsetDateTime;

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

loopback::debug_only!(Version: id, content_type, enabled, created_at);

/// All secrets, by their names in lower case: names ignore case and keep it.
#[derive(Debug, Default)]
pub struct Store {
    alive: BTreeMap<String, Entry>,
    deleted: BTreeMap<String, Deleted>,
}

/// One secret.
#[derive(Debug, Default)]
struct Entry {
    /// As first written.
    name: String,
    /// Oldest first.
    versions: Vec<Version>,
}

/// A secret that was deleted and can be recovered.
#[derive(Debug)]
pub struct Deleted {
    entry: Entry,
    /// When it was deleted.
    pub at: OffsetDateTime,
}

impl Deleted {
    /// Its name and the version that was the current one.
    #[must_use]
    pub fn current(&self) -> Option<(&str, &Version)> {
        Some((self.entry.name.as_str(), self.entry.versions.last()?))
    }
}

/// Why something is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Key Vault takes no such name.
    Name,
    /// A secret of this name was deleted and is neither recovered nor purged.
    Deleted,
}

impl std::error::Error for Refused {}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Name => "names have 1 to 127 letters, digits and hyphens",
            Self::Deleted => {
                "it is deleted but recoverable, so its name cannot be used again: recover or purge it"
            }
        })
    }
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

loopback::debug_only!(Value: content_type, disabled);

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
    /// Adds a version, which becomes the current one, and returns its id.
    ///
    /// # Errors
    /// A name that Key Vault would not take.
    pub fn put(&mut self, name: &str, value: Value, now: OffsetDateTime) -> Result<String, Refused> {
        if !is_name(name) {
            return Err(Refused::Name);
        }
        if self.deleted.contains_key(&name.to_lowercase()) {
            return Err(Refused::Deleted);
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
        self.alive
            .entry(name.to_lowercase())
            .or_insert_with(entry)
            .versions
            .push(version);
        Ok(id)
    }

    /// All versions of a name, oldest first; empty when there is no such secret.
    #[must_use]
    pub fn versions(&self, name: &str) -> &[Version] {
        self.alive
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
        self.alive
            .values()
            .filter_map(|entry| Some((entry.name.as_str(), entry.versions.last()?)))
    }

    /// Makes all versions of a name so much older, as if that time had gone by.
    pub fn age(&mut self, name: &str, by: Duration) {
        let entry = self.alive.get_mut(&name.to_lowercase());
        for version in entry.into_iter().flat_map(|entry| &mut entry.versions) {
            version.created_at -= by;
        }
    }

    /// Forgets a secret with all its versions, as if it had never been; false when there is none.
    pub fn remove(&mut self, name: &str) -> bool {
        self.alive.remove(&name.to_lowercase()).is_some()
    }

    /// Deletes a secret, as Key Vault does: it can be recovered. False when there is none.
    pub fn delete(&mut self, name: &str, now: OffsetDateTime) -> bool {
        let name = name.to_lowercase();
        let Some(entry) = self.alive.remove(&name) else {
            return false;
        };
        self.deleted.insert(name, Deleted { entry, at: now });
        true
    }

    /// What was deleted, in order of names.
    pub fn deleted(&self) -> impl Iterator<Item = &Deleted> {
        self.deleted.values()
    }

    /// One secret that was deleted.
    #[must_use]
    pub fn deleted_as(&self, name: &str) -> Option<&Deleted> {
        self.deleted.get(&name.to_lowercase())
    }

    /// Brings a deleted secret back with all its versions; false when there is none.
    pub fn recover(&mut self, name: &str) -> bool {
        let name = name.to_lowercase();
        let Some(Deleted { entry, .. }) = self.deleted.remove(&name) else {
            return false;
        };
        self.alive.insert(name, entry);
        true
    }

    /// Ends the time in which a deleted secret can be recovered; false when there is none.
    pub fn purge(&mut self, name: &str) -> bool {
        self.deleted.remove(&name.to_lowercase()).is_some()
    }
}

#[cfg(test)]
mod tests;
