//! Certificates, all made at start and worth nothing afterwards.

use std::sync::Arc;

use loopback::{jose, random};
use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
    SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509NameBuilder};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// Seconds before now from which certificates are valid, so that a slow clock does not matter.
const BACKDATED_S: i64 = 3600;
const DAY_S: i64 = 86_400;

/// Makes OpenSSL the cryptography behind TLS of this process; later calls change nothing.
pub fn install_tls() {
    let _ = rustls_openssl::default_provider().install_default(); // an earlier caller has done it
}

/// A private key with its certificate.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The private key: RSA 2048, and P-256 for TLS servers.
    pub key: PKey<Private>,
    /// The certificate.
    pub certificate: X509,
}

impl Identity {
    /// Private key (PKCS#8) and certificate as one PEM text, as Key Vault stores a PEM certificate.
    ///
    /// # Errors
    /// When OpenSSL cannot encode them.
    pub fn pem(&self) -> Result<String, ErrorStack> {
        let mut text = self.key.private_key_to_pem_pkcs8()?;
        text.extend(self.certificate.to_pem()?);
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// Key and certificate as PKCS#12 (RFC 7292), protected by a password that may be empty.
    ///
    /// # Errors
    /// When OpenSSL cannot encode them.
    pub fn pkcs12(&self, password: &str) -> Result<Vec<u8>, ErrorStack> {
        Pkcs12::builder()
            .name("rig")
            .pkey(&self.key)
            .cert(&self.certificate)
            .build2(password)?
            .to_der()
    }

    /// The same, encrypted in a way that is chosen instead of OpenSSL's own choice.
    ///
    /// # Errors
    /// When OpenSSL cannot encode them.
    pub fn pkcs12_by(&self, cipher: Pkcs12Cipher, password: &str) -> Result<Vec<u8>, ErrorStack> {
        let (encryption, mac) = match cipher {
            Pkcs12Cipher::TripleDesSha1 => (Nid::PBE_WITHSHA1AND3_KEY_TRIPLEDES_CBC, MessageDigest::sha1()),
            Pkcs12Cipher::Aes256Sha256 => (Nid::AES_256_CBC, MessageDigest::sha256()),
        };
        Pkcs12::builder()
            .pkey(&self.key)
            .cert(&self.certificate)
            .key_algorithm(encryption)
            .cert_algorithm(encryption)
            .mac_md(mac)
            .build2(password)?
            .to_der()
    }

    /// A signing certificate that vouches for itself: RSA 2048, digital signatures only, valid from an hour ago for so
    /// many days.
    ///
    /// # Errors
    /// When OpenSSL cannot make it: a name that is empty or has more than 64 characters (RFC 5280, appendix A).
    pub fn self_signed(name: &str, days: u32) -> Result<Self, ErrorStack> {
        let key = jose::new_key()?;
        let mut builder = draft(name, &key, -BACKDATED_S, i64::from(days) * DAY_S)?;
        builder.set_issuer_name(&*builder_name(name)?)?;
        builder.append_extension(BasicConstraints::new().critical().build()?)?;
        builder.append_extension(KeyUsage::new().critical().digital_signature().build()?)?;
        let id = SubjectKeyIdentifier::new().build(&builder.x509v3_context(None, None))?;
        builder.append_extension(id)?;
        builder.sign(&key, MessageDigest::sha256())?;
        Ok(Self {
            key,
            certificate: builder.build(),
        })
    }

    /// SHA-1 of the certificate in upper-case hexadecimal, as Azure names certificates.
    ///
    /// # Errors
    /// When OpenSSL cannot hash.
    pub fn thumbprint(&self) -> Result<String, ErrorStack> {
        Ok(random::to_hex(&self.certificate.digest(MessageDigest::sha1())?).to_uppercase())
    }
}

/// How a PKCS#12 file is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pkcs12Cipher {
    /// 3DES and a SHA-1 MAC (RFC 7292, appendix C): what App Service takes, and `Export-PfxCertificate` writes unless told
    /// otherwise.
    TripleDesSha1,
    /// AES-256 by PBES2 (RFC 8018) and a SHA-256 MAC: `Export-PfxCertificate -CryptoAlgorithmOption AES256_SHA256`.
    Aes256Sha256,
}

/// Signs the certificates of one rig.
#[derive(Clone, Debug)]
pub struct Authority(Identity);

/// What a certificate is for.
#[derive(Clone, Copy, Debug)]
pub enum Purpose<'a> {
    /// A server of these DNS names and IP addresses.
    Server(&'a [&'a str]),
    /// A client that calls with a certificate.
    Client,
    /// Signing tokens.
    Signing,
}

impl Authority {
    /// A fresh authority.
    ///
    /// # Errors
    /// When OpenSSL cannot make a key.
    pub fn new() -> Result<Self, ErrorStack> {
        let key = new_tls_key()?;
        let mut builder = draft("Rig test authority, worth nothing", &key, 0, 30 * DAY_S)?;
        let name = builder_name("Rig test authority, worth nothing")?;
        builder.set_issuer_name(&name)?;
        builder.append_extension(BasicConstraints::new().critical().ca().pathlen(0).build()?)?;
        builder.append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build()?)?;
        let id = SubjectKeyIdentifier::new().build(&builder.x509v3_context(None, None))?;
        builder.append_extension(id)?;
        builder.sign(&key, MessageDigest::sha256())?;
        Ok(Self(Identity {
            key,
            certificate: builder.build(),
        }))
    }

    /// The authority's certificate, for those who are to trust it.
    ///
    /// # Errors
    /// When OpenSSL cannot encode it.
    pub fn pem(&self) -> Result<Vec<u8>, ErrorStack> {
        self.0.certificate.to_pem()
    }

    /// A certificate that is valid now and for ninety days.
    ///
    /// # Errors
    /// When OpenSSL cannot make it.
    pub fn issue(&self, name: &str, purpose: Purpose<'_>) -> Result<Identity, ErrorStack> {
        self.issue_for(name, purpose, -BACKDATED_S, 90 * DAY_S)
    }

    /// A certificate valid between two moments, in seconds from now; both may be past.
    ///
    /// # Errors
    /// When OpenSSL cannot make it.
    pub fn issue_for(
        &self,
        name: &str,
        purpose: Purpose<'_>,
        from_s: i64,
        until_s: i64,
    ) -> Result<Identity, ErrorStack> {
        let key = match purpose {
            Purpose::Server(_) => new_tls_key()?,
            Purpose::Client | Purpose::Signing => jose::new_key()?,
        };
        let mut builder = draft(name, &key, from_s, until_s)?;
        builder.set_issuer_name(self.0.certificate.subject_name())?;
        extend(&mut builder, &self.0.certificate, purpose)?;
        builder.sign(&self.0.key, MessageDigest::sha256())?;
        Ok(Identity {
            key,
            certificate: builder.build(),
        })
    }

    /// What a TLS listener of these names needs.
    ///
    /// # Errors
    /// When the certificate cannot be made or used.
    pub fn tls(&self, names: &[&str]) -> anyhow::Result<Arc<rustls::ServerConfig>> {
        install_tls();
        let first = names.first().copied().unwrap_or("localhost");
        let identity = self.issue(first, Purpose::Server(names))?;
        let chain = vec![CertificateDer::from(identity.certificate.to_der()?)];
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(identity.key.private_key_to_pkcs8()?));
        let config = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        Ok(Arc::new(config))
    }
}

/// P-256: made in no time, where an RSA key takes a tenth of a second.
fn new_tls_key() -> Result<PKey<Private>, ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    PKey::from_ec_key(EcKey::generate(&group)?)
}

fn builder_name(common_name: &str) -> Result<openssl::x509::X509Name, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_nid(Nid::COMMONNAME, common_name)?;
    Ok(name.build())
}

/// Everything but issuer, extensions and signature.
fn draft(name: &str, key: &PKey<Private>, from_s: i64, until_s: i64) -> Result<X509Builder, ErrorStack> {
    let now = loopback::clock::Clock::default().now().unix_timestamp();
    let mut serial = BigNum::new()?;
    serial.rand(127, MsbOption::ONE, false)?;
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_serial_number(&*Asn1Integer::from_bn(&serial)?)?;
    builder.set_subject_name(&*builder_name(name)?)?;
    builder.set_pubkey(key)?;
    builder.set_not_before(&*Asn1Time::from_unix(now + from_s)?)?;
    builder.set_not_after(&*Asn1Time::from_unix(now + until_s)?)?;
    Ok(builder)
}

fn extend(builder: &mut X509Builder, issuer: &X509, purpose: Purpose<'_>) -> Result<(), ErrorStack> {
    builder.append_extension(BasicConstraints::new().critical().build()?)?;
    builder.append_extension(
        KeyUsage::new()
            .critical()
            .digital_signature()
            .key_encipherment()
            .build()?,
    )?;
    let usage = match purpose {
        Purpose::Server(_) => Some(ExtendedKeyUsage::new().server_auth().build()?),
        Purpose::Client => Some(ExtendedKeyUsage::new().client_auth().build()?),
        Purpose::Signing => None,
    };
    if let Some(usage) = usage {
        builder.append_extension(usage)?;
    }
    if let Purpose::Server(names) = purpose {
        let mut alternatives = SubjectAlternativeName::new();
        for name in names {
            if name.parse::<std::net::IpAddr>().is_ok() {
                alternatives.ip(name)
            } else {
                alternatives.dns(name)
            };
        }
        let extension = alternatives.build(&builder.x509v3_context(Some(issuer), None))?;
        builder.append_extension(extension)?;
    }
    let id = AuthorityKeyIdentifier::new()
        .keyid(true)
        .build(&builder.x509v3_context(Some(issuer), None))?;
    builder.append_extension(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issued_certificate_is_signed_by_the_authority() {
        let authority = Authority::new().unwrap();
        let identity = authority.issue("signing", Purpose::Signing).unwrap();
        assert!(identity.certificate.verify(&authority.0.key).unwrap());
        assert_eq!(identity.thumbprint().unwrap().len(), 40);
    }

    #[test]
    fn a_self_signed_certificate_vouches_for_itself() {
        let identity = Identity::self_signed("Invented-SigningCertificate", 730).unwrap();
        assert!(identity.certificate.verify(&identity.key).unwrap());
        assert!(identity.key.bits() >= 2048);
        assert!(identity.certificate.not_after() > &*Asn1Time::days_from_now(729).unwrap());
        assert!(Identity::self_signed(&"n".repeat(65), 1).is_err());
    }

    #[test]
    fn a_certificate_can_be_out_of_date() {
        let authority = Authority::new().unwrap();
        let old = authority
            .issue_for("old", Purpose::Client, -2 * DAY_S, -DAY_S)
            .unwrap();
        assert!(old.certificate.not_after() < &*Asn1Time::days_from_now(0).unwrap());
    }

    #[test]
    fn pkcs12_opens_with_its_password_only() {
        let identity = Authority::new()
            .unwrap()
            .issue("signing", Purpose::Signing)
            .unwrap();
        let der = identity.pkcs12("open sesame").unwrap();
        let parsed = Pkcs12::from_der(&der).unwrap();
        assert!(parsed.parse2("open barley").is_err());
        assert!(parsed.parse2("open sesame").unwrap().pkey.is_some());
    }
}
