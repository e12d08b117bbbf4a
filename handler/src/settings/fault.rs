//! What is wrong with the settings, all of it at once.

use std::borrow::Cow;
use std::fmt;

/// One wrong setting: its name and the rule it breaks, never its value, which may be a secret in the wrong box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The setting, in the form `Section:Key`.
    pub setting: String,
    /// The rule, as the end of a sentence: "must be …".
    pub rule: Cow<'static, str>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.setting, self.rule)
    }
}

/// All that is wrong, in the order of the table; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Faults(pub Vec<Fault>);

impl Faults {
    /// The same and these.
    pub(crate) fn and(mut self, more: Vec<Fault>) -> Self {
        self.0.extend(more);
        self
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&faults.join("; "))
    }
}

impl std::error::Error for Faults {}
