//! A ticket serves one browser: the first that comes with it.

use time::OffsetDateTime;

use super::facts::{Authorized, Used, first_by_ticket};
use super::visit::Bound;
use super::{Authorization, Grants, Visit};
use crate::checks::facts::V2;
use crate::checks::facts::names::FactName;
use crate::checks::{Error, Verification};
use crate::ids::{BrowserHash, FactHash};

impl Grants {
    /// Lets a ticket serve this browser, whom it serves from now on. `browser` must be a cookie value that the browser has sent.
    ///
    /// # Errors
    /// Another browser used it; the store.
    pub(crate) async fn use_ticket(&self, verification: &Verification, browser: &str) -> Result<(), Error> {
        let name = FactName::Used(of_ticket());
        if !verification.seen.has(verification.id, name).await? {
            // The first authorization says whose it is. It costs a fact of its own only once somebody comes again.
            let Some(first) = self.first_browser(verification, usize::MAX).await? else {
                return Ok(());
            };
            let used = Used {
                version: V2,
                at: self.clock.now(),
                browser: first,
            };
            verification.seen.create(verification.id, name, &used).await?;
        }
        self.serve_one_browser(verification, of_ticket(), browser).await
    }

    /// The browser that came first, by at most so many of a verification's authorizations; nothing where none was bound to one.
    pub(super) async fn first_browser(
        &self,
        verification: &Verification,
        most: usize,
    ) -> Result<Option<BrowserHash>, Error> {
        let is_authorization = |name: &FactName| matches!(name, FactName::Authorization(_));
        let names = verification.names(is_authorization).await?;
        let mut first: Option<(OffsetDateTime, BrowserHash)> = None;
        for name in names.into_iter().take(most) {
            let fact: Authorized = verification.seen.fact(verification.id, name).await?;
            let Some(browser) = fact.browser else { continue };
            if first.is_none_or(|(at, _)| fact.at < at) {
                first = Some((fact.at, browser));
            }
        }
        Ok(first.map(|(_, browser)| browser))
    }

    /// The same for a browser that brought a ticket, which serves one: of those that race the first is served, and the others are
    /// told so.
    ///
    /// # Errors
    /// As [`Grants::authorize`], and [`Error::Used`].
    pub(crate) async fn authorize_by_ticket(
        &self,
        verification: &Verification,
        authorization: Authorization,
        browser: &str,
    ) -> Result<Visit, Error> {
        let request = verification.check_client(&authorization.client_id).await?;
        let ours = self.authorized(authorization.clone(), request.subject, Some(browser));
        let key = first_by_ticket(verification.id);
        let name = FactName::Authorization(key);
        if verification.seen.has(verification.id, name).await? {
            return self.authorize(verification, authorization, browser).await;
        }
        verification.make_known(ours.at).await?;
        let first = self.with_stale(verification, ours).await?;
        let asked = first.request.clone();
        let fact = verification
            .seen
            .create_or_read(verification.id, name, first)
            .await?;
        match fact.browser {
            Some(bound_to) if !self.is_browser(browser, &bound_to) => Err(Error::Used),
            _ if fact.request != asked => self.authorize(verification, authorization, browser).await,
            _ => {
                let handle = self.handle(verification.id, key, fact.expires_at);
                Ok(self.visit_of(verification, handle, Bound { key, fact }))
            }
        }
    }
}

/// Names what binds the ticket of a verification to a browser: it has one ticket, however often that was handed out.
pub(super) fn of_ticket() -> FactHash {
    FactHash::of(&["ticket"])
}
