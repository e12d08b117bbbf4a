//! Believes tokens of our own: what a client does with them.

use jsonwebtoken::Algorithm;
use serde_json::Value;
#[cfg(test)]
use time::OffsetDateTime;

use super::SigningKeys;
use crate::tokens::claims::Claims;
use crate::tokens::public_key::PublicKey;
use crate::tokens::{Refused, jws};

impl SigningKeys {
    /// Believes a token that we signed ourselves, for instance an `id_token_hint`: signature of a published key, `iss`,
    /// one `aud`, `exp`, `nbf` and `iat`. Gives its claims.
    ///
    /// # Errors
    /// See [`Refused`].
    #[cfg(test)]
    pub fn verify_own(
        &self,
        token: &str,
        issuer: &str,
        audience: &str,
        now: OffsetDateTime,
    ) -> Result<Value, Refused> {
        let claims = self.own(token, issuer, audience)?;
        claims.times(now)?;
        Ok(claims.into_value())
    }

    /// The same for one that may be over: for what is to be said of it, never for letting anybody in.
    ///
    /// # Errors
    /// Not ours, of another issuer or for somebody else, or not signed by a key of ours.
    pub(crate) fn recognise_own(&self, token: &str, issuer: &str, audience: &str) -> Result<Value, Refused> {
        Ok(self.own(token, issuer, audience)?.into_value())
    }

    fn own(&self, token: &str, issuer: &str, audience: &str) -> Result<Claims, Refused> {
        let claims = jws::open(
            token,
            &[Algorithm::RS256, Algorithm::PS256, Algorithm::ES256],
            &["JWT"],
            |kid| self.named(kid),
        )?;
        let claims = Claims::new(claims);
        claims.issuer(issuer)?;
        claims.audience(&[audience])?;
        Ok(claims)
    }

    fn named(&self, kid: Option<&str>) -> Result<Vec<&PublicKey>, Refused> {
        let kid = kid.ok_or(Refused::NoKeyId)?;
        let key = self.published.iter().find(|key| key.kid() == Some(kid));
        key.map(|key| vec![key]).ok_or(Refused::UnknownKey)
    }
}
