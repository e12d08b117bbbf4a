//! Personal data, in types that do not print and are wiped when dropped. Never stored, never logged.
//!
//! # Layout
//! - `release`: which values of a document somebody may be told

pub(crate) mod release;

use std::fmt;

use zeroize::Zeroize;

/// One personal value, such as a name. `Debug` shows nothing of it and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Personal(String);

impl Personal {
    /// Wraps a value as it came.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value, for the one computation that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal")
    }
}

impl Drop for Personal {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Who somebody says they are (from the account) or is shown to be (from the document). Every part is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Given names, as one text.
    pub given_name: Option<Personal>,
    /// Family name, as one text.
    pub family_name: Option<Personal>,
    /// Birth date, `YYYY-MM-DD`.
    pub birthdate: Option<Personal>,
    /// Which names another spelling does not stand for.
    pub exact: Exact,
}

/// Names that have to be equal, but for case and the form of their characters, where others only have to be alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exact {
    /// Given names.
    pub given_name: bool,
    /// Family name.
    pub family_name: bool,
}

impl Person {
    /// Whether nothing at all is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.given_name.is_none() && self.family_name.is_none() && self.birthdate.is_none()
    }
}
