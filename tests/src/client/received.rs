//! What comes back through the browser: checked before anything in it is used.

use super::Client;
use super::ask::Pending;

/// Why the answer is not a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The provider says so: `error` and `error_description`.
    Provider(String, String),
    /// The answer breaks a rule; nothing in it may be used.
    Suspicious(&'static str),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Provider(error, description) => write!(formatter, "{error}: {description}"),
            Self::Suspicious(why) => formatter.write_str(why),
        }
    }
}

impl std::error::Error for Refused {}

impl Client {
    /// The code of an answer to `pending` (RFC 6749 §4.1.2, RFC 9207 §2.4).
    ///
    /// # Errors
    /// The provider's error, or a rule that is broken.
    pub fn receive(&self, pending: &Pending, parameters: &[(String, String)]) -> Result<String, Refused> {
        let one = |name: &str| {
            let mut values = parameters
                .iter()
                .filter(|(known, _)| known == name)
                .map(|(_, value)| value.as_str());
            match (values.next(), values.next()) {
                (_, Some(_)) => Err(Refused::Suspicious("a parameter is repeated")),
                (value, None) => Ok(value),
            }
        };
        if one("state")? != Some(&pending.state) {
            return Err(Refused::Suspicious("state is missing or another one"));
        }
        if one("iss")? != Some(&self.agreement.issuer) {
            return Err(Refused::Suspicious("iss is missing or another one"));
        }
        match (one("code")?, one("error")?) {
            (Some(code), None) if !code.is_empty() => Ok(code.to_owned()),
            (None, Some(error)) => Err(Refused::Provider(
                error.to_owned(),
                one("error_description")?.unwrap_or_default().to_owned(),
            )),
            _ => Err(Refused::Suspicious("neither exactly a code nor exactly an error")),
        }
    }
}
