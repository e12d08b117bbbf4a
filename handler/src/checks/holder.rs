//! What the document of an approved person says of them: read at the vendor in the moment it is told, and kept nowhere.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use tracing::{error, warn};

use crate::checks::decision::document;
use crate::checks::facts::names::FactName;
use crate::checks::facts::{Decision, Transaction};
use crate::checks::history::attempt::Attempt;
use crate::checks::history::{History, is_approval};
use crate::checks::outcome::Status;
use crate::checks::vendor::{End, Finding, Mark, Progress, Vendor, VendorError};
use crate::checks::{Checks, Entry, Error};
use crate::ids::VerificationId;
use crate::person::Person;

/// Maximum time an answer waits for the vendor: clients give up after ten seconds, some sooner.
const PATIENCE: Duration = Duration::from_secs(5);
/// A vendor that does not know a transaction may not know it yet: it is asked again before it counts as deleted there.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(750)];

/// Whose document was approved. Personal data.
#[derive(Clone, Default)]
pub(crate) struct Holder {
    /// What it says of them.
    pub person: Person,
}

impl Checks {
    /// Where the check lies whose approval answers a sign-in; nothing where none does.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn approved_in(&self, entry: &Entry) -> Result<Option<VerificationId>, Error> {
        let history = entry.seen.history(entry.id).await?;
        Ok(approved(&history, entry).map(|(attempt, _)| attempt.home.id))
    }

    /// Reads at the vendor what the approved document of a sign-in says. Nothing where nothing is approved, it was deleted there,
    /// or what is there now is not what was approved.
    ///
    /// # Errors
    /// The vendor cannot be asked now; the store.
    pub(crate) async fn holder(&self, entry: &Entry) -> Result<Option<Holder>, Error> {
        let history = entry.seen.history(entry.id).await?;
        let Some((attempt, decision)) = approved(&history, entry) else {
            return Ok(None);
        };
        let of = attempt.home;
        let name = FactName::Transaction(of.attempt);
        let transaction: Transaction = entry.seen.fact(of.id, name).await?;
        let vendor = match self.deps.vendors.of(&transaction.vendor) {
            Ok(vendor) => vendor,
            Err(cause) => {
                // It will not come back by itself, and an approval needs no vendor.
                warn!(verification.id = %entry.id, %cause, code = "values.no_vendor",
                    "values of a document left out: their vendor has no settings any more");
                return Ok(None);
            }
        };
        let read = timeout(PATIENCE, known(vendor, &transaction)).await;
        let progress = read.unwrap_or_else(|_| Err(VendorError::unavailable("no answer in time")));
        match progress.map_err(|cause| away(entry.id, cause))? {
            Progress::Ended(finding) => Ok(self.still(*finding, decision)),
            Progress::Unknown => Ok(None),
            Progress::Started | Progress::Captured => {
                Err(VendorError::unavailable("it has no result of an approved transaction").into())
            }
        }
    }

    /// What a finding says of the person, unless it is none of the person who was approved.
    fn still(&self, finding: Finding, decision: &Decision) -> Option<Holder> {
        let is_refused = finding.vendor_decision == Some(Mark::Rejected) && decision.human.is_none();
        let shown = || document::hash(&self.deps.seal, &finding, Status::Approved);
        let approved = decision.conclusion.document;
        let is_another = approved.is_some() && shown() != approved;
        let is_whole = finding.end == End::Processed;
        (is_whole && !is_refused && !is_another).then_some(Holder {
            person: finding.person,
        })
    }
}

/// The attempt that a sign-in rests on, where it is approved.
fn approved<'a>(history: &'a History, entry: &Entry) -> Option<(&'a Attempt, &'a Decision)> {
    let attempt = history
        .current()
        .filter(|attempt| entry.is_satisfied_by(attempt))?;
    let decision = attempt.decision.as_ref().filter(|told| is_approval(told))?;
    attempt.has_transaction.then_some((attempt, decision))
}

async fn known(vendor: &dyn Vendor, transaction: &Transaction) -> Result<Progress, VendorError> {
    for pause in PAUSES {
        match vendor.fetch(&transaction.ids).await? {
            Progress::Unknown => sleep(pause).await,
            progress => return Ok(progress),
        }
    }
    vendor.fetch(&transaction.ids).await
}

/// Whatever is wrong with the vendor, the client may come again.
fn away(id: VerificationId, cause: VendorError) -> Error {
    if cause.needs_an_operator() {
        error!(verification.id = %id, %cause, code = "values.unreadable",
            "reading values of a document from the vendor failed and needs an operator");
        return VendorError::unavailable("values of the document cannot be read").into();
    }
    cause.into()
}
