//! How a client proves itself at the token endpoint (OpenID Connect Core §9, RFC 7523).

use std::sync::Arc;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use loopback::{jose, random};
use openssl::pkey::{PKey, Private};
use serde_json::{Value, json};
use time::OffsetDateTime;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// One of the three ways.
#[derive(Clone)]
pub enum Proof {
    /// `client_secret_basic`.
    Basic(String),
    /// `client_secret_post`.
    Post(String),
    /// `private_key_jwt`.
    Key(Arc<Key>),
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Basic(_) => "Basic(…)",
            Self::Post(_) => "Post(…)",
            Self::Key(_) => "Key(…)",
        })
    }
}

/// A key pair with its id.
#[derive(Debug)]
pub struct Key {
    /// `kid`.
    pub id: String,
    /// RSA, 2048 bits.
    pub key: PKey<Private>,
}

/// What is added to a request.
#[derive(Default)]
pub(super) struct Added {
    pub(super) header: Option<String>,
    pub(super) fields: Vec<(String, String)>,
}

loopback::debug_only!(Added: );

impl Key {
    /// A fresh key.
    ///
    /// # Errors
    /// OpenSSL cannot make one.
    pub fn new() -> Result<Self> {
        Ok(Self {
            id: random::hex::<8>(),
            key: jose::new_key()?,
        })
    }

    /// The public half as a JWK set, for the provider's settings.
    ///
    /// # Errors
    /// OpenSSL cannot read the key.
    pub fn jwks(&self) -> Result<Value> {
        Ok(json!({ "keys": [jose::jwk(&self.id, &self.key)?] }))
    }

    /// A client assertion (RFC 7523 §3), valid for a minute.
    ///
    /// # Errors
    /// OpenSSL cannot sign.
    pub fn assertion(&self, client: &str, audience: &str, now: OffsetDateTime) -> Result<String> {
        let claims = json!({
            "iss": client, "sub": client, "aud": audience, "jti": random::uuid(),
            "iat": now.unix_timestamp(), "exp": now.unix_timestamp() + 60,
        });
        Ok(jose::sign(
            &json!({"alg": "RS256", "kid": self.id, "typ": "JWT"}),
            &claims,
            &self.key,
        )?)
    }
}

impl Proof {
    /// The name of the way in settings and metadata.
    #[must_use]
    pub fn method(&self) -> &'static str {
        match self {
            Self::Basic(_) => "client_secret_basic",
            Self::Post(_) => "client_secret_post",
            Self::Key(_) => "private_key_jwt",
        }
    }

    /// Header and fields that prove client `id` to whoever is `audience`.
    pub(super) fn added(&self, id: &str, audience: &str, now: OffsetDateTime) -> Result<Added> {
        Ok(match self {
            Self::Basic(secret) => Added {
                header: Some(basic(&encoded(id), &encoded(secret))),
                fields: Vec::new(),
            },
            Self::Post(secret) => Added {
                header: None,
                fields: vec![field("client_id", id), field("client_secret", secret)],
            },
            Self::Key(key) => Added {
                header: None,
                fields: vec![
                    field("client_assertion_type", ASSERTION_TYPE),
                    field("client_assertion", &key.assertion(id, audience, now)?),
                ],
            },
        })
    }
}

/// A Basic header (RFC 7617).
#[must_use]
pub fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn field(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// RFC 6749 §2.3.1: both halves are form-encoded first.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
