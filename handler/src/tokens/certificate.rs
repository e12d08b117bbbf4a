//! A certificate together with its private key, as Key Vault, App Service or a file give it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::hash::MessageDigest;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{Id, PKey, Private};
use openssl::x509::{X509, X509Ref};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::public_key::is_p256;
use super::strength::{self, Weakness};

/// Why a certificate cannot be used. Says nothing of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Neither PEM nor PKCS#12, or damaged.
    #[error("neither PEM nor PKCS#12")]
    Malformed,
    /// PKCS#12 that opens only with another password, or with algorithms OpenSSL no longer has (RC2).
    #[error("PKCS#12 that does not open with the given password")]
    Locked,
    /// No private key inside.
    #[error(
        "no private key inside (in Key Vault: the certificate's policy says that its key is not exportable; an encrypted PEM \
         key does not count)"
    )]
    NoKey,
    /// No certificate inside that belongs to the private key.
    #[error("no certificate inside that belongs to the private key")]
    NoCertificate,
    /// Not RSA.
    #[error("the key is not RSA of at least 2048 bits")]
    OtherKey,
    /// Not on P-256.
    #[error("the key is not one on the curve P-256")]
    OtherCurve,
    /// RSA that must not be trusted.
    #[error("the key is {0}")]
    WeakKey(#[from] Weakness),
}

/// What kind of key a certificate has to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// RSA of at least 2048 bits, for RS256 and PS256.
    Rsa,
    /// On the curve P-256, for ES256.
    Elliptic,
}

/// A certificate, its private key, and whatever certificates came with it.
#[derive(Clone)]
pub struct Certificate {
    pub(super) key: PKey<Private>,
    /// The certificate of the key first.
    pub(super) chain: Vec<X509>,
}

impl Certificate {
    /// Reads PEM: one private key (PKCS#8 or PKCS#1, not encrypted) and its certificate, in any order, others beside.
    ///
    /// # Errors
    /// See [`CertificateError`].
    #[cfg(any(test, feature = "testing"))]
    pub fn from_pem(pem: &[u8]) -> Result<Self, CertificateError> {
        Self::of_pem(Kind::Rsa, pem)
    }

    fn of_pem(kind: Kind, pem: &[u8]) -> Result<Self, CertificateError> {
        // With an empty passphrase, so that OpenSSL never asks a terminal for one.
        let key = PKey::private_key_from_pem_passphrase(pem, b"").map_err(|_| CertificateError::NoKey)?;
        let chain = X509::stack_from_pem(pem).map_err(|_| CertificateError::Malformed)?;
        Self::new(kind, key, chain)
    }

    /// Reads PKCS#12; an empty password stands for none.
    ///
    /// # Errors
    /// See [`CertificateError`].
    pub fn from_pkcs12(der: &[u8], password: &str) -> Result<Self, CertificateError> {
        Self::of_pkcs12(Kind::Rsa, der, password)
    }

    fn of_pkcs12(kind: Kind, der: &[u8], password: &str) -> Result<Self, CertificateError> {
        let sealed = Pkcs12::from_der(der).map_err(|_| CertificateError::Malformed)?;
        let parsed = sealed.parse2(password).map_err(|_| CertificateError::Locked)?;
        let mut chain: Vec<X509> = parsed.cert.into_iter().collect();
        chain.extend(parsed.ca.into_iter().flatten());
        Self::new(kind, parsed.pkey.ok_or(CertificateError::NoKey)?, chain)
    }

    /// Reads the secret that Key Vault keeps for a certificate: base64 of PKCS#12, with line breaks or without, or PEM.
    /// Which of them it is shows its text; the mark beside it (`contentType`) is free for everybody to write.
    ///
    /// # Errors
    /// See [`CertificateError`].
    pub fn from_secret(value: &str, password: &str) -> Result<Self, CertificateError> {
        Self::of_secret(Kind::Rsa, value, password)
    }

    /// The same of a certificate with a key of this kind.
    ///
    /// # Errors
    /// See [`CertificateError`].
    pub(crate) fn of_secret(kind: Kind, value: &str, password: &str) -> Result<Self, CertificateError> {
        if value.contains("-----BEGIN ") {
            return Self::of_pem(kind, value.as_bytes());
        }
        let base64: Zeroizing<String> = Zeroizing::new(value.split_whitespace().collect());
        let der = STANDARD
            .decode(base64.as_bytes())
            .map_err(|_| CertificateError::Malformed)?;
        Self::of_pkcs12(kind, &Zeroizing::new(der), password)
    }

    fn new(kind: Kind, key: PKey<Private>, mut chain: Vec<X509>) -> Result<Self, CertificateError> {
        match kind {
            Kind::Rsa if key.id() != Id::RSA => return Err(CertificateError::OtherKey),
            Kind::Elliptic if !is_p256(&key) => return Err(CertificateError::OtherCurve),
            Kind::Rsa | Kind::Elliptic => strength::check(&key)?,
        }
        let own = chain
            .iter()
            .position(|certificate| {
                certificate
                    .public_key()
                    .is_ok_and(|public| public.public_eq(&key))
            })
            .ok_or(CertificateError::NoCertificate)?;
        chain.swap(0, own);
        Ok(Self { key, chain })
    }

    /// SHA-256 of the certificate, base64url: its `x5t#S256`, and the id of its key.
    #[must_use]
    pub fn key_id(&self) -> String {
        let leaf = self.chain.first();
        leaf.map(|leaf| thumbprint(leaf, MessageDigest::sha256()))
            .unwrap_or_default()
    }

    /// From when on the certificate is valid; verifiers of our tokens do not look at it, operators should.
    #[must_use]
    pub fn starts_at(&self) -> Option<OffsetDateTime> {
        moment(self.chain.first()?.not_before())
    }

    /// When the certificate expires; verifiers of our tokens do not look at it, operators should.
    #[must_use]
    pub fn expires_at(&self) -> Option<OffsetDateTime> {
        moment(self.chain.first()?.not_after())
    }
}

fn moment(of_certificate: &Asn1TimeRef) -> Option<OffsetDateTime> {
    let epoch = Asn1Time::from_unix(0).ok()?;
    let since = epoch.diff(of_certificate).ok()?;
    let seconds = i64::from(since.days) * 86_400 + i64::from(since.secs);
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.key_id())
    }
}

/// base64url of a digest of the whole certificate; empty only if OpenSSL has no such digest.
pub(super) fn thumbprint(certificate: &X509Ref, digest: MessageDigest) -> String {
    let digest = certificate.digest(digest);
    digest
        .map(|digest| URL_SAFE_NO_PAD.encode(digest))
        .unwrap_or_default()
}
