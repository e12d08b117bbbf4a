//! The documents that make up a verification. Each is written once and never changed, so a field may be added with a
//! default, and everything else needs a new version number.
//!
//! Nothing personal is in them: names and dates only as keyed hashes, addresses of browsers and of the vendor's pages only
//! encrypted.
//!
//! # Layout
//! - `names`: where facts lie, and what their names mean
//! - `single`: facts that are read and written by themselves
//! - `version`: the layout's number in each document
//! - `snapshot`: what one request has listed, read and written of a subject; `cache`: documents that were read before

pub(crate) mod cache;
pub(crate) mod names;
pub(crate) mod single;
pub(crate) mod snapshot;
mod version;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
pub(crate) use version::V2;

use crate::checks::decision::matching::{Asked, Likeness};
use crate::checks::facts::names::FactName;
use crate::checks::outcome::{MISCONFIGURED, Matched, Reason, Status};
use crate::checks::vendor::id::VendorId;
use crate::checks::vendor::{Check, Consent, End, Mark, Place, TransactionIds};
use crate::ids::{FactHash, SubjectHash, VerificationId};
use crate::owners::Owner;
use crate::seal::{Seal, SealError};

/// `request.json`: who asked, for whom, what to match.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) expires_at: OffsetDateTime,
    pub(super) caller: String,
    pub(super) client_id: Option<String>,
    pub(crate) subject: SubjectHash,
    pub(super) asked: Asked,
    pub(super) locale: Option<String>,
    /// Encrypted address of the person's browser.
    pub(super) ip: Option<String>,
    /// Encrypted mail address of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<String>,
    pub(super) consent: Option<Consent>,
    /// Nobody named the subject: it is the browser's own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) walk_in: bool,
}

/// `added-<h>.json`: what a pushed request with the ticket asks to match beside what was registered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Added {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    pub(super) asked: Asked,
}

impl Request {
    /// Whether this client may go on with it: the one that was named, or any one where none was.
    pub(super) fn is_for(&self, client_id: &str) -> bool {
        self.client_id.as_deref().is_none_or(|named| named == client_id)
    }

    /// Whether it came from where the other one came from.
    pub(super) fn is_from(&self, other: &Self) -> bool {
        self.caller == other.caller && self.client_id == other.client_id
    }
}

/// `location.json`: where the person is, as they said when the vendor had to know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Location {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    #[serde(flatten)]
    pub(super) place: Place,
}

/// `consent.json`: what the person agreed to on a page of ours, where nobody had recorded their consent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Agreed {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    pub(super) consent: Consent,
}

/// `joined-<s>.json`: this verification uses the transaction of the subject's start s, which lies
/// elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Joined {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    /// The verification where it lies: its home.
    pub(super) home: VerificationId,
}

/// An attempt of a verification. Its number is that of the subject's start which made the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct AttemptOf {
    pub(super) id: VerificationId,
    pub(super) attempt: u32,
}

/// `transaction-<n>.json`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Transaction {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    /// Who has it.
    pub(super) vendor: VendorId,
    pub(super) ids: TransactionIds,
    /// Encrypted address of the vendor's page.
    pub(super) href: String,
}

impl Transaction {
    /// The vendor's page of it; where it lies is part of how it was encrypted.
    pub(super) fn href(&self, seal: &Seal, home: AttemptOf) -> Result<SecretString, SealError> {
        seal.unlock(&FactName::Transaction(home.attempt).path(home.id), &self.href)
    }
}

/// `callback-<n>-<h>.json`, `foreign-<h>.json`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CallbackFact {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    /// The attempt it is about; none when it is foreign.
    pub(super) attempt: Option<u32>,
    pub(super) execution: Option<String>,
    pub(super) account: Option<String>,
    pub(super) status_word: String,
    pub(super) sent_at: Option<String>,
}

/// A fact that only says that something happened, and when: `returned-<n>-<j>`, `captured-<n>`, `refused-<n>` (by a human, for another
/// registration that uses the transaction), `replayed-<h>`,
/// `answered-<h>`, `handed-<h>`, and what is said of a start: `starts/<s>-released` and others.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Happened {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) at: OffsetDateTime,
}

impl Happened {
    pub(crate) const fn at(at: OffsetDateTime) -> Self {
        Self { version: V2, at }
    }
}

/// `confirmed-<n>.json`: the browser that began the transaction of start n has come back from the vendor, or the person in front
/// of it has said whether it was they who began.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Confirmed {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    /// They began it; else somebody else did.
    pub(super) is_own: bool,
}

/// `corrected-<n>.json`: the one registration that may compare other details with the finished transaction of start n.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Corrected {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    /// The verification of that registration.
    pub(super) by: VerificationId,
}

/// `continued-<h>.json`: another sign-in goes on with this verification's transaction.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Continued {
    pub(crate) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) at: OffsetDateTime,
    pub(crate) by: VerificationId,
    pub(crate) authorization: FactHash,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) expires_at: OffsetDateTime,
}

/// `decision-<d>.json`: what was concluded of an attempt, and from what.
///
/// Whoever writes decision d had listed decision d-1 before it asked the vendor, so decisions stand in the order in which
/// the vendor was asked, whatever any clock says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Decision {
    pub(super) version: V2,
    pub(super) attempt: u32,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    /// Callbacks that were listed before the vendor was asked and that no earlier decision names. A callback that no
    /// decision names is unread.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) callbacks: Vec<FactHash>,
    /// Who decided, where that was a human.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) human: Option<Human>,
    /// Of a human's decision: status and reason are the human's, the rest is what the vendor had said.
    #[serde(flatten)]
    pub(super) conclusion: Conclusion,
}

impl Decision {
    /// One that names no callback: nobody asked the vendor for it.
    pub(super) fn unread(attempt: u32, at: OffsetDateTime, conclusion: Conclusion) -> Self {
        Self {
            version: V2,
            attempt,
            at,
            callbacks: Vec::new(),
            human: None,
            conclusion,
        }
    }
}

/// A human who decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Human {
    /// An operator's id, never a person's name.
    pub(super) who: String,
    /// Why, without personal data.
    pub(super) why: String,
    /// Number of the decision, read from the vendor, that it stands over.
    pub(super) over: u32,
}

/// What is concluded, and from what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Conclusion {
    pub(super) status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<Reason>,
    /// What the document was compared with.
    #[serde(default)]
    pub(super) asked: Asked,
    #[serde(default)]
    pub(super) matched: Matched,
    #[serde(default)]
    pub(super) likeness: Likeness,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<End>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) vendor_decision: Option<Mark>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) checks: Vec<Check>,
    /// Of a person whom nobody has named: the keyed hash of what tells their document from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) document: Option<FactHash>,
}

impl Conclusion {
    pub(super) fn plain(status: Status, reason: &'static str) -> Self {
        Self {
            status,
            reason: Some(Reason::of(reason)),
            asked: Asked::default(),
            matched: Matched::default(),
            likeness: Likeness::default(),
            end: None,
            vendor_decision: None,
            checks: Vec::new(),
            document: None,
        }
    }

    /// The vendor says the same: our own rules and words may differ.
    pub(super) fn is_same_finding(&self, other: &Self) -> bool {
        let marks = |conclusion: &Self| {
            let checks = conclusion.checks.iter();
            checks
                .map(|check| (check.name.clone(), check.mark))
                .collect::<Vec<_>>()
        };
        self.end == other.end
            && self.vendor_decision == other.vendor_decision
            && self.likeness == other.likeness
            && marks(self) == marks(other)
    }

    /// The same finding, which a human has to look at.
    pub(super) fn in_review(self, reason: Reason) -> Self {
        Self {
            status: Status::Review,
            reason: Some(reason),
            ..self
        }
    }

    /// The vendor has checked the person, whatever came of it.
    pub(super) fn is_check(&self) -> bool {
        self.end == Some(End::Processed)
    }

    /// Another attempt may end differently.
    pub(super) fn is_retryable(&self) -> bool {
        match self.status {
            Status::Rejected | Status::Expired | Status::Cancelled => true,
            Status::Error => self.reason.as_ref().is_none_or(|reason| *reason != MISCONFIGURED),
            Status::Approved | Status::Review | Status::Pending => false,
        }
    }

    /// The person has shown nothing, so it does not count as one of their attempts.
    pub(super) fn is_uncounted(&self) -> bool {
        matches!(self.status, Status::Expired | Status::Cancelled)
    }
}

/// `stopped-<h>-<k>.json`: for the k-th time an authorization has no check, and why. The last one counts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Stopped {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    pub(super) status: Status,
    pub(super) reason: Reason,
    /// The person has left; without that they may still try again.
    pub(super) left: bool,
    /// The attempt that was begun behind the person's back and is given up with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) attempt: Option<u32>,
}

/// `starts/<s>.json`: the s-th start of the subject, and the lease on it. Starts are numbered without gaps and created one
/// after the other, which makes their number exact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct StartLease {
    pub(super) version: V2,
    /// When the lease began, by its owner's clock.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    #[serde(flatten)]
    pub(super) of: AttemptOf,
    /// The process that calls the vendor.
    pub(super) owner: Owner,
    /// Who is called.
    pub(super) vendor: VendorId,
    /// Random, so that the owner recognises its own lease.
    pub(super) by: FactHash,
    /// The starts before, latest first, as far back as they count: whoever reads the last lease knows them all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) before: Vec<StartBefore>,
}

/// What an operator has done, and why: `erased.json`, which stays when everything else of a verification is gone, and
/// `starts/<s>-allowed.json`. Nothing in it is personal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Operated {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    /// The operator's id.
    pub(super) who: String,
    /// Such as the number of a ticket.
    pub(super) why: String,
}

/// `sweeps/<t>.json`: a sweep of this period of time, which one process does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SweepLease {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    /// Random, so that each recognises its own.
    pub(super) nonce: FactHash,
}

/// `sweeps/<t>-done.json`: how far it came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SweepDone {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    /// The last subject whose facts were looked through; nothing after the last of all.
    pub(super) looked_through: Option<String>,
    /// When all were looked through last.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) whole_at: Option<OffsetDateTime>,
}

/// `starts/<s>-party-<k>.json`: the k-th change of who uses the transaction of start s beside the one that began it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Party {
    pub(super) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    /// Who joins, or was the last to give it up.
    pub(super) by: VerificationId,
    pub(super) joins: bool,
    /// Random, so that each recognises its own.
    pub(super) nonce: FactHash,
}

/// A start before another one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct StartBefore {
    #[serde(flatten)]
    pub(super) of: AttemptOf,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
}
