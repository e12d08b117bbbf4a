//! The `claims` parameter (`OpenID` Connect Core §5.5) with `verified_claims` (`OpenID` Connect for Identity Assurance 1.0
//! §6): understood or refused, never half believed. Names and the birth date to compare leave here as a
//! [`Person`]; what is kept for the answer says only *which* claims were asked for.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::openid::answer::refusal::{Code, Refusal};
use crate::openid::request::registration::is_email;
use crate::openid::request::strict_json;
use crate::person::release::{self, Release, Released};
use crate::person::{Person, Personal};

/// The trust frameworks we answer under: a client that delegates identity verification knows them by these names.
pub(crate) const TRUST_FRAMEWORKS: [&str; 2] = ["IDV-DELEGATED", "IDV_DELEGATED"];

/// Maximum length of the `claims` parameter, in bytes.
const MAX_LENGTH: usize = 8 * 1024;

/// A claim that a document can confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Claim {
    /// Given names.
    GivenName,
    /// Family name.
    FamilyName,
    /// Birth date.
    Birthdate,
}

impl Claim {
    /// Every claim of this kind, in the order of the discovery document.
    pub(crate) const ALL: [Self; 3] = [Self::GivenName, Self::FamilyName, Self::Birthdate];

    /// Its name in tokens and requests.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Birthdate => "birthdate",
        }
    }
}

impl From<Claim> for release::Value {
    fn from(claim: Claim) -> Self {
        match claim {
            Claim::GivenName => Self::GivenName,
            Claim::FamilyName => Self::FamilyName,
            Claim::Birthdate => Self::Birthdate,
        }
    }
}

/// One `verified_claims` object that we can answer, without any personal value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerifiedRequest {
    /// The trust framework to answer under, as the client spelled it.
    pub trust_framework: String,
    /// The claims asked for.
    pub claims: Vec<Claim>,
    /// It stood alone and in no list, and so does its answer (Identity Assurance §5: an object or an array).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alone: bool,
    /// The client is told values of the document, and of `verification` the members that it asked for; else all of these, and
    /// of a value that it is confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Detail>,
}

/// What a client that is told values of the document asks for within one `verified_claims` object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Detail {
    /// The values, of those that it may be told.
    pub values: Release,
    /// The members of `verification`, of [`MEMBERS`].
    pub members: Vec<String>,
}

/// The members of `verification` that we can say, beside `trust_framework` (`OpenID` Connect for Identity Assurance 1.0 §5.4).
pub(crate) const MEMBERS: [&str; 4] = ["assurance_level", "time", "verification_process", "evidence"];

/// What was asked for, and where the answer goes. Safe to store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimsRequest {
    /// For the ID token.
    #[serde(default)]
    pub id_token: Vec<VerifiedRequest>,
    /// For the userinfo answer.
    #[serde(default)]
    pub userinfo: Vec<VerifiedRequest>,
    /// Values of the document that were asked for by themselves.
    #[serde(default, skip_serializing_if = "Released::is_empty")]
    pub values: Released,
}

impl ClaimsRequest {
    /// All values of the document that are asked for, by themselves or verified.
    #[must_use]
    pub(crate) fn released(&self) -> Released {
        let verified = |requests: &[VerifiedRequest]| {
            let details = requests.iter().filter_map(|request| request.detail.as_ref());
            details.fold(Release::default(), |all, detail| all.or(detail.values))
        };
        Released {
            id_token: self.values.id_token.or(verified(&self.id_token)),
            userinfo: self.values.userinfo.or(verified(&self.userinfo)),
        }
    }
}

/// A parsed parameter: the part to keep and the values to compare.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    /// What to answer.
    pub request: ClaimsRequest,
    /// The values the client believes, to be compared with the document.
    pub person: Person,
    /// The person's mail address, which the client wants to be told again. Compared with nothing.
    pub email: Option<Personal>,
}

/// What a client may be told.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Promised<'a> {
    /// The one `acr`.
    pub acr: Option<&'a str>,
    /// Values of the document.
    pub release: Release,
}

/// Reads the parameter. Members that are not understood are ignored, as §5.5 says; constraints that cannot be met make
/// their `verified_claims` object unanswered, as Identity Assurance §6.5 says.
///
/// # Errors
/// [`Code::InvalidRequest`] for anything the specifications call malformed, and
/// [`Code::UnmetAuthenticationRequirements`] for an essential `acr` that is not the one that the client is promised.
pub(crate) fn parse(text: &str, promised: Promised<'_>) -> Result<Parsed, Refusal> {
    let refusal = Refusal::invalid("claims is not a JSON object");
    if text.len() > MAX_LENGTH {
        return Err(Refusal::invalid("claims is too long"));
    }
    let value = strict_json::parse(text.as_bytes()).map_err(|_| refusal)?;
    let members = value.as_object().ok_or(refusal)?;
    let email = email(members)?;
    let mut person = Person::default();
    let request = ClaimsRequest {
        id_token: section(members.get("id_token"), promised, &mut person)?,
        userinfo: section(members.get("userinfo"), promised, &mut person)?,
        values: Released {
            id_token: by_themselves(members.get("id_token")),
            userinfo: by_themselves(members.get("userinfo")),
        }
        .within(promised.release),
    };
    Ok(Parsed {
        request,
        person,
        email,
    })
}

/// Values that a section asks for by their names. Whatever it says of them, one of another content would be no answer.
fn by_themselves(section: Option<&Value>) -> Release {
    let members = section.and_then(Value::as_object);
    let names = members.into_iter().flat_map(Map::keys);
    names.filter_map(|name| release::Value::of(name)).collect()
}

/// The value of `email` in either section; in both it must be the same.
fn email(members: &Map<String, Value>) -> Result<Option<Personal>, Refusal> {
    let given = |section: &str| members.get(section)?.get("email")?.get("value");
    let values: Vec<&Value> = ["id_token", "userinfo"].into_iter().filter_map(given).collect();
    let Some(first) = values.first() else {
        return Ok(None);
    };
    if values.iter().any(|value| value != first) {
        return Err(Refusal::invalid("a claim is requested with two values"));
    }
    let address = first.as_str().filter(|text| is_email(text));
    let address = address.ok_or(Refusal::invalid("the value of email is not an address"))?;
    Ok(Some(Personal::new(address)))
}

fn section(
    value: Option<&Value>,
    promised: Promised<'_>,
    person: &mut Person,
) -> Result<Vec<VerifiedRequest>, Refusal> {
    let members = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(members)) => members,
        Some(_) => return Err(Refusal::invalid("a section of claims is not an object")),
    };
    refuse_unmeetable(members, promised.acr)?;
    let (objects, alone) = match members.get("verified_claims") {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) if !list.is_empty() => (list.iter().collect(), false),
        Some(object @ Value::Object(_)) => (vec![object], true),
        Some(_) => return Err(Refusal::invalid("verified_claims is not an object")),
    };
    let mut answers = Vec::new();
    for object in objects {
        let detail = detail(object, promised.release);
        let answer = verified(object, person)?;
        answers.extend(answer.map(|answer| VerifiedRequest {
            alone,
            detail,
            ..answer
        }));
    }
    Ok(answers)
}

/// Requests for a certain `sub` or `acr` change who may be signed in: they cannot be ignored like others.
fn refuse_unmeetable(members: &Map<String, Value>, acr: Option<&str>) -> Result<(), Refusal> {
    let constraint = |name| members.get(name).and_then(Value::as_object);
    if constraint("sub").is_some_and(|c| c.contains_key("value") || c.contains_key("values")) {
        return Err(Refusal::invalid("asking for a particular sub is not supported"));
    }
    let essential = |c: &Map<String, Value>| c.get("essential") == Some(&Value::Bool(true));
    if constraint("acr").is_some_and(|c| essential(c) && !is_met(c, acr)) {
        return Err(Refusal::new(
            Code::UnmetAuthenticationRequirements,
            "the essential acr is none that this client is promised",
        ));
    }
    Ok(())
}

/// Whether the promised `acr` is one of those that are asked for; any is, where none is named.
fn is_met(constraint: &Map<String, Value>, acr: Option<&str>) -> bool {
    let Some(acr) = acr else { return false };
    match (constraint.get("value"), constraint.get("values")) {
        (Some(value), _) => value == acr,
        (None, Some(values)) => values
            .as_array()
            .is_some_and(|all| all.iter().any(|value| value == acr)),
        (None, None) => true,
    }
}

fn verified(object: &Value, person: &mut Person) -> Result<Option<VerifiedRequest>, Refusal> {
    let verification = object.get("verification").and_then(Value::as_object);
    let verification = verification.ok_or(Refusal::invalid("verified_claims has no verification"))?;
    let framework = verification
        .get("trust_framework")
        .ok_or(Refusal::invalid("verification has no trust_framework"))?;
    let framework = trust_framework(framework)?;
    let asked = object
        .get("claims")
        .and_then(Value::as_object)
        .filter(|c| !c.is_empty());
    let asked = asked.ok_or(Refusal::invalid("verified_claims has no claims"))?;
    for value in asked.values() {
        well_formed(value)?;
    }
    let claims: Vec<Claim> = Claim::ALL
        .into_iter()
        .filter(|c| asked.contains_key(c.as_str()))
        .collect();
    for claim in &claims {
        expect(*claim, asked.get(claim.as_str()), person)?;
    }
    Ok(framework.map(|trust_framework| VerifiedRequest {
        trust_framework,
        claims,
        alone: false,
        detail: None,
    }))
}

/// What a client that may be told values asks for.
fn detail(object: &Value, release: Release) -> Option<Detail> {
    if release.is_empty() {
        return None;
    }
    let member = |name: &str| object.get("verification")?.get(name);
    let is_asked = |name: &&&str| match **name {
        "evidence" => member("evidence").is_some_and(may_be_documents),
        name => member(name).is_some(),
    };
    Some(Detail {
        values: by_themselves(object.get("claims")).and(release),
        members: MEMBERS
            .iter()
            .filter(is_asked)
            .map(|name| (*name).to_owned())
            .collect(),
    })
}

/// Whether a document is evidence of a kind that is asked for.
fn may_be_documents(asked: &Value) -> bool {
    let is_document = |one: &Value| match one.get("type").and_then(|kind| kind.get("value")) {
        Some(kind) => kind == "document",
        None => true,
    };
    asked.as_array().is_none_or(|kinds| kinds.iter().any(is_document))
}

/// The name to answer under; `None` when only frameworks were named that we do not follow.
fn trust_framework(value: &Value) -> Result<Option<String>, Refusal> {
    let refusal = Refusal::invalid("trust_framework is neither null nor an object");
    let ours = |name: &Value| {
        name.as_str()
            .filter(|n| TRUST_FRAMEWORKS.contains(n))
            .map(str::to_owned)
    };
    match value {
        Value::Null => Ok(Some(TRUST_FRAMEWORKS[0].to_owned())),
        Value::Object(constraint) => Ok(match (constraint.get("value"), constraint.get("values")) {
            (Some(name), _) => ours(name),
            (None, Some(names)) => names.as_array().and_then(|list| list.iter().find_map(ours)),
            (None, None) => Some(TRUST_FRAMEWORKS[0].to_owned()),
        }),
        _ => Err(refusal),
    }
}

fn well_formed(value: &Value) -> Result<(), Refusal> {
    match value {
        Value::Null | Value::Object(_) => Ok(()),
        _ => Err(Refusal::invalid(
            "a requested claim is neither null nor an object",
        )),
    }
}

/// Whether the value has to be equal: `fuzzy` is the word of Okta's identity verification for the contrary, which is its
/// default.
fn exact(constraint: Option<&Value>) -> Result<bool, Refusal> {
    match constraint.and_then(|c| c.get("fuzzy")) {
        None | Some(Value::Null | Value::Bool(true)) => Ok(false),
        Some(Value::Bool(false)) => Ok(true),
        Some(_) => Err(Refusal::invalid("fuzzy is not a boolean")),
    }
}

/// Notes the value to compare. Two requests that expect different people in one claim cannot both be answered.
fn expect(claim: Claim, constraint: Option<&Value>, person: &mut Person) -> Result<(), Refusal> {
    let exact = exact(constraint)?;
    let Some(value) = constraint.and_then(|c| c.get("value")) else {
        return Ok(());
    };
    match claim {
        Claim::GivenName => person.exact.given_name |= exact,
        Claim::FamilyName => person.exact.family_name |= exact,
        Claim::Birthdate => {} // is always compared so
    }
    let value = value
        .as_str()
        .map(str::trim)
        .filter(|v| !v.is_empty() && v.len() <= 200);
    let value =
        Personal::new(value.ok_or(Refusal::invalid("the value of a requested claim is not a string"))?);
    if claim == Claim::Birthdate && !crate::openid::request::registration::is_date(value.expose()) {
        return Err(Refusal::invalid("birthdate is not a date"));
    }
    let slot = match claim {
        Claim::GivenName => &mut person.given_name,
        Claim::FamilyName => &mut person.family_name,
        Claim::Birthdate => &mut person.birthdate,
    };
    match slot {
        Some(earlier) if *earlier != value => Err(Refusal::invalid("a claim is requested with two values")),
        _ => {
            *slot = Some(value);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
