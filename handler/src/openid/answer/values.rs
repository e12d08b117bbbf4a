//! Values of an approved document, as claims. They are as the document says them, and absent where it does not.

use serde_json::{Map, Value as Json};
use time::macros::format_description;
use time::{Date, OffsetDateTime, UtcOffset};

use crate::checks::{Holder, Status};
use crate::grants::Grant;
use crate::person::release::{Release, Value};
use crate::person::{Person, Personal};

/// What is known of a person, by the names of the claims. Personal data.
#[derive(Default)]
pub(super) struct Values(Vec<(Value, Json)>);

impl Values {
    /// Those that may be told.
    #[must_use]
    pub(super) fn within(self, release: Release) -> Self {
        let told = self.0.into_iter().filter(|(value, _)| release.has(*value));
        Self(told.collect())
    }

    /// Adds those that are asked for.
    pub(super) fn add(&self, claims: &mut Map<String, Json>, asked: Release) {
        let asked = self.0.iter().filter(|(value, _)| asked.has(*value));
        claims.extend(asked.map(|(value, known)| (value.as_str().to_owned(), known.clone())));
    }
}

/// The time zone where a day begins last: nobody is called older than they are.
const LAST: UtcOffset = time::macros::offset!(-12);

/// What may be told of the person of a grant now; nothing unless they are approved.
#[must_use]
pub(super) fn of(grant: &Grant, now: OffsetDateTime) -> Values {
    let today = now.to_offset(LAST).date();
    let approved = grant.outcome.status == Status::Approved;
    let holder = grant.holder.as_ref().filter(|_| approved);
    let known = |holder: &Holder| {
        let value = |value| Some((value, claim(value, &holder.person, today)?));
        Values(Value::ALL.into_iter().filter_map(value).collect())
    };
    holder.map(known).unwrap_or_default()
}

fn claim(value: Value, person: &Person, today: Date) -> Option<Json> {
    let (given, family) = (
        shown(person.given_name.as_ref()),
        shown(person.family_name.as_ref()),
    );
    let birthdate = birthdate(person);
    let is_over = |years| Some(age(birthdate?, today)? >= years);
    match value {
        Value::GivenName => given.map(Json::from),
        Value::FamilyName => family.map(Json::from),
        Value::Name => Some(format!("{} {}", given?, family?).into()),
        Value::Birthdate => Some(birthdate?.to_string().into()),
        Value::AgeOver16 => is_over(16).map(Json::from),
        Value::AgeOver18 => is_over(18).map(Json::from),
        Value::AgeOver21 => is_over(21).map(Json::from),
    }
}

/// A name, if the document has one and all of it is shown.
fn shown(name: Option<&Personal>) -> Option<&str> {
    let name = name?.expose().trim();
    let is_masked = name.contains('*') || name.to_uppercase().contains("XXX");
    let is_missing = name.is_empty() || name.eq_ignore_ascii_case("n/a");
    (!is_missing && !is_masked).then_some(name)
}

fn birthdate(person: &Person) -> Option<Date> {
    let text = person.birthdate.as_ref()?.expose();
    Date::parse(text, format_description!("[year]-[month]-[day]")).ok()
}

/// Full years. Who was born on 29 February is a year older on 1 March of a common year. Nothing where the date lies ahead.
fn age(birthdate: Date, today: Date) -> Option<i32> {
    let day = |date: Date| (u8::from(date.month()), date.day());
    let is_ahead = day(today) < day(birthdate);
    let years = today.year() - birthdate.year() - i32::from(is_ahead);
    (birthdate <= today).then_some(years)
}

#[cfg(test)]
mod tests;
