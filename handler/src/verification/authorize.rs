//! Binds one authorization request to one browser.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use super::facts::{Authorized, Request, V1};
use super::paths::{self, Name};
use super::subject::lead;
use super::{Deps, Error, Verifications};
use crate::ids::{FactHash, VerificationId};
use crate::seal::{self, Purpose};

/// An authorization request whose client, redirect address and parameters have been found good. Stored as a fact, so it
/// must hold nothing personal: values inside `claims` are taken out first.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// The client.
    pub client_id: String,
    /// Where the answer goes, exactly as requested.
    pub redirect_uri: String,
    /// The client's opaque value, returned with the answer.
    pub state: Option<String>,
    /// The client's opaque value, returned in the `id_token`.
    pub nonce: Option<String>,
    /// PKCE challenge, method S256.
    pub code_challenge: Option<String>,
    /// How the answer is sent.
    pub response_mode: ResponseMode,
    /// The requested scopes, separated by spaces.
    pub scope: String,
    /// Language of the person (BCP 47), from `ui_locales`.
    pub locale: Option<String>,
    /// `max_age` in seconds: an older approval is not good enough.
    pub max_age_s: Option<u64>,
    /// `prompt=login`: only a check made for this request is good enough.
    pub fresh: bool,
    /// The requested claims as validated by the OpenID front; not looked into here.
    pub claims: Value,
}

/// Shows nothing that opens anything or is personal.
impl std::fmt::Debug for Authorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authorization")
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

/// How the answer of an authorization request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect address.
    Query,
    /// In a form that the browser posts.
    FormPost,
}

/// One browser that is allowed to act on one authorization of one verification.
#[derive(Clone)]
pub struct Visit {
    /// The verification.
    pub id: VerificationId,
    /// The authorization request.
    pub authorization: Authorization,
    /// The handle by which it was found. A credential.
    pub handle: String,
    /// When the handle ends.
    pub expires_at: OffsetDateTime,
    /// Names the authorization's fact.
    pub(super) hash: FactHash,
    /// When the authorization was first requested.
    pub(super) at: OffsetDateTime,
}

/// Shows nothing that opens anything or is personal.
impl std::fmt::Debug for Visit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Visit")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// An authorize request that is repeated after its handle has ended is stored again, so often at most.
const MAX_GENERATIONS: u32 = 50;
/// So many different authorize requests of one verification are stored. Whoever holds a ticket can make up a new one with
/// each click, and every look at the verification lists them all.
const MAX_AUTHORIZATIONS: usize = 100;

impl Verifications {
    /// Stores an authorization request for the browser that holds the cookie value `browser` and gives its handle. The
    /// same request by the same browser gives the same handle.
    ///
    /// # Errors
    /// No such verification; it was registered for another client; more requests than anybody makes; the store.
    pub async fn authorize(
        &self,
        id: VerificationId,
        authorization: Authorization,
        browser: &str,
    ) -> Result<String, Error> {
        let request: Option<Request> = self.deps.read(&Name::Request.path(id)).await?;
        if !request.ok_or(Error::NotFound)?.is_for(&authorization.client_id) {
            return Err(Error::WrongClient);
        }
        let at = self.deps.clock.now();
        let authorized = Authorized {
            version: V1,
            at,
            expires_at: at + self.deps.limits.authorization_life,
            browser: self.deps.browser_hash(browser),
            request: authorization,
        };
        let known = self.authorizations(id).await?;
        for generation in 0..MAX_GENERATIONS {
            let hash = authorized.hash(generation)?;
            if known.len() >= MAX_AUTHORIZATIONS && !known.contains(&hash) {
                return Err(Error::TooMany);
            }
            let path = Name::Authorization(hash).path(id);
            let first = self.deps.settle_on(&path, authorized.clone()).await?;
            if first.expires_at > at {
                return Ok(self.deps.handle(id, hash, first.expires_at));
            }
        }
        Err(Error::TooMany)
    }

    /// The authorize requests that are stored already.
    async fn authorizations(&self, id: VerificationId) -> Result<Vec<FactHash>, Error> {
        let files = self.deps.records.list(&paths::folder(id)).await?;
        let hash = |file: &String| match Name::parse(file) {
            Some(Name::Authorization(hash)) => Some(hash),
            _ => None,
        };
        Ok(files.iter().filter_map(hash).collect())
    }

    /// Finds the authorization of a handle and checks that the browser is the one that started it.
    ///
    /// # Errors
    /// The handle is malformed, forged or expired; there is no cookie or another one; the store.
    pub async fn visit(&self, handle: &str, browser: Option<&str>) -> Result<Visit, Error> {
        let opened = self
            .deps
            .seal
            .open(Purpose::Handle, handle, self.deps.clock.now())?;
        let (id, hash) = (opened.id, FactHash(opened.extra));
        let authorized: Option<Authorized> = self.deps.read(&Name::Authorization(hash).path(id)).await?;
        let authorized = authorized.ok_or(Error::NotFound)?;
        if !browser.is_some_and(|browser| self.deps.is_browser(browser, &authorized.browser)) {
            return Err(Error::WrongBrowser);
        }
        Ok(Visit {
            id,
            authorization: authorized.request,
            handle: handle.to_owned(),
            expires_at: authorized.expires_at,
            hash,
            at: authorized.at,
        })
    }

    /// Handle of a later sign-in of the same subject that has taken over this transaction, if there is one. When the
    /// vendor sends a browser back to this visit, that sign-in goes on if the browser is the one that started it
    /// ([`Verifications::visit`] with that handle and its own cookie), else this one.
    ///
    /// # Errors
    /// The store.
    pub async fn continued(&self, visit: &Visit) -> Result<Option<String>, Error> {
        let history = self.deps.own_history(visit.id).await?;
        let now = self.deps.clock.now();
        let later = self
            .deps
            .continued(&history)
            .await?
            .filter(|later| later.expires_at > now);
        Ok(later.map(|later| self.deps.handle(later.by, later.authorization, later.expires_at)))
    }
}

impl Deps {
    fn handle(&self, id: VerificationId, hash: FactHash, expires_at: OffsetDateTime) -> String {
        self.seal.seal(Purpose::Handle, id, expires_at, hash.0)
    }
}

impl Authorized {
    /// Names the fact: the same for the same request of the same browser.
    fn hash(&self, generation: u32) -> Result<FactHash, Error> {
        let request =
            serde_json::to_string(&self.request).map_err(|_| Error::Corrupt("authorization".to_owned()))?;
        let browser = self.browser.to_string();
        Ok(FactHash(lead(&seal::digest(&[
            "authorization",
            &request,
            &browser,
            &generation.to_string(),
        ]))))
    }
}
