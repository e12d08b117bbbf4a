//! Binds one authorization request to one browser.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::OffsetDateTime;

use super::facts::{Authorized, first_by_ticket};
use super::{Authorization, Grants};
use crate::checks::facts::names::FactName;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{Happened, V2};
use crate::checks::{Entry, Error, Purse, Verification};
use crate::ids::{BrowserHash, FactHash, SubjectHash, VerificationId};
use crate::seal::{self, Purpose, Seal};

/// Maximum number of authorizations of one verification: whoever holds a ticket can make up a new request with each click,
/// and every look at the verification lists them.
pub(super) const MAX_AUTHORIZATIONS: usize = 500;

/// One browser that is allowed to act on one authorization of one verification.
#[derive(Clone)]
pub(crate) struct Visit {
    /// What its check is begun and looked at by.
    pub entry: Entry,
    /// The authorization request.
    pub authorization: Authorization,
    /// When the browser brought it.
    pub began_at: OffsetDateTime,
    /// Stands in the forms of the pages that this browser is shown. A credential.
    pub form_token: String,
    /// Who is to be checked.
    pub(super) subject: SubjectHash,
}

/// Shows nothing that opens anything or is personal.
impl std::fmt::Debug for Visit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Visit")
            .field("id", &self.entry.id)
            .field("expires_at", &self.entry.expires_at)
            .finish_non_exhaustive()
    }
}

impl Visit {
    /// Whether a form is one of this browser's own pages.
    #[must_use]
    pub(crate) fn has_sent(&self, form_token: Option<&str>) -> bool {
        form_token.is_some_and(|token| seal::same(token.as_bytes(), self.form_token.as_bytes()))
    }

    /// The same from this address, as a front end tells it: by which starts are counted that nobody answers for.
    #[must_use]
    pub(crate) fn at_address(self, seal: &Seal, address: Option<IpAddr>, now: OffsetDateTime) -> Self {
        let entry = Entry {
            purse: self.entry.purse.at_address(seal, address, now),
            ..self.entry
        };
        Self { entry, ..self }
    }

    /// The handle by which it was found. A credential.
    #[must_use]
    pub(crate) fn handle(&self) -> &str {
        &self.entry.handle
    }
}

/// An authorization as it is stored, and the name of its fact.
pub(super) struct Bound {
    pub(super) key: FactHash,
    pub(super) fact: Authorized,
}

impl Grants {
    /// Stores an authorization request for the browser that holds the cookie value `browser`. The same request by the same
    /// browser gives the same handle as long as that lives.
    ///
    /// `browser` must be a value that the browser has sent: one that was only handed out may never have arrived.
    ///
    /// # Errors
    /// No such verification; it was registered for another client; more authorizations than any honest client makes; the
    /// store.
    pub(crate) async fn authorize(
        &self,
        verification: &Verification,
        authorization: Authorization,
        browser: &str,
    ) -> Result<Visit, Error> {
        let request = verification.check_client(&authorization.client_id).await?;
        let ours = self.authorized(authorization, request.subject, Some(browser));
        let ours = self.with_stale(verification, ours).await?;
        let bound = self.bind(verification, ours).await?;
        let handle = self.handle(verification.id, bound.key, bound.fact.expires_at);
        Ok(self.visit_of(verification, handle, bound))
    }

    /// What was recorded before a request that demands a fresh check is too old for it.
    pub(super) async fn with_stale(
        &self,
        verification: &Verification,
        ours: Authorized,
    ) -> Result<Authorized, Error> {
        let stale = if ours.request.fresh {
            verification.seen.last_recorded().await?
        } else {
            ours.stale
        };
        Ok(Authorized { stale, ..ours })
    }

    /// How long a browser must be recognised that is handed a cookie value now: for as long as a ticket lives, and the
    /// authorization that is requested in its last moment.
    #[must_use]
    pub(crate) fn browser_life(&self) -> Duration {
        self.checks.limits().ticket_life + self.lives.authorization
    }

    /// Finds the authorization of a handle and checks that the browser is the one that started it.
    ///
    /// # Errors
    /// The handle is malformed, forged or expired; there is no cookie or another one; the store.
    #[cfg(test)]
    pub(crate) async fn visit(&self, handle: &str, browser: Option<&str>) -> Result<Visit, Error> {
        let held: Vec<String> = browser.map(str::to_owned).into_iter().collect();
        self.visit_by(handle, &held, None).await
    }

    /// The same for a browser that sent several cookie values, by what was listed already.
    ///
    /// # Errors
    /// The handle is malformed, forged or expired; there is no cookie or another one; the store.
    pub(crate) async fn visit_by(
        &self,
        handle: &str,
        held: &[String],
        seen: Option<&Arc<Snapshot>>,
    ) -> Result<Visit, Error> {
        let opened = self.seal.open(Purpose::Handle, handle, self.clock.now())?;
        let verification = self.verification(opened.id, seen);
        let key = FactHash(opened.extra);
        let fact = self.authorization(&verification, key).await?;
        let bound_to = fact.browser.ok_or(Error::WrongBrowser)?;
        if !held.iter().any(|browser| self.is_browser(browser, &bound_to)) {
            return Err(Error::WrongBrowser);
        }
        Ok(self.visit_of(&verification, handle.to_owned(), Bound { key, fact }))
    }

    /// The visit of a browser that the vendor has sent back. Sign-ins of one subject share a transaction, also from several
    /// browsers, and the vendor sends all of them to the one address it was given: it is that of a later sign-in, if this
    /// browser holds its cookie, else the one that began the transaction, else the same request in another browser.
    /// `held` are the cookie values that the browser sent for a handle.
    ///
    /// # Errors
    /// As [`Grants::visit_by`].
    pub(crate) async fn returned_visit(
        &self,
        handle: &str,
        held: &(dyn Fn(VerificationId) -> Vec<String> + Sync),
    ) -> Result<Visit, Error> {
        let opened = self.seal.open(Purpose::Handle, handle, self.clock.now())?;
        let home = self.checks.open(opened.id);
        let key = FactHash(opened.extra);
        let own = self.latest_by_link(&home, key, &held(home.id)).await?;
        let seen = Some(&home.seen);
        let mut later = None;
        for handle in self.continued(&home).await? {
            let id = self.seal.open(Purpose::Handle, &handle, self.clock.now())?.id;
            match self.visit_by(&handle, &held(id), seen).await {
                Err(Error::WrongBrowser) => {}
                other => {
                    later = Some(other?);
                    break;
                }
            }
        }
        let latest = own.into_iter().chain(later).max_by_key(|visit| visit.began_at);
        if let Some(visit) = latest {
            return Ok(visit);
        }
        match self.visit_by(handle, &held(home.id), seen).await {
            Err(Error::WrongBrowser) => {}
            other => return other,
        }
        for browser in held(home.id) {
            if let Some(visit) = self.beside(&home, FactHash(opened.extra), &browser).await? {
                return Ok(visit);
            }
        }
        Err(Error::WrongBrowser)
    }

    /// The sign-in of a handle, for a browser that did not begin it: it may be asked whose it is, and nothing else. Nothing where
    /// somebody whom we know answers for it, and its client is told no values of the document.
    ///
    /// # Errors
    /// The handle is malformed, forged or expired; the store.
    pub(crate) async fn visit_of_another(&self, handle: &str) -> Result<Option<Visit>, Error> {
        let opened = self.seal.open(Purpose::Handle, handle, self.clock.now())?;
        let verification = self.checks.open(opened.id);
        let key = FactHash(opened.extra);
        let mut fact = self.authorization(&verification, key).await?;
        // Its forms are not those of the browser that began.
        fact.browser = None;
        let visit = self.visit_of(&verification, handle.to_owned(), Bound { key, fact });
        let is_asked = |asked: &Authorization| asked.stranger || asked.tells_values();
        Ok(Some(visit).filter(|visit| is_asked(&visit.authorization)))
    }

    /// Handles of sign-ins of the same subject that use a transaction of this verification too, latest first.
    pub(super) async fn continued(&self, home: &Verification) -> Result<Vec<String>, Error> {
        let now = self.clock.now();
        let mut all = home.continued().await?;
        all.retain(|later| later.expires_at > now);
        all.sort_by_key(|later| std::cmp::Reverse(later.at));
        let handles = all.into_iter();
        Ok(handles
            .map(|later| self.handle(later.by, later.authorization, later.expires_at))
            .collect())
    }

    /// The same request as that of `key`, made by this browser: one link may be opened in two browsers.
    async fn beside(
        &self,
        verification: &Verification,
        key: FactHash,
        browser: &str,
    ) -> Result<Option<Visit>, Error> {
        let theirs = self.authorization(verification, key).await?;
        let ours = self.authorized(theirs.request, theirs.subject, Some(browser));
        let found = self.bound(verification, &ours).await?;
        Ok(found.map(|bound| {
            let handle = self.handle(verification.id, bound.key, bound.fact.expires_at);
            self.visit_of(verification, handle, bound)
        }))
    }

    /// The authorization of this name.
    pub(super) async fn authorization(
        &self,
        verification: &Verification,
        key: FactHash,
    ) -> Result<Authorized, Error> {
        let name = FactName::Authorization(key);
        verification.seen.fact(verification.id, name).await
    }

    pub(super) fn visit_of(&self, verification: &Verification, handle: String, bound: Bound) -> Visit {
        let Bound { key, fact } = bound;
        let entry = Entry {
            id: verification.id,
            key,
            handle,
            expires_at: fact.expires_at,
            stale: fact.stale,
            approved_since: self.checks.approved_since(fact.request.max_age_s, fact.at),
            locale: fact.request.locale.clone(),
            asks_consent: !fact.request.way_back.is_code(),
            tells_values: fact.request.tells_values(),
            purse: self.purse(&fact),
            seen: Arc::clone(&verification.seen),
        };
        Visit {
            form_token: self.form_token(verification.id, key, fact.browser),
            entry,
            authorization: fact.request,
            began_at: fact.at,
            subject: fact.subject,
        }
    }

    /// Known only to who was shown a page of this sign-in: another site that has a browser post a form of its own does not
    /// know it, whatever cookies the browser sends with it.
    fn form_token(&self, id: VerificationId, key: FactHash, browser: Option<BrowserHash>) -> String {
        let browser = browser.map(|browser| browser.to_string()).unwrap_or_default();
        let token = self
            .seal
            .keyed("form", &[&id.to_string(), &key.to_string(), &browser]);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Of a request that nobody answers for the subject is its browser.
    fn purse(&self, fact: &Authorized) -> Purse {
        if !fact.request.stranger {
            return Purse::Known;
        }
        Purse::of_browser(&self.seal, &fact.request.client_id, &fact.subject.to_string())
    }

    pub(super) fn handle(&self, id: VerificationId, key: FactHash, expires_at: OffsetDateTime) -> String {
        self.seal.seal(Purpose::Handle, id, expires_at, key.0)
    }

    /// What is stored when this request is made now.
    pub(super) fn authorized(
        &self,
        request: Authorization,
        subject: SubjectHash,
        browser: Option<&str>,
    ) -> Authorized {
        let at = self.clock.now();
        Authorized {
            version: V2,
            at,
            expires_at: at + self.lives.authorization,
            subject,
            browser: browser.map(|browser| self.browser_hash(browser)),
            stale: 0,
            request,
        }
    }

    /// Stores an authorization, or finds the one that is still valid for the same request of the same browser.
    pub(super) async fn bind(&self, verification: &Verification, ours: Authorized) -> Result<Bound, Error> {
        if let Some(bound) = self.bound(verification, &ours).await? {
            return Ok(bound);
        }
        let is_authorization = |name: &FactName| matches!(name, FactName::Authorization(_));
        if verification.count(is_authorization).await? >= MAX_AUTHORIZATIONS {
            return Err(Error::TooMany);
        }
        // Who is answered at once sees no page from which to read anything out.
        if ours.browser.is_some() {
            verification.make_known(ours.at).await?;
        }
        let key = ours.key(self.period(ours.at))?;
        let name = FactName::Authorization(key);
        let fact = verification
            .seen
            .create_or_read(verification.id, name, ours)
            .await?;
        Ok(Bound { key, fact })
    }

    async fn bound(&self, verification: &Verification, ours: &Authorized) -> Result<Option<Bound>, Error> {
        let key = first_by_ticket(verification.id);
        let name = FactName::Authorization(key);
        let first: Option<Authorized> = match ours.browser {
            Some(_) => verification.seen.find(verification.id, name).await?,
            None => None,
        };
        let is_same = |first: &Authorized| first.browser == ours.browser && first.request == ours.request;
        if let Some(fact) = first.filter(|first| is_same(first) && first.expires_at > ours.at) {
            return Ok(Some(Bound { key, fact }));
        }
        let present = self.period(ours.at);
        // The next one has begun for a process whose clock is ahead.
        for period in [present - 1, present, present + 1] {
            let key = ours.key(period)?;
            let name = FactName::Authorization(key);
            let found: Option<Authorized> = verification.seen.find(verification.id, name).await?;
            if let Some(fact) = found.filter(|found| period >= present || found.expires_at > ours.at) {
                return Ok(Some(Bound { key, fact }));
            }
        }
        Ok(None)
    }

    /// Time in steps of one authorization's life. What is made in one period has ended when the next but one begins, so
    /// the names of three periods are all that can be valid where clocks differ: no search, and no limit on how often a
    /// request is repeated.
    fn period(&self, at: OffsetDateTime) -> i64 {
        let life_s = i64::try_from(self.lives.authorization.as_secs()).unwrap_or(i64::MAX);
        at.unix_timestamp().div_euclid(life_s.max(1))
    }

    /// Keyed hash of a browser's cookie value.
    pub(super) fn browser_hash(&self, browser: &str) -> BrowserHash {
        BrowserHash(self.seal.keyed("browser", &[browser]))
    }

    /// Whether a browser's cookie value is the one behind a hash.
    pub(super) fn is_browser(&self, browser: &str, hash: &BrowserHash) -> bool {
        seal::same(&self.browser_hash(browser).0, &hash.0)
    }

    pub(super) fn happened(&self) -> Happened {
        Happened::at(self.clock.now())
    }
}

impl Authorized {
    /// Names the fact: the same for the same request of the same browser, or of none, in the same period.
    fn key(&self, period: i64) -> Result<FactHash, Error> {
        let request =
            serde_json::to_string(&self.request).map_err(|_| Error::Corrupt("authorization".to_owned()))?;
        let browser = self
            .browser
            .map(|browser| browser.to_string())
            .unwrap_or_default();
        Ok(FactHash::of(&[
            "authorization",
            &request,
            &browser,
            &period.to_string(),
        ]))
    }
}
