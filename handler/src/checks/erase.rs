//! Erases a person: what we hold, and what the vendor holds.
//!
//! A tombstone comes first, one for each verification of the subject: from then on nothing of it is told or gone on with, and
//! its id is not used again. Then the vendor deletes its transactions, then our facts go. Each step can be repeated, and taken
//! up by another process; what is left when the vendor cannot be asked waits for the next sweep. What stays is the tombstone,
//! with no personal data in it, and how often the subject has been at the vendor: limits outlive an erasure.

use std::collections::BTreeSet;

use tracing::{info, warn};

use crate::checks::decide::Operator;
use crate::checks::decision::faces;
use crate::checks::facts::names::{self, FactName};
use crate::checks::facts::{Happened, Transaction};
use crate::checks::{Checks, Deps, Error};
use crate::ids::{SubjectKey, VerificationId};

/// How far an erasure has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Erasure {
    /// Nothing is left, here or at the vendor.
    Done,
    /// The vendor could not delete something yet. Nothing of it is told any more; a sweep goes on with it.
    WaitsForVendor,
}

impl Checks {
    /// Erases everything about the person of a verification: all verifications of the same subject. Repeating it goes on
    /// with what is left.
    ///
    /// # Errors
    /// There is no such verification, and there was none that was erased; [`Error::ManualDecision`], where who or why is not
    /// as it must be; the store.
    #[tracing::instrument(name = "verification.erase", skip_all, fields(verification.id = %id))]
    pub(crate) async fn erase(&self, id: VerificationId, operator: &Operator) -> Result<Erasure, Error> {
        operator.check()?;
        let seen = self.snapshot(id.subject());
        if !seen.has(id, FactName::Request).await? && !seen.is_erased(id).await? {
            return Err(Error::NotFound);
        }
        begin_erasure(&self.deps, id.subject()).await?;
        let erased = operator.operated(self.deps.clock.now());
        for each in seen.verifications().await? {
            seen.create(each, FactName::Erased, &erased).await?;
        }
        let erasure = go_on_erasing(&self.deps, id.subject()).await?;
        info!(verification.id = %id, who = operator.who, ?erasure, code = "erasure.made", "person erased");
        Ok(erasure)
    }
}

/// The note comes before the first tombstone, so that a sweep finds what a kill leaves half done.
async fn begin_erasure(deps: &Deps, subject: SubjectKey) -> Result<(), Error> {
    let begun = Happened::at(deps.clock.now());
    deps.write(&names::erasure(subject), &begun).await.map(|_| ())
}

/// Goes on with all erasures of a subject. What others have written behind a tombstone goes, too.
pub(super) async fn go_on_erasing(deps: &Deps, subject: SubjectKey) -> Result<Erasure, Error> {
    let files = deps.store.list(&names::folder(subject)).await?;
    let placed: Vec<_> = files
        .iter()
        .filter_map(|file| names::placed(subject, file))
        .collect();
    let tombstone = |name: &str| FactName::parse(name) == Some(FactName::Erased);
    let buried = placed.iter().filter(|(_, name)| tombstone(name));
    let buried: BTreeSet<VerificationId> = buried.map(|(id, _)| *id).collect();
    for id in &buried {
        deps.store.delete(&names::reference(*id)).await?;
    }
    let mut erasure = Erasure::Done;
    for (id, name) in placed
        .iter()
        .filter(|(id, name)| buried.contains(id) && !tombstone(name))
    {
        let is_transaction = matches!(FactName::parse(name), Some(FactName::Transaction(_)));
        let path = names::file(*id, name);
        if is_transaction && !forget(deps, *id, &path).await? {
            erasure = Erasure::WaitsForVendor;
        } else {
            deps.store.delete(&path).await?;
        }
    }
    Ok(erasure)
}

/// Has the vendor delete the transaction of a fact. False when it cannot do so now.
async fn forget(deps: &Deps, id: VerificationId, path: &str) -> Result<bool, Error> {
    let Some(transaction) = deps.read::<Transaction>(path).await? else {
        return Ok(true);
    };
    let forgotten = match deps.vendors.of(&transaction.vendor) {
        Ok(vendor) => vendor.forget(&transaction.ids).await,
        Err(unknown) => Err(unknown),
    };
    if let Err(cause) = forgotten {
        warn!(verification.id = %id, %cause, code = "erasure.waits",
            "deleting a transaction at the vendor failed; the next sweep retries");
        return Ok(false);
    }
    deps.store
        .delete(&faces::whereabouts(deps, &transaction.ids.execution))
        .await?;
    Ok(true)
}
