//! What `POST /api/verify` is told: a flat JSON object of claims, as B2C's `RestfulProvider` sends it.
//!
//! Names are compared without regard to case and values may be texts, numbers or booleans, because B2C documents
//! neither; a name that stands twice, in whatever case, is refused.

mod values;

pub(crate) use self::values::{is_date, is_email};

use serde_json::Value;
use std::collections::BTreeMap;

use time::OffsetDateTime;

use crate::checks::Registration;
use crate::checks::vendor::Consent;
use crate::clients::{Clients, EmailClaim};
use crate::openid::request::personal::{Implausible, plausible};
use crate::openid::request::strict_json;
use crate::person::{Person, Personal};

/// Why a registration is not accepted. Each has one fixed code and sentence; none repeats what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Not a JSON object, or a nested one.
    #[error("the body is not a flat JSON object")]
    NotFlat,
    /// A name stands twice.
    #[error("a member is repeated")]
    Repeated,
    /// Neither `objectId` nor `subject`, or one that is no reference.
    #[error("objectId (or subject) is missing or not 1 to 255 characters")]
    Subject,
    /// No `correlationId`, or one that is no reference.
    #[error("correlationId is missing or not 1 to 128 characters")]
    CorrelationId,
    /// A `clientId` that no setting knows.
    #[error("clientId is not a client of this handler")]
    ClientId,
    /// No `clientId`, where there are several clients to whose people the subject could belong.
    #[error("clientId is missing, and there are several clients")]
    WhichClient,
    /// A name that is too long.
    #[error("a name is not 1 to 200 characters")]
    Name,
    /// Not `YYYY-MM-DD`.
    #[error("birthdate is not a date")]
    Birthdate,
    /// Not a mail address.
    #[error("email is not an address")]
    Email,
    /// Nobody is called so, or was born then.
    #[error(transparent)]
    Implausible(#[from] Implausible),
    /// A consent without text version or time, or with a country that is not ISO 3166-1 alpha-3,
    /// where the vendor refuses it.
    #[error("consent is incomplete or malformed")]
    Consent,
}

/// Members by lower-case name; absent, null and empty are the same.
struct Members(BTreeMap<String, String>);

impl Members {
    fn parse(body: &[u8]) -> Result<Self, Invalid> {
        let value = strict_json::parse(body).map_err(|malformed| match malformed {
            strict_json::Malformed::Syntax => Invalid::NotFlat,
            strict_json::Malformed::Repeated => Invalid::Repeated,
        })?;
        let Value::Object(object) = value else {
            return Err(Invalid::NotFlat);
        };
        let mut members = BTreeMap::new();
        for (name, value) in object {
            let text = match value {
                Value::Null => String::new(),
                Value::Bool(yes) => yes.to_string(),
                Value::Number(number) => number.to_string(),
                Value::String(text) => text,
                Value::Array(_) | Value::Object(_) => return Err(Invalid::NotFlat),
            };
            if members.insert(name.to_lowercase(), text).is_some() {
                return Err(Invalid::Repeated);
            }
        }
        Ok(Self(members))
    }

    /// The trimmed value under the first of these names that has one.
    fn get(&self, names: &[&str]) -> Option<&str> {
        names
            .iter()
            .filter_map(|name| self.0.get(*name))
            .map(|v| v.trim())
            .find(|v| !v.is_empty())
    }

    fn reference(&self, names: &[&str], longest: usize, otherwise: Invalid) -> Result<String, Invalid> {
        let value = self.get(names).filter(|v| values::is_reference(v, longest));
        value.map(str::to_owned).ok_or(otherwise)
    }

    fn name(&self, names: &[&str]) -> Result<Option<Personal>, Invalid> {
        self.get(names).map_or(Ok(None), |value| {
            let fits = value.chars().count() <= 200;
            fits.then(|| Some(Personal::new(value))).ok_or(Invalid::Name)
        })
    }
}

/// Reads the locale first and alone, so that even a refusal speaks the person's language.
#[must_use]
pub fn locale(body: &[u8]) -> Option<String> {
    let members = Members::parse(body).ok()?;
    members
        .get(LOCALE)
        .filter(|l| values::is_locale(l))
        .map(str::to_owned)
}

const LOCALE: &[&str] = &["locale", "culture", "ui_locales"];

/// Reads a registration made now by `caller`. One that names no client is for the only one.
///
/// # Errors
/// See [`Invalid`].
pub fn parse(
    body: &[u8],
    caller: &str,
    now: OffsetDateTime,
    clients: &Clients,
) -> Result<Registration, Invalid> {
    let members = Members::parse(body)?;
    let named = members.get(&["clientid", "client_id"]);
    let client = match named {
        Some(id) => Some(clients.get(id).ok_or(Invalid::ClientId)?),
        None => clients.only(),
    };
    let person = person(&members)?;
    plausible(&person, now)?;
    let read = Registration {
        caller: caller.to_owned(),
        client_id: client.map(|client| client.id.clone()),
        sector: client.and_then(|client| client.sector.clone()),
        // Where there is one client, whoever names it has named it before: looking for a former subject costs a listing.
        was_callers: named.is_none() || clients.only().is_none(),
        subject: members.reference(&["objectid", "subject", "sub"], 255, Invalid::Subject)?,
        correlation_id: Some(members.reference(
            &["correlationid", "correlation_id"],
            128,
            Invalid::CorrelationId,
        )?),
        person,
        // Kept only for who is told it.
        email: email(&members)?.filter(|_| client.is_some_and(|client| client.email == EmailClaim::Given)),
        locale: members
            .get(LOCALE)
            .filter(|l| values::is_locale(l))
            .map(str::to_owned),
        ip: members.get(&["ipaddress", "ip"]).and_then(values::address),
        consent: consent(&members)?,
        walk_in: false,
    };
    // Last: whoever has several clients to choose from has no other fault left.
    if client.is_none() && !clients.is_empty() {
        return Err(Invalid::WhichClient);
    }
    Ok(read)
}

fn person(members: &Members) -> Result<Person, Invalid> {
    let birthdate = members.get(&["birthdate", "dateofbirth"]);
    let birthdate = birthdate
        .map(|text| values::date(text).ok_or(Invalid::Birthdate))
        .transpose()?;
    Ok(Person {
        given_name: members.name(&["givenname", "given_name"])?,
        family_name: members.name(&["familyname", "family_name", "surname"])?,
        birthdate: birthdate.map(Personal::new),
        ..Person::default()
    })
}

fn email(members: &Members) -> Result<Option<Personal>, Invalid> {
    members.get(&["email", "mail"]).map_or(Ok(None), |address| {
        let address = is_email(address).then(|| Personal::new(address));
        address.map(Some).ok_or(Invalid::Email)
    })
}

fn consent(members: &Members) -> Result<Option<Consent>, Invalid> {
    let version = members.get(&["consentversion", "consenttextversion"]);
    let time = members.get(&["consenttime"]);
    let country = members.get(&["consentcountry"]);
    let state = members.get(&["consentstate"]);
    if [version, time, country, state].iter().all(Option::is_none) {
        return Ok(None);
    }
    let version = version
        .filter(|v| values::is_reference(v, 100))
        .ok_or(Invalid::Consent)?;
    let obtained_at = time.and_then(values::moment).ok_or(Invalid::Consent)?;
    if country.is_some_and(|c| !values::is_country(c)) || state.is_some_and(|s| !values::is_reference(s, 100))
    {
        return Err(Invalid::Consent);
    }
    Ok(Some(Consent {
        text_version: version.to_owned(),
        obtained_at,
        country: country.map(str::to_ascii_uppercase),
        state: state.map(str::to_owned),
    }))
}

#[cfg(test)]
mod tests;
