//! From text or JSON to a claim value of a data type.

use serde_json::Value as Json;
use time::{
    Date, OffsetDateTime, PrimitiveDateTime, UtcOffset, format_description::well_known::Rfc3339,
    macros::format_description,
};

use super::{Identity, Value};
use crate::model::words::DataType;

/// A text or JSON value that does not fit the claim's data type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a value of type {}", .0.word())]
pub struct Mismatch(pub DataType);

impl Value {
    /// Reads text as a value of `kind`, as typed on a page, written in a policy or sent in a query.
    ///
    /// # Errors
    /// [`Mismatch`] when the text is no value of that type.
    pub fn parse(kind: DataType, text: &str) -> Result<Self, Mismatch> {
        let trimmed = text.trim();
        let value = match kind {
            DataType::String => Some(Self::String(text.to_owned())),
            DataType::Boolean => boolean(trimmed).map(Self::Boolean),
            DataType::Int => trimmed.parse().ok().map(Self::Int),
            DataType::Long => trimmed.parse().ok().map(Self::Long),
            DataType::Date => date(trimmed).map(Self::Date),
            DataType::DateTime => date_time(trimmed).map(Self::DateTime),
            DataType::Duration => Some(Self::Duration(trimmed.to_owned())),
            DataType::PhoneNumber => phone(trimmed).map(Self::Phone),
            DataType::StringCollection => Some(Self::Strings(strings(text))),
            DataType::UserIdentity | DataType::ObjectIdentity => serde_json::from_str(trimmed)
                .ok()
                .as_ref()
                .and_then(identity)
                .map(Self::Identity),
            DataType::UserIdentityCollection
            | DataType::ObjectIdentityCollection
            | DataType::AlternativeSecurityIdCollection => serde_json::from_str(trimmed)
                .ok()
                .as_ref()
                .and_then(identities)
                .map(Self::Identities),
        };
        value.ok_or(Mismatch(kind))
    }

    /// Reads a JSON member as a value of `kind`, as an outside service sends it. Text is accepted for any type.
    ///
    /// # Errors
    /// [`Mismatch`] when it is null, an object where a scalar is wanted, or text of another type.
    pub fn from_json(kind: DataType, json: &Json) -> Result<Self, Mismatch> {
        match (kind, json) {
            (_, Json::Null) => Err(Mismatch(kind)),
            (DataType::StringCollection, Json::Array(items)) => items
                .iter()
                .map(scalar)
                .collect::<Option<_>>()
                .map(Self::Strings)
                .ok_or(Mismatch(kind)),
            (DataType::StringCollection, item) => scalar(item)
                .map(|item| Self::Strings(vec![item]))
                .ok_or(Mismatch(kind)),
            (DataType::DateTime, Json::Number(seconds)) => {
                let at = seconds
                    .as_i64()
                    .and_then(|s| OffsetDateTime::from_unix_timestamp(s).ok());
                at.map(Self::DateTime).ok_or(Mismatch(kind))
            }
            (_, Json::Array(_) | Json::Object(_)) => Self::parse(kind, &json.to_string()),
            (_, Json::Bool(flag)) if kind == DataType::String => {
                Ok(Self::string(if *flag { "True" } else { "False" }))
            }
            (_, item) => Self::parse(kind, &scalar(item).unwrap_or_default()),
        }
    }

    /// The same value in another data type, as when a claim is copied into one of another type.
    ///
    /// # Errors
    /// [`Mismatch`] when it has no form in that type.
    pub fn convert(&self, kind: DataType) -> Result<Self, Mismatch> {
        if self.kind() == kind {
            return Ok(self.clone());
        }
        match (self, kind) {
            (Self::DateTime(at), DataType::Date) => Ok(Self::Date(at.date())),
            (Self::Date(date), DataType::DateTime) => Ok(Self::DateTime(date.midnight().assume_utc())),
            (
                Self::Identities(_),
                DataType::AlternativeSecurityIdCollection | DataType::ObjectIdentityCollection,
            )
            | (Self::Identity(_), DataType::ObjectIdentity) => Ok(self.clone()),
            _ => Self::parse(kind, &self.text()),
        }
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn scalar(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Bool(flag) => Some(flag.to_string()),
        Json::Number(number) => Some(number.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

fn date(text: &str) -> Option<Date> {
    let day = text.split_once('T').map_or(text, |(day, _)| day);
    Date::parse(day, format_description!("[year]-[month]-[day]")).ok()
}

/// RFC 3339, or the same without an offset (then UTC), or a date alone.
fn date_time(text: &str) -> Option<OffsetDateTime> {
    if let Ok(at) = OffsetDateTime::parse(text, &Rfc3339) {
        return at.checked_to_offset(UtcOffset::UTC);
    }
    let plain = text.replacen(' ', "T", 1);
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second][optional [.[subsecond]]]");
    let local = PrimitiveDateTime::parse(plain.trim_end_matches('Z'), format).ok();
    local
        .map(PrimitiveDateTime::assume_utc)
        .or_else(|| date(text).map(|day| day.midnight().assume_utc()))
}

/// Digits with an optional leading `+`; blanks, hyphens, dots and brackets are dropped.
fn phone(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')'))
        .collect();
    let digits = kept.strip_prefix('+').unwrap_or(&kept);
    let fits = (4..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then_some(kept)
}

/// A JSON array of texts, else the comma-separated parts.
fn strings(text: &str) -> Vec<String> {
    if let Ok(Json::Array(items)) = serde_json::from_str(text) {
        return items.iter().filter_map(scalar).collect();
    }
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}

fn identities(json: &Json) -> Option<Vec<Identity>> {
    match json {
        Json::Array(items) => items.iter().map(identity).collect(),
        one => identity(one).map(|one| vec![one]),
    }
}

/// Both spellings B2C uses: `issuerUserId` of a user identity, `identityProvider` and `key` of an alternative one.
fn identity(json: &Json) -> Option<Identity> {
    let text = |names: [&str; 2]| names.iter().find_map(|name| json.get(*name)).and_then(scalar);
    Some(Identity {
        issuer: text(["issuer", "identityProvider"])?,
        user_id: text(["issuerUserId", "key"])?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Mismatch, Value};
    use crate::model::words::DataType;
    use serde_json::json;

    fn parse(kind: DataType, text: &str) -> Result<String, Mismatch> {
        Value::parse(kind, text).map(|value| value.text())
    }

    #[test]
    fn booleans_and_numbers_are_accepted_as_text() {
        assert_eq!(Value::parse(DataType::Boolean, "True"), Ok(Value::Boolean(true)));
        assert_eq!(
            Value::from_json(DataType::Boolean, &json!("false")),
            Ok(Value::Boolean(false))
        );
        assert_eq!(Value::from_json(DataType::Int, &json!("12")), Ok(Value::Int(12)));
    }

    #[test]
    fn a_json_null_is_no_value_of_any_type() {
        assert_eq!(
            Value::from_json(DataType::String, &json!(null)),
            Err(Mismatch(DataType::String))
        );
    }

    #[test]
    fn dates_and_times_are_read_in_the_forms_services_send() {
        assert_eq!(
            parse(DataType::DateTime, "2024-02-03T04:05:06+02:00").as_deref(),
            Ok("2024-02-03T02:05:06Z")
        );
        assert_eq!(
            parse(DataType::DateTime, "2024-02-03 04:05:06").as_deref(),
            Ok("2024-02-03T04:05:06Z")
        );
        assert_eq!(
            parse(DataType::DateTime, "2024-02-03").as_deref(),
            Ok("2024-02-03T00:00:00Z")
        );
        assert_eq!(
            parse(DataType::Date, "2024-02-03T04:05:06Z").as_deref(),
            Ok("2024-02-03")
        );
        assert_eq!(parse(DataType::Date, "3 Feb"), Err(Mismatch(DataType::Date)));
    }

    #[test]
    fn phone_numbers_lose_their_punctuation() {
        assert_eq!(
            parse(DataType::PhoneNumber, "+44 (20) 7946-0018").as_deref(),
            Ok("+442079460018")
        );
        assert_eq!(
            parse(DataType::PhoneNumber, "call me"),
            Err(Mismatch(DataType::PhoneNumber))
        );
    }

    #[test]
    fn an_int_out_of_range_is_refused() {
        assert_eq!(parse(DataType::Int, "2147483648"), Err(Mismatch(DataType::Int)));
        assert_eq!(parse(DataType::Long, "2147483648").as_deref(), Ok("2147483648"));
    }

    #[test]
    fn identities_are_read_in_both_spellings() {
        let user = Value::parse(DataType::UserIdentity, r#"{"issuer":"a.com","issuerUserId":"1"}"#).unwrap();
        assert_eq!(user.json(), json!({"issuer": "a.com", "issuerUserId": "1"}));
        let old = r#"[{"type":6,"identityProvider":"a.com","key":"MQ=="}]"#;
        let list = Value::parse(DataType::AlternativeSecurityIdCollection, old).unwrap();
        assert_eq!(list.json(), json!([{"issuer": "a.com", "issuerUserId": "MQ=="}]));
    }
}
