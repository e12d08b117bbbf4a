//! One account and the names of its attributes.

use super::password::PasswordHash;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use time::OffsetDateTime;

const EXTENSION: &str = "extension_";

/// A custom attribute's name without its `extension_` prefix, in either of its two forms: `extension_<name>` of policies
/// and `extension_<32 hexadecimal digits>_<name>` of Graph.
#[must_use]
pub fn bare_name(name: &str) -> &str {
    let rest = name.strip_prefix(EXTENSION).unwrap_or(name);
    match rest.split_once('_') {
        Some((id, bare)) if id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) => bare,
        _ => rest,
    }
}

/// A user object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    object_id: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// By policy name (`displayName`, `signInNames.emailAddress`, `extension_idvStatus`); values as JSON.
    attributes: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<PasswordHash>,
}

impl Account {
    pub(super) fn new(object_id: String, created_at: OffsetDateTime) -> Self {
        Self {
            object_id,
            created_at,
            attributes: BTreeMap::new(),
            password: None,
        }
    }

    /// The object id, a GUID.
    #[must_use]
    pub fn object_id(&self) -> &str {
        &self.object_id
    }

    /// When it was made.
    #[must_use]
    pub fn created_at(&self) -> OffsetDateTime {
        self.created_at
    }

    /// All attributes, by name.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The hashed password, when there is one.
    #[must_use]
    pub fn password(&self) -> Option<&PasswordHash> {
        self.password.as_ref()
    }

    /// Takes a new password's hash; `None` leaves the one there is.
    pub(super) fn set_password(&mut self, hash: Option<PasswordHash>) {
        self.password = hash.or(self.password.take());
    }

    /// An attribute; names compare without case and custom attributes in either form of their name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.attributes
            .iter()
            .find(|(key, _)| same_name(key, name))
            .map(|(_, value)| value)
    }

    pub(super) fn set_default(&mut self, name: &str, value: Value) {
        if self.get(name).is_none() {
            self.attributes.insert(name.to_owned(), value);
        }
    }

    pub(super) fn change(&mut self, attributes: Map<String, Value>) {
        for (name, value) in attributes {
            if name.eq_ignore_ascii_case("objectId") {
                continue;
            }
            self.attributes.retain(|key, _| !same_name(key, &name));
            if !value.is_null() {
                self.attributes.insert(name, value);
            }
        }
    }

    /// Whether the key `name` of this account is, or as a collection contains, `value` (without case).
    #[must_use]
    pub fn has(&self, name: &str, value: &str) -> bool {
        if name.eq_ignore_ascii_case("objectId") {
            return self.object_id.eq_ignore_ascii_case(value);
        }
        // One alternative security id is looked for among all of them.
        let plural = name
            .eq_ignore_ascii_case("alternativeSecurityId")
            .then_some("alternativeSecurityIds");
        [Some(name), plural]
            .into_iter()
            .flatten()
            .filter_map(|name| self.get(name))
            .any(|found| match found {
                Value::String(text) => text.eq_ignore_ascii_case(value),
                Value::Array(items) => items
                    .iter()
                    .filter_map(Value::as_str)
                    .any(|item| item.eq_ignore_ascii_case(value)),
                _ => false,
            })
    }

    pub(super) fn signs_in_as(&self, name: &str) -> bool {
        self.sign_in_names()
            .any(|(_, value)| value.eq_ignore_ascii_case(name))
    }

    fn sign_in_names(&self) -> impl Iterator<Item = (&String, &str)> {
        let wanted = |key: &str| {
            let key = key.to_lowercase();
            key.starts_with("signinnames.") || key == "userprincipalname"
        };
        self.attributes
            .iter()
            .filter(move |(key, _)| wanted(key))
            .filter_map(|(key, value)| Some((key, value.as_str()?)))
    }

    /// Key and value of everything that must be unique in the directory.
    pub(super) fn identities(&self) -> Vec<(String, String)> {
        let mut all: Vec<_> = self
            .sign_in_names()
            .map(|(key, value)| (key.clone(), value.to_owned()))
            .collect();
        for name in ["alternativeSecurityId", "alternativeSecurityIds"] {
            let values: Vec<&str> = match self.get(name) {
                Some(Value::String(text)) => vec![text],
                Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
                _ => vec![],
            };
            all.extend(
                values
                    .into_iter()
                    .map(|value| ("alternativeSecurityId".to_owned(), value.to_owned())),
            );
        }
        all
    }

    pub(super) fn custom_names(&self) -> Vec<String> {
        let custom = self.attributes.keys().filter(|name| name.starts_with(EXTENSION));
        custom.map(|name| bare_name(name).to_owned()).collect()
    }
}

fn same_name(left: &str, right: &str) -> bool {
    let custom = |name: &str| name.starts_with(EXTENSION);
    left.eq_ignore_ascii_case(right)
        || (custom(left) && custom(right) && bare_name(left).eq_ignore_ascii_case(bare_name(right)))
}
