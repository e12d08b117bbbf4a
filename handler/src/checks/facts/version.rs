//! The layout's number, which every document begins with.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Version 2 of a document's shape; reading any other number fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct V2;

impl Serialize for V2 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(2)
    }
}

impl<'de> Deserialize<'de> for V2 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer)? {
            2 => Ok(Self),
            other => Err(serde::de::Error::custom(format_args!(
                "version {other} is not understood"
            ))),
        }
    }
}
