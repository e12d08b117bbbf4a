//! What a request to the data plane names: a list, one version, a policy, something deleted.

use super::problem::{bad_parameter, problem};
use super::store::is_name;
use crate::serve::{Answer, Request};

/// Secrets, or certificates, which are secrets of the same name as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Secret,
    Certificate,
}

impl Kind {
    /// As addresses say it.
    pub(super) fn plural(self) -> &'static str {
        match self {
            Self::Secret => "secrets",
            Self::Certificate => "certificates",
        }
    }

    /// As error codes and messages say it.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Secret => "Secret",
            Self::Certificate => "Certificate",
        }
    }
}

/// What is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    List(Kind),
    Versions(Kind, String),
    /// The current version, or another one.
    One(Kind, String, Option<String>),
    Policy(String),
    /// The operation that made the current version of a certificate.
    Pending(String),
    DeletedList(Kind),
    Deleted(Kind, String),
}

impl Target {
    /// Reads the path as the service does: names are judged before anything is looked up.
    pub(super) fn of(request: &Request) -> Result<Self, Answer> {
        let parts = parts(request);
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match parts.as_slice() {
            ["deletedsecrets", rest @ ..] => Self::deleted(Kind::Secret, rest),
            ["deletedcertificates", rest @ ..] => Self::deleted(Kind::Certificate, rest),
            ["secrets", rest @ ..] => Self::alive(Kind::Secret, rest),
            ["certificates", rest @ ..] => Self::alive(Kind::Certificate, rest),
            _ => Err(nothing()),
        }
    }

    fn alive(kind: Kind, rest: &[&str]) -> Result<Self, Answer> {
        Ok(match (kind, rest) {
            (_, []) => Self::List(kind),
            (_, [name]) => Self::One(kind, named(name)?, None),
            (_, [name, "versions"]) => Self::Versions(kind, named(name)?),
            (Kind::Certificate, [name, "policy"]) => Self::Policy(named(name)?),
            (Kind::Certificate, [name, "pending"]) => Self::Pending(named(name)?),
            (_, [name, version]) => Self::One(kind, named(name)?, Some(a_version(version)?)),
            _ => return Err(nothing()),
        })
    }

    fn deleted(kind: Kind, rest: &[&str]) -> Result<Self, Answer> {
        match rest {
            [] => Ok(Self::DeletedList(kind)),
            [name] => Ok(Self::Deleted(kind, named(name)?)),
            _ => Err(nothing()),
        }
    }
}

/// The path's segments, decoded; clients ask for the current version with a slash and nothing behind it.
pub(super) fn parts(request: &Request) -> Vec<String> {
    let segments = request.segments();
    let written = segments.iter().filter(|segment| !segment.is_empty());
    written.map(|segment| decoded(segment)).collect()
}

/// A segment without its percent escapes; what a form would split at or read as a space is itself in a path.
fn decoded(segment: &str) -> String {
    let plain = segment
        .replace('+', "%2B")
        .replace('&', "%26")
        .replace('=', "%3D");
    let mut pairs = url::form_urlencoded::parse(plain.as_bytes());
    pairs
        .next()
        .map(|(text, _)| text.into_owned())
        .unwrap_or_default()
}

fn named(name: &str) -> Result<String, Answer> {
    if is_name(name) {
        return Ok(name.to_owned());
    }
    let message = format!("The request URI contains an invalid name: {name}");
    Err(bad_parameter(&message))
}

/// What is hexadecimal may be a version nobody has heard of; anything else is taken for an operation.
fn a_version(text: &str) -> Result<String, Answer> {
    if text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text.to_lowercase());
    }
    let message = format!("Method GET does not allow operation '{text}'");
    Err(bad_parameter(&message))
}

fn nothing() -> Answer {
    problem(404, "NotFound", "There is no such operation.")
}
