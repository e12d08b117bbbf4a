//! What is told in the place of a code, where a client wants its ID token as the answer (`OpenID` Connect Core section 3.2).

use super::{Grant, Grants, Visit};
use crate::checks::Error;

impl Grants {
    /// What is told in the answer itself, of an authorization that asked for no code. There is no access token.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn told_at_once(&self, visit: &Visit) -> Result<Grant, Error> {
        let (outcome, auth_time) = self.checks.told(&visit.entry).await?;
        let subject = self.sub(&visit.authorization, visit.subject, &outcome);
        Ok(Grant {
            email: self.email(visit).await?,
            holder: self
                .holder(visit, &outcome, visit.authorization.released.id_token)
                .await?,
            outcome,
            authorization: visit.authorization.clone(),
            subject,
            access_token: String::new(),
            access_token_expires_at: self.clock.now(),
            auth_time,
        })
    }
}
