//! Answers a sign-in by an approval that is there already. Costs nothing, starts nothing and asks nobody, so no browser has
//! to be bound for it.

use super::by_ticket::of_ticket;
use super::visit::{Bound, MAX_AUTHORIZATIONS};
use super::{Authorization, Grants, Visit};
use crate::checks::facts::names::FactName;
use crate::checks::{Error, Verification};

/// So many authorizations are looked at for the browser of a ticket that came once.
const LOOKED_AT: usize = 8;

impl Grants {
    /// The visit of a sign-in that a valid approval of the same subject answers at once: [`Grants::code`] gives its
    /// code. Nothing when there is no such approval, or the request demands a check of its own. The visit's handle opens
    /// nothing in any browser.
    ///
    /// # Errors
    /// No such verification; it was registered for another client; the store.
    pub(crate) async fn reuse(
        &self,
        verification: &Verification,
        authorization: Authorization,
    ) -> Result<Option<Visit>, Error> {
        let request = verification.check_client(&authorization.client_id).await?;
        // Who was named by nobody has shown a session already.
        if authorization.fresh || !authorization.stranger && self.needs_its_browser(verification).await? {
            return Ok(None);
        }
        let ours = self.authorized(authorization, request.subject, None);
        let asked = Bound {
            key: self.nonce(),
            fact: ours.clone(),
        };
        let asked = self.visit_of(verification, String::new(), asked);
        if !self.checks.adopt_approval(&asked.entry).await? {
            return Ok(None);
        }
        let bound = self.bind(verification, ours).await?;
        let handle = self.handle(verification.id, bound.key, bound.fact.expires_at);
        Ok(Some(self.visit_of(verification, handle, bound)))
    }

    /// Whether it must show first which browser it is: a ticket that is bound to one serves no other, and whoever only holds
    /// it cannot use up all requests of the one that it will be bound to.
    async fn needs_its_browser(&self, verification: &Verification) -> Result<bool, Error> {
        let is_bound = FactName::Used(of_ticket());
        let is_authorization = |name: &FactName| matches!(name, FactName::Authorization(_));
        Ok(verification.seen.has(verification.id, is_bound).await?
            || verification.count(is_authorization).await? >= MAX_AUTHORIZATIONS / 2
            || self.first_browser(verification, LOOKED_AT).await?.is_some())
    }
}
