//! Keys that a client publishes itself (`jwks_uri`, OpenID Connect Dynamic Registration section 2): fetched when an assertion
//! needs them and kept, and looked up again when one names a key that is not among them, at most once a minute. Whoever sends
//! assertions with made-up key ids cannot make us call out for each.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::Client;
use time::OffsetDateTime;
use url::Url;

use super::Refused;
use super::public_key::{self, KeyError, PublicKey};
use crate::http_client::{self, Party, ReadError};

/// Shortest time between two looks while keys are known.
const COOLDOWN: Duration = Duration::from_secs(60);
/// Shortest time between two looks while none has succeeded.
const COLD_COOLDOWN: Duration = Duration::from_secs(2);
/// Oldest keys that are used without a new look, so that a withdrawn key is forgotten.
const MAX_AGE: Duration = Duration::from_secs(24 * 3600);
/// Maximum length of a key set, in bytes.
const MAX_DOCUMENT: usize = 256 * 1024;
/// Timeout of a look: clients give up after some seconds.
const TIMEOUT: Duration = Duration::from_secs(3);

/// The keys could not be had, which says nothing about the assertion. Names no address: the settings do.
#[derive(Debug, thiserror::Error)]
#[error("the keys of the client cannot be fetched: {0}")]
pub(crate) struct CouldNotFetch(#[from] Why);

#[derive(Debug, thiserror::Error)]
pub(crate) enum Why {
    #[error("no answer ({0})")]
    Unreachable(#[from] reqwest::Error),
    #[error("answered with status {0}")]
    Status(u16),
    #[error(transparent)]
    Body(#[from] ReadError),
    #[error("the key set: {0}")]
    Keys(#[from] KeyError),
    #[error("that failed a moment ago")]
    Again,
}

struct Known {
    keys: Arc<Vec<PublicKey>>,
    since: OffsetDateTime,
}

/// The last look.
#[derive(Clone, Copy)]
struct Look {
    at: OffsetDateTime,
    has_failed: bool,
}

/// Keys at an address of the client's.
pub(crate) struct RemoteKeys {
    address: Url,
    http: Client,
    known: RwLock<Option<Known>>,
    /// Held while a look runs, so that it runs once.
    last: tokio::sync::Mutex<Option<Look>>,
}

impl RemoteKeys {
    /// Knows none yet; the first assertion makes it look. Whoever names the address trusts it: it is a setting.
    pub(crate) fn new(address: Url, http: Client) -> Self {
        Self {
            address,
            http,
            known: RwLock::default(),
            last: tokio::sync::Mutex::default(),
        }
    }

    /// Judges an assertion by the keys that are known, and by a new look at them where none of those made it.
    ///
    /// # Errors
    /// The keys cannot be had: nothing is known of the assertion.
    pub(super) async fn judge<T>(
        &self,
        now: OffsetDateTime,
        verify: impl Fn(Arc<Vec<PublicKey>>) -> Result<T, Refused>,
    ) -> Result<Result<T, Refused>, CouldNotFetch> {
        if let Some(known) = self.fresh(now) {
            match verify(known) {
                // A key without an id may have been replaced by another one without.
                Err(Refused::UnknownKey | Refused::NoKeyId | Refused::Signature) => {}
                verdict => return Ok(verdict),
            }
        }
        Ok(verify(self.look(now).await?))
    }

    /// The known keys, unless too old.
    fn fresh(&self, now: OffsetDateTime) -> Option<Arc<Vec<PublicKey>>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let known = known.as_ref()?;
        (now - known.since < MAX_AGE).then(|| Arc::clone(&known.keys))
    }

    /// Looks the keys up, unless that was done a moment ago; then gives what that found.
    async fn look(&self, now: OffsetDateTime) -> Result<Arc<Vec<PublicKey>>, CouldNotFetch> {
        let mut last = self.last.lock().await;
        let known = self.fresh(now);
        let pause = if known.is_some() { COOLDOWN } else { COLD_COOLDOWN };
        if let Some(look) = last.filter(|look| (now - look.at).abs() < pause) {
            let known = known.filter(|_| !look.has_failed);
            return known.ok_or(CouldNotFetch(Why::Again));
        }
        let found = self.fetch().await;
        *last = Some(Look {
            at: now,
            has_failed: found.is_err(),
        });
        let keys = found?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some(Known {
            keys: Arc::clone(&keys),
            since: now,
        });
        Ok(keys)
    }

    #[tracing::instrument(name = "jwks.refresh", skip_all, err(level = "warn"))]
    async fn fetch(&self) -> Result<Arc<Vec<PublicKey>>, Why> {
        let request = self.http.get(self.address.clone()).timeout(TIMEOUT);
        let response = http_client::send(Party::Issuer, request).await?;
        if !response.status().is_success() {
            return Err(Why::Status(response.status().as_u16()));
        }
        let set = http_client::read_capped(response, MAX_DOCUMENT).await?;
        Ok(Arc::new(public_key::from_jwks(&set)?))
    }
}

impl fmt::Debug for RemoteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RemoteKeys")
    }
}
