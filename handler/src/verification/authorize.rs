//! Binds one authorization request to one browser.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use super::facts::{Authorized, Continued, Request, V1};
use super::paths::Name;
use super::subject::lead;
use super::{Deps, Error, Verifications};
use crate::ids::{FactHash, SubjectHash, VerificationId};
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
    /// Starts up to this number are no fresh check for it; 0 when it does not demand one.
    pub(super) stale: u32,
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

impl Verifications {
    /// Stores an authorization request for the browser that holds the cookie value `browser` and gives its handle. The
    /// same request by the same browser gives the same handle as long as that lives.
    ///
    /// `browser` must be a value that the browser has sent: one that was only handed out may never have arrived.
    ///
    /// # Errors
    /// No such verification; it was registered for another client; the store.
    pub async fn authorize(
        &self,
        id: VerificationId,
        authorization: Authorization,
        browser: &str,
    ) -> Result<String, Error> {
        let subject = self.check_client(id, &authorization).await?;
        let mut ours = self.deps.authorized(authorization, Some(browser));
        if ours.request.fresh {
            ours.stale = self.deps.last_recorded(subject).await?;
        }
        let (hash, first) = self.deps.bind(id, ours).await?;
        Ok(self.deps.handle(id, hash, first.expires_at))
    }

    /// Whether this browser has made this request before, and its handle still lives: of several cookie values this one
    /// is the one to go on with.
    ///
    /// # Errors
    /// The store.
    pub async fn has_authorized(
        &self,
        id: VerificationId,
        authorization: &Authorization,
        browser: &str,
    ) -> Result<bool, Error> {
        let ours = self.deps.authorized(authorization.clone(), Some(browser));
        Ok(self.deps.bound(id, &ours).await?.is_some())
    }

    /// How long a browser must be recognised that is handed a cookie value now: for as long as a ticket lives, and the
    /// authorization that is requested in its last moment.
    #[must_use]
    pub fn browser_life(&self) -> Duration {
        self.deps.limits.ticket_life + self.deps.limits.authorization_life
    }

    /// A verification that was registered for one client is authorized by no other. Gives its subject.
    pub(super) async fn check_client(
        &self,
        id: VerificationId,
        authorization: &Authorization,
    ) -> Result<SubjectHash, Error> {
        let request: Option<Request> = self.deps.read(&Name::Request.path(id)).await?;
        let request = request.ok_or(Error::NotFound)?;
        if request.is_for(&authorization.client_id) {
            Ok(request.subject)
        } else {
            Err(Error::WrongClient)
        }
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
        let bound_to = authorized.browser.ok_or(Error::WrongBrowser)?;
        if !browser.is_some_and(|browser| self.deps.is_browser(browser, &bound_to)) {
            return Err(Error::WrongBrowser);
        }
        Ok(Visit::of(id, handle.to_owned(), hash, authorized))
    }

    /// Handles of sign-ins of the same subject that use a transaction of this verification too, latest first, at most 50.
    /// The vendor sends all their browsers to the one address it was given; each goes on with the sign-in it holds the
    /// cookie of ([`Verifications::visit`]).
    ///
    /// # Errors
    /// No such verification; the store.
    pub async fn continued(&self, home: VerificationId) -> Result<Vec<String>, Error> {
        let history = self.deps.own_history(home).await?;
        let now = self.deps.clock.now();
        let mut all = self.deps.continued(&history).await?;
        all.retain(|later| later.expires_at > now);
        all.sort_by_key(|later| std::cmp::Reverse(later.at));
        let handle = |later: Continued| self.deps.handle(later.by, later.authorization, later.expires_at);
        Ok(all.into_iter().map(handle).collect())
    }

    /// Handle of the same request as that of `handle`, made by this browser: one link may be opened in two browsers.
    ///
    /// # Errors
    /// The handle is malformed, forged or expired; the store.
    pub async fn beside(&self, handle: &str, browser: &str) -> Result<Option<String>, Error> {
        let now = self.deps.clock.now();
        let opened = self.deps.seal.open(Purpose::Handle, handle, now)?;
        let path = Name::Authorization(FactHash(opened.extra)).path(opened.id);
        let authorized: Authorized = self.deps.read(&path).await?.ok_or(Error::NotFound)?;
        let ours = self.deps.authorized(authorized.request, Some(browser));
        let found = self.deps.bound(opened.id, &ours).await?;
        Ok(found.map(|(hash, first)| self.deps.handle(opened.id, hash, first.expires_at)))
    }
}

impl Visit {
    pub(super) fn of(id: VerificationId, handle: String, hash: FactHash, authorized: Authorized) -> Self {
        Self {
            id,
            authorization: authorized.request,
            handle,
            expires_at: authorized.expires_at,
            hash,
            at: authorized.at,
            stale: authorized.stale,
        }
    }
}

impl Deps {
    pub(super) fn handle(&self, id: VerificationId, hash: FactHash, expires_at: OffsetDateTime) -> String {
        self.seal.seal(Purpose::Handle, id, expires_at, hash.0)
    }

    /// What is stored when this request is made now.
    pub(super) fn authorized(&self, request: Authorization, browser: Option<&str>) -> Authorized {
        let at = self.clock.now();
        Authorized {
            version: V1,
            at,
            expires_at: at + self.limits.authorization_life,
            browser: browser.map(|browser| self.browser_hash(browser)),
            stale: 0,
            request,
        }
    }

    /// Stores an authorization, or finds the one that is still valid for the same request of the same browser.
    pub(super) async fn bind(
        &self,
        id: VerificationId,
        ours: Authorized,
    ) -> Result<(FactHash, Authorized), Error> {
        let hash = ours.hash(self.period(ours.at))?;
        if let Some(earlier) = self.earlier_period(id, &ours).await? {
            return Ok(earlier);
        }
        let first = self.settle_on(&Name::Authorization(hash).path(id), ours).await?;
        Ok((hash, first))
    }

    async fn bound(
        &self,
        id: VerificationId,
        ours: &Authorized,
    ) -> Result<Option<(FactHash, Authorized)>, Error> {
        let hash = ours.hash(self.period(ours.at))?;
        match self.read(&Name::Authorization(hash).path(id)).await? {
            Some(found) => Ok(Some((hash, found))),
            None => self.earlier_period(id, ours).await,
        }
    }

    async fn earlier_period(
        &self,
        id: VerificationId,
        ours: &Authorized,
    ) -> Result<Option<(FactHash, Authorized)>, Error> {
        let hash = ours.hash(self.period(ours.at) - 1)?;
        let earlier: Option<Authorized> = self.read(&Name::Authorization(hash).path(id)).await?;
        Ok(earlier
            .filter(|earlier| earlier.expires_at > ours.at)
            .map(|earlier| (hash, earlier)))
    }

    /// Time in steps of one authorization's life. What is made in one period has ended when the next but one begins, so
    /// the names of two periods are all that can still be valid: no search, and no limit on how often a request is repeated.
    fn period(&self, at: OffsetDateTime) -> i64 {
        let life_s = i64::try_from(self.limits.authorization_life.as_secs()).unwrap_or(i64::MAX);
        at.unix_timestamp().div_euclid(life_s.max(1))
    }
}

impl Authorized {
    /// Names the fact: the same for the same request of the same browser, or of none, in the same period.
    fn hash(&self, period: i64) -> Result<FactHash, Error> {
        let request =
            serde_json::to_string(&self.request).map_err(|_| Error::Corrupt("authorization".to_owned()))?;
        let browser = self
            .browser
            .map(|browser| browser.to_string())
            .unwrap_or_default();
        Ok(FactHash(lead(&seal::digest(&[
            "authorization",
            &request,
            &browser,
            &period.to_string(),
        ]))))
    }
}
