//! What the document says of its holder.

use std::collections::BTreeMap;

use crate::checks::vendor::Document;
use crate::jumio::wire::{Data, Entries};
use crate::person::{Person, Personal};

/// The holder, from every `extraction` that passed. A value on which two documents disagree is absent: it proves
/// nothing about either.
pub(super) fn person(capabilities: &BTreeMap<String, Entries>) -> Person {
    let data = read(capabilities);
    Person {
        given_name: agreed(&data, |data| data.first_name.as_ref()),
        family_name: agreed(&data, |data| data.last_name.as_ref()),
        birthdate: agreed(&data, |data| data.date_of_birth.as_ref()).filter(is_date),
        ..Person::default()
    }
}

/// What tells the document from all others. Nothing where two documents were read and differ in any of it.
pub(super) fn document(capabilities: &BTreeMap<String, Entries>) -> Option<Document> {
    let data = read(capabilities);
    let text = |value: Option<Personal>| value.map(|value| value.expose().to_owned());
    let none = Personal::default();
    let state = agreed(&data, |data| data.state.as_ref().or(Some(&none)))?;
    Some(Document {
        kind: text(agreed(&data, |data| data.kind.as_ref()))?,
        country: text(agreed(&data, |data| data.issuing_country.as_ref()))?,
        state: state.expose().to_owned(),
        number: agreed(&data, |data| data.document_number.as_ref())?,
        birthdate: agreed(&data, |data| data.date_of_birth.as_ref()).filter(is_date)?,
    })
}

/// What was read and passed.
fn read(capabilities: &BTreeMap<String, Entries>) -> Vec<&Data> {
    let entries = capabilities
        .get("extraction")
        .map(|entries| entries.0.as_slice())
        .unwrap_or_default();
    let read = entries.iter().filter(|entry| entry.decision.kind == "PASSED");
    read.map(|entry| &entry.data).collect()
}

fn agreed<'a>(data: &[&'a Data], value: impl Fn(&'a Data) -> Option<&'a Personal>) -> Option<Personal> {
    let mut values = data.iter().filter_map(|data| value(data));
    let first = values.next()?;
    let same =
        |other: &Personal| other.expose().trim().to_lowercase() == first.expose().trim().to_lowercase();
    values.all(same).then(|| first.clone())
}

/// Whether a value is a date of the form `YYYY-MM-DD`.
pub(in crate::jumio) fn is_date(value: &Personal) -> bool {
    let form = time::macros::format_description!("[year]-[month]-[day]");
    time::Date::parse(value.expose(), form).is_ok()
}
