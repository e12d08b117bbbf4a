//! The sentences of the page that shows which values of the document are told.

use serde::Deserialize;

use crate::person::release::Value;

/// Which values of the document are told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::pages) struct ReleaseTexts {
    pub(in crate::pages) title: String,
    pub(in crate::pages) text: String,
    pub(in crate::pages) values: ValueTexts,
    pub(in crate::pages) note: String,
    pub(in crate::pages) agree: String,
    pub(in crate::pages) refuse: String,
}

/// What each value is called.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::pages) struct ValueTexts {
    name: String,
    given_name: String,
    family_name: String,
    birthdate: String,
    age_over_16: String,
    age_over_18: String,
    age_over_21: String,
}

impl ValueTexts {
    pub(in crate::pages) fn of(&self, value: Value) -> &str {
        match value {
            Value::Name => &self.name,
            Value::GivenName => &self.given_name,
            Value::FamilyName => &self.family_name,
            Value::Birthdate => &self.birthdate,
            Value::AgeOver16 => &self.age_over_16,
            Value::AgeOver18 => &self.age_over_18,
            Value::AgeOver21 => &self.age_over_21,
        }
    }
}
