//! The shapes of Netverify's answers, tolerant of what is met in live traffic: unknown fields are ignored, `null` is absent,
//! objects where arrays are promised are arrays of one, booleans may be text. Nothing here leaves `netverify`.

use serde::Deserialize;

use crate::checks::vendor::{TransactionIds, VendorError};
use crate::jumio::wire::FaceSearch;
use crate::jumio::wire::adapters::{lenient, nullable, one_or_many, personal, word};
use crate::person::Personal;

/// Answer to `POST /api/v4/initiate`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Initiated {
    pub(super) transaction_reference: String,
    pub(super) redirect_url: Option<String>,
}

/// Answer to `GET .../scans/{ref}`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    scan_reference: String,
    /// `PENDING`, `DONE`, `FAILED`.
    #[serde(default, deserialize_with = "word")]
    pub(super) status: String,
}

/// Answer to `GET .../scans/{ref}/data`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Data {
    scan_reference: String,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) document: Document,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) transaction: Transaction,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) verification: Verification,
}

/// The document. Only what is compared is kept; everything else is dropped while reading.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    /// `APPROVED_VERIFIED`, `DENIED_FRAUD` ...
    #[serde(default, deserialize_with = "word")]
    pub(super) status: String,
    #[serde(default, deserialize_with = "personal")]
    pub(super) first_name: Option<Personal>,
    #[serde(default, deserialize_with = "personal")]
    pub(super) last_name: Option<Personal>,
    #[serde(default, deserialize_with = "personal")]
    pub(super) dob: Option<Personal>,
    /// `PASSPORT`, `ID_CARD`, `DRIVING_LICENSE`, `VISA`.
    #[serde(default, rename = "type", deserialize_with = "personal")]
    pub(super) kind: Option<Personal>,
    #[serde(default, deserialize_with = "personal")]
    pub(super) issuing_country: Option<Personal>,
    #[serde(default, deserialize_with = "personal")]
    pub(super) us_state: Option<Personal>,
    #[serde(default, deserialize_with = "personal")]
    pub(super) number: Option<Personal>,
}

/// What was asked for.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Transaction {
    /// As in [`Status`].
    #[serde(default, deserialize_with = "word")]
    pub(super) status: String,
    /// Our `reportingCriteria`.
    #[serde(default, deserialize_with = "word")]
    pub(super) merchant_reporting_criteria: String,
}

/// What was found, beside the document's own status.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Verification {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) reject_reason: RejectReason,
    /// Absent where no face was taken, and mostly for documents that were not accepted.
    #[serde(rename = "identityVerification")]
    pub(super) face: Option<IdentityVerification>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) additional_checks: AdditionalChecks,
}

/// Why a document was not accepted.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RejectReason {
    /// Three digits.
    #[serde(default, rename = "rejectReasonCode", deserialize_with = "word")]
    pub(super) code: String,
    #[serde(default, rename = "rejectReasonDetails", deserialize_with = "one_or_many")]
    pub(super) details: Vec<Detail>,
}

/// One more exact reason.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Detail {
    /// Four or five digits.
    #[serde(default, rename = "detailsCode", deserialize_with = "word")]
    pub(super) code: String,
}

/// The face.
#[derive(Default, Deserialize)]
pub(super) struct IdentityVerification {
    /// `MATCH`, `NO_MATCH`, `NOT_POSSIBLE`.
    #[serde(default, deserialize_with = "word")]
    pub(super) similarity: String,
    /// `true` or `false`, as a boolean or as text of any case.
    #[serde(default, deserialize_with = "word")]
    pub(super) validity: String,
    /// Why it is not valid; `VALID` is met where it is.
    #[serde(default, deserialize_with = "word")]
    pub(super) reason: String,
}

/// What a tenant has ordered beside; only the search for the face is looked at.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AdditionalChecks {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) face_search_findings: FaceSearch,
}

/// Whether a status says that there is a result to read.
pub(super) fn is_done(status: &str) -> bool {
    status == "DONE"
}

impl Status {
    /// Whether this is about the transaction that was asked for.
    pub(super) fn belongs_to(&self, ids: &TransactionIds) -> Result<(), VendorError> {
        belongs(ids, &self.scan_reference)
    }
}

impl Data {
    /// Whether this is about the transaction that was asked for.
    pub(super) fn belongs_to(&self, ids: &TransactionIds) -> Result<(), VendorError> {
        belongs(ids, &self.scan_reference)
    }
}

fn belongs(ids: &TransactionIds, scan: &str) -> Result<(), VendorError> {
    if scan.eq_ignore_ascii_case(&ids.execution) {
        return Ok(());
    }
    Err(VendorError::unavailable("answered about another transaction"))
}
