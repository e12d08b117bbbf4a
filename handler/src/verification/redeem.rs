//! Redeems codes and access tokens.
//!
//! Everything that can fail comes before the redemption is written: reading, deciding what is told, and signing. A client
//! whose answer was lost on its way may ask once more for the same; see [`Verifications::redeem`].

use time::{Duration, OffsetDateTime};
use tracing::warn;

use super::answered::Receipt;
use super::facts::{Authorized, Code, Happened, Redeemed, V1};
use super::history::History;
use super::paths::Name;
use super::{Authorization, Error, Outcome, RedeemError, Verifications, Visit};
use crate::ids::{FactHash, SubjectHash, VerificationId};
use crate::seal::{self, Purpose, SealError};

/// How long after a redemption a client may ask again for an answer that was lost: as long as a client library waits for
/// an answer before it repeats its request.
pub const REPEAT: Duration = Duration::seconds(10);

/// A round that lost the race for the redemption is followed by one that finds it made.
const MAX_ROUNDS: u32 = 3;

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
    /// `auth_time`: when the person was last checked; nothing where they were not.
    pub auth_time: Option<OffsetDateTime>,
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

/// What a client presents for its answer. The client has been authenticated before.
#[derive(Clone, Copy)]
pub struct Presented<'a> {
    /// The code. A credential.
    pub code: &'a str,
    /// Who presents it.
    pub client_id: &'a str,
    /// The redirect address, as of the authorization request.
    pub redirect_uri: &'a str,
    /// The PKCE verifier. A credential.
    pub code_verifier: Option<&'a str>,
    /// The signed assertion by which the client proved itself, where it did so.
    pub assertion: Option<Assertion<'a>>,
}

/// A client's signed assertion (RFC 7523). A credential.
#[derive(Clone, Copy)]
pub struct Assertion<'a> {
    /// As it came, byte for byte.
    pub jwt: &'a str,
    /// When it was first used, with this very request; nothing when it is new.
    pub first_used: Option<OffsetDateTime>,
}

/// A code that was found good, and what would be told for it. Nothing is written yet.
struct Redemption {
    grant: Grant,
    receipt: Receipt,
    /// The redemption to be written; nothing when it stands already and its answer was lost.
    fact: Option<Redeemed>,
}

impl Verifications {
    /// Redeems a code: `answer` words and signs what is told, and only when that is done the redemption is written, at most
    /// once. A code that is presented with the wrong client, address or verifier is refused and not used up.
    ///
    /// *Lost answer*: while no record says that the answer was written to the socket ([`Verifications::answered`]), the
    /// same client with the same code, address, verifier and assertion is told once more within [`REPEAT`], with the same
    /// access token. Every other repeat by the client revokes the access token.
    ///
    /// # Errors
    /// See [`RedeemError`], and whatever `answer` says; then nothing was written.
    #[tracing::instrument(name = "verification.redeem", skip_all)]
    pub async fn redeem<T, E>(
        &self,
        presented: &Presented<'_>,
        answer: impl Fn(&Grant) -> Result<T, E> + Send,
    ) -> Result<(T, Receipt), E>
    where
        T: Send,
        E: From<RedeemError> + Send,
    {
        for round in 0..MAX_ROUNDS {
            let redemption = self.redemption(presented, round == 0).await?;
            let told = answer(&redemption.grant)?;
            if self.write(&redemption).await? {
                return Ok((told, redemption.receipt));
            }
        }
        Err(RedeemError::from(Error::Busy).into())
    }

    /// Reads and checks everything. A redemption that is found at the first look stood when this request came: only then
    /// is it a repeat. One that is found later was made beside it.
    async fn redemption(
        &self,
        presented: &Presented<'_>,
        is_first_look: bool,
    ) -> Result<Redemption, RedeemError> {
        let now = self.deps.clock.now();
        let code = self.deps.seal.recognise(Purpose::Code, presented.code);
        let code = code.map_err(refused)?;
        let receipt = Receipt::of(code.id, FactHash(code.extra));
        let redeemed = self.redeemed(receipt).await?;
        let visit = self.authorized(receipt).await?;
        if visit.authorization.client_id != presented.client_id {
            return Err(RedeemError::WrongClient);
        }
        let fits = check(&visit.authorization, presented);
        let history = self.told(receipt.id).await?;
        if let Some(first) = redeemed {
            let may_repeat = fits.is_ok();
            if !may_repeat || !self.is_lost(receipt, &first, presented, now).await? {
                return Err(if may_repeat && !is_first_look {
                    RedeemError::Replayed
                } else {
                    self.revoke(receipt, now).await?
                });
            }
            let grant = self.grant(&history, visit, receipt, &first).await?;
            return Ok(Redemption {
                grant,
                receipt,
                fact: None,
            });
        }
        if code.expires_at <= now {
            return Err(RedeemError::Expired);
        }
        fits?;
        refuse_used_proof(presented, now)?;
        let fact = Redeemed {
            version: V1,
            at: now,
            access_token_expires_at: now + self.deps.limits.access_token_life,
            by: self.deps.nonce(),
            assertion: presented.assertion.map(|assertion| print(assertion.jwt)),
        };
        Ok(Redemption {
            grant: self.grant(&history, visit, receipt, &fact).await?,
            receipt,
            fact: Some(fact),
        })
    }

    /// Writes the redemption. Not when somebody else's was faster: then the question is asked anew.
    async fn write(&self, redemption: &Redemption) -> Result<bool, RedeemError> {
        let Receipt { id, code } = redemption.receipt;
        match &redemption.fact {
            Some(fact) => Ok(self.deps.claim(&Name::Redeemed(code).path(id), fact).await?),
            None => Ok(true),
        }
    }

    async fn redeemed(&self, receipt: Receipt) -> Result<Option<Redeemed>, RedeemError> {
        let path = Name::Redeemed(receipt.code).path(receipt.id);
        Ok(self.deps.read(&path).await?)
    }

    /// Whether this is the same request once more, because its answer was lost.
    async fn is_lost(
        &self,
        receipt: Receipt,
        first: &Redeemed,
        presented: &Presented<'_>,
        now: OffsetDateTime,
    ) -> Result<bool, RedeemError> {
        let is_soon = (now - first.at).abs() <= REPEAT;
        if !is_soon || !first.is_by(presented) || self.is_answered(receipt).await? {
            return Ok(false);
        }
        let revoked = Name::Replayed(receipt.code).path(receipt.id);
        Ok(self.deps.read::<Happened>(&revoked).await?.is_none())
    }

    /// The code was presented again by its own client: whoever has the access token may not be that client.
    async fn revoke(&self, receipt: Receipt, now: OffsetDateTime) -> Result<RedeemError, RedeemError> {
        let path = Name::Replayed(receipt.code).path(receipt.id);
        self.deps.create(&path, &Happened::at(now)).await?;
        warn!(verification.id = %receipt.id, "a code was presented again; its access token is revoked");
        Ok(RedeemError::Replayed)
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
        let receipt = Receipt::of(opened.id, FactHash(opened.extra));
        let history = self.told(receipt.id).await?;
        if history.names.contains(&Name::Replayed(receipt.code)) {
            return Err(RedeemError::Replayed);
        }
        let redeemed = self.redeemed(receipt).await?.ok_or(RedeemError::Unknown)?;
        let visit = self.authorized(receipt).await?;
        self.grant(&history, visit, receipt, &redeemed).await
    }

    /// The authorization that a code was issued for. Nobody acts on it, so it has no handle.
    async fn authorized(&self, receipt: Receipt) -> Result<Visit, RedeemError> {
        let Receipt { id, code } = receipt;
        let issued: Option<Code> = self.deps.read(&Name::Code(code).path(id)).await?;
        let hash = issued.ok_or(RedeemError::Unknown)?.authorization;
        let authorized: Authorized = self.deps.fact(id, Name::Authorization(hash)).await?;
        Ok(Visit::of(id, String::new(), hash, authorized))
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
        visit: Visit,
        receipt: Receipt,
        redeemed: &Redeemed,
    ) -> Result<Grant, RedeemError> {
        let (outcome, auth_time) = self.told_of(history, &visit).await?;
        let expires_at = redeemed.access_token_expires_at;
        let seal = &self.deps.seal;
        Ok(Grant {
            outcome,
            authorization: visit.authorization,
            subject: history.request.subject,
            access_token: seal.seal(Purpose::AccessToken, receipt.id, expires_at, receipt.code.0),
            access_token_expires_at: expires_at,
            auth_time,
        })
    }
}

impl Redeemed {
    /// Whether the same client presents the same proof. Client, address and verifier have been compared before.
    fn is_by(&self, presented: &Presented<'_>) -> bool {
        match (&self.assertion, presented.assertion) {
            (None, None) => true,
            (Some(first), Some(now)) => seal::same(first.as_bytes(), print(now.jwt).as_bytes()),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }
}

/// An assertion as it is remembered. It is signed, so nobody can guess it from this.
fn print(jwt: &str) -> String {
    seal::sha256_base64url(jwt)
}

/// A used assertion serves once more only to repeat a request that came to nothing, and soon.
fn refuse_used_proof(presented: &Presented<'_>, now: OffsetDateTime) -> Result<(), RedeemError> {
    match presented.assertion.and_then(|assertion| assertion.first_used) {
        Some(first_used) if (now - first_used).abs() > REPEAT => Err(RedeemError::UsedProof),
        _ => Ok(()),
    }
}

fn refused(error: SealError) -> RedeemError {
    match error {
        SealError::Expired => RedeemError::Expired,
        SealError::Malformed | SealError::UnknownKey | SealError::Forged => RedeemError::Unknown,
    }
}

fn check(request: &Authorization, presented: &Presented<'_>) -> Result<(), RedeemError> {
    if request.redirect_uri != presented.redirect_uri {
        return Err(RedeemError::WrongRedirect);
    }
    match (&request.code_challenge, presented.code_verifier) {
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
