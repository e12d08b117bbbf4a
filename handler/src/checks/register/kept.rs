//! Registers for whoever keeps one reference a subject, as the accounts of the sample do: the reference under which the person is
//! being checked must not be replaced by another one, however often they sign in.
//!
//! All sign-ins of one period have one verification. One of the period before goes on while the person has shown nothing, and
//! any that is open goes on to its end.

use super::{id_of, new_request, subject_of};
use crate::checks::facts::Request;
use crate::checks::facts::names::FactName;
use crate::checks::{Checks, Error, Registration, Verification};

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
        let (verification, request) = self.verification_of(registration).await?;
        let registered = self.registered(&verification, &request).await?;
        let open = registered.earlier.filter(|earlier| !earlier.status.is_final());
        if let Some(open) = open.filter(|open| open.id != verification.id) {
            let theirs = verification.seen.request(open.id).await?;
            if is_alike(&theirs, &request) {
                return Ok(Verification {
                    id: open.id,
                    ..verification
                });
            }
        }
        match self.unbegun(registration, &verification, before).await? {
            Some(kept) => Ok(kept),
            None => Ok(verification),
        }
    }

    /// The verification of the period before that asks the same, if its link lives and nobody has been checked for it.
    async fn unbegun(
        &self,
        registration: &Registration,
        present: &Verification,
        before: &str,
    ) -> Result<Option<Verification>, Error> {
        let seen = &present.seen;
        let client_id = registration.client_id.as_deref();
        let subject = subject_of(&self.deps, &registration.caller, client_id, &registration.subject);
        for number in 0..MOST_PEOPLE {
            let id = id_of(&self.deps, subject, Some(before), number);
            let Some(theirs) = seen.find::<Request>(id, FactName::Request).await? else {
                return Ok(None);
            };
            let ours = new_request(&self.deps, id, subject, registration);
            let is_alive = theirs.expires_at > self.deps.clock.now();
            if is_alive && is_alike(&theirs, &ours) && seen.history(id).await?.current().is_none() {
                return Ok(Some(Verification {
                    id,
                    seen: seen.clone(),
                }));
            }
        }
        Ok(None)
    }
}

fn is_alike(one: &Request, other: &Request) -> bool {
    one.asked.is_covered_by(&other.asked) && other.asked.is_covered_by(&one.asked)
}
