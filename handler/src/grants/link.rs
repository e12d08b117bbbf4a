//! Requests that a caller registers, and that the person starts by a link of ours: the sample front. The caller gets no code;
//! the person goes back by a sign-in under a policy.

use std::time::Duration;

use secrecy::SecretString;
use time::OffsetDateTime;

use super::facts::{Authorized, PushedRequest};
use super::push::MAX_PUSHED;
use super::visit::Bound;
use super::{Authorization, Grants, PolicyLink, ResponseMode, Visit, WayBack};
use crate::checks::facts::names::FactName;
use crate::checks::facts::{Happened, V2};
use crate::checks::{CheckStatus, Error, Registration, Status, Verification};
use crate::ids::{FactHash, VerificationId};
use crate::person::release::Released;
use crate::seal::{Purpose, SealError};

/// How long before its page can be opened no more a person is sent back.
const LAST_CALL: Duration = Duration::from_secs(60);

/// What a caller asks for, once it was found good.
pub(crate) struct LinkRequest {
    /// Who is to be checked; its correlation id does not count.
    pub registration: Registration,
    /// The caller's id of this request: the same one gives the same link.
    pub correlation_id: String,
    /// The application that the person signs in to.
    pub client_id: String,
    /// Its redirect address, exactly as requested.
    pub redirect_uri: String,
    /// The requested scopes, separated by spaces.
    pub scope: String,
    /// The policy by which the person goes back.
    pub policy: String,
}

/// A request that was registered.
pub(crate) struct RegisteredLink {
    /// The verification: the caller's reference of it.
    pub id: VerificationId,
    /// What the link ends in. A credential: whoever has it first may begin the check.
    pub value: String,
}

impl Grants {
    /// Registers, and keeps the request for whoever brings its link. Calls nobody, and is safe to repeat: the same request
    /// gives the same link. The subject keeps its verification for as long as a link lives, and until its check has ended.
    ///
    /// # Errors
    /// The subject is one of our own values; more requests than any honest caller makes; the store.
    pub(crate) async fn register_link(&self, asked: LinkRequest) -> Result<RegisteredLink, Error> {
        let period = self.now().unix_timestamp() / self.link_life_s();
        let registration = Registration {
            correlation_id: Some(of_period(period)),
            ..asked.registration.clone()
        };
        let before = of_period(period - 1);
        let verification = self.checks.register_or_join(&registration, &before).await?;
        let (request, hash) = self.request_of(asked, verification.id);
        let name = FactName::Pushed(hash);
        let is_known = verification.seen.has(verification.id, name).await?;
        if !is_known {
            self.check_room_for_pushed(&verification, MAX_PUSHED).await?;
        }
        let pushed = PushedRequest {
            version: V2,
            at: self.clock.now(),
            request,
            by_ticket: false,
        };
        let kept = verification
            .seen
            .create_or_read(verification.id, name, pushed)
            .await?;
        let expires_at = kept.at + self.checks.limits().ticket_life;
        Ok(RegisteredLink {
            id: verification.id,
            value: self.seal.seal(Purpose::Link, verification.id, expires_at, hash.0),
        })
    }

    /// As long as a link lives, all sign-ins of an account have one verification.
    fn link_life_s(&self) -> i64 {
        let life_s = i64::try_from(self.checks.limits().ticket_life.as_secs()).unwrap_or(i64::MAX);
        life_s.max(1)
    }

    /// What is kept of a request, and its name.
    fn request_of(&self, asked: LinkRequest, id: VerificationId) -> (Authorization, FactHash) {
        let subject = &asked.registration.subject;
        let link = PolicyLink {
            policy: asked.policy,
            correlation_id: asked.correlation_id,
            subject: self.seal.lock(&place(id), self.random.bytes(), subject),
        };
        let request = Authorization {
            client_id: asked.client_id,
            redirect_uri: asked.redirect_uri,
            state: None,
            nonce: None,
            code_challenge: None,
            response_mode: ResponseMode::Policy,
            scope: asked.scope,
            locale: asked.registration.locale,
            max_age_s: None,
            fresh: false,
            asks_anew: false,
            claims: serde_json::Value::Null,
            stranger: false,
            way_back: WayBack::Policy(link.clone()),
            walk_in: None,
            sector: None,
            acr: None,
            may_release: false,
            released: Released::default(),
        };
        let hash = hash_of(&request, &link);
        (request, hash)
    }

    /// The verification and the request of a link. Binds nobody.
    ///
    /// # Errors
    /// The value is malformed, forged or expired; the store.
    pub(crate) async fn look_up_link(&self, value: &str) -> Result<(Verification, Authorization), Error> {
        let opened = self.seal.open(Purpose::Link, value, self.clock.now())?;
        let verification = self.checks.open(opened.id);
        let name = FactName::Pushed(FactHash(opened.extra));
        let pushed: PushedRequest = verification.seen.fact(opened.id, name).await?;
        Ok((verification, pushed.request))
    }

    /// Lets a link serve this browser, whom it serves from now on. `browser` must be a cookie value that the browser has sent.
    ///
    /// # Errors
    /// The value is malformed, forged or expired; another browser used it; the store.
    pub(crate) async fn use_link(
        &self,
        verification: &Verification,
        value: &str,
        browser: &str,
    ) -> Result<(), Error> {
        let opened = self.seal.open(Purpose::Link, value, self.clock.now())?;
        self.serve_one_browser(verification, FactHash(opened.extra), browser)
            .await
    }

    /// The latest sign-in that this browser brought by a link of the same verification. Sign-ins of an account share one, so the
    /// vendor sends all of them to the address that the first gave it. Nothing where that one came by no link.
    pub(super) async fn latest_by_link(
        &self,
        home: &Verification,
        own: FactHash,
        held: &[String],
    ) -> Result<Option<Visit>, Error> {
        if self.authorization(home, own).await?.request.way_back.is_code() {
            return Ok(None);
        }
        let is_authorization = |name: &FactName| matches!(name, FactName::Authorization(_));
        let mut latest: Option<Bound> = None;
        for name in home.names(is_authorization).await? {
            let (FactName::Authorization(key), fact) =
                (name, home.seen.fact::<Authorized>(home.id, name).await?)
            else {
                continue;
            };
            let bound_to = fact.browser.as_ref();
            let is_ours = bound_to.is_some_and(|hash| held.iter().any(|value| self.is_browser(value, hash)));
            let is_open = fact.expires_at > self.clock.now() && !fact.request.way_back.is_code();
            // In one moment, rather another one than the one that the vendor was given.
            let is_later = |latest: &Bound| (latest.fact.at, latest.key != own) < (fact.at, key != own);
            if is_ours && is_open && latest.as_ref().is_none_or(is_later) {
                latest = Some(Bound { key, fact });
            }
        }
        Ok(latest.map(|bound| {
            let handle = self.handle(home.id, bound.key, bound.fact.expires_at);
            self.visit_of(home, handle, bound)
        }))
    }

    /// When the person of a link was handed back: the first time counts, for every browser and process. What is handed over is
    /// good for `life` from then on, so that an answer that was lost can be given again, and no longer.
    ///
    /// # Errors
    /// [`Error::Finished`] after that; the store.
    pub(crate) async fn hand_over(
        &self,
        visit: &Visit,
        link: &PolicyLink,
        life: Duration,
    ) -> Result<OffsetDateTime, Error> {
        let (entry, now) = (&visit.entry, self.clock.now());
        let name = FactName::Handed(hash_of(&visit.authorization, link));
        let handed = entry
            .seen
            .create_or_read(entry.id, name, Happened::at(now))
            .await?;
        if now >= handed.at + life {
            return Err(Error::Finished);
        }
        Ok(handed.at)
    }

    /// The caller's reference of its user. For the one message back to that caller.
    ///
    /// # Errors
    /// It was encrypted with a key that is gone: expired, as whoever signs in again goes on with the present one.
    pub(crate) fn subject_named(&self, id: VerificationId, link: &PolicyLink) -> Result<SecretString, Error> {
        let named = self.seal.unlock(&place(id), &link.subject);
        named.map_err(|error| match error {
            SealError::UnknownKey => SealError::Expired.into(),
            error => error.into(),
        })
    }

    /// Whether the person of a request can be sent back with an answer. Asked before anything begins: nobody pays for a check
    /// whose outcome cannot be told.
    ///
    /// # Errors
    /// As [`Grants::subject_named`].
    pub(crate) fn check_way_back(&self, id: VerificationId, request: &Authorization) -> Result<(), Error> {
        match &request.way_back {
            WayBack::Code | WayBack::IdToken => Ok(()),
            WayBack::Policy(link) => self.subject_named(id, link).map(drop),
        }
    }
}

impl Visit {
    /// Whether a person who goes back by a policy may do so now: with an outcome that no further attempt changes, or when they
    /// have waited so long for one: since they came, or since they came back from the vendor.
    #[must_use]
    pub(crate) fn may_go_back(
        &self,
        standing: &CheckStatus,
        patience: Duration,
        now: OffsetDateTime,
    ) -> bool {
        match standing.outcome.status {
            Status::Approved => true,
            Status::Rejected => !standing.can_retry,
            Status::Pending | Status::Review => {
                let since = standing.waits_since.unwrap_or(self.began_at).max(self.began_at);
                // Before the address of the page ends, in any case.
                now >= (since + patience).min(self.entry.expires_at - LAST_CALL)
            }
            // Nobody has judged them: they may begin again, unless nothing is left to begin with.
            Status::Expired | Status::Cancelled => standing.has_used_up,
            Status::Error => false,
        }
    }
}

/// Names the link of a request: the same for the same one.
fn hash_of(request: &Authorization, link: &PolicyLink) -> FactHash {
    FactHash::of(&[
        "link",
        &link.correlation_id,
        &request.client_id,
        &request.redirect_uri,
        &request.scope,
        &link.policy,
    ])
}

/// Stands for the correlation id: the caller's own says which request it was, and not which check.
fn of_period(period: i64) -> String {
    format!("links of {period}")
}

/// What the subject is encrypted for.
fn place(id: VerificationId) -> String {
    format!("subject of {id}")
}
