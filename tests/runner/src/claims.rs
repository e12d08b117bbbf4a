//! Claim values and the bag of claims a journey carries.
//!
//! A [`Value`] has one of the schema's data types; [`Value::text`] is the form preconditions, query strings and pages
//! see (booleans are `True` and `False`, as B2C writes them), [`Value::json`] the form tokens and REST bodies see.
//! A [`Bag`] finds claims whatever the case of their identifiers and keeps the order they were first set in.

use std::{collections::HashMap, fmt};

use serde_json::{Value as Json, json};
use time::{
    Date, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339, macros::format_description,
};

use crate::model::words::DataType;

mod parse;

pub use parse::Mismatch;

/// The value of a claim.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `string`.
    String(String),
    /// `boolean`.
    Boolean(bool),
    /// `int`: 32 bits in B2C.
    Int(i32),
    /// `long`.
    Long(i64),
    /// `date`.
    Date(Date),
    /// `dateTime`, kept in UTC.
    DateTime(OffsetDateTime),
    /// `duration`, in its XML form, for example `PT1H`.
    Duration(String),
    /// `phoneNumber`: digits with a leading `+`, where the country is known.
    Phone(String),
    /// `stringCollection`.
    Strings(Vec<String>),
    /// `userIdentity`.
    Identity(Identity),
    /// `userIdentityCollection` and `alternativeSecurityIdCollection`.
    Identities(Vec<Identity>),
}

/// One identity of an account at an issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The issuer, for example `facebook.com`.
    pub issuer: String,
    /// The account's identifier there; base64 in an alternative security id.
    pub user_id: String,
}

impl Value {
    /// A string value.
    #[must_use]
    pub fn string(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }

    /// The text of the value, as preconditions and pages see it.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::String(text) | Self::Duration(text) | Self::Phone(text) => text.clone(),
            Self::Boolean(flag) => if *flag { "True" } else { "False" }.to_owned(),
            Self::Int(number) => number.to_string(),
            Self::Long(number) => number.to_string(),
            Self::Date(date) => date_text(*date),
            Self::DateTime(at) => date_time_text(*at),
            Self::Strings(items) => items.join(","),
            Self::Identity(identity) => identity.json().to_string(),
            Self::Identities(_) => self.json().to_string(),
        }
    }

    /// The value as JSON: booleans and numbers stay what they are.
    #[must_use]
    pub fn json(&self) -> Json {
        match self {
            Self::Boolean(flag) => json!(flag),
            Self::Int(number) => json!(number),
            Self::Long(number) => json!(number),
            Self::Strings(items) => json!(items),
            Self::Identity(identity) => identity.json(),
            Self::Identities(items) => Json::Array(items.iter().map(Identity::json).collect()),
            _ => json!(self.text()),
        }
    }

    /// The value's data type.
    #[must_use]
    pub fn kind(&self) -> DataType {
        match self {
            Self::String(_) => DataType::String,
            Self::Boolean(_) => DataType::Boolean,
            Self::Int(_) => DataType::Int,
            Self::Long(_) => DataType::Long,
            Self::Date(_) => DataType::Date,
            Self::DateTime(_) => DataType::DateTime,
            Self::Duration(_) => DataType::Duration,
            Self::Phone(_) => DataType::PhoneNumber,
            Self::Strings(_) => DataType::StringCollection,
            Self::Identity(_) => DataType::UserIdentity,
            Self::Identities(_) => DataType::UserIdentityCollection,
        }
    }

    /// Whether nothing is in it: an empty text or an empty collection.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::String(text) | Self::Duration(text) | Self::Phone(text) => text.is_empty(),
            Self::Strings(items) => items.is_empty(),
            Self::Identities(items) => items.is_empty(),
            _ => false,
        }
    }
}

impl Identity {
    /// `{"issuer": …, "issuerUserId": …}`.
    #[must_use]
    pub fn json(&self) -> Json {
        json!({ "issuer": self.issuer, "issuerUserId": self.user_id })
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

fn date_text(date: Date) -> String {
    date.format(format_description!("[year]-[month]-[day]"))
        .unwrap_or_else(|_| date.to_string())
}

fn date_time_text(at: OffsetDateTime) -> String {
    let utc = at.to_offset(UtcOffset::UTC);
    utc.format(&Rfc3339).unwrap_or_else(|_| utc.to_string())
}

/// Claims by identifier, in the order they were first set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bag {
    rows: Vec<(String, Value)>,
    index: HashMap<String, usize>,
}

impl Bag {
    /// The claim's value, whatever the case of `id`.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Value> {
        self.index
            .get(&fold(id))
            .and_then(|at| self.rows.get(*at))
            .map(|(_, value)| value)
    }

    /// The claim's text ([`Value::text`]).
    #[must_use]
    pub fn text(&self, id: &str) -> Option<String> {
        self.get(id).map(Value::text)
    }

    /// Whether the claim has a value.
    #[must_use]
    pub fn contains(&self, id: &str) -> bool {
        self.index.contains_key(&fold(id))
    }

    /// Sets a claim and returns what it was. A claim set before keeps its place and its spelling.
    pub fn set(&mut self, id: &str, value: Value) -> Option<Value> {
        if let Some((_, old)) = self.index.get(&fold(id)).and_then(|at| self.rows.get_mut(*at)) {
            return Some(std::mem::replace(old, value));
        }
        self.index.insert(fold(id), self.rows.len());
        self.rows.push((id.to_owned(), value));
        None
    }

    /// Takes a claim away and returns what it was.
    pub fn remove(&mut self, id: &str) -> Option<Value> {
        let at = self.index.remove(&fold(id))?;
        let (_, old) = self.rows.remove(at);
        for later in self.index.values_mut().filter(|later| **later > at) {
            *later -= 1;
        }
        Some(old)
    }

    /// Claims in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.rows.iter().map(|(id, value)| (id.as_str(), value))
    }

    /// Sets every claim of `other`.
    pub fn extend(&mut self, other: Self) {
        for (id, value) in other.rows {
            self.set(&id, value);
        }
    }

    /// How many claims.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl FromIterator<(String, Value)> for Bag {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(rows: I) -> Self {
        let mut bag = Self::default();
        for (id, value) in rows {
            bag.set(&id, value);
        }
        bag
    }
}

fn fold(id: &str) -> String {
    id.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{Bag, Value};

    #[test]
    fn claims_are_found_whatever_their_case() {
        let mut bag = Bag::default();
        bag.set("surName", Value::string("Roe"));
        bag.set("SURNAME", Value::string("Doe"));
        assert_eq!(bag.text("surname").as_deref(), Some("Doe"));
        assert_eq!(bag.len(), 1);
        assert_eq!(bag.iter().map(|(id, _)| id).collect::<Vec<_>>(), ["surName"]);
    }

    #[test]
    fn removing_keeps_the_others_reachable() {
        let mut bag: Bag = [("a", 1), ("b", 2), ("c", 3)]
            .map(|(id, n)| (id.to_owned(), Value::Int(n)))
            .into_iter()
            .collect();
        assert_eq!(bag.remove("B"), Some(Value::Int(2)));
        assert_eq!(bag.get("c"), Some(&Value::Int(3)));
        assert_eq!(bag.remove("b"), None);
    }

    #[test]
    fn booleans_read_as_b2c_writes_them() {
        assert_eq!(Value::Boolean(true).text(), "True");
        assert_eq!(Value::Boolean(true).json(), serde_json::json!(true));
    }
}
