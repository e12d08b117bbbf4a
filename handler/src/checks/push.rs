//! Pushed authorization requests (RFC 9126).

use time::OffsetDateTime;

use super::facts::{Added, PushedRequest, Request, Used, V1};
use super::matching::Hasher;
use super::names::{self, Name};
use super::subject::lead;
use super::{Authorization, Checks, Deps, Error, Registration};
use crate::ids::{FactHash, VerificationId};
use crate::person::Person;
use crate::seal::{self, Purpose};

/// Maximum number of different additions to one registration. An honest client adds the same at each sign-in.
const MAX_ADDED: usize = 20;

/// A request that was pushed.
#[derive(Clone, PartialEq, Eq)]
pub struct Pushed {
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
pub enum About {
    /// Whoever was registered: the request continues that verification.
    Ticket {
        /// The ticket. A credential.
        ticket: String,
        /// What has to match as well. It adds to what was registered and takes nothing away.
        person: Person,
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

impl Checks {
    /// Stores an authorization request, and registers its verification unless a ticket names one.
    ///
    /// # Errors
    /// The ticket is malformed, forged, expired or of another client; the subject is one of our own values; the store.
    pub async fn push(&self, about: About, authorization: Authorization) -> Result<Pushed, Error> {
        let id = self.pushed_about(about, &authorization.client_id).await?;
        self.store_pushed(id, authorization).await
    }

    /// Keeps an authorization request that a browser has posted with a ticket, so that it can come for it by GET, as if it
    /// had been pushed. Binds nobody and starts nothing.
    ///
    /// # Errors
    /// No such verification; it was registered for another client; the store.
    pub async fn hold(&self, id: VerificationId, authorization: Authorization) -> Result<Pushed, Error> {
        self.check_client(id, &authorization).await?;
        self.store_pushed(id, authorization).await
    }

    async fn store_pushed(&self, id: VerificationId, request: Authorization) -> Result<Pushed, Error> {
        let at = self.deps.clock.now();
        let hash = self.deps.nonce();
        let pushed = PushedRequest {
            version: V1,
            at,
            request,
        };
        self.deps.create(&Name::Pushed(hash).path(id), &pushed).await?;
        let expires_at = at + self.deps.limits.request_uri_life;
        let request_uri_value = self.deps.seal.seal(Purpose::RequestUri, id, expires_at, hash.0);
        Ok(Pushed {
            request_uri_value,
            expires_at,
        })
    }

    async fn pushed_about(&self, about: About, client_id: &str) -> Result<VerificationId, Error> {
        match about {
            About::Subject(registration) => Ok(self.deps.request(&registration).await?.0),
            About::Ticket { ticket, person } => {
                let (id, request) = self.deps.ticketed(&ticket, client_id).await?;
                self.deps.add(id, &request, &person).await?;
                Ok(id)
            }
        }
    }

    /// The verification and authorization request of a pushed request. Binds nobody.
    ///
    /// # Errors
    /// The value is malformed, forged or expired; another client pushed it; the store.
    pub async fn look_up_pushed(
        &self,
        value: &str,
        client_id: &str,
    ) -> Result<(VerificationId, Authorization), Error> {
        let opened = self
            .deps
            .seal
            .open(Purpose::RequestUri, value, self.deps.clock.now())?;
        let path = Name::Pushed(FactHash(opened.extra)).path(opened.id);
        let pushed: Option<PushedRequest> = self.deps.read(&path).await?;
        let request = pushed.ok_or(Error::NotFound)?.request;
        if request.client_id != client_id {
            return Err(Error::WrongClient);
        }
        Ok((opened.id, request))
    }

    /// The same for a browser, whom it serves from now on: a reload by the same one is tolerated, another one is refused.
    /// `browser` must be a cookie value that the browser has sent.
    ///
    /// # Errors
    /// As [`Checks::look_up_pushed`]; another browser used it.
    pub async fn resolve_pushed(
        &self,
        value: &str,
        client_id: &str,
        browser: &str,
    ) -> Result<(VerificationId, Authorization), Error> {
        let (id, request) = self.look_up_pushed(value, client_id).await?;
        let now = self.deps.clock.now();
        let hash = FactHash(self.deps.seal.open(Purpose::RequestUri, value, now)?.extra);
        let ours = Used {
            version: V1,
            at: now,
            browser: self.deps.browser_hash(browser),
        };
        let first = self.deps.create_or_read(&Name::Used(hash).path(id), ours).await?;
        if self.deps.is_browser(browser, &first.browser) {
            Ok((id, request))
        } else {
            Err(Error::Used)
        }
    }
}

impl Deps {
    /// Adds to what has to match, for good and for every sign-in of the verification. Nothing is written where the same was
    /// registered.
    async fn add(&self, id: VerificationId, request: &Request, person: &Person) -> Result<(), Error> {
        let hasher = Hasher {
            seal: &self.seal,
            id,
            subject: request.subject,
        };
        let asked = hasher.asked(person);
        if asked.is_covered_by(&request.asked) {
            return Ok(());
        }
        let text = serde_json::to_string(&asked).map_err(|_| Error::Corrupt("added".to_owned()))?;
        let name = Name::Added(FactHash(lead(&seal::digest(&["added", &text]))));
        let files = self.store.list(&names::folder(id)).await?;
        let is_added = |name: &Name| matches!(name, Name::Added(_));
        let known = files.iter().filter_map(|file| Name::parse(file)).filter(is_added);
        if known.clone().count() >= MAX_ADDED && !known.clone().any(|known| known == name) {
            return Err(Error::TooMany);
        }
        let added = Added {
            version: V1,
            at: self.clock.now(),
            asked,
        };
        self.create(&name.path(id), &added).await.map(|_| ())
    }
}
