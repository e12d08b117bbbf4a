//! Redeems codes and access tokens.

use time::OffsetDateTime;

use tracing::warn;

use super::facts::{Authorized, Code, Happened, Redeemed, V1};
use super::history::History;
use super::paths::Name;
use super::{Authorization, Error, Outcome, RedeemError, Verifications};
use crate::ids::{FactHash, SubjectHash, VerificationId};
use crate::seal::{self, Purpose, SealError};

/// What a client gets for its code.
#[derive(Clone)]
pub struct Grant {
    /// What is told.
    pub outcome: Outcome,
    /// The authorization request, with nonce, scope and requested claims.
    pub authorization: Authorization,
    /// `sub`.
    pub subject: SubjectHash,
    /// For userinfo. A credential.
    pub access_token: String,
    /// When the access token ends.
    pub access_token_expires_at: OffsetDateTime,
    /// `auth_time`: when the outcome was concluded.
    pub auth_time: OffsetDateTime,
}

/// Shows nothing that opens anything or is personal.
impl std::fmt::Debug for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grant")
            .field("outcome", &self.outcome)
            .field("access_token_expires_at", &self.access_token_expires_at)
            .finish_non_exhaustive()
    }
}

impl Verifications {
    /// Redeems a code, at most once. The client has been authenticated before. A code that is presented with the wrong
    /// client, address or verifier is refused and not used up.
    ///
    /// # Errors
    /// See [`RedeemError`].
    #[tracing::instrument(name = "verification.redeem", skip_all)]
    pub async fn redeem(
        &self,
        code: &str,
        client_id: &str,
        redirect_uri: &str,
        code_verifier: Option<&str>,
    ) -> Result<Grant, RedeemError> {
        let at = self.deps.clock.now();
        let opened = self.deps.seal.open(Purpose::Code, code, at).map_err(refused)?;
        let (id, hash) = (opened.id, FactHash(opened.extra));
        let authorized = self.authorized(id, hash).await?;
        check(&authorized.request, client_id, redirect_uri, code_verifier)?;
        let history = self.told(id).await?;
        let redeemed = Redeemed {
            version: V1,
            at,
            access_token_expires_at: at + self.deps.limits.access_token_life,
            by: self.deps.nonce(),
        };
        if !self.deps.claim(&Name::Redeemed(hash).path(id), &redeemed).await? {
            self.deps
                .create(&Name::Replayed(hash).path(id), &Happened::at(at))
                .await?;
            warn!(verification.id = %id, "a code was presented again; its access token is revoked");
            return Err(RedeemError::Replayed);
        }
        self.grant(&history, authorized.request, hash, &redeemed).await
    }

    /// What is told now to the holder of an access token.
    ///
    /// # Errors
    /// Unknown, expired, or revoked because its code was presented twice ([`RedeemError::Replayed`]); the store.
    pub async fn userinfo(&self, access_token: &str) -> Result<Grant, RedeemError> {
        let now = self.deps.clock.now();
        let opened = self
            .deps
            .seal
            .open(Purpose::AccessToken, access_token, now)
            .map_err(refused)?;
        let (id, hash) = (opened.id, FactHash(opened.extra));
        let history = self.told(id).await?;
        if history.names.contains(&Name::Replayed(hash)) {
            return Err(RedeemError::Replayed);
        }
        let redeemed = self.deps.read::<Redeemed>(&Name::Redeemed(hash).path(id)).await?;
        let redeemed = redeemed.ok_or(RedeemError::Unknown)?;
        let authorized = self.authorized(id, hash).await?;
        self.grant(&history, authorized.request, hash, &redeemed).await
    }

    /// The authorization that a code was issued for.
    async fn authorized(&self, id: VerificationId, code: FactHash) -> Result<Authorized, RedeemError> {
        let issued: Option<Code> = self.deps.read(&Name::Code(code).path(id)).await?;
        let name = Name::Authorization(issued.ok_or(RedeemError::Unknown)?.authorization);
        Ok(self.deps.fact(id, name).await?)
    }

    /// The verification as it will be told, after what is unread was read, two seconds at most; an erased one is unknown.
    async fn told(&self, id: VerificationId) -> Result<History, RedeemError> {
        match self.read_soon(id, false).await {
            Err(Error::NotFound) => Err(RedeemError::Unknown),
            other => Ok(other?),
        }
    }

    async fn grant(
        &self,
        history: &History,
        authorization: Authorization,
        code: FactHash,
        redeemed: &Redeemed,
    ) -> Result<Grant, RedeemError> {
        let outcome = self.outcome(history).await?;
        let expires_at = redeemed.access_token_expires_at;
        Ok(Grant {
            auth_time: outcome.at,
            outcome,
            authorization,
            subject: history.request.subject,
            access_token: self
                .deps
                .seal
                .seal(Purpose::AccessToken, history.id, expires_at, code.0),
            access_token_expires_at: expires_at,
        })
    }
}

fn refused(error: SealError) -> RedeemError {
    match error {
        SealError::Expired => RedeemError::Expired,
        SealError::Malformed | SealError::UnknownKey | SealError::Forged => RedeemError::Unknown,
    }
}

fn check(
    request: &Authorization,
    client_id: &str,
    redirect_uri: &str,
    code_verifier: Option<&str>,
) -> Result<(), RedeemError> {
    if request.client_id != client_id {
        return Err(RedeemError::WrongClient);
    }
    if request.redirect_uri != redirect_uri {
        return Err(RedeemError::WrongRedirect);
    }
    match (&request.code_challenge, code_verifier) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(RedeemError::MissingVerifier),
        (Some(challenge), Some(verifier)) if is_verifier_of(verifier, challenge) => Ok(()),
        _ => Err(RedeemError::WrongVerifier),
    }
}

/// RFC 7636 sections 4.1, 4.2 and 4.6, method S256.
fn is_verifier_of(verifier: &str, challenge: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(is_unreserved)
        && seal::same(seal::sha256_base64url(verifier).as_bytes(), challenge.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7636_appendix_b_fits() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert!(is_verifier_of(
            verifier,
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        ));
        assert!(!is_verifier_of(
            verifier,
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN"
        ));
    }

    #[test]
    fn a_verifier_of_the_wrong_shape_does_not_fit() {
        for verifier in [
            "short".to_owned(),
            "a".repeat(129),
            format!("{}=", "a".repeat(50)),
        ] {
            assert!(!is_verifier_of(&verifier, &seal::sha256_base64url(&verifier)));
        }
    }
}
