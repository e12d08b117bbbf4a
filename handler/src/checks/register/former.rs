//! A subject of the time when callers named no client: its scope was the caller. Every registration is a client's now, and
//! gives the client's subject. Whoever was verified before must not have to pay again, and `sub` must stay what it was for them.
//!
//! So the former subject goes on for as long as it is the only one of the two, or the only one with an approval that answers.
//! It is looked for in the folder that the caller would have had: no fact is moved or copied, so a process of the release
//! before, which runs beside this one in a rolling update, finds what it wrote.

use std::sync::Arc;

use super::{Scope, id_of, new_request, subject_of};
use crate::checks::confirm::Word;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::history::earlier::{self, Earlier, Wanted};
use crate::checks::{Checks, Error, Registration};
use crate::ids::SubjectHash;

/// A subject, and what this request knows of it.
type Known = (SubjectHash, Arc<Snapshot>);

impl Checks {
    /// The subject that a registration goes on with.
    ///
    /// # Errors
    /// The store.
    pub(super) async fn present_or_former(
        &self,
        registration: &Registration,
        present: Known,
    ) -> Result<Known, Error> {
        if !registration.was_callers || registration.client_id.is_none() {
            return Ok(present);
        }
        if self.is_approved(registration, &present).await? {
            return Ok(present);
        }
        let subject = subject_of(
            &self.deps,
            Scope::Caller(&registration.caller),
            &registration.subject,
        );
        let former = (subject, self.snapshot(subject.key()));
        let goes_on = !is_unknown(&former.1).await?
            && (is_unknown(&present.1).await? || self.is_approved(registration, &former).await?);
        Ok(if goes_on { former } else { present })
    }

    /// Whether the subject has an approval that answers what is registered.
    async fn is_approved(&self, registration: &Registration, (subject, seen): &Known) -> Result<bool, Error> {
        let starts = seen.known_starts().await?;
        if starts.all.is_empty() {
            return Ok(false);
        }
        // Any of its verifications may hold it, so what looks is none of them.
        let by = id_of(&self.deps, *subject, None, 0);
        let ours = new_request(&self.deps, by, *subject, registration);
        let wanted = Wanted {
            by,
            asked: &ours.asked,
            approved_since: self.deps.clock.now() - self.deps.limits.approval_valid,
            word: Word::Unneeded,
        };
        let best = earlier::best(&self.deps, seen, &starts, &wanted).await?;
        Ok(matches!(best, Some(Earlier::Approved(..))))
    }
}

/// Nobody has registered it, and limits of one that was erased do not count for it.
async fn is_unknown(seen: &Snapshot) -> Result<bool, Error> {
    Ok(seen.verifications().await?.is_empty() && seen.starts().await?.is_empty())
}
