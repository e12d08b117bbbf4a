//! Access tokens of the managed identity: signed for real, checked for real.

use std::collections::{HashMap, HashSet};

use openssl::error::ErrorStack;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::shared::Shared;
use crate::{jose, random};

/// The directory that issues tokens to the identity.
pub struct Issuer {
    /// Directory (tenant) id.
    pub tenant: String,
    /// Client id of the identity.
    pub client_id: String,
    /// Only the vault reads these tokens, so the key is a secret (HS512), which costs no time at start.
    key: [u8; 64],
    /// The current token of each resource with its end, as App Service caches them.
    current: Shared<HashMap<String, (String, i64)>>,
    /// Tokens that open nothing any more, whatever end they were given with.
    revoked: Shared<HashSet<String>>,
}

runner::debug_only!(Issuer: tenant, client_id);

/// App Service renews a token that has less than this to live, in seconds.
const RENEWAL_S: i64 = 600;

impl Issuer {
    pub(super) fn new() -> Self {
        Self {
            tenant: random::uuid(),
            client_id: random::uuid(),
            key: random::bytes(),
            current: Shared::default(),
            revoked: Shared::default(),
        }
    }

    /// A token for a resource and when it ends, in seconds of Unix time; the same one until it is nearly over.
    ///
    /// # Errors
    /// When OpenSSL cannot sign.
    pub fn token(
        &self,
        resource: &str,
        life_s: u64,
        now: OffsetDateTime,
    ) -> Result<(String, i64), ErrorStack> {
        let now_s = now.unix_timestamp();
        self.current.with(|current| {
            if let Some(kept) = current.get(resource).filter(|(_, exp)| exp - now_s > RENEWAL_S) {
                return Ok(kept.clone());
            }
            let exp = now_s.saturating_add(i64::try_from(life_s).unwrap_or(i64::MAX));
            let fresh = (self.sign(resource, now_s, exp)?, exp);
            current.insert(resource.to_owned(), fresh.clone());
            Ok(fresh)
        })
    }

    /// Takes back every token there is; the next that is asked for is another one.
    pub fn revoke(&self) {
        let given: Vec<String> = self
            .current
            .with(|current| current.drain().map(|(_, (token, _))| token).collect());
        self.revoked.with(|revoked| revoked.extend(given));
    }

    fn sign(&self, resource: &str, iat: i64, exp: i64) -> Result<String, ErrorStack> {
        let header = json!({ "typ": "JWT", "alg": "HS512", "kid": "rig-identity" });
        let claims = json!({
            "aud": resource, "iss": format!("https://sts.windows.net/{}/", self.tenant), "tid": self.tenant,
            "appid": self.client_id, "oid": self.client_id, "sub": self.client_id, "idtyp": "app", "ver": "1.0",
            "iat": iat, "nbf": iat, "exp": exp, "uti": random::hex::<8>(),
        });
        jose::sign_hmac(&header, &claims, &self.key)
    }

    /// Why a token does not open a resource, in Key Vault's words; `None` when it does.
    #[must_use]
    pub fn refusal(&self, token: &str, resource: &str, now: OffsetDateTime) -> Option<&'static str> {
        let Ok(claims) = jose::parse(token).and_then(|token| token.verify_hs512(&self.key)) else {
            return Some("AKV10032: Invalid issuer or signature.");
        };
        if self.revoked.with(|revoked| revoked.contains(token)) {
            return Some("AKV10032: Invalid issuer or signature.");
        }
        if claims.get("aud").and_then(Value::as_str) != Some(resource) {
            return Some("AKV10022: Invalid audience.");
        }
        let exp = claims.get("exp").and_then(Value::as_i64).unwrap_or(0);
        (now.unix_timestamp() >= exp).then_some("AKV10024: Token has expired.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VAULT: &str = "https://vault.azure.net";

    #[test]
    fn no_token_prints() {
        let issuer = Issuer::new();
        let (token, _) = issuer.token(VAULT, 3600, OffsetDateTime::UNIX_EPOCH).unwrap();
        assert!(!format!("{issuer:?}").contains(&token));
    }

    #[test]
    fn a_token_opens_its_resource_until_it_ends() {
        let issuer = Issuer::new();
        let start = OffsetDateTime::UNIX_EPOCH;
        let (token, exp) = issuer.token(VAULT, 3600, start).unwrap();
        assert_eq!(exp, 3600);
        assert_eq!(issuer.refusal(&token, VAULT, start), None);
        assert!(
            issuer
                .refusal(&token, "https://storage.azure.com", start)
                .unwrap()
                .contains("audience")
        );
        let end = start + time::Duration::hours(1);
        assert!(issuer.refusal(&token, VAULT, end).unwrap().contains("expired"));
    }

    #[test]
    fn a_token_of_another_directory_opens_nothing() {
        let (issuer, other) = (Issuer::new(), Issuer::new());
        let (token, _) = other.token(VAULT, 3600, OffsetDateTime::UNIX_EPOCH).unwrap();
        assert!(
            issuer
                .refusal(&token, VAULT, OffsetDateTime::UNIX_EPOCH)
                .is_some()
        );
    }

    #[test]
    fn a_token_that_was_taken_back_opens_nothing_and_the_next_one_does() {
        let issuer = Issuer::new();
        let start = OffsetDateTime::UNIX_EPOCH;
        let (first, _) = issuer.token(VAULT, 3600, start).unwrap();
        issuer.revoke();
        assert!(issuer.refusal(&first, VAULT, start).is_some());
        let (next, _) = issuer.token(VAULT, 3600, start).unwrap();
        assert_eq!(issuer.refusal(&next, VAULT, start), None);
    }

    #[test]
    fn a_token_is_kept_until_it_is_nearly_over() {
        let issuer = Issuer::new();
        let start = OffsetDateTime::UNIX_EPOCH;
        let first = issuer.token(VAULT, 3600, start).unwrap();
        assert_eq!(
            issuer
                .token(VAULT, 3600, start + time::Duration::seconds(2999))
                .unwrap(),
            first
        );
        assert_ne!(
            issuer
                .token(VAULT, 3600, start + time::Duration::seconds(3000))
                .unwrap(),
            first
        );
    }
}
