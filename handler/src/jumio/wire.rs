//! The shapes of KYX answers, tolerant of what is met in live traffic: unknown fields are ignored, `null` is absent,
//! objects where arrays are promised are arrays of one. Nothing here leaves `jumio`.

pub(super) mod adapters;

use std::collections::BTreeMap;

use serde::Deserialize;

use self::adapters::{lenient, nullable, one_or_many, personal, word, words};
use crate::checks::vendor::{TransactionIds, VendorError};
use crate::person::Personal;

/// Most entries of all capabilities together that are believed; real answers have about ten.
const MAX_ENTRIES: usize = 200;

/// Answer to `POST` and `PUT` of an account.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Created {
    pub(super) account: Identified,
    /// Absent when the web channel of the workflow is switched off.
    pub(super) web: Option<CreatedWeb>,
    pub(super) workflow_execution: Identified,
}

/// An object of which only the id matters.
#[derive(Deserialize)]
pub(super) struct Identified {
    pub(super) id: String,
}

#[derive(Deserialize)]
pub(super) struct CreatedWeb {
    pub(super) href: Option<String>,
}

/// Answer to `GET .../status`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status {
    account: Option<Identified>,
    pub(super) workflow_execution: Execution,
}

/// A workflow execution's id and status.
#[derive(Deserialize)]
pub(super) struct Execution {
    id: String,
    #[serde(default, deserialize_with = "word")]
    pub(super) status: String,
}

/// Answer to `GET .../workflow-executions/{w}`. `decision` is absent in workflows of API v3.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Details {
    account: Option<Identified>,
    pub(super) workflow: Execution,
    /// Set once the personal data was deleted.
    #[serde(default, deserialize_with = "nullable")]
    pub(super) wiped_out_at: String,
    pub(super) decision: Option<Decision>,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) capabilities: BTreeMap<String, Entries>,
}

/// The entries of one capability, one per credential.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Entries(#[serde(deserialize_with = "one_or_many")] pub(super) Vec<Entry>);

/// One entry of a capability.
#[derive(Deserialize)]
pub(super) struct Entry {
    #[serde(default, deserialize_with = "nullable")]
    pub(super) decision: Decision,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) data: Data,
}

/// A decision, of the whole or of one entry. Empty words when absent.
#[derive(Default, Deserialize)]
pub(super) struct Decision {
    #[serde(default, rename = "type", deserialize_with = "word")]
    pub(super) kind: String,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) details: DecisionDetails,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) risk: Risk,
}

#[derive(Default, Deserialize)]
pub(super) struct DecisionDetails {
    #[serde(default, deserialize_with = "word")]
    pub(super) label: String,
}

#[derive(Default, Deserialize)]
pub(super) struct Risk {
    /// -1 (nothing ran) to 100.
    pub(super) score: Option<f64>,
}

/// What an entry found. Only what is compared is kept; everything else is dropped while reading.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Data {
    #[serde(default, deserialize_with = "personal")]
    pub(super) first_name: Option<Personal>,
    #[serde(default, deserialize_with = "personal")]
    pub(super) last_name: Option<Personal>,
    #[serde(default, deserialize_with = "personal")]
    pub(super) date_of_birth: Option<Personal>,
    /// Of `extraction`: `PASSPORT`, `ID_CARD`, `DRIVING_LICENSE`, `VISA`.
    #[serde(default, rename = "type", deserialize_with = "personal")]
    pub(super) kind: Option<Personal>,
    #[serde(default, deserialize_with = "personal")]
    pub(super) issuing_country: Option<Personal>,
    #[serde(default, deserialize_with = "personal")]
    pub(super) state: Option<Personal>,
    #[serde(default, deserialize_with = "personal")]
    pub(super) document_number: Option<Personal>,
    /// Of `imageChecks`: where the face was seen before.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) face_search_findings: FaceSearch,
    /// Of `similarity`: `MATCH`, `NOT_MATCH`, `NOT_POSSIBLE`; may disagree with the decision.
    #[serde(default, deserialize_with = "word")]
    pub(super) similarity: String,
}

/// The search for a face among those of the same customer.
#[derive(Default, Deserialize)]
pub(super) struct FaceSearch {
    /// `DONE`, `PENDING`, `ERROR`; only the first has found all there is.
    #[serde(default, deserialize_with = "word")]
    pub(super) status: String,
    /// Ids of earlier workflow executions.
    #[serde(default, deserialize_with = "words")]
    pub(super) findings: Vec<String>,
}

/// Whether a status says that there is a result to read.
pub(super) fn is_processed(status: &str) -> bool {
    status == "PROCESSED"
}

impl Status {
    /// Whether this is about the transaction that was asked for.
    pub(super) fn belongs_to(&self, ids: &TransactionIds) -> Result<(), VendorError> {
        belongs(ids, &self.workflow_execution.id, self.account.as_ref())
    }
}

impl Details {
    /// Whether this is about the transaction that was asked for.
    pub(super) fn belongs_to(&self, ids: &TransactionIds) -> Result<(), VendorError> {
        belongs(ids, &self.workflow.id, self.account.as_ref())
    }
}

impl Details {
    /// Whether there are no more checks than anybody makes: all of them are kept.
    pub(super) fn is_bounded(&self) -> Result<(), VendorError> {
        let entries = self.capabilities.values().map(|entries| entries.0.len());
        if entries.sum::<usize>() > MAX_ENTRIES {
            return Err(VendorError::unavailable(format!(
                "answered more than {MAX_ENTRIES} checks"
            )));
        }
        Ok(())
    }
}

fn belongs(ids: &TransactionIds, execution: &str, account: Option<&Identified>) -> Result<(), VendorError> {
    let same_account = account.is_none_or(|account| account.id.eq_ignore_ascii_case(&ids.account));
    if same_account && execution.eq_ignore_ascii_case(&ids.execution) {
        return Ok(());
    }
    Err(VendorError::unavailable("answered about another transaction"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::checks::vendor::{Mark, Progress};
    use crate::jumio::decision;
    use crate::tests::mutated::mutated;

    const CREATED: &str = include_str!("../../../tests/vectors/kyx_account_created.json");
    const STATUS: &str = include_str!("../../../tests/vectors/kyx_status_processed.json");
    const REJECTED: &str = include_str!("../../../tests/vectors/kyx_details_manipulated.json");

    #[test]
    fn more_checks_than_anybody_makes_are_no_answer() {
        let details = |entries: usize| {
            let entry = serde_json::json!({"decision": {"type": "PASSED"}});
            let details = serde_json::json!({"workflow": {"id": "w"}, "capabilities": {"usability": vec![entry; entries]}});
            serde_json::from_value::<Details>(details).unwrap()
        };
        assert!(details(MAX_ENTRIES).is_bounded().is_ok());
        assert!(details(MAX_ENTRIES + 1).is_bounded().is_err());
    }

    proptest! {
        #[test]
        fn answers_that_were_changed_are_read_or_refused(created in mutated(CREATED), status in mutated(STATUS)) {
            let _ = serde_json::from_slice::<Created>(&created);
            let _ = serde_json::from_slice::<Status>(&status);
        }

        #[test]
        fn a_result_that_was_changed_is_read_or_refused_and_no_vendors_pass(details in mutated(REJECTED)) {
            let Ok(read) = serde_json::from_slice::<Details>(&details) else { return Ok(()) };
            if let Progress::Ended(finding) = decision::progress(&read) {
                prop_assert!(finding.vendor_decision != Some(Mark::Passed));
            }
        }
    }
}
