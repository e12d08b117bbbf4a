//! Our keys: one that signs, and those that are still (or already) published beside it.

mod by_thumbprint;
mod own;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use openssl::bn::{BigNum, BigNumContext};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::Private;
use openssl::x509::X509;
use serde_json::{Value, json};

pub(crate) use by_thumbprint::PublishedCertificate;

use super::SignError;
use super::certificate::{Certificate, thumbprint};
use super::provider::{self, Registered};
use super::public_key::{KeyError, PublicKey};

/// What an ID token is signed with (RFC 7518 section 3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SigningAlg {
    /// What every client understands (OpenID Connect Core section 15.1).
    #[default]
    Rs256,
    /// By the same certificate with the younger padding.
    Ps256,
    /// By a certificate of its own.
    Es256,
}

/// What signs our tokens, and the key set that lets others check them.
pub struct SigningKeys {
    rsa: Signer,
    /// The same key under another id: a key of a set is for one algorithm.
    padded: Option<Header>,
    elliptic: Option<Signer>,
    published: Vec<PublicKey>,
    jwks: Value,
    certificates: Vec<PublishedCertificate>,
}

/// A key that signs.
struct Signer {
    header: Header,
    key: EncodingKey,
    _registered: Registered<Private>,
}

impl Signer {
    fn new(algorithm: Algorithm, certificate: Certificate) -> Self {
        let header = header(algorithm, certificate.key_id());
        let (registered, key) = provider::register_private(certificate.key);
        Self {
            header,
            key,
            _registered: registered,
        }
    }
}

impl SigningKeys {
    /// Signs with `current`. `others` are published too, and tokens signed with them still verify: the previous key
    /// until the last of its tokens has expired, the next one while clients learn of it. Signs once, to be warm.
    ///
    /// # Errors
    /// OpenSSL refuses the key.
    pub fn new(current: Certificate, others: &[Certificate]) -> Result<Self, KeyError> {
        let certificates = each_once(&current, others);
        let published = certificates.iter().map(|each| public(each, Algorithm::RS256));
        let published = published.collect::<Result<_, _>>()?;
        let jwks: Result<Vec<Value>, KeyError> = certificates.iter().map(|each| jwk(each)).collect();
        let jwks = json!({ "keys": jwks? });
        let by_thumbprint = certificates.iter().map(|each| PublishedCertificate::of(each));
        let by_thumbprint = by_thumbprint.collect::<Result<_, _>>()?;
        let keys = Self {
            rsa: Signer::new(Algorithm::RS256, current),
            padded: None,
            elliptic: None,
            published,
            jwks,
            certificates: by_thumbprint,
        };
        keys.sign(&json!({})).map_err(|_| KeyError::Unusable)?;
        Ok(keys)
    }

    /// The same keys, which also sign with PS256: each is published once more, for that alone and under an id of its own.
    ///
    /// # Errors
    /// OpenSSL refuses a key.
    pub fn and_padded(mut self) -> Result<Self, KeyError> {
        let padded = |kid: &str| format!("{kid}-ps256");
        let keys = self.published.iter().map(|key| {
            let kid = key.kid().map(padded);
            PublicKey::new(key.key().clone(), kid, Some(Algorithm::PS256))
        });
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let mut jwks = self.listed();
        for jwk in &mut jwks {
            let kid = jwk["kid"].as_str().map(padded);
            jwk["kid"] = kid.into();
            jwk["alg"] = "PS256".into();
        }
        self.padded = Some(header(Algorithm::PS256, padded(self.key_id())));
        self.publish(keys, jwks);
        self.sign_by(SigningAlg::Ps256, &json!({}))
            .map_err(|_| KeyError::Unusable)?;
        Ok(self)
    }

    /// The same keys, and one on P-256 that signs with ES256; as [`SigningKeys::new`] says of `others`.
    ///
    /// # Errors
    /// OpenSSL refuses a key.
    pub fn and_elliptic(mut self, current: Certificate, others: &[Certificate]) -> Result<Self, KeyError> {
        let certificates = each_once(&current, others);
        let keys = certificates.iter().map(|each| public(each, Algorithm::ES256));
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let jwks: Result<Vec<Value>, KeyError> = certificates.iter().map(|each| elliptic_jwk(each)).collect();
        self.publish(keys, jwks?);
        self.elliptic = Some(Signer::new(Algorithm::ES256, current));
        self.sign_by(SigningAlg::Es256, &json!({}))
            .map_err(|_| KeyError::Unusable)?;
        Ok(self)
    }

    fn listed(&self) -> Vec<Value> {
        self.jwks
            .get("keys")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    }

    fn publish(&mut self, keys: Vec<PublicKey>, jwks: Vec<Value>) {
        self.published.extend(keys);
        let mut all = self.listed();
        all.extend(jwks);
        self.jwks = json!({ "keys": all });
    }

    /// Signs claims as a JWT (RS256), with `kid` in its header.
    ///
    /// # Errors
    /// OpenSSL failed.
    pub fn sign(&self, claims: &Value) -> Result<String, SignError> {
        self.sign_by(SigningAlg::Rs256, claims)
    }

    /// Signs claims as a JWT, with `kid` in its header.
    ///
    /// # Errors
    /// There is no key for this algorithm: the settings name none; or OpenSSL failed.
    pub fn sign_by(&self, algorithm: SigningAlg, claims: &Value) -> Result<String, SignError> {
        let signer = match algorithm {
            SigningAlg::Rs256 => Some((&self.rsa.header, &self.rsa.key)),
            SigningAlg::Ps256 => self.padded.as_ref().map(|header| (header, &self.rsa.key)),
            SigningAlg::Es256 => self.elliptic.as_ref().map(|signer| (&signer.header, &signer.key)),
        };
        let none = || jsonwebtoken::errors::Error::from(ErrorKind::InvalidAlgorithm);
        let (header, key) = signer.ok_or_else(none)?;
        Ok(jsonwebtoken::encode(header, claims, key)?)
    }

    /// The id of the key that signs with RS256: base64url of the certificate's SHA-256.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.rsa.header.kid.as_deref().unwrap_or_default()
    }

    /// The public keys as a JWK set (RFC 7517), the one that signs first, each with
    /// `kty use alg kid x5c x5t x5t#S256` and `n e` or `crv x y`.
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

fn header(algorithm: Algorithm, kid: String) -> Header {
    let mut header = Header::new(algorithm);
    header.kid = Some(kid);
    header
}

fn each_once<'a>(current: &'a Certificate, others: &'a [Certificate]) -> Vec<&'a Certificate> {
    let mut certificates = vec![current];
    for other in others {
        if certificates.iter().all(|known| known.key_id() != other.key_id()) {
            certificates.push(other);
        }
    }
    certificates
}

fn leaf(certificate: &Certificate) -> Result<&X509, KeyError> {
    certificate.chain.first().ok_or(KeyError::Unusable)
}

fn public(certificate: &Certificate, only: Algorithm) -> Result<PublicKey, KeyError> {
    let key = leaf(certificate)?.public_key().map_err(|_| KeyError::Unusable)?;
    PublicKey::new(key, Some(certificate.key_id()), Some(only))
}

fn jwk(certificate: &Certificate) -> Result<Value, KeyError> {
    let rsa = certificate.key.rsa().map_err(|_| KeyError::Unusable)?;
    Ok(json!({
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": certificate.key_id(),
        "n": URL_SAFE_NO_PAD.encode(rsa.n().to_vec()),
        "e": URL_SAFE_NO_PAD.encode(rsa.e().to_vec()),
        "x5c": chain(certificate)?,
        "x5t": thumbprint(leaf(certificate)?, MessageDigest::sha1()),
        "x5t#S256": certificate.key_id(),
    }))
}

/// RFC 7518 section 6.2.
fn elliptic_jwk(certificate: &Certificate) -> Result<Value, KeyError> {
    let [x, y] = point(certificate).map_err(|_| KeyError::Unusable)?;
    Ok(json!({
        "kty": "EC",
        "use": "sig",
        "alg": "ES256",
        "kid": certificate.key_id(),
        "crv": "P-256",
        "x": URL_SAFE_NO_PAD.encode(x),
        "y": URL_SAFE_NO_PAD.encode(y),
        "x5c": chain(certificate)?,
        "x5t": thumbprint(leaf(certificate)?, MessageDigest::sha1()),
        "x5t#S256": certificate.key_id(),
    }))
}

/// Length of a coordinate on P-256, in bytes.
const COORDINATE: i32 = 32;

fn point(certificate: &Certificate) -> Result<[Vec<u8>; 2], ErrorStack> {
    let key = certificate.key.ec_key()?;
    let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
    let mut context = BigNumContext::new()?;
    let point = key.public_key();
    point.affine_coordinates(key.group(), &mut x, &mut y, &mut context)?;
    Ok([x.to_vec_padded(COORDINATE)?, y.to_vec_padded(COORDINATE)?])
}

/// DER in base64, the certificate of the key first.
fn chain(certificate: &Certificate) -> Result<Vec<String>, KeyError> {
    let chain = certificate.chain.iter().map(|each| each.to_der());
    let chain: Result<Vec<Vec<u8>>, _> = chain.collect();
    let chain = chain.map_err(|_| KeyError::Unusable)?;
    Ok(chain.iter().map(|der| STANDARD.encode(der)).collect())
}
