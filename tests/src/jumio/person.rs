//! Who a check is about, as somebody outside Jumio knows: Jumio itself is not told, so its simulator asks the rig.

use serde_json::Value;

use super::document::{Document, is_day};

/// Names and birth date as they were registered; empty where they were not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Given names.
    pub given_name: String,
    /// Family name.
    pub surname: String,
    /// `YYYY-MM-DD`, or empty.
    pub birth_date: String,
}

impl Person {
    /// Of a registration's claims, in the words of `POST /api/verify`; none where they name nobody.
    #[must_use]
    pub fn registered(claims: &Value) -> Option<Self> {
        let word = |names: &[&str]| {
            let found = names.iter().find_map(|name| claims[*name].as_str());
            found.unwrap_or_default().trim().to_owned()
        };
        let born = word(&["birthDate", "birthdate"]);
        let day = born.get(..10).filter(|day| is_day(day)).unwrap_or_default();
        let person = Self {
            given_name: word(&["givenName", "given_name"]),
            surname: word(&["surname", "familyName", "family_name"]),
            birth_date: day.to_owned(),
        };
        (!person.given_name.is_empty()).then_some(person)
    }

    /// The document that this person would have.
    pub(super) fn document(&self) -> Document {
        let mut document = Document {
            first_name: self.given_name.to_uppercase(),
            last_name: self.surname.to_uppercase(),
            ..Document::default()
        };
        if !self.birth_date.is_empty() {
            document.date_of_birth.clone_from(&self.birth_date);
        }
        document
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_registration_is_read_in_any_of_its_words() {
        let words =
            json!({ "givenName": "Mira", "familyName": "Talvik", "birthDate": "1988-04-12T00:00:00Z" });
        let person = Person::registered(&words).unwrap();
        assert_eq!(person.document(), Document::default());
        let less = Person::registered(&json!({ "givenName": "Layth" })).unwrap();
        assert_eq!(
            (less.document().first_name.as_str(), less.birth_date.as_str()),
            ("LAYTH", "")
        );
        assert_eq!(Person::registered(&json!({ "objectId": "1" })), None);
    }
}
