//! A JSON object of texts, as .NET reads it.

use std::fmt;

use serde::de::{self, DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use zeroize::Zeroizing;

use super::Unread;

/// What an object says under the names that are known.
pub(super) struct Members(Vec<(&'static str, Said)>);

enum Said {
    Null,
    Text(Zeroizing<String>),
    /// A number, a truth, a list or an object.
    Other,
}

impl Members {
    /// Reads a body. Whatever stands under other names than these must be JSON, and is not kept.
    ///
    /// # Errors
    /// [`Unread::NotJson`], [`Unread::NotAnObject`], [`Unread::NotText`].
    pub(super) fn parse(body: &[u8], names: &[&'static str]) -> Result<Self, Unread> {
        let mut reader = serde_json::Deserializer::from_slice(body);
        let read = Known(names).deserialize(&mut reader);
        let members = read.map_err(|error| {
            if error.is_data() {
                Unread::NotAnObject
            } else {
                Unread::NotJson
            }
        })?;
        reader.end().map_err(|_| Unread::NotJson)?;
        let other = members.0.iter().find(|(_, said)| matches!(said, Said::Other));
        match other {
            Some((name, _)) => Err(Unread::NotText(name)),
            None => Ok(members),
        }
    }

    /// The text under a name, which must be there. White space counts, as in the sample.
    ///
    /// # Errors
    /// [`Unread::Missing`], [`Unread::TooLong`], [`Unread::Control`].
    pub(super) fn required(&self, name: &'static str, longest: usize) -> Result<String, Unread> {
        let text = self.text(name).ok_or(Unread::Missing(name))?;
        bounded(name, text, longest).map(str::to_owned)
    }

    /// The text under a name, trimmed. Absent, null and empty are the same.
    ///
    /// # Errors
    /// [`Unread::TooLong`], [`Unread::Control`].
    pub(super) fn optional(&self, name: &'static str, longest: usize) -> Result<Option<&str>, Unread> {
        let text = self.text(name).map(str::trim).filter(|text| !text.is_empty());
        text.map(|text| bounded(name, text, longest)).transpose()
    }

    /// The last text under a name, unless it is empty.
    fn text(&self, name: &str) -> Option<&str> {
        let last = self.0.iter().rev().find(|(known, _)| *known == name);
        match last {
            Some((_, Said::Text(text))) if !text.is_empty() => Some(text),
            _ => None,
        }
    }
}

fn bounded<'t>(name: &'static str, text: &'t str, longest: usize) -> Result<&'t str, Unread> {
    if text.chars().count() > longest {
        return Err(Unread::TooLong(name));
    }
    if text.chars().any(char::is_control) {
        return Err(Unread::Control(name));
    }
    Ok(text)
}

/// Reads an object with these names.
struct Known<'n>(&'n [&'static str]);

impl<'de> DeserializeSeed<'de> for Known<'_> {
    type Value = Members;
    fn deserialize<D: de::Deserializer<'de>>(self, reader: D) -> Result<Members, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Known<'_> {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(given) = object.next_key::<String>()? {
            let known = self.0.iter().find(|name| name.eq_ignore_ascii_case(&given));
            let Some(name) = known else {
                object.next_value::<IgnoredAny>()?;
                continue;
            };
            let said = match object.next_value::<Value>()? {
                Value::Null => Said::Null,
                Value::String(text) => Said::Text(Zeroizing::new(text)),
                _ => Said::Other,
            };
            members.push((*name, said));
        }
        Ok(Members(members))
    }
}
