//! Invented personal data of Netverify's documents and callbacks, beyond what is on every document.

use serde_json::{Value, json};

use super::super::document::Document;

/// A documentation address (RFC 5737), nobody's.
pub(super) const CLIENT_IP: &str = "198.51.100.23";

/// Where everybody here was born.
pub(super) const PLACE_OF_BIRTH: &str = "SANKT ELRIN";

const STREET: &str = "17 QUENDEL LANE";
const CITY: &str = "NEBELAU";
const POSTAL_CODE: &str = "ZX-40990";

/// The address on a document, in the form `RAW`.
pub(super) fn address(document: &Document) -> Value {
    json!({
        "line1": STREET, "city": CITY, "postalCode": POSTAL_CODE, "country": document.issuing_country,
        "formattedAddress": format!("{STREET}, {POSTAL_CODE} {CITY}"),
    })
}

/// The number of the person, not of the document; at most 14 characters.
pub(super) fn number(document: &Document) -> String {
    let number = format!("PN{}", document.document_number);
    number.chars().take(14).collect()
}

/// A date in parts.
pub(super) fn parts(date: &str) -> Value {
    let names = ["year", "month", "day"];
    let pairs = names.into_iter().zip(date.split('-'));
    pairs
        .map(|(name, part)| (name.to_owned(), json!(part)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Every value that tells something about the person: none may be found in a log or a fact.
#[must_use]
pub fn values(document: &Document) -> Vec<String> {
    [
        &document.first_name,
        &document.last_name,
        &document.date_of_birth,
        &document.expiry_date,
        &document.document_number,
    ]
    .into_iter()
    .cloned()
    .chain([CLIENT_IP, PLACE_OF_BIRTH, STREET, CITY, POSTAL_CODE].map(str::to_owned))
    .chain([number(document)])
    .collect()
}
