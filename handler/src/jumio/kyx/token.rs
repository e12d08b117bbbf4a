//! The OAuth 2.0 access token (client credentials, RFC 6749 section 4.4): cached, renewed early, fetched once for all who
//! wait for it.

mod access;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::{BoxFuture, FutureExt as _, Shared};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;
use url::Url;

use self::access::AccessToken;
use super::transport::{Failure, Pace, Repeat, Reply, Transport};
use crate::clock::Clock;
use crate::telemetry;
use crate::verification::vendor::VendorError;

/// What the handler proves itself to Jumio with (portal: Settings, API credentials, OAuth 2.0 clients).
#[derive(Clone, Debug)]
pub struct ClientCredentials {
    /// API token.
    pub id: String,
    /// API secret.
    pub secret: SecretString,
}

/// Gives the present credentials. Asked before every token request, so that a rotated secret is used at once.
pub trait Credentials: Send + Sync {
    /// The credentials to use now.
    fn current(&self) -> ClientCredentials;
}

/// Credentials that never change.
impl Credentials for ClientCredentials {
    fn current(&self) -> ClientCredentials {
        self.clone()
    }
}

type Fetched = Result<Arc<AccessToken>, Arc<VendorError>>;

#[derive(Default)]
struct Slot {
    token: Option<Arc<AccessToken>>,
    flight: Option<Shared<BoxFuture<'static, Fetched>>>,
}

/// Gives access tokens. Clones share the cache.
#[derive(Clone)]
pub(super) struct Tokens {
    slot: Arc<Mutex<Slot>>,
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
    pub(super) async fn get(&self) -> Result<Arc<AccessToken>, VendorError> {
        let now = self.source.clock.now();
        let flight = {
            let mut slot = self.lock();
            let token = slot.token.clone().filter(|token| now < token.expires_at);
            match token {
                Some(token) if now < token.renew_at => return Ok(token),
                Some(token) => {
                    slot.flight.get_or_insert_with(|| self.launch());
                    return Ok(token);
                }
                None => slot.flight.get_or_insert_with(|| self.launch()).clone(),
            }
        };
        flight.await.map_err(|error| again(&error))
    }

    /// Forgets a token that Jumio refused, unless another has replaced it already.
    pub(super) fn refuse(&self, refused: &Arc<AccessToken>) {
        let mut slot = self.lock();
        if slot
            .token
            .as_ref()
            .is_some_and(|token| Arc::ptr_eq(token, refused))
        {
            slot.token = None;
        }
    }

    /// Fetches in a task of its own: a caller who gives up does not take the token away from the others.
    fn launch(&self) -> Shared<BoxFuture<'static, Fetched>> {
        let tokens = self.clone();
        let task = tokio::spawn(telemetry::carry(async move {
            let fetched = tokens.source.fetch().await.map(Arc::new).map_err(Arc::new);
            let mut slot = tokens.lock();
            slot.flight = None;
            if let Ok(token) = &fetched {
                slot.token = Some(Arc::clone(token));
            }
            fetched
        }));
        let lost = |_| {
            Err(Arc::new(VendorError::Unavailable(
                "the token request was lost".into(),
            )))
        };
        task.map(move |joined| joined.unwrap_or_else(lost))
            .boxed()
            .shared()
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        // Nothing inside can be left half done, so a panic elsewhere does not spoil it.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source {
    async fn fetch(&self) -> Result<AccessToken, VendorError> {
        let deadline = Instant::now() + self.budget;
        let fetch = async {
            let mut pace = Pace::new(&self.transport, Repeat::Safe, deadline);
            loop {
                match self.ask().await {
                    Ok(reply) => return self.read(&reply),
                    Err(failure) => pace.after(failure).await?,
                }
            }
        };
        let late = |_| VendorError::Unavailable("no token in time".into());
        tokio::time::timeout_at(deadline, fetch).await.map_err(late)?
    }

    async fn ask(&self) -> Result<Reply, Failure> {
        let ClientCredentials { id, secret } = self.credentials.current();
        let request = self.transport.http.post(self.endpoint.clone());
        let request = request
            .basic_auth(id, Some(secret.expose_secret()))
            .form(&[("grant_type", "client_credentials")]);
        self.transport.once(request).await
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

/// The same error once more, for the next of those who waited.
fn again(error: &VendorError) -> VendorError {
    match error {
        VendorError::Unavailable(why) => VendorError::Unavailable(why.clone()),
        VendorError::Throttled => VendorError::Throttled,
        VendorError::Refused(why) => VendorError::Refused(why.clone()),
        VendorError::Invalid(why) => VendorError::Invalid(why.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        let credentials = ClientCredentials {
            id: "id".into(),
            secret: "s3cret".to_owned().into(),
        };
        assert!(!format!("{credentials:?}").contains("s3cret"));
    }
}
