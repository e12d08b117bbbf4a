//! Access tokens of the managed identity: signed for real, checked for real.

use std::collections::HashMap;

use loopback::{jose, random};
use openssl::error::ErrorStack;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::shared::Shared;

/// The directory that issues tokens to the identity.
pub struct Issuer {
    /// Directory (tenant) id.
    pub tenant: String,
    /// Client id of the identity.
    pub client_id: String,
    /// Its object id in the directory.
    pub principal_id: String,
    /// Its resource id, which a user-assigned identity may be named by.
    pub resource_id: String,
    /// Only the vault reads these tokens, so the key is a secret (HS512), which costs no time at start.
    key: [u8; 64],
    /// The current token of each resource with its end, as App Service caches them.
    current: Shared<HashMap<String, (String, i64)>>,
    /// Tokens that open nothing any more, whatever end they were given with, and the claims that a new one is to have.
    revoked: Shared<HashMap<String, Option<Value>>>,
}

/// Why a token does not open a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// In Key Vault's words.
    Said(&'static str),
    /// It lacks these claims.
    Claims(Value),
}

loopback::debug_only!(Issuer: tenant, client_id, principal_id);

/// App Service renews a token that has less than this to live, in seconds.
const RENEWAL_S: i64 = 600;

impl Issuer {
    pub(super) fn new() -> Self {
        Self {
            tenant: random::uuid(),
            client_id: random::uuid(),
            principal_id: random::uuid(),
            resource_id: format!(
                "/subscriptions/{}/resourcegroups/rig/providers/Microsoft.ManagedIdentity/userAssignedIdentities/rig",
                random::uuid()
            ),
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

    /// Takes back every token there is, for want of these claims if there are any; the next that is asked for is
    /// another one.
    pub fn revoke(&self, claims: Option<&Value>) {
        let given: Vec<(String, Option<Value>)> = self.current.with(|current| {
            let tokens = current.drain().map(|(_, (token, _))| token);
            tokens.map(|token| (token, claims.cloned())).collect()
        });
        self.revoked.with(|revoked| revoked.extend(given));
    }

    fn sign(&self, resource: &str, iat: i64, exp: i64) -> Result<String, ErrorStack> {
        let header = json!({ "typ": "JWT", "alg": "HS512", "kid": "rig-identity" });
        let claims = json!({
            "aud": resource, "iss": format!("https://sts.windows.net/{}/", self.tenant), "tid": self.tenant,
            "appid": self.client_id, "oid": self.principal_id, "sub": self.principal_id, "idtyp": "app", "ver": "1.0",
            "iat": iat, "nbf": iat, "exp": exp, "uti": random::hex::<8>(),
        });
        jose::sign_hmac(&header, &claims, &self.key)
    }

    /// Why a token does not open a resource; `None` when it does.
    #[must_use]
    pub fn refusal(&self, token: &str, resource: &str, now: OffsetDateTime) -> Option<Refusal> {
        let Ok(claims) = jose::parse(token).and_then(|token| token.verify_hmac("HS512", &self.key)) else {
            return Some(Refusal::Said("AKV10032: Invalid issuer or signature."));
        };
        match self.revoked.with(|revoked| revoked.get(token).cloned()) {
            Some(Some(wanted)) => return Some(Refusal::Claims(wanted)),
            Some(None) => return Some(Refusal::Said("AKV10032: Invalid issuer or signature.")),
            None => {}
        }
        if claims.get("aud").and_then(Value::as_str) != Some(resource) {
            return Some(Refusal::Said("AKV10022: Invalid audience."));
        }
        let exp = claims.get("exp").and_then(Value::as_i64).unwrap_or(0);
        (now.unix_timestamp() >= exp).then_some(Refusal::Said("AKV10024: Token has expired."))
    }

    /// Whether this is how somebody may name the identity: by any of its ids, and by nothing else.
    #[must_use]
    pub fn is_named(&self, parameter: &str, value: &str) -> bool {
        let id = match parameter {
            "client_id" => &self.client_id,
            "principal_id" | "object_id" => &self.principal_id,
            _ => &self.resource_id,
        };
        value.eq_ignore_ascii_case(id)
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
        let said = |resource, at| match issuer.refusal(&token, resource, at) {
            Some(Refusal::Said(words)) => words,
            other => panic!("{other:?}"),
        };
        assert!(said("https://storage.azure.com", start).contains("audience"));
        assert!(said(VAULT, start + time::Duration::hours(1)).contains("expired"));
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
        issuer.revoke(None);
        assert!(matches!(
            issuer.refusal(&first, VAULT, start),
            Some(Refusal::Said(_))
        ));
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
