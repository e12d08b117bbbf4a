//! Values of a document are told only once the person was shown which, and whom. That counts for the check that it came before: who
//! sits in front of a browser later may be somebody else.

use tracing::info;

use super::{Grants, Visit};
use crate::checks::facts::names::FactName;
use crate::checks::{Error, Holder, Outcome, Status};
use crate::ids::FactHash;
use crate::person::release::Release;

/// So often a minute the vendor is asked for the values of one verification.
const MAX_READINGS: u32 = 10;

impl Grants {
    /// Whether the person has still to be shown what the client is told: it was shown neither for this sign-in nor before the check
    /// whose approval answers it.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn has_to_name(&self, visit: &Visit) -> Result<bool, Error> {
        let (Some(ours), Some(any)) = (shown(visit), shown_of(visit)) else {
            return Ok(false);
        };
        let entry = &visit.entry;
        if entry.seen.has(entry.id, ours).await? {
            return Ok(false);
        }
        if visit.authorization.asks_anew {
            return Ok(true);
        }
        match self.checks.approved_in(entry).await? {
            Some(home) => Ok(!entry.seen.has(home, any).await?),
            None => Ok(true),
        }
    }

    /// The person was shown it, and goes on.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn named(&self, visit: &Visit) -> Result<(), Error> {
        let (Some(ours), Some(any)) = (shown(visit), shown_of(visit)) else {
            return Ok(());
        };
        let (entry, happened) = (&visit.entry, self.happened());
        entry.seen.create(entry.id, ours, &happened).await?;
        // What answers this sign-in answers the next one, too.
        let home = self.checks.approved_in(entry).await?.unwrap_or(entry.id);
        entry.seen.create(home, any, &happened).await.map(|_| ())
    }

    /// Whose document it is, where `asked` is told of it.
    ///
    /// # Errors
    /// The vendor cannot be asked now, or is asked too often; the store.
    pub(super) async fn holder(
        &self,
        visit: &Visit,
        outcome: &Outcome,
        asked: Release,
    ) -> Result<Option<Holder>, Error> {
        if asked.is_empty() || outcome.status != Status::Approved || self.has_to_name(visit).await? {
            return Ok(None);
        }
        let (id, client) = (visit.entry.id, &visit.authorization.client_id);
        if !self.memory.readings.admits(id, MAX_READINGS, self.clock.now()) {
            return Err(Error::Busy);
        }
        let holder = self.checks.holder(&visit.entry).await?;
        let values: Vec<_> = asked.names().collect();
        info!(verification.id = %id, client.id = %client, values = values.join(" "), is_there = holder.is_some(),
            code = "values.read", "values of the document read for the client");
        Ok(holder)
    }
}

/// Names what was shown for this sign-in. A check that is demanded may be somebody else's than the one before.
fn shown(visit: &Visit) -> Option<FactName> {
    let (own, asked) = (visit.entry.key.to_string(), &visit.authorization);
    named(visit, (asked.fresh || asked.asks_anew).then_some(own.as_str()))
}

/// Names what was shown before a check, whichever sign-in that was for.
fn shown_of(visit: &Visit) -> Option<FactName> {
    named(visit, None)
}

/// Names a client, and everything that it is told. Nothing where that is nothing.
fn named(visit: &Visit, own: Option<&str>) -> Option<FactName> {
    let told = visit.authorization.released.all();
    let names: Vec<_> = told.names().collect();
    let (client, own) = (&visit.authorization.client_id, own.unwrap_or_default());
    let hash = || FactHash::of(&["named", client, own, &names.join(" ")]);
    (!told.is_empty()).then(|| FactName::Named(hash()))
}
