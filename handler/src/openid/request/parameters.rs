//! `application/x-www-form-urlencoded` parameters of a query or a body, as RFC 6749 §3.1 wants them read.

use std::collections::{BTreeMap, BTreeSet};

use url::form_urlencoded;

/// More parameters than any honest request has.
const MAX_PARAMETERS: usize = 64;

/// The text is not a list of parameters that may be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// More than 64 parameters.
    #[error("too many parameters")]
    TooMany,
    /// A control character, or bytes that are not UTF-8.
    #[error("a parameter has characters that are not allowed")]
    Characters,
}

/// Parameters by name. One without a value counts as absent (RFC 6749 §3.1), and so does one that was sent twice,
/// because nobody can say which of the two was meant; [`Parameters::repeated`] names it.
#[derive(Clone, Default)]
pub struct Parameters {
    values: BTreeMap<String, String>,
    seen: BTreeSet<String>,
    repeated: Option<String>,
}

impl Parameters {
    /// Reads a query or a form.
    ///
    /// # Errors
    /// See [`Malformed`].
    pub fn parse(encoded: &str) -> Result<Self, Malformed> {
        let mut parameters = Self::default();
        for (index, (name, value)) in form_urlencoded::parse(encoded.as_bytes()).enumerate() {
            if index >= MAX_PARAMETERS {
                return Err(Malformed::TooMany);
            }
            if !is_plain(&name) || !is_plain(&value) {
                return Err(Malformed::Characters);
            }
            if !parameters.seen.insert(name.to_string()) {
                parameters.values.remove(&*name);
                parameters.repeated.get_or_insert_with(|| name.to_string());
            } else if !value.is_empty() {
                parameters.values.insert(name.into_owned(), value.into_owned());
            }
        }
        Ok(parameters)
    }

    /// The value of a parameter that was sent exactly once and is not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Whether a parameter was sent at all, if only without a value.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.seen.contains(name)
    }

    /// The first parameter that was sent more than once: the request must be refused (RFC 6749 §3.1, §3.2).
    #[must_use]
    pub fn repeated(&self) -> Option<&str> {
        self.repeated.as_deref()
    }
}

/// Neither control characters nor the mark that stands for bytes that were not UTF-8. Line breaks are allowed inside
/// JSON only, which never needs them raw.
fn is_plain(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Parameters {
        Parameters::parse(text).unwrap()
    }

    #[test]
    fn values_are_decoded() {
        let parameters = parse("a=1&b=x+y%26z");
        assert_eq!(parameters.get("a"), Some("1"));
        assert_eq!(parameters.get("b"), Some("x y&z"));
        assert_eq!(parameters.repeated(), None);
    }

    #[test]
    fn a_parameter_without_value_is_absent() {
        assert_eq!(parse("a=&b").get("a"), None);
        assert_eq!(parse("a=&b").get("b"), None);
    }

    #[test]
    fn a_repeated_parameter_has_no_value_and_is_named() {
        let parameters = parse("a=1&b=2&a=1");
        assert_eq!(parameters.get("a"), None);
        assert_eq!(parameters.get("b"), Some("2"));
        assert_eq!(parameters.repeated(), Some("a"));
    }

    #[test]
    fn a_third_copy_does_not_bring_the_value_back() {
        assert_eq!(parse("a=1&a=2&a=3").get("a"), None);
        assert_eq!(parse("a=&a=2").get("a"), None);
    }

    #[test]
    fn control_characters_are_refused() {
        assert_eq!(Parameters::parse("a=%00").err(), Some(Malformed::Characters));
        assert_eq!(Parameters::parse("a%0D=1").err(), Some(Malformed::Characters));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused() {
        assert_eq!(Parameters::parse("a=%FF").err(), Some(Malformed::Characters));
    }

    #[test]
    fn too_many_parameters_are_refused() {
        let text: Vec<String> = (0..65).map(|n| format!("p{n}=1")).collect();
        assert_eq!(Parameters::parse(&text.join("&")).err(), Some(Malformed::TooMany));
    }
}
