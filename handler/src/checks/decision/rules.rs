//! The rules by which a finding becomes a decision, as data.

use crate::checks::outcome::Reason;

/// How a finding becomes a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Checks that must be present and passed, every entry of them.
    pub required: Vec<String>,
    /// What a warning means.
    pub warning: OnWarning,
    /// What it means that the document names somebody else.
    pub mismatch: OnMismatch,
    /// What it means that the document does not say what was to be matched.
    pub match_missing: OnMissing,
}

impl Default for Rules {
    fn default() -> Self {
        let required = [
            "usability",
            "imageChecks",
            "extraction",
            "dataChecks",
            "liveness",
            "similarity",
        ];
        Self {
            required: required.map(str::to_owned).to_vec(),
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

/// The vendor said "passed" without having checked what the rules require: an operator must act, the person cannot.
pub(in crate::checks) const MISCONFIGURED: Reason = Reason::of("misconfigured");
