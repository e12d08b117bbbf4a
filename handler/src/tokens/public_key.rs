//! Public keys of others, parsed once, each with the algorithms it is good for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{HasPublic, Id, PKey, PKeyRef, Public};
use openssl::rsa::Rsa;
use openssl::x509::X509;
use serde::Deserialize;

use super::provider::{self, Registered};
use super::strength::{self, Weakness};

/// Most keys that are taken from one set.
const MAX_KEYS: usize = 64;

/// Why a key, or a set of them, cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a JWK set (RFC 7517), or not PEM with certificates.
    #[error("neither a JWK set nor PEM certificates")]
    Malformed,
    /// Nothing in it that verifies signatures with RS256 or PS256 (2048 bits or more), ES256 or `EdDSA`.
    #[error("no key for RS256 or PS256 (at least 2048 bits), ES256 or EdDSA (Ed25519)")]
    NoneFit,
    /// One that must not be trusted, and no other beside it.
    #[error("no key that may be trusted, only {0}")]
    Weak(#[from] Weakness),
    /// Two different keys of a set have one id (RFC 7517 section 4.5), so nobody can say which of them is meant.
    #[error("two different keys with one kid")]
    SameKeyId,
    /// OpenSSL refuses it.
    #[error("OpenSSL refuses the key")]
    Unusable,
}

/// One public key.
pub(super) struct PublicKey {
    kid: Option<String>,
    key: PKey<Public>,
    algorithms: &'static [Algorithm],
    decoding: DecodingKey,
    _registered: Registered<Public>,
}

impl PublicKey {
    /// A key for RS256 and PS256 (RSA of at least 2048 bits, not weak in any other way), for ES256 (the curve P-256), or for
    /// `EdDSA` (Ed25519); with `only`, for no other algorithm than that.
    pub(super) fn new(
        key: PKey<Public>,
        kid: Option<String>,
        only: Option<Algorithm>,
    ) -> Result<Self, KeyError> {
        let algorithms = match (key.id(), only) {
            (Id::RSA, None) => &[Algorithm::RS256, Algorithm::PS256][..],
            (Id::RSA, Some(Algorithm::RS256)) => &[Algorithm::RS256],
            (Id::RSA, Some(Algorithm::PS256)) => &[Algorithm::PS256],
            (Id::EC, None | Some(Algorithm::ES256)) if is_p256(&key) => &[Algorithm::ES256],
            (Id::ED25519, None | Some(Algorithm::EdDSA)) => &[Algorithm::EdDSA],
            _ => return Err(KeyError::NoneFit),
        };
        strength::check(&key)?;
        let (registered, decoding) = provider::register_public(key.clone());
        Ok(Self {
            kid,
            key,
            algorithms,
            decoding,
            _registered: registered,
        })
    }

    /// The same key under the same id for the same algorithms.
    fn is(&self, other: &Self) -> bool {
        self.kid == other.kid && self.algorithms == other.algorithms && self.key.public_eq(&other.key)
    }

    /// Another key under the same id.
    fn contradicts(&self, other: &Self) -> bool {
        self.kid.is_some() && self.kid == other.kid && !self.key.public_eq(&other.key)
    }

    /// The key itself.
    pub(super) fn key(&self) -> &PKey<Public> {
        &self.key
    }

    pub(super) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether it verifies signatures of this algorithm.
    pub(super) fn verifies(&self, algorithm: Algorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }

    pub(super) fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }
}

/// Whether a key lies on the curve P-256.
pub(super) fn is_p256<T: HasPublic>(key: &PKeyRef<T>) -> bool {
    let curve = key.ec_key().ok().and_then(|key| key.group().curve_name());
    curve == Some(Nid::X9_62_PRIME256V1)
}

/// Reads a JWK set. Keys of other kinds, for other uses or too weak are passed over, as RFC 7517 section 5 asks; two of
/// those left that share an id spoil the set.
pub(super) fn from_jwks(json: &[u8]) -> Result<Vec<PublicKey>, KeyError> {
    let set: JwkSet = serde_json::from_slice(json).map_err(|_| KeyError::Malformed)?;
    let mut keys: Vec<PublicKey> = Vec::new();
    let mut why = KeyError::NoneFit;
    for key in set.keys {
        let read = serde_json::from_value::<Jwk>(key).map_err(|_| KeyError::NoneFit);
        match read.and_then(Jwk::into_key) {
            Ok(key) if keys.iter().any(|known| known.is(&key)) => {}
            Ok(key) if keys.iter().any(|known| known.contradicts(&key)) => {
                return Err(KeyError::SameKeyId);
            }
            Ok(key) if keys.len() < MAX_KEYS => keys.push(key),
            Ok(_) => break,
            Err(weak @ KeyError::Weak(_)) => why = weak,
            Err(_) => {}
        }
    }
    if keys.is_empty() { Err(why) } else { Ok(keys) }
}

/// Reads PEM certificates; their keys have no id, since who signs with them chooses one freely.
pub(super) fn from_certificates(pem: &[u8]) -> Result<Vec<PublicKey>, KeyError> {
    let certificates = X509::stack_from_pem(pem).map_err(|_| KeyError::Malformed)?;
    let mut keys = Vec::new();
    for certificate in certificates {
        let key = certificate.public_key().map_err(|_| KeyError::Unusable)?;
        keys.push(PublicKey::new(key, None, None)?);
    }
    if keys.is_empty() {
        return Err(KeyError::Malformed);
    }
    Ok(keys)
}

#[derive(Deserialize)]
struct JwkSet {
    /// Each read by itself, so that one odd key does not spoil a set.
    keys: Vec<serde_json::Value>,
}

/// RFC 7517 and 7518 section 6.
#[derive(Deserialize)]
struct Jwk {
    #[serde(default)]
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Jwk {
    fn into_key(self) -> Result<PublicKey, KeyError> {
        let key = self.key().ok_or(KeyError::NoneFit)?;
        let only = match self.alg.as_deref() {
            None => None,
            Some("RS256") => Some(Algorithm::RS256),
            Some("PS256") => Some(Algorithm::PS256),
            Some("ES256") => Some(Algorithm::ES256),
            // RFC 9864 names the curve.
            Some("EdDSA" | "Ed25519") => Some(Algorithm::EdDSA),
            Some(_) => return Err(KeyError::NoneFit),
        };
        PublicKey::new(key, self.kid, only)
    }

    /// The key itself, if it is for verifying with an algorithm of ours.
    fn key(&self) -> Option<PKey<Public>> {
        let verifies = |operations: &Vec<String>| operations.iter().any(|operation| operation == "verify");
        if self.usage.as_deref().is_some_and(|usage| usage != "sig")
            || !self.key_ops.as_ref().is_none_or(verifies)
        {
            return None;
        }
        match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => self.rsa(),
            ("EC", Some("P-256")) => self.p256(),
            ("OKP", Some("Ed25519")) => self.ed25519(),
            _ => None,
        }
    }

    fn rsa(&self) -> Option<PKey<Public>> {
        let key = Rsa::from_public_components(number(self.n.as_deref())?, number(self.e.as_deref())?);
        PKey::from_rsa(key.ok()?).ok()
    }

    fn p256(&self) -> Option<PKey<Public>> {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).ok()?;
        let (x, y) = (number(self.x.as_deref())?, number(self.y.as_deref())?);
        // Also checks that the point lies on the curve.
        let key = EcKey::from_public_key_affine_coordinates(&group, &x, &y).ok()?;
        PKey::from_ec_key(key).ok()
    }
}

impl Jwk {
    /// RFC 8037 section 2.
    fn ed25519(&self) -> Option<PKey<Public>> {
        let x = URL_SAFE_NO_PAD.decode(self.x.as_deref()?).ok()?;
        PKey::public_key_from_raw_bytes(&x, Id::ED25519).ok()
    }
}

fn number(text: Option<&str>) -> Option<BigNum> {
    let bytes = URL_SAFE_NO_PAD.decode(text?).ok()?;
    BigNum::from_slice(&bytes).ok()
}
