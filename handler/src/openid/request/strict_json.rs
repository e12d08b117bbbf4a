//! JSON in which every name stands once: a reader that takes the last of two members and one that takes the first
//! disagree about what was asked (RFC 8259 §4), so such a document is refused.

use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Reads one JSON document without repeated member names.
///
/// # Errors
/// Not JSON, something after it, nested deeper than 128, or a name that stands twice. The text of the error names no
/// content.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, Malformed> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict.deserialize(&mut reader).map_err(|e| Malformed::of(&e))?;
    reader.end().map_err(|e| Malformed::of(&e))?;
    Ok(value)
}

/// The bytes are not JSON that may be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    /// Not JSON, or cut off.
    #[error("not JSON")]
    Syntax,
    /// A name stands twice in one object.
    #[error("a member is repeated")]
    Repeated,
}

impl Malformed {
    fn of(error: &serde_json::Error) -> Self {
        if error.is_data() {
            Self::Repeated
        } else {
            Self::Syntax
        }
    }
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: de::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Strict)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Strict)?;
            if object.insert(name, value).is_some() {
                return Err(de::Error::custom("a member is repeated"));
            }
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_document_is_read() {
        let value = parse(br#"{"a":[1,-2,3.5,"x",true,null],"b":{}}"#).unwrap();
        assert_eq!(value, serde_json::json!({"a":[1,-2,3.5,"x",true,null],"b":{}}));
    }

    #[test]
    fn a_repeated_member_is_refused() {
        assert_eq!(parse(br#"{"a":1,"a":1}"#), Err(Malformed::Repeated));
    }

    #[test]
    fn a_repeated_member_deep_inside_is_refused() {
        assert_eq!(parse(br#"{"a":[{"b":{"c":1,"c":2}}]}"#), Err(Malformed::Repeated));
    }

    #[test]
    fn half_a_document_is_refused() {
        assert_eq!(parse(br#"{"a":1"#), Err(Malformed::Syntax));
        assert_eq!(parse(b""), Err(Malformed::Syntax));
    }

    #[test]
    fn something_after_the_document_is_refused() {
        assert_eq!(parse(b"{} {}"), Err(Malformed::Syntax));
    }

    #[test]
    fn a_tower_of_arrays_is_refused() {
        assert_eq!(parse("[".repeat(100_000).as_bytes()), Err(Malformed::Syntax));
    }
}
