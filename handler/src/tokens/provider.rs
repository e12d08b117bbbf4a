//! OpenSSL as the cryptography of `jsonwebtoken`.
//!
//! `jsonwebtoken` holds keys as bytes and would parse them again for each token, which costs more than the signature
//! itself. So keys are parsed once and registered here, and what it holds as "key" is only a handle. Private keys thus
//! never lie about as plain bytes either.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, PoisonError, RwLock};

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, Result};
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, EncodingKey};
use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Private, Public};
use openssl::rsa::Padding;
use openssl::sign::{self, RsaPssSaltlen};

/// Half of an ES256 signature, in bytes (RFC 7518 section 3.4).
const ES256_HALF: usize = 32;

static PRIVATE: Registry<Private> = Registry::new();
static PUBLIC: Registry<Public> = Registry::new();

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// Parsed keys by handle.
struct Registry<T: 'static>(LazyLock<RwLock<BTreeMap<[u8; 8], PKey<T>>>>);

impl<T> Registry<T> {
    const fn new() -> Self {
        Self(LazyLock::new(RwLock::default))
    }

    fn add(&'static self, key: PKey<T>) -> Registered<T> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let handle = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        keys.insert(handle, key);
        Registered {
            handle,
            registry: self,
        }
    }

    fn find(&self, handle: &[u8]) -> Result<PKey<T>> {
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(handle)
            .cloned()
            .ok_or_else(|| ErrorKind::InvalidKeyFormat.into())
    }
}

/// A registered key; forgotten when dropped.
pub(super) struct Registered<T: 'static> {
    handle: [u8; 8],
    registry: &'static Registry<T>,
}

impl<T> Drop for Registered<T> {
    fn drop(&mut self) {
        let mut keys = self.registry.0.write().unwrap_or_else(PoisonError::into_inner);
        keys.remove(&self.handle);
    }
}

/// Registers a private key for signing: RSA with RS256 and PS256, one on P-256 with ES256.
pub(super) fn register_private(key: PKey<Private>) -> (Registered<Private>, EncodingKey) {
    install();
    let kind = key.id();
    let registered = PRIVATE.add(key);
    let key = match kind {
        Id::RSA => EncodingKey::from_rsa_der(&registered.handle),
        _ => EncodingKey::from_ec_der(&registered.handle),
    };
    (registered, key)
}

/// Registers a public key for the algorithms that its kind allows: RS256 and PS256 for RSA, `EdDSA` for Ed25519, ES256
/// otherwise.
pub(super) fn register_public(key: PKey<Public>) -> (Registered<Public>, DecodingKey) {
    install();
    let kind = key.id();
    let registered = PUBLIC.add(key);
    let key = match kind {
        Id::RSA => DecodingKey::from_rsa_der(&registered.handle),
        Id::ED25519 => DecodingKey::from_ed_der(&registered.handle),
        _ => DecodingKey::from_ec_der(&registered.handle),
    };
    (registered, key)
}

/// Makes OpenSSL the cryptography of `jsonwebtoken`; the first call counts, and nobody else makes one.
fn install() {
    let _ = PROVIDER.install_default();
}

struct PrivateSigner {
    key: PKey<Private>,
    algorithm: Algorithm,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is `jsonwebtoken`'s"
)]
fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    let key = PRIVATE.find(key.as_bytes())?;
    match (algorithm, key.id()) {
        (Algorithm::RS256 | Algorithm::PS256, Id::RSA) | (Algorithm::ES256, Id::EC) => {
            Ok(Box::new(PrivateSigner {
                key,
                algorithm: *algorithm,
            }))
        }
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

impl PrivateSigner {
    fn sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, ErrorStack> {
        // A signer per signature: a reused digest context silently keeps the first key it was given.
        let mut signer = sign::Signer::new(MessageDigest::sha256(), &self.key)?;
        if self.algorithm == Algorithm::PS256 {
            signer.set_rsa_padding(Padding::PKCS1_PSS)?;
            signer.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
        }
        let signature = signer.sign_oneshot_to_vec(message)?;
        match self.algorithm {
            Algorithm::ES256 => es256_halves(&signature),
            _ => Ok(signature),
        }
    }
}

impl Signer<Vec<u8>> for PrivateSigner {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, SignatureError> {
        self.sign(message).map_err(SignatureError::from_source)
    }
}

impl JwtSigner for PrivateSigner {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

struct PublicVerifier {
    key: PKey<Public>,
    algorithm: Algorithm,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is `jsonwebtoken`'s"
)]
fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    let DecodingKeyKind::SecretOrDer(handle) = key.kind() else {
        return Err(ErrorKind::InvalidKeyFormat.into());
    };
    let key = PUBLIC.find(handle)?;
    match (algorithm, key.id()) {
        (Algorithm::RS256 | Algorithm::PS256, Id::RSA)
        | (Algorithm::ES256, Id::EC)
        | (Algorithm::EdDSA, Id::ED25519) => Ok(Box::new(PublicVerifier {
            key,
            algorithm: *algorithm,
        })),
        _ => Err(Error::from(ErrorKind::InvalidAlgorithm)),
    }
}

impl PublicVerifier {
    /// The salt of PS256 is as long as the digest (RFC 7518 section 3.5); Ed25519 has its own digest.
    fn verifier(&self) -> std::result::Result<sign::Verifier<'_>, ErrorStack> {
        if self.algorithm == Algorithm::EdDSA {
            return sign::Verifier::new_without_digest(&self.key);
        }
        let mut verifier = sign::Verifier::new(MessageDigest::sha256(), &self.key)?;
        if self.algorithm == Algorithm::PS256 {
            verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
            verifier.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
        }
        Ok(verifier)
    }
}

impl Verifier<Vec<u8>> for PublicVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), SignatureError> {
        let der = match self.algorithm {
            Algorithm::ES256 => &es256_der(signature)?,
            _ => signature,
        };
        let mut verifier = self.verifier().map_err(SignatureError::from_source)?;
        match verifier.verify_oneshot(der, message) {
            Ok(true) => Ok(()),
            Ok(false) => Err(SignatureError::new()),
            Err(error) => Err(SignatureError::from_source(error)),
        }
    }
}

impl JwtVerifier for PublicVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

/// The contrary of [`es256_der`].
fn es256_halves(der: &[u8]) -> std::result::Result<Vec<u8>, ErrorStack> {
    let signature = EcdsaSig::from_der(der)?;
    let half = i32::try_from(ES256_HALF).unwrap_or_default();
    let mut halves = signature.r().to_vec_padded(half)?;
    halves.extend(signature.s().to_vec_padded(half)?);
    Ok(halves)
}

/// JWS writes both halves side by side at full length, OpenSSL wants them as ASN.1.
fn es256_der(signature: &[u8]) -> std::result::Result<Vec<u8>, SignatureError> {
    let (r, s) = signature
        .split_at_checked(ES256_HALF)
        .filter(|(_, s)| s.len() == ES256_HALF)
        .ok_or_else(SignatureError::new)?;
    let half = |bytes| BigNum::from_slice(bytes).map_err(SignatureError::from_source);
    EcdsaSig::from_private_components(half(r)?, half(s)?)
        .and_then(|signature| signature.to_der())
        .map_err(SignatureError::from_source)
}
