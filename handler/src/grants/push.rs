//! Pushed authorization requests (RFC 9126).

use time::OffsetDateTime;

use super::facts::{PushedRequest, Used};
use super::{Authorization, Grants};
use crate::checks::facts::V2;
use crate::checks::facts::names::FactName;
use crate::checks::{Error, Registration, Verification};
use crate::ids::FactHash;
use crate::person::Person;
use crate::seal::Purpose;

/// Maximum number of pushed requests of one verification; every look at it lists them.
pub(super) const MAX_PUSHED: usize = 500;
/// Of these, whoever holds the ticket may use up so many: the rest is the client's.
const MAX_BY_TICKET: usize = MAX_PUSHED / 2;

/// A request that was pushed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pushed {
    /// What follows `urn:ietf:params:oauth:request_uri:`. A credential.
    pub request_uri_value: String,
    /// When it ends.
    pub expires_at: OffsetDateTime,
}

/// Shows nothing that opens anything or is personal.
impl std::fmt::Debug for Pushed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pushed")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Whom a pushed request is about.
#[derive(Clone)]
pub(crate) enum About {
    /// Whoever was registered: the request continues that verification.
    Ticket {
        /// The ticket. A credential.
        ticket: String,
        /// What has to match as well. It adds to what was registered and takes nothing away.
        person: Person,
        /// Anybody may have pushed it, so it serves only the browser that the ticket serves.
        by_anybody: bool,
    },
    /// A subject that the client names itself, with what has to match.
    Subject(Box<Registration>),
}

/// Shows nothing that opens anything or is personal.
impl std::fmt::Debug for About {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ticket { .. } => "Ticket",
            Self::Subject(_) => "Subject",
        })
    }
}

impl Grants {
    /// Stores an authorization request, and registers its verification unless a ticket names one.
    ///
    /// # Errors
    /// The ticket is malformed, forged, expired or of another client; the subject is one of our own values; more requests
    /// than any honest client makes; the store.
    pub(crate) async fn push(&self, about: About, authorization: Authorization) -> Result<Pushed, Error> {
        let by_anybody = matches!(about, About::Ticket { by_anybody: true, .. });
        let verification = self.pushed_about(about, &authorization.client_id).await?;
        self.store_pushed(&verification, authorization, by_anybody).await
    }

    /// Keeps an authorization request that a browser has posted with a ticket, so that it can come for it by GET, as if it
    /// had been pushed. Binds nobody and starts nothing.
    ///
    /// # Errors
    /// No such verification; it was registered for another client; the store.
    pub(crate) async fn hold(
        &self,
        verification: &Verification,
        authorization: Authorization,
    ) -> Result<Pushed, Error> {
        verification.check_client(&authorization.client_id).await?;
        self.store_pushed(verification, authorization, true).await
    }

    async fn store_pushed(
        &self,
        verification: &Verification,
        request: Authorization,
        by_ticket: bool,
    ) -> Result<Pushed, Error> {
        let most = if by_ticket { MAX_BY_TICKET } else { MAX_PUSHED };
        self.check_room_for_pushed(verification, most).await?;
        let at = self.clock.now();
        let (id, hash) = (verification.id, self.nonce());
        let pushed = PushedRequest {
            version: V2,
            at,
            request,
            by_ticket,
        };
        verification
            .seen
            .create(id, FactName::Pushed(hash), &pushed)
            .await?;
        let expires_at = at + self.lives.request_uri;
        Ok(Pushed {
            request_uri_value: self.seal.seal(Purpose::RequestUri, id, expires_at, hash.0),
            expires_at,
        })
    }

    /// Whether another request may be kept for a verification that has at most so many.
    pub(super) async fn check_room_for_pushed(
        &self,
        verification: &Verification,
        most: usize,
    ) -> Result<(), Error> {
        let is_pushed = |name: &FactName| matches!(name, FactName::Pushed(_));
        if verification.count(is_pushed).await? >= most {
            return Err(Error::TooMany);
        }
        Ok(())
    }

    async fn pushed_about(&self, about: About, client_id: &str) -> Result<Verification, Error> {
        match about {
            About::Subject(registration) => Ok(self.checks.verification_of(&registration).await?.0),
            About::Ticket { ticket, person, .. } => {
                let verification = self.checks.resolve_ticket(&ticket, client_id).await?;
                self.checks.add(&verification, &person).await?;
                Ok(verification)
            }
        }
    }

    /// The verification and authorization request of a pushed request. Binds nobody.
    ///
    /// # Errors
    /// The value is malformed, forged or expired; another client pushed it; the store.
    pub(crate) async fn look_up_pushed(
        &self,
        value: &str,
        client_id: &str,
    ) -> Result<(Verification, Authorization), Error> {
        let opened = self.seal.open(Purpose::RequestUri, value, self.clock.now())?;
        let verification = self.checks.open(opened.id);
        let name = FactName::Pushed(FactHash(opened.extra));
        let pushed: PushedRequest = verification.seen.fact(opened.id, name).await?;
        if pushed.request.client_id != client_id {
            return Err(Error::WrongClient);
        }
        Ok((verification, pushed.request))
    }

    /// Lets a pushed request serve this browser, whom it serves from now on: a reload by the same one is tolerated, another
    /// one is refused. `browser` must be a cookie value that the browser has sent.
    ///
    /// # Errors
    /// The value is malformed, forged or expired; another browser used it; the store.
    pub(crate) async fn use_pushed(
        &self,
        verification: &Verification,
        value: &str,
        browser: &str,
    ) -> Result<(), Error> {
        let opened = self.seal.open(Purpose::RequestUri, value, self.clock.now())?;
        let hash = FactHash(opened.extra);
        let name = FactName::Pushed(hash);
        let pushed: PushedRequest = verification.seen.fact(verification.id, name).await?;
        if pushed.by_ticket {
            self.use_ticket(verification, browser).await?;
        }
        self.serve_one_browser(verification, hash, browser).await
    }

    /// Binds what is kept under this hash to the first browser that comes for it.
    pub(super) async fn serve_one_browser(
        &self,
        verification: &Verification,
        hash: FactHash,
        browser: &str,
    ) -> Result<(), Error> {
        let ours = Used {
            version: V2,
            at: self.clock.now(),
            browser: self.browser_hash(browser),
        };
        let name = FactName::Used(hash);
        let first = verification
            .seen
            .create_or_read(verification.id, name, ours)
            .await?;
        if self.is_browser(browser, &first.browser) {
            Ok(())
        } else {
            Err(Error::Used)
        }
    }
}
