//! Registers for whoever keeps one reference a subject, as the accounts of the sample do: the reference under which the person is
//! being checked must not be replaced by another one, however often they sign in.
//!
//! All sign-ins of one period have one verification. One of the period before goes on while the person has shown nothing, and
//! any that is open goes on to its end.

use super::{id_of, new_request, request_of};
use crate::checks::confirm::Word;
use crate::checks::facts::names::FactName;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{Happened, Request};
use crate::checks::history::earlier::{self, Earlier, Wanted};
use crate::checks::{Checks, Error, Registration, Verification};
use crate::ids::{SubjectHash, VerificationId};

/// Most links that are looked at, one by one: what their names say is not when they were made.
const MOST_LINKS: usize = 20;
/// More different people than are looked for in the period before.
const MOST_PEOPLE: u32 = 5;

impl Checks {
    /// Registers, or finds the verification that goes on. `registration` names the present period as its correlation id;
    /// `before` is the period before it.
    ///
    /// # Errors
    /// As [`Checks::register`].
    pub(crate) async fn register_or_join(
        &self,
        registration: &Registration,
        before: &str,
    ) -> Result<Verification, Error> {
        let (subject, seen) = self.subject_of(registration)?;
        // Before anything is created: an unused registration of the present period must not be preferred tomorrow.
        let kept = match self.open_one(registration, subject, &seen).await? {
            Some(open) => Some(open),
            None => self.unbegun(registration, subject, &seen, before).await?,
        };
        let id = match kept {
            Some(kept) => kept,
            None => request_of(&self.deps, &seen, subject, registration).await?.0,
        };
        Ok(Verification { id, seen })
    }

    /// A verification of the subject whose check is open, and that asks the same.
    async fn open_one(
        &self,
        registration: &Registration,
        subject: SubjectHash,
        seen: &Snapshot,
    ) -> Result<Option<VerificationId>, Error> {
        let id = id_of(&self.deps, subject, registration.correlation_id.as_deref(), 0);
        let ours = new_request(&self.deps, id, subject, registration);
        let now = self.deps.clock.now();
        let wanted = Wanted {
            by: id,
            asked: &ours.asked,
            approved_since: now - self.deps.limits.approval_valid,
            word: Word::Unneeded,
        };
        let starts = seen.known_starts().await?;
        let best = earlier::best(&self.deps, seen, &starts, &wanted).await?;
        let Some(Earlier::UnderWay(of) | Earlier::InReview(of, _)) = best else {
            return Ok(None);
        };
        let theirs = seen.request(of.id).await?;
        Ok(is_alike(&theirs, &ours).then_some(of.id))
    }

    /// The verification of the period before that asks the same, if one of its links lives and nobody has been checked for it.
    async fn unbegun(
        &self,
        registration: &Registration,
        subject: SubjectHash,
        seen: &Snapshot,
        before: &str,
    ) -> Result<Option<VerificationId>, Error> {
        for number in 0..MOST_PEOPLE {
            let id = id_of(&self.deps, subject, Some(before), number);
            let Some(theirs) = seen.find::<Request>(id, FactName::Request).await? else {
                return Ok(None);
            };
            let ours = new_request(&self.deps, id, subject, registration);
            let is_kept = is_alike(&theirs, &ours)
                && seen.history(id).await?.current().is_none()
                && self.has_live_link(seen, id).await?;
            if is_kept {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Whether somebody may still come by a link of this verification. One with more links than are looked at counts as if: it
    /// keeps its reference for a period more, and nothing else comes of that.
    async fn has_live_link(&self, seen: &Snapshot, id: VerificationId) -> Result<bool, Error> {
        let mut links = seen.names(id).await?;
        links.retain(|name| matches!(name, FactName::Pushed(_)));
        for link in links.iter().take(MOST_LINKS) {
            let pushed: Happened = seen.fact(id, *link).await?;
            if pushed.at + self.deps.limits.ticket_life > self.deps.clock.now() {
                return Ok(true);
            }
        }
        Ok(links.len() > MOST_LINKS)
    }
}

fn is_alike(one: &Request, other: &Request) -> bool {
    one.asked.is_covered_by(&other.asked) && other.asked.is_covered_by(&one.asked)
}
