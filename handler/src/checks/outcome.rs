//! What is concluded, and what a client is told.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::ids::{FactHash, VerificationId};

/// Why an outcome is what it is, as a stable lower-case word that is safe to show, log and put in a token
/// (`idv_reason`). The words are ours; `jumio` maps the vendor's labels to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reason(pub std::borrow::Cow<'static, str>);

impl Reason {
    /// A reason known at compile time.
    #[must_use]
    pub const fn of(word: &'static str) -> Self {
        Self(std::borrow::Cow::Borrowed(word))
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The person said no.
pub(super) const CANCELLED: Reason = Reason::of("cancelled");
/// No check could be begun: the subject has used up its attempts.
pub(crate) const ATTEMPTS_EXHAUSTED: Reason = Reason::of("attempts_exhausted");
/// The document names somebody else than was registered.
pub(crate) const MISMATCHES: [Reason; 2] = [Reason::of("name_mismatch"), Reason::of("birthdate_mismatch")];
/// No check could be begun: the vendor could not be asked.
pub(super) const VENDOR_UNAVAILABLE: Reason = Reason::of("vendor_unavailable");

/// No check could be begun: an operator lets none be begun.
pub(super) const CLOSED: Reason = Reason::of("closed");
/// No check could be begun: no more are paid for now.
pub(super) const LIMIT_REACHED: Reason = Reason::of("limit_reached");

/// The vendor said "passed" without having checked what the rules require: an operator must act, the person cannot.
pub(crate) const MISCONFIGURED: Reason = Reason::of("misconfigured");

/// The state of a verification as clients see it (`idv_status`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The person is who they say they are.
    Approved,
    /// Checked, and not accepted.
    Rejected,
    /// Checked, and a human has to look.
    Review,
    /// Not known yet.
    Pending,
    /// The person did not finish in time. Not a rejection.
    Expired,
    /// The person said no.
    Cancelled,
    /// Could not be checked: ours or the vendor's fault, never the person's.
    Error,
}

impl Status {
    /// The word in claims, facts and pages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Review => "review",
            Self::Pending => "pending",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Error => "error",
        }
    }
}

/// What a client is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// `idv_reference`.
    pub id: VerificationId,
    /// `idv_status`.
    pub status: Status,
    /// `idv_reason`; absent for a plain approval.
    pub reason: Option<Reason>,
    /// `idv_time`: when it was concluded; the present moment while pending.
    pub at: OffsetDateTime,
    /// `idv_attempts_left`.
    pub attempts_left: u32,
    /// `idv_next_attempt`: when there is an attempt again, where none is left and time alone gives one.
    pub next_at: Option<OffsetDateTime>,
    /// Which requested values the document confirmed, for `verified_claims`.
    pub matched: Matched,
    /// The document of an approval, where the person was named by nobody and it says enough to tell it from others. Not to
    /// be told: it is the same for all clients.
    pub document: Option<FactHash>,
}

impl Outcome {
    pub(super) fn pending(id: VerificationId, now: OffsetDateTime, attempts_left: u32) -> Self {
        Self {
            id,
            status: Status::Pending,
            reason: None,
            at: now,
            attempts_left,
            next_at: None,
            matched: Matched::default(),
            document: None,
        }
    }
}

/// Which of the account's values the document confirmed. `None`: was not asked, or the document does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Matched {
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<bool>,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<bool>,
    /// Birth date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<bool>,
}
