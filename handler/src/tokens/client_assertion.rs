//! How a client proves itself with `private_key_jwt`: RFC 7523 section 3, OpenID Connect Core section 9.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::Algorithm;
use time::OffsetDateTime;

use super::claims::Claims;
use super::public_key::{self, KeyError, PublicKey};
use super::remote_keys::{CouldNotFetch, RemoteKeys};
use super::{LEEWAY, Refused, jws};

/// Maximum life of an assertion: how long its `jti` may have to be remembered. Common libraries make them for an hour.
pub(crate) const MAX_LIFE: Duration = Duration::from_secs(3600);

/// What an assertion may be signed with.
const ALGORITHMS: [Algorithm; 4] = [
    Algorithm::RS256,
    Algorithm::PS256,
    Algorithm::ES256,
    Algorithm::EdDSA,
];
/// The same by their names (RFC 7518 section 3.1, RFC 8037 section 3.1).
pub(crate) const ALGORITHM_NAMES: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

/// What `typ` may say: RFC 7523 leaves it open, draft-ietf-oauth-rfc7523bis names the second.
const TYPES: [&str; 2] = ["JWT", "client-authentication+jwt"];

/// Maximum length of a `jti`, in bytes.
const MAX_JTI: usize = 256;

/// The keys a client may sign with. Clones share them.
#[derive(Clone)]
pub struct ClientKeys {
    fixed: Arc<Vec<PublicKey>>,
    /// Those that it publishes itself, asked where the fixed ones do not fit.
    remote: Option<Arc<RemoteKeys>>,
}

impl ClientKeys {
    /// Reads a JWK set (RFC 7517).
    ///
    /// # Errors
    /// Not one, without a key for one of the algorithms that may be trusted, or with one id for two keys.
    pub fn from_jwks(json: &str) -> Result<Self, KeyError> {
        Self::from_jwks_bytes(json.as_bytes())
    }

    /// The same before it is known to be text.
    ///
    /// # Errors
    /// As [`ClientKeys::from_jwks`].
    pub(crate) fn from_jwks_bytes(json: &[u8]) -> Result<Self, KeyError> {
        public_key::from_jwks(json).map(Self::new)
    }

    /// Of a client that publishes its keys, beside those that are fixed.
    #[must_use]
    pub(crate) fn published(fixed: Option<Self>, remote: RemoteKeys) -> Self {
        let fixed = fixed.map_or_else(Arc::default, |fixed| fixed.fixed);
        let remote = Some(Arc::new(remote));
        Self { fixed, remote }
    }

    /// Judges an assertion: by the fixed keys, and where none of those made it by the published ones.
    ///
    /// # Errors
    /// The published keys cannot be had: nothing is known of the assertion.
    pub(crate) async fn judge(
        &self,
        now: OffsetDateTime,
        verify: impl Fn(&Self) -> Result<AssertionId, Refused>,
    ) -> Result<Result<AssertionId, Refused>, CouldNotFetch> {
        let verdict = verify(self);
        match (&verdict, &self.remote) {
            (
                Err(Refused::UnknownKey | Refused::NoKeyId | Refused::Signature | Refused::Algorithm),
                Some(remote),
            ) => {
                let of = |fixed| Self { fixed, remote: None };
                remote.judge(now, |published| verify(&of(published))).await
            }
            _ => Ok(verdict),
        }
    }

    /// Reads the client's certificates, PEM. Their validity period is not looked at: who lists a certificate trusts it.
    ///
    /// # Errors
    /// Not PEM, or a key that is neither RSA that may be trusted, nor on P-256, nor Ed25519.
    pub fn from_certificates(pem: &str) -> Result<Self, KeyError> {
        public_key::from_certificates(pem.as_bytes()).map(Self::new)
    }

    fn new(keys: Vec<PublicKey>) -> Self {
        Self {
            fixed: Arc::new(keys),
            remote: None,
        }
    }

    /// Keys of this id, and those that have none. A token may leave its key unnamed only when there is no choice.
    fn candidates(&self, kid: Option<&str>) -> Result<Vec<&PublicKey>, Refused> {
        let nameless = self.fixed.len() == 1 || self.fixed.iter().all(|key| key.kid().is_none());
        if kid.is_none() && !nameless {
            return Err(Refused::NoKeyId);
        }
        let fits = |key: &&PublicKey| kid.is_none() || key.kid().is_none() || key.kid() == kid;
        let keys: Vec<&PublicKey> = self.fixed.iter().filter(fits).collect();
        if keys.is_empty() {
            return Err(Refused::UnknownKey);
        }
        Ok(keys)
    }
}

impl fmt::Debug for ClientKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientKeys({})", self.fixed.len())
    }
}

/// What must be remembered of an assertion, so that it is accepted once only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssertionId {
    /// Its `jti`, unique for this client.
    pub jti: String,
    /// When it would be refused anyway: its `exp` plus [`LEEWAY`].
    pub exp: OffsetDateTime,
}

/// Believes an assertion: signed by one of the client's keys ([`ALGORITHMS`], as the key is), `iss` and `sub` both the
/// client, `aud` nobody but us (one or several of our own names), `typ` that of an assertion or of any token, `exp` at most
/// [`MAX_LIFE`] away, `nbf` and `iat` not ahead, and a `jti`. That the `jti` is new is for the caller to make sure.
///
/// # Errors
/// See [`Refused`].
pub fn verify(
    jwt: &str,
    keys: &ClientKeys,
    client_id: &str,
    audiences: &[&str],
    now: OffsetDateTime,
) -> Result<AssertionId, Refused> {
    let claims = jws::open(jwt, &ALGORITHMS, &TYPES, |kid| keys.candidates(kid))?;
    let claims = Claims::new(claims);
    claims.issuer(client_id)?;
    claims.is("sub", client_id)?;
    claims.audience(audiences)?;
    let exp = claims.times(now)?;
    if exp > now + MAX_LIFE + LEEWAY {
        return Err(Refused::TooLong);
    }
    let jti = claims.text("jti")?;
    if jti.is_empty() || jti.len() > MAX_JTI {
        return Err(Refused::Type("jti"));
    }
    Ok(AssertionId {
        jti: jti.to_owned(),
        exp: exp + LEEWAY,
    })
}
