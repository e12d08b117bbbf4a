//! Redeems codes and access tokens.
//!
//! Everything that can fail comes before the redemption is written: reading, deciding what is told, and signing. A client
//! whose answer was lost on its way may ask once more for the same; see [`Grants::redeem`].

use time::OffsetDateTime;
use tracing::warn;

use super::answered::{REPEAT, Receipt};
use super::facts::Redeemed;
use super::visit::Bound;
use super::{Authorization, Grants, Visit};
use crate::checks::facts::V2;
use crate::checks::facts::names::FactName;
use crate::checks::{Error, Holder, Outcome, RedeemError, Status, Verification};
use crate::ids::{FactHash, SubjectHash};
use crate::person::Personal;
use crate::person::release::Release;
use crate::seal::{self, Purpose, SealError};
use crate::telemetry;

/// A round that lost the race for the redemption is followed by one that finds it made.
const MAX_ROUNDS: u32 = 3;

/// What a client gets for its code.
#[derive(Clone)]
pub(crate) struct Grant {
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
    /// The mail address that the client gave; nothing unless it asks for it.
    pub email: Option<Personal>,
    /// `auth_time`: when the person was last checked; nothing where they were not.
    pub auth_time: Option<OffsetDateTime>,
    /// Whose document was approved, where values of it are told here and the vendor still has it.
    pub holder: Option<Holder>,
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
pub(crate) struct Presented<'a> {
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
pub(crate) struct Assertion<'a> {
    /// As it came, byte for byte.
    pub jwt: &'a str,
    /// When it was first used, with this very request; nothing when it is new.
    pub first_used: Option<OffsetDateTime>,
}

/// A code that was found good, and what would be told for it. Nothing is written yet.
struct Redemption {
    grant: Grant,
    receipt: Receipt,
    verification: Verification,
    /// The redemption to be written; nothing when it stands already and its answer was lost.
    fact: Option<Redeemed>,
}

/// A redemption that stands already, and how the code is presented again.
struct Repeat {
    first: Redeemed,
    /// Address and verifier are right.
    fits: bool,
    /// It stood when this request came.
    is_first_look: bool,
}

impl Grants {
    /// Redeems a code: `answer` words and signs what is told, and only when that is done the redemption is written, at most
    /// once. A code that is presented with the wrong client, address or verifier is refused and not used up.
    ///
    /// *Lost answer*: while no record says that the answer was written to the socket ([`Grants::answered`]), the
    /// same client with the same code, address, verifier and assertion is told once more within ten seconds, with the same
    /// access token. Every other repeat by the client revokes the access token.
    ///
    /// # Errors
    /// See [`RedeemError`], and whatever `answer` says; then nothing was written.
    #[tracing::instrument(name = "grants.redeem", skip_all)]
    pub(crate) async fn redeem<T, E>(
        &self,
        presented: &Presented<'_>,
        answer: impl Fn(&Grant) -> Result<T, E> + Send,
    ) -> Result<(T, Receipt), E>
    where
        T: Send,
        E: From<RedeemError> + Send,
    {
        let mut seen = None;
        for _ in 0..MAX_ROUNDS {
            let redemption = self.redemption(presented, seen.as_ref()).await?;
            let told = answer(&redemption.grant)?;
            if write(&redemption).await? {
                return Ok((told, redemption.receipt));
            }
            seen = Some(redemption.verification);
        }
        Err(RedeemError::from(Error::Busy).into())
    }

    /// Reads and checks everything. A redemption that is found at the first look stood when this request came: only then
    /// is it a repeat. One that is found later, in what is `seen`, was made beside it.
    async fn redemption(
        &self,
        presented: &Presented<'_>,
        seen: Option<&Verification>,
    ) -> Result<Redemption, RedeemError> {
        let now = self.clock.now();
        let code = self.seal.recognise(Purpose::Code, presented.code);
        let code = code.map_err(refused)?;
        // Now, so that the record of a refusal can be tied to its journey as well.
        telemetry::note_verification(code.id);
        let receipt = Receipt::of(code.id, FactHash(code.extra));
        let is_first_look = seen.is_none();
        let verification = seen.cloned().unwrap_or_else(|| self.checks.open(receipt.id));
        let visit = self.visit_of_grant(&verification, receipt).await?;
        if visit.authorization.client_id != presented.client_id {
            return Err(RedeemError::WrongClient);
        }
        let fits = check(&visit.authorization, presented);
        let (expires_at, fact, subject) = match redeemed(&verification, receipt).await? {
            Some(first) => {
                let repeat = Repeat {
                    first,
                    fits: fits.is_ok(),
                    is_first_look,
                };
                self.repeated(&verification, receipt, &repeat, presented).await?;
                (repeat.first.access_token_expires_at, None, repeat.first.subject)
            }
            None if code.expires_at <= now => return Err(RedeemError::Expired),
            None => {
                fits?;
                refuse_used_proof(presented, now)?;
                let fact = self.new_redemption(presented, now);
                (fact.access_token_expires_at, Some(fact), None)
            }
        };
        let access_token = self
            .seal
            .seal(Purpose::AccessToken, receipt.id, expires_at, receipt.key.0);
        let depends_on_outcome = visit.authorization.walk_in.is_some();
        let asked = visit.authorization.released.id_token;
        let to = (access_token, expires_at);
        let grant = self.grant(visit, to, subject, asked).await?;
        let fact = fact.map(|fact| Redeemed {
            subject: depends_on_outcome.then_some(grant.subject),
            ..fact
        });
        Ok(Redemption {
            grant,
            receipt,
            verification,
            fact,
        })
    }

    fn new_redemption(&self, presented: &Presented<'_>, now: OffsetDateTime) -> Redeemed {
        Redeemed {
            version: V2,
            at: now,
            access_token_expires_at: now + self.lives.access_token,
            by: self.nonce(),
            code: print(presented.code),
            assertion: presented.assertion.map(|assertion| print(assertion.jwt)),
            subject: None,
        }
    }

    /// Whether this is the same request once more, because its answer was lost. Anything else is a replay.
    async fn repeated(
        &self,
        verification: &Verification,
        receipt: Receipt,
        repeat: &Repeat,
        presented: &Presented<'_>,
    ) -> Result<(), RedeemError> {
        let first = &repeat.first;
        let is_same_code = seal::same(first.code.as_bytes(), print(presented.code).as_bytes());
        let may_repeat = repeat.fits && is_same_code;
        if may_repeat && self.is_lost(verification, receipt, first, presented).await? {
            return Ok(());
        }
        // Another code of the same sign-in, after a second press of a button, tells nothing of a thief. And one that was on
        // its way when the code was redeemed is the request that was repeated, and no repeat.
        if !is_same_code || may_repeat && !repeat.is_first_look {
            return Err(RedeemError::Replayed);
        }
        self.revoke(verification, receipt).await
    }

    async fn is_lost(
        &self,
        verification: &Verification,
        receipt: Receipt,
        first: &Redeemed,
        presented: &Presented<'_>,
    ) -> Result<bool, RedeemError> {
        let is_soon = (self.clock.now() - first.at).abs() <= REPEAT;
        if !is_soon || !first.is_by(presented) || self.is_answered(verification, receipt).await? {
            return Ok(false);
        }
        let name = FactName::Replayed(receipt.key);
        Ok(!verification.seen.has(receipt.id, name).await?)
    }

    /// The code was presented again by its own client: whoever has the access token may not be that client.
    async fn revoke(&self, verification: &Verification, receipt: Receipt) -> Result<(), RedeemError> {
        let name = FactName::Replayed(receipt.key);
        verification
            .seen
            .create(receipt.id, name, &self.happened())
            .await?;
        warn!(verification.id = %receipt.id, code = "code.token_revoked",
            "authorization code replayed; its access token is revoked");
        Err(RedeemError::Replayed)
    }

    /// What is told now to the holder of an access token.
    ///
    /// # Errors
    /// Unknown, expired, or revoked because its code was presented twice ([`RedeemError::Replayed`]); the store.
    pub(crate) async fn userinfo(&self, access_token: &str) -> Result<Grant, RedeemError> {
        let now = self.clock.now();
        let opened = self
            .seal
            .open(Purpose::AccessToken, access_token, now)
            .map_err(refused)?;
        telemetry::note_verification(opened.id);
        let receipt = Receipt::of(opened.id, FactHash(opened.extra));
        let verification = self.checks.open(receipt.id);
        let has = |name| verification.seen.has(receipt.id, name);
        if has(FactName::Replayed(receipt.key)).await? {
            return Err(RedeemError::Replayed);
        }
        if !has(FactName::Redeemed(receipt.key)).await? {
            return Err(RedeemError::Unknown);
        }
        let visit = self.visit_of_grant(&verification, receipt).await?;
        let told = match visit.authorization.walk_in {
            Some(_) => redeemed(&verification, receipt).await?,
            None => None,
        };
        let subject = told.and_then(|told| told.subject);
        let asked = visit.authorization.released.userinfo;
        let to = (access_token.to_owned(), opened.expires_at);
        self.grant(visit, to, subject, asked).await
    }

    /// The authorization that a code was issued for. Nobody acts on it, so it has no handle.
    async fn visit_of_grant(
        &self,
        verification: &Verification,
        receipt: Receipt,
    ) -> Result<Visit, RedeemError> {
        let fact = match self.authorization(verification, receipt.key).await {
            Err(Error::NotFound) => return Err(RedeemError::Unknown),
            other => other?,
        };
        let key = receipt.key;
        Ok(self.visit_of(verification, String::new(), Bound { key, fact }))
    }

    /// What is told now, with the values that are `asked` for here; to whom something was told before, of the same `subject`.
    async fn grant(
        &self,
        visit: Visit,
        (access_token, access_token_expires_at): (String, OffsetDateTime),
        subject: Option<SubjectHash>,
        asked: Release,
    ) -> Result<Grant, RedeemError> {
        let (outcome, auth_time) = match self.checks.told(&visit.entry).await {
            Err(Error::NotFound) => return Err(RedeemError::Unknown),
            other => other?,
        };
        let present = self.sub(&visit.authorization, visit.subject, &outcome);
        let subject = subject.unwrap_or(present);
        // Of whoever was checked since, nothing is told under a name that somebody else has.
        let asked = if subject == present {
            asked
        } else {
            Release::default()
        };
        let walk_in = visit.authorization.walk_in.as_ref();
        let hinted = walk_in.and_then(|walk_in| walk_in.hinted);
        if outcome.status == Status::Approved && hinted.is_some_and(|hinted| hinted != subject) {
            // The outcome has changed since the code was given.
            return Err(RedeemError::Unknown);
        }
        Ok(Grant {
            email: self.email(&visit).await?,
            holder: self.holder(&visit, &outcome, asked).await?,
            outcome,
            authorization: visit.authorization,
            subject,
            access_token,
            access_token_expires_at,
            auth_time,
        })
    }
}

impl Grants {
    /// Read only for who asked for it.
    pub(super) async fn email(&self, visit: &Visit) -> Result<Option<Personal>, Error> {
        if visit.authorization.has_scope("email") {
            self.checks.email(&visit.entry).await
        } else {
            Ok(None)
        }
    }
}

async fn redeemed(verification: &Verification, receipt: Receipt) -> Result<Option<Redeemed>, RedeemError> {
    let name = FactName::Redeemed(receipt.key);
    Ok(verification.seen.find(receipt.id, name).await?)
}

/// Writes the redemption. Not when somebody else's was faster: then the question is asked anew.
async fn write(redemption: &Redemption) -> Result<bool, RedeemError> {
    let Some(fact) = &redemption.fact else {
        return Ok(true);
    };
    let name = FactName::Redeemed(redemption.receipt.key);
    let seen = &redemption.verification.seen;
    Ok(seen.create_exclusive(redemption.receipt.id, name, fact).await?)
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
