//! Keys and clients of the tenant.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use loopback::clock::Clock;
use loopback::{jose, random};
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use serde_json::{Value, json};
use url::Url;

use crate::shared::Shared;

/// A signing key with its id.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) kid: String,
    pub(super) private: PKey<Private>,
}

impl Key {
    pub(super) fn new() -> Result<Self, ErrorStack> {
        Ok(Self {
            kid: jose::encode(&random::bytes::<20>()),
            private: jose::new_key()?,
        })
    }
}

/// The state of the tenant.
pub struct Directory {
    /// Tenant id.
    pub tenant: String,
    pub(super) clock: Clock,
    /// Published keys; the last one signs.
    keys: Shared<Vec<Key>>,
    clients: Shared<BTreeMap<String, String>>,
    base: OnceLock<String>,
}

loopback::debug_only!(Directory: tenant, keys, base);

impl Directory {
    pub(super) fn new(tenant: String, clock: Clock) -> Result<Self, ErrorStack> {
        let keys = Shared::new(vec![Key::new()?]);
        Ok(Self {
            tenant,
            clock,
            keys,
            clients: Shared::default(),
            base: OnceLock::new(),
        })
    }

    /// Tells the tenant its address, once.
    pub(super) fn settle_in(&self, url: &Url) {
        let _ = self.base.set(url.to_string()); // only the first time counts
    }

    fn base(&self) -> &str {
        self.base.get().map_or("", String::as_str)
    }

    /// The issuer of tokens of version 2.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("{}{}/v2.0", self.base(), self.tenant)
    }

    /// Signs with a new key from now on and returns its id. Without `keep_previous` tokens signed before no longer
    /// have a published key.
    ///
    /// # Errors
    /// When OpenSSL cannot make a key.
    pub fn rotate(&self, keep_previous: bool) -> Result<String, ErrorStack> {
        let key = Key::new()?;
        let kid = key.kid.clone();
        self.keys.with(|keys| {
            if !keep_previous {
                keys.clear();
            }
            keys.push(key);
        });
        Ok(kid)
    }

    /// Registers an application, or gives it another secret.
    pub fn add_client(&self, id: &str, secret: &str) {
        self.clients
            .with(|clients| clients.insert(id.to_owned(), secret.to_owned()));
    }

    pub(super) fn has_client(&self, id: &str, secret: &str) -> bool {
        self.clients
            .with(|clients| clients.get(id).is_some_and(|known| known == secret))
    }

    pub(super) fn signing_key(&self) -> Option<Key> {
        self.keys.with(|keys| keys.last().cloned())
    }

    /// The published key set (RFC 7517 section 5).
    pub(super) fn key_set(&self) -> Value {
        let issuer = self.issuer();
        let public = |key: &Key| {
            let mut jwk = jose::jwk(&key.kid, &key.private).ok()?;
            jwk.as_object_mut()?.insert("issuer".to_owned(), json!(issuer));
            Some(jwk)
        };
        let keys: Vec<Value> = self.keys.with(|keys| keys.iter().filter_map(public).collect());
        json!({ "keys": keys })
    }

    /// The discovery document (OpenID Connect Discovery 1.0 section 3).
    pub(super) fn discovery(&self) -> Value {
        let tenant = format!("{}{}", self.base(), self.tenant);
        json!({
            "issuer": self.issuer(), "jwks_uri": format!("{tenant}/discovery/v2.0/keys"),
            "token_endpoint": format!("{tenant}/oauth2/v2.0/token"),
            "authorization_endpoint": format!("{tenant}/oauth2/v2.0/authorize"),
            "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        })
    }
}
