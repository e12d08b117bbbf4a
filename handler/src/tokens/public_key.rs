//! Public keys of others, parsed once, each with the one algorithm it is good for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Public};
use openssl::rsa::Rsa;
use openssl::x509::X509;
use serde::Deserialize;

use super::certificate::MIN_RSA_BITS;
use super::provider::{self, Registered};

/// Most keys that are taken from one set.
const MAX_KEYS: usize = 64;

/// Why a key, or a set of them, cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a JWK set (RFC 7517), or not PEM with certificates.
    #[error("neither a JWK set nor PEM certificates")]
    Malformed,
    /// Nothing in it that verifies signatures with RS256 (2048 bits or more) or ES256.
    #[error("no key for RS256 (at least 2048 bits) or ES256")]
    NoneFit,
    /// OpenSSL refuses it.
    #[error("OpenSSL refuses the key")]
    Unusable,
}

/// One public key.
pub(super) struct PublicKey {
    kid: Option<String>,
    algorithm: Algorithm,
    decoding: DecodingKey,
    _registered: Registered<Public>,
}

impl PublicKey {
    /// A key for RS256 (RSA of at least 2048 bits) or ES256 (the curve P-256).
    pub(super) fn new(key: PKey<Public>, kid: Option<String>) -> Result<Self, KeyError> {
        let algorithm = match key.id() {
            Id::RSA if key.bits() >= MIN_RSA_BITS => Algorithm::RS256,
            Id::EC if is_p256(&key) => Algorithm::ES256,
            _ => return Err(KeyError::NoneFit),
        };
        let (registered, decoding) = provider::register_public(key);
        Ok(Self {
            kid,
            algorithm,
            decoding,
            _registered: registered,
        })
    }

    pub(super) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }
}

fn is_p256(key: &PKey<Public>) -> bool {
    let curve = key.ec_key().ok().and_then(|key| key.group().curve_name());
    curve == Some(Nid::X9_62_PRIME256V1)
}

/// Reads a JWK set. Keys of other kinds, for other uses or too weak are passed over, as RFC 7517 section 5 asks.
pub(super) fn from_jwks(json: &[u8]) -> Result<Vec<PublicKey>, KeyError> {
    let set: JwkSet = serde_json::from_slice(json).map_err(|_| KeyError::Malformed)?;
    let keys: Vec<PublicKey> = set
        .keys
        .into_iter()
        .filter_map(|key| serde_json::from_value::<Jwk>(key).ok()?.into_key())
        .take(MAX_KEYS)
        .collect();
    if keys.is_empty() {
        return Err(KeyError::NoneFit);
    }
    Ok(keys)
}

/// Reads PEM certificates; their keys have no id, since who signs with them chooses one freely.
pub(super) fn from_certificates(pem: &[u8]) -> Result<Vec<PublicKey>, KeyError> {
    let certificates = X509::stack_from_pem(pem).map_err(|_| KeyError::Malformed)?;
    let mut keys = Vec::new();
    for certificate in certificates {
        let key = certificate.public_key().map_err(|_| KeyError::Unusable)?;
        keys.push(PublicKey::new(key, None)?);
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
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Jwk {
    fn into_key(self) -> Option<PublicKey> {
        if self.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return None;
        }
        let (key, algorithm) = match self.kty.as_str() {
            "RSA" => (self.rsa()?, "RS256"),
            "EC" if self.crv.as_deref() == Some("P-256") => (self.p256()?, "ES256"),
            _ => return None,
        };
        if self.alg.as_deref().is_some_and(|alg| alg != algorithm) {
            return None;
        }
        PublicKey::new(key, self.kid).ok()
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

fn number(text: Option<&str>) -> Option<BigNum> {
    let bytes = URL_SAFE_NO_PAD.decode(text?).ok()?;
    BigNum::from_slice(&bytes).ok()
}
