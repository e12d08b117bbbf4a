//! The rules by which a finding becomes a decision, as data.

use crate::checks::vendor::Finding;

/// How a finding becomes a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Checks that must be present and passed, every entry of them; nothing for those on which the vendor says that an
    /// approval rests. So it is, too, where some of these are none of that vendor's: then they are another's.
    pub required: Option<Vec<String>>,
    /// What a warning means.
    pub warning: OnWarning,
    /// What it means that the document names somebody else.
    pub mismatch: OnMismatch,
    /// What it means that the document does not say what was to be matched.
    pub match_missing: OnMissing,
}

impl Rules {
    /// Names of the checks that must be present and passed.
    pub(super) fn required<'a>(&'a self, finding: &'a Finding) -> Vec<&'a str> {
        let makes = |name: &String| finding.makes.contains(&name.as_str());
        match &self.required {
            Some(named) if named.iter().all(makes) => named.iter().map(String::as_str).collect(),
            _ => finding.rests_on.to_vec(),
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            required: None,
            warning: OnWarning::Review,
            mismatch: OnMismatch::Reject,
            match_missing: OnMissing::Review,
        }
    }
}

/// What a warning means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnWarning {
    /// A human has to look.
    Review,
    /// As good as passed.
    Approve,
    /// As bad as rejected.
    Reject,
}

/// What a mismatch means. It is never an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnMismatch {
    /// Rejected.
    Reject,
    /// A human has to look.
    Review,
}

/// What a missing value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnMissing {
    /// A human has to look.
    Review,
    /// Good enough without.
    Approve,
    /// Rejected.
    Reject,
}
