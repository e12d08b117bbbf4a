//! Which values of a person's document somebody is told, by name alone: nothing of the person is in here.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value of the document that may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Given names.
    GivenName,
    /// Family name.
    FamilyName,
    /// Both names.
    Name,
    /// Birth date.
    Birthdate,
    /// Whether the person is at least 16 years old.
    AgeOver16,
    /// Whether the person is at least 18 years old.
    AgeOver18,
    /// Whether the person is at least 21 years old.
    AgeOver21,
}

impl Value {
    /// Every value, in the order in which they are named to the person.
    pub(crate) const ALL: [Self; 7] = [
        Self::Name,
        Self::GivenName,
        Self::FamilyName,
        Self::Birthdate,
        Self::AgeOver16,
        Self::AgeOver18,
        Self::AgeOver21,
    ];

    /// Its name as a claim (`OpenID` Connect Core §5.1; `age_over_NN` as in ISO/IEC 18013-5) and in the settings.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Name => "name",
            Self::Birthdate => "birthdate",
            Self::AgeOver16 => "age_over_16",
            Self::AgeOver18 => "age_over_18",
            Self::AgeOver21 => "age_over_21",
        }
    }

    /// The value of this name.
    #[must_use]
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.as_str() == name)
    }

    const fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

/// A set of values. Stored as a list of their names; a name that this release does not know is told nobody.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<&'static str>")]
pub struct Release(u8);

impl Release {
    /// Whether nothing is told.
    #[must_use]
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    pub(crate) const fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Whether this value is told.
    #[must_use]
    pub(crate) const fn has(self, value: Value) -> bool {
        self.0 & value.bit() != 0
    }

    /// What both tell.
    #[must_use]
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What either tells.
    #[must_use]
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Its values, in the order of [`Value::ALL`].
    pub(crate) fn values(self) -> impl Iterator<Item = Value> {
        Value::ALL.into_iter().filter(move |value| self.has(*value))
    }

    /// Their names.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        self.values().map(Value::as_str)
    }
}

impl FromIterator<Value> for Release {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        Self(values.into_iter().fold(0, |bits, value| bits | value.bit()))
    }
}

impl From<Vec<String>> for Release {
    fn from(names: Vec<String>) -> Self {
        names.iter().filter_map(|name| Value::of(name)).collect()
    }
}

impl From<Release> for Vec<&'static str> {
    fn from(release: Release) -> Self {
        release.names().collect()
    }
}

impl fmt::Debug for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values()).finish()
    }
}

/// What an answer tells of the person, by where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Released {
    /// In the ID token.
    #[serde(default, skip_serializing_if = "Release::is_empty")]
    pub id_token: Release,
    /// In the userinfo answer.
    #[serde(default, skip_serializing_if = "Release::is_empty")]
    pub userinfo: Release,
}

impl Released {
    /// Everything, wherever it stands: what the person is shown first.
    #[must_use]
    pub(crate) const fn all(self) -> Release {
        self.id_token.or(self.userinfo)
    }

    /// What of this somebody may be told who may be told `release`.
    #[must_use]
    pub(crate) const fn within(self, release: Release) -> Self {
        Self {
            id_token: self.id_token.and(release),
            userinfo: self.userinfo.and(release),
        }
    }

    /// Whether nothing is told.
    #[must_use]
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    pub(crate) const fn is_empty(&self) -> bool {
        self.all().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_found_by_its_name_and_is_one_of_the_set() {
        for value in Value::ALL {
            assert_eq!(Value::of(value.as_str()), Some(value));
            let one: Release = [value].into_iter().collect();
            assert_eq!(one.values().collect::<Vec<_>>(), [value]);
        }
        assert_eq!(Value::ALL.into_iter().collect::<Release>().0.count_ones(), 7);
    }

    #[test]
    fn what_is_stored_is_a_list_of_names_and_others_are_told_nobody() {
        let release: Release = [Value::AgeOver18, Value::Name].into_iter().collect();
        let stored = serde_json::to_string(&release).unwrap();
        assert_eq!(stored, r#"["name","age_over_18"]"#);
        let of_later = r#"["name","age_over_18","nationality"]"#;
        assert_eq!(serde_json::from_str::<Release>(of_later).unwrap(), release);
        assert_eq!(serde_json::to_string(&Released::default()).unwrap(), "{}");
    }
}
