//! Claims whose signature has been verified, and what must be true of them.

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::{LEEWAY, Refused};

/// The claims of a token that has been opened.
pub(super) struct Claims(Map<String, Value>);

impl Claims {
    pub(super) fn new(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    /// All of them.
    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// A claim that must be a text.
    pub(super) fn text(&self, name: &'static str) -> Result<&str, Refused> {
        let claim = self.0.get(name).ok_or(Refused::Missing(name))?;
        claim.as_str().ok_or(Refused::Type(name))
    }

    /// A claim that must be a text if it is there.
    pub(super) fn optional_text(&self, name: &'static str) -> Result<Option<&str>, Refused> {
        let claim = self.0.get(name);
        claim
            .map(|claim| claim.as_str().ok_or(Refused::Type(name)))
            .transpose()
    }

    /// A text that must be exactly this one.
    pub(super) fn is(&self, name: &'static str, expected: &str) -> Result<(), Refused> {
        if self.text(name)? == expected {
            Ok(())
        } else {
            Err(Refused::Unexpected(name))
        }
    }

    /// `iss`, exactly.
    pub(super) fn issuer(&self, issuer: &str) -> Result<(), Refused> {
        self.is("iss", issuer)
    }

    /// `aud`, a text or a list of them (RFC 7519 section 4.1.3), must name one of ours and nobody else: what is made for
    /// others too, any of them could pass on to us.
    pub(super) fn audience(&self, ours: &[&str]) -> Result<(), Refused> {
        let named = match self.0.get("aud").ok_or(Refused::Missing("aud"))? {
            Value::String(one) => vec![one.as_str()],
            Value::Array(many) => {
                let many: Option<Vec<&str>> = many.iter().map(Value::as_str).collect();
                many.ok_or(Refused::Type("aud"))?
            }
            _ => return Err(Refused::Type("aud")),
        };
        if !named.is_empty() && named.iter().all(|named| ours.contains(named)) {
            Ok(())
        } else {
            Err(Refused::Unexpected("aud"))
        }
    }

    /// A `NumericDate` (RFC 7519 section 2), fractions cut off.
    pub(super) fn time(&self, name: &'static str) -> Result<Option<OffsetDateTime>, Refused> {
        let Some(claim) = self.0.get(name) else {
            return Ok(None);
        };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "fractions are cut off, and `as` saturates"
        )]
        let seconds = claim
            .as_i64()
            .or_else(|| claim.as_f64().map(|seconds| seconds as i64));
        let time = seconds.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
        time.map(Some).ok_or(Refused::Type(name))
    }

    /// `exp` must be there and ahead, `nbf` and `iat` must not be, each within [`LEEWAY`]. Gives `exp`.
    pub(super) fn times(&self, now: OffsetDateTime) -> Result<OffsetDateTime, Refused> {
        let exp = self.time("exp")?.ok_or(Refused::Missing("exp"))?;
        if now - LEEWAY >= exp {
            return Err(Refused::Expired);
        }
        for begin in ["nbf", "iat"] {
            if self.time(begin)?.is_some_and(|begin| begin > now + LEEWAY) {
                return Err(Refused::NotYet);
            }
        }
        Ok(exp)
    }
}
