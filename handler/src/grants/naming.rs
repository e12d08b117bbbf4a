//! Values of a document are told only once their person was shown which, and whom. What was shown once need not be shown again.

use tracing::info;

use super::{Authorization, Grants, Visit};
use crate::checks::facts::names::FactName;
use crate::checks::{Error, Holder, Outcome, Status};
use crate::ids::FactHash;
use crate::person::release::Release;

impl Grants {
    /// Whether the person has still to be shown what the client is told.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn has_to_name(&self, visit: &Visit) -> Result<bool, Error> {
        match shown(&visit.authorization) {
            Some(name) => Ok(!visit.entry.seen.has_anywhere(name).await?),
            None => Ok(false),
        }
    }

    /// The person was shown it, and goes on.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn named(&self, visit: &Visit) -> Result<(), Error> {
        let Some(name) = shown(&visit.authorization) else {
            return Ok(());
        };
        let happened = self.happened();
        let created = visit.entry.seen.create(visit.entry.id, name, &happened);
        created.await.map(|_| ())
    }

    /// Whose document it is, where `asked` is told of it.
    ///
    /// # Errors
    /// The vendor cannot be asked now; the store.
    pub(super) async fn holder(
        &self,
        visit: &Visit,
        outcome: &Outcome,
        asked: Release,
    ) -> Result<Option<Holder>, Error> {
        if asked.is_empty() || outcome.status != Status::Approved || self.has_to_name(visit).await? {
            return Ok(None);
        }
        let holder = self.checks.holder(&visit.entry).await?;
        let values: Vec<_> = asked.names().collect();
        info!(verification.id = %visit.entry.id, values = values.join(" "), is_there = holder.is_some(),
            code = "values.read", "values of the document read for the client");
        Ok(holder)
    }
}

/// Names what a person was shown: the client, and everything that it is told. Nothing where that is nothing.
fn shown(authorization: &Authorization) -> Option<FactName> {
    let told = authorization.released.all();
    let whom = ["named".to_owned(), authorization.client_id.clone()];
    let parts: Vec<String> = whom.into_iter().chain(told.names().map(str::to_owned)).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    (!told.is_empty()).then(|| FactName::Named(FactHash::of(&parts)))
}
