//! The managed identity's tokens. The SDK keeps one until its told end, a day later, whatever the vault says to it; here a
//! token that was refused is replaced.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use azure_core::Result;
use azure_core::credentials::{AccessToken, Secret, TokenCredential, TokenRequestOptions};
use tokio::time::Instant;

/// Shortest time between two tokens that are asked for because the one before was refused.
const RENEWAL_PAUSE: Duration = Duration::from_secs(30);

/// Most refused tokens that are remembered: those that the SDK may still hold somewhere.
const MAX_REFUSED: usize = 4;

type Make = dyn Fn() -> Result<Arc<dyn TokenCredential>> + Send + Sync;

/// A credential that can be told of a refusal.
pub(super) struct Tokens {
    /// Makes a credential that has no token yet.
    make: Box<Make>,
    state: Mutex<State>,
}

struct State {
    credential: Arc<dyn TokenCredential>,
    /// The last tokens that were refused, the latest first.
    refused: Vec<Secret>,
    renewed: Option<Instant>,
}

impl State {
    fn is_refused(&self, token: &str) -> bool {
        self.refused.iter().any(|refused| refused.secret() == token)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

impl Tokens {
    /// Asks nobody yet.
    ///
    /// # Errors
    /// What `make` says.
    pub(super) fn new(
        make: impl Fn() -> Result<Arc<dyn TokenCredential>> + Send + Sync + 'static,
    ) -> Result<Self> {
        let state = State {
            credential: make()?,
            refused: Vec::new(),
            renewed: None,
        };
        Ok(Self {
            make: Box::new(make),
            state: Mutex::new(state),
        })
    }

    /// Notes that this token was refused.
    pub(super) fn refuse(&self, token: &str) {
        let mut state = self.lock();
        if !state.is_refused(token) {
            state.refused.insert(0, Secret::new(token.to_owned()));
            state.refused.truncate(MAX_REFUSED);
        }
    }

    /// Whether this token was refused.
    pub(super) fn is_refused(&self, token: &str) -> bool {
        self.lock().is_refused(token)
    }

    /// A credential without the token of `before`, unless one was made a moment ago.
    fn renewed(&self, before: &Arc<dyn TokenCredential>) -> Result<Option<Arc<dyn TokenCredential>>> {
        let mut state = self.lock();
        if !Arc::ptr_eq(&state.credential, before) {
            return Ok(Some(Arc::clone(&state.credential)));
        }
        if state.renewed.is_some_and(|at| at.elapsed() < RENEWAL_PAUSE) {
            return Ok(None);
        }
        state.credential = (self.make)()?;
        state.renewed = Some(Instant::now());
        Ok(Some(Arc::clone(&state.credential)))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl TokenCredential for Tokens {
    async fn get_token(
        &self,
        scopes: &[&str],
        options: Option<TokenRequestOptions<'_>>,
    ) -> Result<AccessToken> {
        let credential = Arc::clone(&self.lock().credential);
        let token = credential.get_token(scopes, options).await?;
        if !self.is_refused(token.token.secret()) {
            return Ok(token);
        }
        match self.renewed(&credential)? {
            Some(credential) => credential.get_token(scopes, None).await,
            None => Ok(token),
        }
    }
}
