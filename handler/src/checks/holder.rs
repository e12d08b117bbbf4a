//! What the document of an approved person says of them: read at the vendor in the moment it is told, and kept nowhere.

use std::time::Duration;

use tokio::time::timeout_at;

use crate::checks::facts::Transaction;
use crate::checks::facts::names::FactName;
use crate::checks::history::is_approval;
use crate::checks::vendor::{Progress, VendorError};
use crate::checks::{Checks, Entry, Error};
use crate::person::Person;

/// Maximum time an answer waits for the vendor: clients give up after ten seconds, some sooner.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whose document was approved. Personal data.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holder {
    /// What it says of them.
    pub person: Person,
    /// What it is, in the vendor's word.
    pub document: Option<String>,
}

impl Checks {
    /// Reads at the vendor what the approved document of a sign-in says. Nothing where it was deleted there, or nothing is
    /// approved.
    ///
    /// # Errors
    /// The vendor cannot be asked now; the store.
    pub(crate) async fn holder(&self, entry: &Entry) -> Result<Option<Holder>, Error> {
        let history = entry.seen.history(entry.id).await?;
        let approved = history.current().filter(|attempt| {
            let decision = attempt.decision.as_ref();
            attempt.has_transaction && decision.is_some_and(is_approval)
        });
        let Some(of) = approved.map(|attempt| attempt.home) else {
            return Ok(None);
        };
        let name = FactName::Transaction(of.attempt);
        let transaction: Transaction = entry.seen.fact(of.id, name).await?;
        let vendor = self.deps.vendors.of(&transaction.vendor)?;
        let asked = timeout_at(entry.seen.waits_until(PATIENCE), vendor.fetch(&transaction.ids));
        let progress = asked
            .await
            .unwrap_or_else(|_| Err(VendorError::unavailable("no answer in time")))?;
        match progress {
            Progress::Ended(finding) => Ok(Some(Holder {
                document: finding.document.map(|document| document.kind),
                person: finding.person,
            })),
            Progress::Unknown => Ok(None),
            Progress::Started | Progress::Captured => {
                Err(VendorError::unavailable("it has no result of an approved transaction").into())
            }
        }
    }
}
