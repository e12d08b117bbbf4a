//! RSA signing keys with or without a certificate.

use super::JoseError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use loopback::jose::{self, encode};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::{MessageDigest, hash};
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509Name};
use serde_json::{Value, json};

/// A private RSA key and, when it came with one, its certificate.
#[derive(Clone)]
pub struct RsaKey {
    private: PKey<Private>,
    certificate: Option<X509>,
    kid: String,
}

impl std::fmt::Debug for RsaKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("RsaKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl RsaKey {
    /// A fresh key of 2048 bits, as B2C's own "Generate" makes.
    ///
    /// # Errors
    /// [`JoseError::OpenSsl`] when the library cannot.
    pub fn generate() -> Result<Self, JoseError> {
        Self::new(jose::new_key()?, None)
    }

    /// A fresh key with a self-signed certificate of ten years, for client-certificate authentication.
    ///
    /// # Errors
    /// [`JoseError::OpenSsl`] when the library cannot.
    pub fn generate_certified(name: &str) -> Result<Self, JoseError> {
        let private = jose::new_key()?;
        let certificate = self_signed(&private, name)?;
        Self::new(private, Some(certificate))
    }

    /// Reads PEM with a private key and optionally a certificate, in any order.
    ///
    /// # Errors
    /// [`JoseError::Material`] when there is no RSA private key in it.
    pub fn from_pem(pem: &[u8]) -> Result<Self, JoseError> {
        let private = PKey::private_key_from_pem(pem)
            .map_err(|_| JoseError::Material("no private key in the PEM".to_owned()))?;
        let certificate = X509::from_pem(pem).ok();
        Self::new(private, certificate)
    }

    /// Reads a PKCS#12 file (`.pfx`), the form B2C takes as an uploaded policy key.
    ///
    /// # Errors
    /// [`JoseError::Material`] when the password is wrong or key or certificate are missing.
    pub fn from_pkcs12(der: &[u8], password: &str) -> Result<Self, JoseError> {
        let parsed = Pkcs12::from_der(der)
            .and_then(|file| file.parse2(password))
            .map_err(|_| JoseError::Material("not a PKCS#12 file, or the password is wrong".to_owned()))?;
        let private = parsed
            .pkey
            .ok_or_else(|| JoseError::Material("the PKCS#12 file has no key".to_owned()))?;
        Self::new(private, parsed.cert)
    }

    fn new(private: PKey<Private>, certificate: Option<X509>) -> Result<Self, JoseError> {
        let rsa = private
            .rsa()
            .map_err(|_| JoseError::Material("the key is not RSA".to_owned()))?;
        if let Some(certificate) = &certificate
            && !certificate.public_key()?.public_eq(&private)
        {
            return Err(JoseError::Material(
                "the certificate belongs to another key".to_owned(),
            ));
        }
        let kid = thumbprint(rsa.n(), rsa.e())?;
        Ok(Self {
            private,
            certificate,
            kid,
        })
    }

    /// The key's id: RFC 7638 SHA-256 thumbprint, base64url.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Key and certificate as PEM, for the state folder and for TLS client authentication.
    ///
    /// # Errors
    /// [`JoseError::OpenSsl`] when the library cannot.
    pub fn to_pem(&self) -> Result<Vec<u8>, JoseError> {
        let mut pem = self.private.private_key_to_pem_pkcs8()?;
        if let Some(certificate) = &self.certificate {
            pem.extend(certificate.to_pem()?);
        }
        Ok(pem)
    }

    /// The certificate, DER.
    ///
    /// # Errors
    /// [`JoseError::Material`] when the key came without one.
    pub fn certificate_der(&self) -> Result<Vec<u8>, JoseError> {
        let missing = || JoseError::Material("this key has no certificate".to_owned());
        Ok(self.certificate.as_ref().ok_or_else(missing)?.to_der()?)
    }

    /// Signs claims as a compact JWT with `kid`, and `x5t` when there is a certificate. `algorithm` is RS256 or RS512.
    ///
    /// # Errors
    /// [`JoseError::Algorithm`] for any other algorithm.
    pub fn sign(&self, algorithm: &str, claims: &Value) -> Result<String, JoseError> {
        if !matches!(algorithm, "RS256" | "RS512") {
            return Err(JoseError::Algorithm(algorithm.to_owned()));
        }
        let mut header = json!({"alg": algorithm, "kid": self.kid, "typ": "JWT"});
        if let (Some(certificate), Some(fields)) = (&self.certificate, header.as_object_mut()) {
            fields.insert(
                "x5t".to_owned(),
                json!(encode(&certificate.digest(MessageDigest::sha1())?)),
            );
        }
        Ok(jose::sign(&header, claims, &self.private)?)
    }

    /// The public half as a JWK, with `x5c` and `x5t` when there is a certificate.
    ///
    /// # Errors
    /// [`JoseError::OpenSsl`] when the library cannot.
    pub fn public_jwk(&self) -> Result<Value, JoseError> {
        let mut jwk = jose::jwk(&self.kid, &self.private)?;
        if let (Some(certificate), Some(fields)) = (&self.certificate, jwk.as_object_mut()) {
            fields.insert(
                "x5t".to_owned(),
                json!(encode(&certificate.digest(MessageDigest::sha1())?)),
            );
            fields.insert("x5c".to_owned(), json!([STANDARD.encode(certificate.to_der()?)]));
        }
        Ok(jwk)
    }
}

/// RFC 7638: SHA-256 over the required members in lexical order.
fn thumbprint(n: &openssl::bn::BigNumRef, e: &openssl::bn::BigNumRef) -> Result<String, JoseError> {
    let canonical = format!(
        r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#,
        encode(&e.to_vec()),
        encode(&n.to_vec())
    );
    Ok(encode(&hash(MessageDigest::sha256(), canonical.as_bytes())?))
}

fn self_signed(key: &PKey<Private>, name: &str) -> Result<X509, JoseError> {
    let mut subject = X509Name::builder()?;
    subject.append_entry_by_text("CN", name)?;
    let subject = subject.build();
    let mut certificate = X509::builder()?;
    certificate.set_version(2)?;
    let serial = BigNum::from_slice(&loopback::random::bytes::<16>())?.to_asn1_integer()?;
    certificate.set_serial_number(&serial)?;
    certificate.set_subject_name(&subject)?;
    certificate.set_issuer_name(&subject)?;
    certificate.set_pubkey(key)?;
    let (from, until) = (Asn1Time::days_from_now(0)?, Asn1Time::days_from_now(3650)?);
    certificate.set_not_before(&from)?;
    certificate.set_not_after(&until)?;
    certificate.sign(key, MessageDigest::sha256())?;
    Ok(certificate.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_keeps_key_and_certificate() {
        let key = RsaKey::generate_certified("runner test").unwrap();
        let again = RsaKey::from_pem(&key.to_pem().unwrap()).unwrap();
        assert_eq!(again.kid(), key.kid());
        assert_eq!(again.certificate_der().unwrap(), key.certificate_der().unwrap());
        assert_eq!(again.public_jwk().unwrap(), key.public_jwk().unwrap());
    }

    #[test]
    fn a_key_without_certificate_says_so() {
        let key = RsaKey::generate().unwrap();
        assert!(matches!(key.certificate_der(), Err(JoseError::Material(_))));
        assert!(key.public_jwk().unwrap().get("x5c").is_none());
    }

    #[test]
    fn a_foreign_certificate_is_refused() {
        let (one, other) = (
            RsaKey::generate().unwrap(),
            RsaKey::generate_certified("other").unwrap(),
        );
        let mut pem = one.to_pem().unwrap();
        pem.extend(other.certificate.as_ref().unwrap().to_pem().unwrap());
        assert!(matches!(RsaKey::from_pem(&pem), Err(JoseError::Material(_))));
    }

    #[test]
    fn other_algorithms_are_refused() {
        let key = RsaKey::generate().unwrap();
        assert!(matches!(
            key.sign("none", &json!({})),
            Err(JoseError::Algorithm(_))
        ));
    }
}
