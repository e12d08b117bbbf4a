//! Our keys: one that signs, and those that are still (or already) published beside it.

mod by_thumbprint;
mod own;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use openssl::hash::MessageDigest;
use openssl::pkey::Private;
use openssl::x509::X509;
use serde_json::{Value, json};

pub(crate) use by_thumbprint::PublishedCertificate;

use super::SignError;
use super::certificate::{Certificate, thumbprint};
use super::provider::{self, Registered};
use super::public_key::{KeyError, PublicKey};

/// What signs our tokens, and the key set that lets others check them.
pub struct SigningKeys {
    header: Header,
    key: EncodingKey,
    _registered: Registered<Private>,
    published: Vec<PublicKey>,
    jwks: Value,
    certificates: Vec<PublishedCertificate>,
}

impl SigningKeys {
    /// Signs with `current`. `others` are published too, and tokens signed with them still verify: the previous key
    /// until the last of its tokens has expired, the next one while clients learn of it. Signs once, to be warm.
    ///
    /// # Errors
    /// OpenSSL refuses the key.
    pub fn new(current: Certificate, others: &[Certificate]) -> Result<Self, KeyError> {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(current.key_id());
        let mut certificates = vec![&current];
        for other in others {
            if certificates.iter().all(|known| known.key_id() != other.key_id()) {
                certificates.push(other);
            }
        }
        let published = certificates.iter().map(|certificate| public(certificate));
        let published = published.collect::<Result<_, _>>()?;
        let jwks: Result<Vec<Value>, KeyError> = certificates.iter().map(|each| jwk(each)).collect();
        let jwks = json!({ "keys": jwks? });
        let by_thumbprint = certificates.iter().map(|each| PublishedCertificate::of(each));
        let by_thumbprint = by_thumbprint.collect::<Result<_, _>>()?;
        let (registered, key) = provider::register_private(current.key);
        let keys = Self {
            header,
            key,
            _registered: registered,
            published,
            jwks,
            certificates: by_thumbprint,
        };
        keys.sign(&json!({})).map_err(|_| KeyError::Unusable)?;
        Ok(keys)
    }

    /// Signs claims as a JWT (RS256), with `kid` in its header.
    ///
    /// # Errors
    /// OpenSSL failed.
    pub fn sign(&self, claims: &Value) -> Result<String, SignError> {
        Ok(jsonwebtoken::encode(&self.header, claims, &self.key)?)
    }

    /// The id of the key that signs: base64url of the certificate's SHA-256.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.header.kid.as_deref().unwrap_or_default()
    }

    /// The public keys as a JWK set (RFC 7517), the one that signs first, each with
    /// `kty use alg kid n e x5c x5t x5t#S256`.
    #[must_use]
    pub fn jwks(&self) -> &Value {
        &self.jwks
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKeys({} of {})", self.key_id(), self.published.len())
    }
}

fn leaf(certificate: &Certificate) -> Result<&X509, KeyError> {
    certificate.chain.first().ok_or(KeyError::Unusable)
}

fn public(certificate: &Certificate) -> Result<PublicKey, KeyError> {
    let key = leaf(certificate)?.public_key().map_err(|_| KeyError::Unusable)?;
    PublicKey::new(key, Some(certificate.key_id()))
}

fn jwk(certificate: &Certificate) -> Result<Value, KeyError> {
    let rsa = certificate.key.rsa().map_err(|_| KeyError::Unusable)?;
    let chain = certificate.chain.iter().map(|each| each.to_der());
    let chain: Result<Vec<Vec<u8>>, _> = chain.collect();
    let chain = chain.map_err(|_| KeyError::Unusable)?;
    Ok(json!({
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": certificate.key_id(),
        "n": URL_SAFE_NO_PAD.encode(rsa.n().to_vec()),
        "e": URL_SAFE_NO_PAD.encode(rsa.e().to_vec()),
        "x5c": chain.iter().map(|der| STANDARD.encode(der)).collect::<Vec<_>>(),
        "x5t": thumbprint(leaf(certificate)?, MessageDigest::sha1()),
        "x5t#S256": certificate.key_id(),
    }))
}
