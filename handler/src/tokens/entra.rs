//! Bearer tokens of Microsoft Entra: how a caller proves itself with an app-only access token.
//!
//! Keys are discovered from the issuer (OpenID Connect Discovery), kept, and looked up again when a token names one that
//! is not known, at most once a minute: whoever sends tokens with made-up key ids cannot make us call out for each.

mod discovery;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jsonwebtoken::Algorithm;
use time::OffsetDateTime;
use url::Url;

use super::claims::Claims;
use super::public_key::PublicKey;
use super::{Refused, jws};
use crate::clock::Clock;

/// Shortest time between two discoveries while keys are known.
pub(crate) const COOLDOWN: Duration = Duration::from_secs(60);
/// Shortest time between two discoveries while none has succeeded.
pub(crate) const COLD_COOLDOWN: Duration = Duration::from_secs(2);
/// Oldest keys that are used without a new look, so that a withdrawn key is forgotten.
pub(crate) const MAX_AGE: Duration = Duration::from_secs(24 * 3600);

/// What `typ` may say: Entra's access tokens say the first, RFC 9068 the second.
const TYPES: [&str; 2] = ["JWT", "at+jwt"];

/// Whose tokens are accepted, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Config {
    /// `iss`, exactly: `https://login.microsoftonline.com/{tenant}/v2.0`, or for v1 tokens `https://sts.windows.net/{tenant}/`.
    pub issuer: String,
    /// Address of the issuer's metadata.
    pub metadata: Url,
    /// `aud`, exactly: our app registration's id or its URI.
    pub audience: String,
    /// Ids of the applications that may call (`azp` of v2 tokens, `appid` of v1 tokens).
    pub app_ids: Vec<String>,
}

/// A caller whose token was believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The calling application's id.
    pub app_id: String,
}

/// Why a token was not believed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EntraError {
    /// The token is not good.
    #[error("refused: {0}")]
    Refused(#[from] Refused),
    /// The issuer's keys could not be had, which says nothing about the token.
    #[error("the issuer's keys cannot be fetched: {0}")]
    CouldNotCheck(String),
}

type Keys = Arc<Vec<PublicKey>>;

struct Known {
    keys: Keys,
    since: OffsetDateTime,
}

/// Verifies bearer tokens.
pub(crate) struct Verifier {
    config: Config,
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
    known: RwLock<Option<Known>>,
    /// When discovery was last tried, or has failed; held while it runs, so that it runs once.
    last_try: tokio::sync::Mutex<Option<OffsetDateTime>>,
}

impl Verifier {
    /// A verifier that knows no keys yet; the first token makes it discover them.
    #[must_use]
    pub(crate) fn new(config: Config, client: reqwest::Client, clock: Arc<dyn Clock>) -> Self {
        Self {
            config,
            client,
            clock,
            known: RwLock::default(),
            last_try: tokio::sync::Mutex::default(),
        }
    }

    /// A verifier that has discovered these keys at this moment, and asks nobody.
    ///
    /// # Errors
    /// The keys are no JWK set.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn with_keys(
        config: Config,
        client: reqwest::Client,
        clock: Arc<dyn Clock>,
        jwks: &[u8],
    ) -> Result<Self, super::public_key::KeyError> {
        let keys = super::public_key::from_jwks(jwks)?;
        let since = clock.now();
        let verifier = Self::new(config, client, clock);
        let known = Known {
            keys: Arc::new(keys),
            since,
        };
        *verifier.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known);
        Ok(verifier)
    }

    /// Believes a token by the keys that are there.
    ///
    /// # Errors
    /// See [`Refused`].
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn believe_now(&self, bearer: &str) -> Result<Caller, Refused> {
        self.believe(bearer, &self.fresh_keys().unwrap_or_default())
    }

    /// Believes a token, given without the word `Bearer`: RS256 by a discovered key, `iss`, `aud`, `exp`, `nbf`, `iat`, an
    /// application that is allowed, and that it speaks for itself: a token with `scp` was issued for a person who is
    /// signed in there (Microsoft identity platform, "Access token claims reference").
    ///
    /// # Errors
    /// [`EntraError::Refused`] when the token is at fault, [`EntraError::CouldNotCheck`] when its issuer cannot be asked.
    pub(crate) async fn verify(&self, bearer: &str) -> Result<Caller, EntraError> {
        // What is wrong whatever the keys are is refused without asking anybody for keys.
        let known = self.fresh_keys().unwrap_or_default();
        match self.believe(bearer, &known) {
            Err(Refused::UnknownKey) => {}
            outcome => return Ok(outcome?),
        }
        let renewed = self.discover().await?;
        Ok(self.believe(bearer, &renewed)?)
    }

    fn believe(&self, bearer: &str, keys: &[PublicKey]) -> Result<Caller, Refused> {
        let claims = jws::open(bearer, &[Algorithm::RS256], &TYPES, |kid| named(keys, kid))?;
        let claims = Claims::new(claims);
        claims.issuer(&self.config.issuer)?;
        claims.audience(&[&self.config.audience])?;
        claims.times(self.clock.now())?;
        let (name, app_id) = match claims.optional_text("azp")? {
            Some(app_id) => ("azp", app_id),
            None => ("appid", claims.text("appid")?),
        };
        if !self.config.app_ids.iter().any(|allowed| allowed == app_id) {
            return Err(Refused::Unexpected(name));
        }
        if claims.optional_text("scp")?.is_some() {
            return Err(Refused::Unexpected("scp"));
        }
        Ok(Caller {
            app_id: app_id.to_owned(),
        })
    }

    /// The known keys, unless too old.
    fn fresh_keys(&self) -> Option<Keys> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let known = known.as_ref()?;
        (self.clock.now() - known.since < MAX_AGE).then(|| Arc::clone(&known.keys))
    }

    /// Looks the keys up, unless that was done a moment ago; then gives what that found.
    async fn discover(&self) -> Result<Keys, EntraError> {
        let mut last_try = self.last_try.lock().await;
        let known = self.fresh_keys();
        let pause = if known.is_some() { COOLDOWN } else { COLD_COOLDOWN };
        let now = self.clock.now();
        if last_try.is_some_and(|last| now - last < pause) {
            return known.ok_or_else(|| EntraError::CouldNotCheck("tried a moment ago".to_owned()));
        }
        *last_try = Some(now);
        let keys = match discovery::keys(&self.client, &self.config).await {
            Ok(keys) => Arc::new(keys),
            Err(error) => {
                // Those who waited meanwhile must not wait for another failure each.
                *last_try = Some(self.clock.now());
                return Err(EntraError::CouldNotCheck(error.to_string()));
            }
        };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some(Known {
            keys: Arc::clone(&keys),
            since: now,
        });
        Ok(keys)
    }
}

fn named<'k>(keys: &'k [PublicKey], kid: Option<&str>) -> Result<Vec<&'k PublicKey>, Refused> {
    let kid = kid.ok_or(Refused::NoKeyId)?;
    let keys: Vec<&PublicKey> = keys.iter().filter(|key| key.kid() == Some(kid)).collect();
    if keys.is_empty() {
        Err(Refused::UnknownKey)
    } else {
        Ok(keys)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
