//! The fields of a callback that count.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{DEPTH_MAX, Unreadable};

/// What was found, under KYX or Netverify names; unchecked.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// `workflowExecution.id`, `jumioIdScanReference`.
    pub(super) execution: Option<String>,
    /// `account.id`.
    pub(super) account: Option<String>,
    /// `workflowExecution.status`, `verificationStatus`.
    pub(super) status: Option<String>,
    /// `callbackSentAt`, `callbackDate`.
    pub(super) sent_at: Option<String>,
    /// Whether there is a `message`, as the portal's test button sends.
    pub(super) message: bool,
    /// Whether one of these was there twice.
    duplicate: bool,
}

impl Fields {
    /// From one JSON object.
    pub(super) fn from_json(body: &[u8]) -> Result<Self, Unreadable> {
        shallow(body)?;
        let fields: Self = serde_json::from_slice(body).map_err(|_| Unreadable::Malformed)?;
        fields.unambiguous()
    }

    /// From a form; objects are JSON text inside a field.
    pub(super) fn from_form(body: &[u8]) -> Result<Self, Unreadable> {
        let mut fields = Self::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            let Some(field) = Field::named(&name) else {
                continue;
            };
            fields.take(field, Value::Text(value.into_owned()))?;
        }
        fields.unambiguous()
    }

    fn unambiguous(self) -> Result<Self, Unreadable> {
        if self.duplicate {
            Err(Unreadable::Duplicate)
        } else {
            Ok(self)
        }
    }

    fn take(&mut self, field: Field, value: Value) -> Result<(), Unreadable> {
        match (field, value) {
            (Field::Scan, Value::Text(id)) => self.put(|fields| &mut fields.execution, id),
            (Field::Status, Value::Text(word)) => self.put(|fields| &mut fields.status, word),
            (Field::SentAt, Value::Text(at)) => self.put(|fields| &mut fields.sent_at, at),
            (Field::Message, _) => self.message = true,
            (Field::Execution | Field::Account, Value::Text(text)) => {
                shallow(text.as_bytes())?;
                let value = serde_json::from_str(&text).map_err(|_| Unreadable::Malformed)?;
                // Text inside the text would be no object either.
                if matches!(value, Value::Object { .. }) {
                    return self.take(field, value);
                }
                return Err(Unreadable::Malformed);
            }
            (
                Field::Execution,
                Value::Object {
                    id,
                    status,
                    duplicate,
                },
            ) => {
                self.duplicate |= duplicate;
                self.put_some(|fields| &mut fields.execution, id);
                self.put_some(|fields| &mut fields.status, status);
            }
            (Field::Account, Value::Object { id, duplicate, .. }) => {
                self.duplicate |= duplicate;
                self.put_some(|fields| &mut fields.account, id);
            }
            (_, Value::Nothing) => {}
            (_, Value::Object { .. } | Value::Other) => return Err(Unreadable::Malformed),
        }
        Ok(())
    }

    fn put_some(&mut self, slot: impl Fn(&mut Self) -> &mut Option<String>, value: Option<String>) {
        if let Some(value) = value {
            self.put(slot, value);
        }
    }

    fn put(&mut self, slot: impl Fn(&mut Self) -> &mut Option<String>, value: String) {
        let there_already = slot(self).replace(value).is_some();
        self.duplicate |= there_already;
    }
}

/// A field that counts.
#[derive(Clone, Copy)]
enum Field {
    Execution,
    Account,
    SentAt,
    Scan,
    Status,
    Message,
}

impl Field {
    /// By name, in any capitalisation: Jumio's documents do not agree with themselves.
    fn named(name: &str) -> Option<Self> {
        const NAMES: [(&str, Field); 7] = [
            ("workflowExecution", Field::Execution),
            ("account", Field::Account),
            ("callbackSentAt", Field::SentAt),
            ("callbackDate", Field::SentAt),
            ("jumioIdScanReference", Field::Scan),
            ("verificationStatus", Field::Status),
            ("message", Field::Message),
        ];
        NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, field)| *field)
    }
}

/// The value of a field that counts.
enum Value {
    Text(String),
    /// Of an object only id and status are kept.
    Object {
        id: Option<String>,
        status: Option<String>,
        duplicate: bool,
    },
    /// `null`.
    Nothing,
    /// A number, boolean or array.
    Other,
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Body)
    }
}

struct Body;

impl<'de> Visitor<'de> for Body {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some(name) = entries.next_key::<String>()? {
            match Field::named(&name) {
                Some(field) => fields
                    .take(field, entries.next_value()?)
                    .map_err(A::Error::custom)?,
                None => drop(entries.next_value::<IgnoredAny>()?),
            }
        }
        Ok(fields)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Loose)
    }
}

struct Loose;

impl<'de> Visitor<'de> for Loose {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let (mut id, mut status, mut duplicate) = (None, None, false);
        while let Some(name) = entries.next_key::<String>()? {
            let slot = match name.to_ascii_lowercase().as_str() {
                "id" => &mut id,
                "status" => &mut status,
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            let value = entries.next_value::<Option<String>>()?;
            duplicate |= slot.is_some();
            *slot = value;
        }
        Ok(Value::Object {
            id,
            status,
            duplicate,
        })
    }
}

/// Refuses a body that is nested deeper than any real one, without recursion.
fn shallow(json: &[u8]) -> Result<(), Unreadable> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            return Err(Unreadable::TooDeep);
        }
    }
    Ok(())
}
