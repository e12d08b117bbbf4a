//! The OAuth 2.0 access token (client credentials, RFC 6749 section 4.4): cached, renewed early, fetched once for all who
//! wait for it.

mod access;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::{BoxFuture, FutureExt as _, Shared};
use reqwest::StatusCode;
use secrecy::ExposeSecret as _;
use tokio::time::Instant;
use url::Url;

use self::access::AccessToken;
use crate::checks::vendor::VendorError;
use crate::clock::Clock;
use crate::jumio::credentials::{ClientCredentials, Credentials};
use crate::jumio::transport::{Failure, Pace, Repeat, Reply, Transport};
use crate::telemetry;

/// An access token, and what it was got with.
pub(super) struct Token {
    pub(super) access: AccessToken,
    credentials: ClientCredentials,
}

type Fetched = Result<Arc<Token>, Arc<VendorError>>;

#[derive(Default)]
struct StartLease {
    token: Option<Arc<Token>>,
    flight: Option<Shared<BoxFuture<'static, Fetched>>>,
}

/// Gives access tokens. Clones share the cache.
#[derive(Clone)]
pub(super) struct Tokens {
    slot: Arc<Mutex<StartLease>>,
    source: Arc<Source>,
}

/// Where tokens come from.
pub(super) struct Source {
    pub(super) transport: Arc<Transport>,
    /// `<auth base>/oauth2/token`.
    pub(super) endpoint: Url,
    pub(super) credentials: Arc<dyn Credentials>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) budget: std::time::Duration,
}

impl Tokens {
    pub(super) fn new(source: Source) -> Self {
        Self {
            slot: Arc::default(),
            source: Arc::new(source),
        }
    }

    /// A token that is good for a while. While the first is being fetched, everybody waits for that one. One that is due
    /// for renewal serves until its end while another is fetched beside, so that nobody waits for a renewal or fails
    /// with it.
    pub(super) async fn get(&self) -> Result<Arc<Token>, VendorError> {
        let now = self.source.clock.now();
        let flight = {
            let mut slot = self.lock();
            let token = slot.token.clone().filter(|token| now < token.access.expires_at);
            match token {
                Some(token) if now < token.access.renew_at => return Ok(token),
                Some(token) => {
                    slot.flight.get_or_insert_with(|| self.launch());
                    return Ok(token);
                }
                None => slot.flight.get_or_insert_with(|| self.launch()).clone(),
            }
        };
        flight.await.map_err(|error| VendorError::clone(&error))
    }

    /// Forgets a token that Jumio refused, unless another has replaced it already.
    pub(super) fn refuse(&self, refused: &Arc<Token>) {
        let mut slot = self.lock();
        if slot
            .token
            .as_ref()
            .is_some_and(|token| Arc::ptr_eq(token, refused))
        {
            slot.token = None;
        }
    }

    /// Whether there are other credentials than those that this token was got with, now that Jumio refuses it although it
    /// is fresh.
    pub(super) async fn renewed(&self, refused: &Token) -> bool {
        self.source.credentials.renewed(&refused.credentials).await
    }

    /// Fetches in a task of its own: a caller who gives up does not take the token away from the others.
    fn launch(&self) -> Shared<BoxFuture<'static, Fetched>> {
        let tokens = self.clone();
        let task = tokio::spawn(telemetry::carry(async move {
            let mut landing = Landing { tokens, token: None };
            let fetched = landing.tokens.source.fetch().await;
            let fetched = fetched.map(Arc::new).map_err(Arc::new);
            landing.token = fetched.as_ref().ok().cloned();
            fetched
        }));
        let lost = |_| Err(Arc::new(VendorError::unsent("the token request was lost")));
        task.map(move |joined| joined.unwrap_or_else(lost))
            .boxed()
            .shared()
    }

    fn lock(&self) -> MutexGuard<'_, StartLease> {
        // Nothing inside can be left half done, so a panic elsewhere does not spoil it.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a flight however it ends, in a panic too: else everybody would wait for one that is lost, for ever.
struct Landing {
    tokens: Tokens,
    /// What it brings.
    token: Option<Arc<Token>>,
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut slot = self.tokens.lock();
        slot.flight = None;
        if let Some(token) = self.token.take() {
            slot.token = Some(token);
        }
    }
}

impl Source {
    async fn fetch(&self) -> Result<Token, VendorError> {
        let deadline = Instant::now() + self.budget;
        let fetch = async {
            let mut pace = Pace::new(&self.transport, Repeat::Safe, deadline);
            let mut renewed = false;
            loop {
                let credentials = self.credentials.current();
                match self.ask(&credentials).await {
                    // Once more with others, if there are: somebody has rotated them.
                    Ok(reply)
                        if is_refusal(&reply) && !renewed && self.credentials.renewed(&credentials).await =>
                    {
                        renewed = true;
                    }
                    Ok(reply) => {
                        let access = self.read(&reply)?;
                        return Ok(Token { access, credentials });
                    }
                    Err(failure) => pace.after(failure).await?,
                }
            }
        };
        let late = |_| VendorError::unsent("no token in time");
        tokio::time::timeout_at(deadline, fetch).await.map_err(late)?
    }

    async fn ask(&self, ClientCredentials { id, secret }: &ClientCredentials) -> Result<Reply, Failure> {
        let request = self.transport.http.post(self.endpoint.clone());
        let request = request
            .basic_auth(id, Some(secret.expose_secret()))
            .form(&[("grant_type", "client_credentials")]);
        self.transport.once("token request", request).await
    }

    fn read(&self, reply: &Reply) -> Result<AccessToken, VendorError> {
        if !reply.status.is_success() {
            let status = reply.status.as_u16();
            return Err(VendorError::Refused(format!(
                "the token endpoint answered {status}: check API token and secret"
            )));
        }
        AccessToken::new(&reply.json()?, self.clock.now())
    }
}

/// RFC 6749 section 5.2 says 400 or 401.
fn is_refusal(reply: &Reply) -> bool {
    let refusals = [
        StatusCode::BAD_REQUEST,
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
    ];
    refusals.contains(&reply.status)
}
