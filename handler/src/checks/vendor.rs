//! What the core needs of whoever checks documents and faces. The vendor's own words stay behind this trait.
//!
//! # Layout
//! - `id`: how a vendor is named
//! - `callback`: what comes to the addresses that it is given

pub(crate) mod callback;
pub(crate) mod id;

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use url::Url;

use crate::checks::outcome::Reason;
#[cfg(doc)]
use crate::checks::vendor::callback::CALLBACK_MAX;
use crate::checks::vendor::callback::{Announced, Unreadable};
use crate::checks::vendor::id::VendorId;
use crate::person::{Person, Personal};

/// The vendor's ids of one transaction, from our own records, never from a caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionIds {
    /// The vendor's id of the person's account (KYX `account.id`; empty where the vendor has none).
    pub account: String,
    /// The vendor's id of this check (KYX `workflowExecution.id`, Netverify `transactionReference`).
    pub execution: String,
}

/// The person's agreement to the check, as recorded by the client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Version of the text that was shown.
    pub text_version: String,
    /// When it was given, UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub obtained_at: OffsetDateTime,
    /// ISO 3166-1 alpha-3 country of the person, upper case.
    pub country: Option<String>,
    /// State or province, at most 100 characters; needed for the USA.
    pub state: Option<String>,
}

/// Where a person is, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// ISO 3166-1 alpha-3 country, upper case.
    pub country: Option<String>,
    /// State or province, at most 100 characters.
    pub state: Option<String>,
}

/// What the vendor has to be told before it can start, and only the person knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The country that the person is in.
    Country,
    /// The state of the USA that the person is in.
    State,
}

/// What the vendor is asked to do.
#[derive(Clone)]
pub struct Start {
    /// Our reference, at most 100 characters of base64url: verification id and attempt.
    pub reference: String,
    /// Opaque reference of the subject, at most 100 characters.
    pub user_reference: String,
    /// The vendor's account of the same person from an earlier transaction.
    pub account: Option<String>,
    /// Where callbacks go; at most 255 characters, no query.
    pub callback_url: Url,
    /// Where the browser comes back to; at most 255 characters, no query.
    pub return_url: Url,
    /// Language of the vendor's pages (BCP 47), if known.
    pub locale: Option<String>,
    /// The person's consent, if a client recorded it.
    pub consent: Option<Consent>,
    /// Where the person is, as the client or the person said.
    pub place: Place,
    /// Address of the person's browser, for the consent record. Personal data: sent, never stored.
    pub ip: Option<String>,
}

/// Shows nothing that opens anything or is personal.
impl std::fmt::Debug for Start {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Start")
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}

/// A transaction that the vendor has created.
#[derive(Clone, Debug)]
pub struct Started {
    /// Its ids.
    pub ids: TransactionIds,
    /// Where the person's browser goes. Carries a credential, so it is treated as a secret.
    pub href: SecretString,
}

/// How far a transaction has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// The vendor does not (yet, or any more) know it.
    Unknown,
    /// Created, nothing captured yet.
    Started,
    /// Captured, being judged.
    Captured,
    /// Over.
    Ended(Box<Finding>),
}

/// How a transaction ended, before any rule of ours is applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Whether it ran to its end. Judged before everything else: an expired session may carry a rejection.
    pub end: End,
    /// The vendor's own conclusion, if it gave one.
    pub vendor_decision: Option<Mark>,
    /// The vendor's conclusion has a cause of its own, such as a rule of the tenant, which no check explains.
    pub has_own_cause: bool,
    /// Every check that this vendor may make: rules that name another one are not about it.
    pub makes: &'static [&'static str],
    /// The checks on which an approval of this vendor's rests, all of them, unless our rules name others.
    pub rests_on: &'static [&'static str],
    /// Every check that was listed, several of one kind possible.
    pub checks: Vec<Check>,
    /// What the document says of its holder. Personal data: compared, never stored.
    pub person: Person,
    /// What tells the document from all others, as far as it was read. Personal data: hashed, never stored.
    pub document: Option<Document>,
    /// Where the vendor has seen the face before. The core knows whose transactions those are.
    pub repeated_face: Option<RepeatedFace>,
}

/// What tells a document from all others. Personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is, such as `PASSPORT`, `ID_CARD`, `DRIVING_LICENSE`.
    pub kind: String,
    /// Who issued it: ISO 3166-1 alpha-3.
    pub country: String,
    /// State or province of the issuer; empty where the document names none.
    pub state: String,
    /// Its number, as it was read.
    pub number: Personal,
    /// Birth date of its holder, `YYYY-MM-DD`.
    pub birthdate: Personal,
}

/// A face that the vendor has seen before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatedFace {
    /// The check that says so; its reason is [`REPEATED_FACE`], or it did not mind.
    pub check: String,
    /// The other transactions, by [`TransactionIds::execution`]; at most 50.
    pub executions: Vec<String>,
    /// Whether these are all the vendor knows of.
    pub is_complete: bool,
}

/// Why a check doubts: the face was seen before.
pub(crate) const REPEATED_FACE: Reason = Reason::of("repeated_face");

/// Why a transaction is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The vendor finished its work.
    Processed,
    /// Started by the person and abandoned (session expired).
    Abandoned,
    /// Never opened by the person in time (token expired).
    NeverOpened,
}

/// One mark, as given by a check or as the vendor's conclusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// In order.
    Passed,
    /// Doubtful.
    Warning,
    /// Not in order.
    Rejected,
    /// Did not run.
    NotExecuted,
    /// A word we do not know: never a pass.
    Unknown,
}

/// One check of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Stable name, as rules name it: one of [`Finding::makes`], or one that is not known yet.
    pub name: String,
    /// Its mark.
    pub mark: Mark,
    /// Why, in our words.
    pub reason: Reason,
}

/// What the vendor knows under a reference of ours.
#[cfg_attr(
    not(any(test, feature = "testing")),
    expect(
        dead_code,
        reason = "neither API of Jumio can be asked; the simulator's vendor can"
    )
)]
#[derive(Clone, Debug)]
pub enum Found {
    /// This transaction.
    Started(Started),
    /// Nothing, and nothing will appear any more: the start never reached it.
    Nothing,
    /// It has no such question. Whether the start reached it stays unknown.
    CannotBeAsked,
}

/// Why the vendor could not be asked. None of these says anything about the person.
#[derive(Clone, Debug, thiserror::Error)]
pub enum VendorError {
    /// Down, slow, cut off, or answering nonsense; asking again later may help.
    #[error("the vendor cannot be reached: {why}")]
    Unavailable {
        /// What happened, without anything personal.
        why: String,
        /// Whether the request may have reached the vendor. False only when it certainly was not sent (no address, no
        /// connection, no TLS).
        sent: bool,
    },
    /// Told us to slow down. The request was not executed.
    #[error("the vendor asks us to slow down")]
    Throttled {
        /// For how long, if it said so.
        retry_after: Option<Duration>,
    },
    /// It did what we asked, but its answer lacks what we need; an operator must act.
    #[error("the vendor's answer cannot be used: {0}")]
    Unusable(String),
    /// Our credentials, headers or settings are refused; an operator must act.
    #[error("the vendor refuses our configuration: {0}")]
    Refused(String),
    /// The request broke a rule of the vendor (length, forbidden character, missing consent); it was or would be refused.
    #[error("the request breaks a rule of the vendor: {0}")]
    Invalid(String),
}

impl VendorError {
    /// Down, and the request may have reached the vendor all the same.
    #[must_use]
    pub fn unavailable(why: impl Into<String>) -> Self {
        Self::Unavailable {
            why: why.into(),
            sent: true,
        }
    }

    /// Down, and the request certainly did not reach the vendor.
    #[must_use]
    pub fn unsent(why: impl Into<String>) -> Self {
        Self::Unavailable {
            why: why.into(),
            sent: false,
        }
    }

    /// Whether a start that ended so may have created a transaction, which may be charged.
    #[must_use]
    pub const fn may_have_started(&self) -> bool {
        match self {
            Self::Unavailable { sent, .. } => *sent,
            Self::Unusable(_) => true,
            Self::Throttled { .. } | Self::Refused(_) | Self::Invalid(_) => false,
        }
    }

    /// Whether only a change of our settings, or of the vendor's, helps.
    #[must_use]
    pub const fn needs_an_operator(&self) -> bool {
        match self {
            Self::Unavailable { .. } | Self::Throttled { .. } => false,
            Self::Unusable(_) | Self::Refused(_) | Self::Invalid(_) => true,
        }
    }
}

/// Whoever checks documents and faces.
#[async_trait]
pub trait Vendor: Send + Sync {
    /// Its name in facts.
    fn id(&self) -> VendorId;

    /// Creates a transaction. Not safe to repeat: each call may be charged.
    ///
    /// # Errors
    /// See [`VendorError`].
    async fn start(&self, start: &Start) -> Result<Started, VendorError>;

    /// Looks for the transaction that was started under a reference of ours, after an answer was lost. Safe to repeat.
    /// A vendor that has no such question says so.
    ///
    /// # Errors
    /// See [`VendorError`].
    async fn find(&self, reference: &str) -> Result<Found, VendorError> {
        let _ = reference;
        Ok(Found::CannotBeAsked)
    }

    /// What it has to be told about the person's place before it can start, given what is known.
    fn needs(&self, place: &Place) -> Option<Need> {
        let _ = place;
        None
    }

    /// Reads what came to an address for callbacks that was given to it. `media_type` is the value of the header; the body
    /// has at most [`CALLBACK_MAX`] bytes. Believed is nothing of it but that something changed.
    ///
    /// # Errors
    /// See [`Unreadable`].
    fn callback(&self, media_type: &str, body: &[u8]) -> Result<Announced, Unreadable>;

    /// Reads how far a transaction has come. Safe to repeat.
    ///
    /// # Errors
    /// See [`VendorError`].
    async fn fetch(&self, ids: &TransactionIds) -> Result<Progress, VendorError>;

    /// Deletes a transaction and all the vendor holds of it. Safe to repeat.
    ///
    /// # Errors
    /// See [`VendorError`].
    async fn forget(&self, ids: &TransactionIds) -> Result<(), VendorError>;
}
