//! Documents to show: invented people only. Names, numbers and dates belong to nobody.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// A document as read from its picture. Names of members are Jumio's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Document {
    /// `PASSPORT`, `ID_CARD`, `DRIVING_LICENSE`, `VISA`.
    #[serde(rename = "type")]
    pub kind: String,
    /// ISO 3166 alpha-3.
    pub issuing_country: String,
    /// Given names; `N/A` when the document has none.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// `YYYY-MM-DD`.
    pub date_of_birth: String,
    /// `YYYY-MM-DD`.
    pub expiry_date: String,
    /// Number on the document.
    pub document_number: String,
    /// `M`, `F` or `X`.
    pub gender: String,
}

/// A person of the hosted page: kind, country, given names, family name, birth date, number, gender.
type Row = [&'static str; 7];

/// The people to choose from; between them: plain, accents, particles, a single name, a right-to-left original.
const PEOPLE: &[Row] = &[
    [
        "PASSPORT",
        "AUT",
        "MIRA",
        "TALVIK",
        "1988-04-12",
        "ZX0000017",
        "F",
    ],
    [
        "ID_CARD",
        "DEU",
        "JÖRN UWE",
        "GRÜNSPAN-KLEE",
        "1975-11-30",
        "ZX0000025",
        "M",
    ],
    [
        "DRIVING_LICENSE",
        "FRA",
        "ANAÏS",
        "DE LA BRUYÈRE D'AVAL",
        "1999-02-28",
        "ZX0000033",
        "F",
    ],
    [
        "PASSPORT",
        "ESP",
        "NURIA INÉS",
        "PEÑARROBLE SOTOMORO",
        "2004-02-29",
        "ZX0000041",
        "X",
    ],
    [
        "PASSPORT",
        "JOR",
        "LAYTH",
        "AL QANDIL",
        "1961-07-01",
        "ZX0000059",
        "M",
    ],
    [
        "ID_CARD",
        "IDN",
        "N/A",
        "SUWITRIADI",
        "1993-12-31",
        "ZX0000067",
        "M",
    ],
];

impl Document {
    /// The documents of the hosted page.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        PEOPLE.iter().map(Self::of).collect()
    }

    fn of(row: &Row) -> Self {
        let [kind, country, first, last, birth, number, gender] = row.map(str::to_owned);
        Self {
            kind,
            issuing_country: country,
            first_name: first,
            last_name: last,
            date_of_birth: birth,
            expiry_date: "2035-06-30".to_owned(),
            document_number: number,
            gender,
        }
    }

    /// The member `data` of a capability `extraction`.
    pub(super) fn extracted(&self, now: OffsetDateTime, age_as_text: bool) -> Value {
        let age = self.age_at(now.date());
        json!({
            "type": self.kind, "subType": self.sub_type(), "issuingCountry": self.issuing_country,
            "firstName": self.first_name, "lastName": self.last_name,
            "dateOfBirth": self.date_of_birth, "dateOfBirthParts": parts(&self.date_of_birth),
            "expiryDate": self.expiry_date, "expiryDateParts": parts(&self.expiry_date),
            "documentNumber": self.document_number, "gender": self.gender, "nationality": self.issuing_country,
            "currentAge": if age_as_text { json!(age.to_string()) } else { json!(age) },
        })
    }

    /// `subType` of KYX, `idSubtype` of Netverify.
    pub(super) fn sub_type(&self) -> &'static str {
        match self.kind.as_str() {
            "PASSPORT" => "E_PASSPORT",
            "ID_CARD" => "NATIONAL_ID",
            "DRIVING_LICENSE" => "REGULAR_DRIVING_LICENSE",
            _ => "UNKNOWN",
        }
    }

    /// Whole years; 0 when the birth date is not a date.
    fn age_at(&self, today: Date) -> i32 {
        let Ok(birth) = Date::parse(&self.date_of_birth, DAY) else {
            return 0;
        };
        let had_birthday = (today.month() as u8, today.day()) >= (birth.month() as u8, birth.day());
        today.year() - birth.year() - i32::from(!had_birthday)
    }
}

impl Default for Document {
    /// The first sample.
    fn default() -> Self {
        Self::of(&[
            "PASSPORT",
            "AUT",
            "MIRA",
            "TALVIK",
            "1988-04-12",
            "ZX0000017",
            "F",
        ])
    }
}

/// Whether a text is a day, as documents say it.
#[must_use]
pub fn is_day(text: &str) -> bool {
    Date::parse(text, DAY).is_ok()
}

/// A date as Jumio splits it; members it cannot read are left out.
fn parts(date: &str) -> Value {
    let names = ["year", "month", "day"];
    let known = names
        .into_iter()
        .zip(date.split('-'))
        .filter(|(_, text)| !text.is_empty());
    known
        .map(|(name, text)| (name.to_owned(), json!(text)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_first_sample() {
        assert_eq!(Document::samples()[0], Document::default());
    }

    #[test]
    fn age_changes_on_the_birthday() {
        let person = Document::default();
        let day = |text| Date::parse(text, DAY).unwrap();
        assert_eq!(person.age_at(day("2026-04-11")), 37);
        assert_eq!(person.age_at(day("2026-04-12")), 38);
    }
}
