//! Readers for values that come in more than one form.

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::person::Personal;

/// `null` is the default.
pub(in crate::jumio) fn nullable<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// An array, one object that stands for an array of one, or `null` for an empty one.
pub(in crate::jumio) fn one_or_many<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Form<T> {
        Many(Vec<T>),
        One(T),
        None,
    }
    Ok(match Form::deserialize(from)? {
        Form::Many(many) => many,
        Form::One(one) => vec![one],
        Form::None => Vec::new(),
    })
}

/// Something of which a part may be missing without harm to the rest: what has another shape is the default.
pub(in crate::jumio) fn lenient<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Form<T> {
        Known(T),
        Other(IgnoredAny),
    }
    Ok(match Form::deserialize(from)? {
        Form::Known(known) => known,
        Form::Other(IgnoredAny) => T::default(),
    })
}

/// Several words, or one, or none; each as [`word`] reads it.
pub(in crate::jumio) fn words<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(serde::Deserialize)]
    struct Item(#[serde(deserialize_with = "word")] String);
    let items: Vec<Item> = one_or_many(from)?;
    Ok(items.into_iter().map(|Item(word)| word).collect())
}

/// A word: text as it is, a number or boolean as text; anything else is no word, which matches nothing.
pub(in crate::jumio) fn word<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    from.deserialize_any(Word).map(Option::unwrap_or_default)
}

/// A personal value; `N/A`, which Jumio writes for a value it did not find, and blank ones are absent.
pub(in crate::jumio) fn personal<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Personal>, D::Error> {
    let value = from.deserialize_any(Word)?.map(Personal::new);
    Ok(value.filter(|value| !matches!(value.expose().trim(), "" | "N/A" | "n/a")))
}

struct Word;

impl<'de> Visitor<'de> for Word {
    type Value = Option<String>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a word")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
