//! Our certificates as Microsoft's older libraries name them: by their SHA-1. That says which certificate is meant, and
//! nothing rests on it: a signature is always RS256.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use openssl::hash::MessageDigest;
use serde::Serialize;
use time::OffsetDateTime;

use super::{SigningKeys, leaf};
use crate::tokens::SignError;
use crate::tokens::certificate::{Certificate, thumbprint};
use crate::tokens::public_key::KeyError;

/// A certificate that is published, ready to be written into a key set.
pub(crate) struct PublishedCertificate {
    /// The id of its key in our own key set: base64url of its SHA-256.
    pub key_id: String,
    /// Its SHA-1, 40 hexadecimal digits in capitals.
    pub thumbprint: String,
    /// The same bytes in base64url.
    pub x5t: String,
    /// From when on it is valid.
    pub starts_at: OffsetDateTime,
    /// DER in base64.
    pub der: String,
    /// RSA modulus, base64url.
    pub modulus: String,
    /// RSA exponent, base64url.
    pub exponent: String,
}

impl PublishedCertificate {
    pub(super) fn of(certificate: &Certificate) -> Result<Self, KeyError> {
        let (unusable, leaf) = (|_| KeyError::Unusable, leaf(certificate)?);
        let rsa = certificate.key.rsa().map_err(unusable)?;
        let sha1 = leaf.digest(MessageDigest::sha1()).map_err(unusable)?;
        let digits: Vec<String> = sha1.iter().map(|byte| format!("{byte:02X}")).collect();
        Ok(Self {
            key_id: certificate.key_id(),
            thumbprint: digits.concat(),
            x5t: thumbprint(leaf, MessageDigest::sha1()),
            starts_at: certificate.starts_at().unwrap_or(OffsetDateTime::UNIX_EPOCH),
            der: STANDARD.encode(leaf.to_der().map_err(unusable)?),
            modulus: URL_SAFE_NO_PAD.encode(rsa.n().to_vec()),
            exponent: URL_SAFE_NO_PAD.encode(rsa.e().to_vec()),
        })
    }
}

/// In the order of the library.
#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    kid: &'a str,
    x5t: &'a str,
    typ: &'a str,
}

impl SigningKeys {
    /// Signs claims as a JWT (RS256), with `alg`, `kid`, `x5t` and `typ` in its header, in this order; `kid` and `x5t` are the
    /// certificate's SHA-1. Claims keep the order in which they are declared.
    ///
    /// # Errors
    /// OpenSSL failed.
    pub(crate) fn sign_by_thumbprint(&self, claims: &impl Serialize) -> Result<String, SignError> {
        let signer = self.certificates.first();
        let header = Header {
            alg: "RS256",
            kid: signer.map_or("", |signer| &signer.thumbprint),
            x5t: signer.map_or("", |signer| &signer.x5t),
            typ: "JWT",
        };
        let (header, claims) = (part(&header)?, part(claims)?);
        let message = format!("{header}.{claims}");
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.rsa.key, Algorithm::RS256)?;
        Ok(format!("{message}.{signature}"))
    }

    /// The certificates that are published, the one that signs first.
    #[must_use]
    pub(crate) fn certificates(&self) -> &[PublishedCertificate] {
        &self.certificates
    }
}

fn part(json: &impl Serialize) -> Result<String, jsonwebtoken::errors::Error> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(json)?))
}
