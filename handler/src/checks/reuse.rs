//! Answers a sign-in by an approval that is there already. Costs nothing, starts nothing and asks nobody, so no browser has
//! to be bound for it.

use super::earlier::Wanted;
use super::history::History;
use super::outcome::Status;
use super::{Authorization, Checks, Error, Visit};
use crate::ids::VerificationId;

impl Checks {
    /// The visit of a sign-in that a valid approval of the same subject answers at once: [`Checks::code`] gives its
    /// code. Nothing when there is no such approval, or the request demands a check of its own. The visit's handle opens
    /// nothing in any browser.
    ///
    /// # Errors
    /// No such verification; it was registered for another client; the store.
    pub async fn reuse(
        &self,
        id: VerificationId,
        authorization: Authorization,
    ) -> Result<Option<Visit>, Error> {
        self.check_client(id, &authorization).await?;
        if authorization.fresh {
            return Ok(None);
        }
        let ours = self.deps.authorized(authorization, None);
        let history = self.deps.history(id).await?;
        let asked = Visit::of(id, String::new(), self.deps.nonce(), ours.clone());
        if !self.is_approved(&history, &asked).await? {
            return Ok(None);
        }
        let (hash, first) = self.deps.bind(id, ours).await?;
        let handle = self.deps.handle(id, hash, first.expires_at);
        Ok(Some(Visit::of(id, handle, hash, first)))
    }

    async fn is_approved(&self, history: &History, visit: &Visit) -> Result<bool, Error> {
        match history.current() {
            Some(attempt) if self.satisfies(attempt, visit) => {
                let status = attempt
                    .decision
                    .as_ref()
                    .map(|decision| decision.conclusion.status);
                Ok(status == Some(Status::Approved))
            }
            last => {
                self.adopt_approval(history, visit, last.map_or(0, |last| last.number))
                    .await
            }
        }
    }

    /// Makes an approval of the subject that is later than attempt `after` the attempt that counts. Whoever is faster with
    /// a later attempt wins.
    async fn adopt_approval(&self, history: &History, visit: &Visit, after: u32) -> Result<bool, Error> {
        let starts = self.deps.starts(history.request.subject).await?;
        let wanted = Wanted {
            by: visit.id,
            asked: &history.request.asked,
            approved_since: self.deps.approved_since(&visit.authorization, visit.at),
        };
        let Some(of) = self.deps.reusable(&starts, &wanted, after).await?.approval else {
            return Ok(false);
        };
        self.deps.join(of, visit.id).await?;
        Ok(true)
    }
}
