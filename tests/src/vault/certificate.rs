//! Making certificates inside the vault, as an administrator does.

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::Vault;
use super::store::Value;
use crate::certs::Purpose;

/// How Key Vault keeps a certificate with its private key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// `application/x-pkcs12`: Base64 of PKCS#12 without password.
    #[default]
    Pkcs12,
    /// `application/x-pem-file`: private key and certificate.
    Pem,
}

impl Vault {
    /// Makes a new signing certificate and stores it as the current version of `name`; returns its version and its
    /// SHA-1 thumbprint.
    ///
    /// # Errors
    /// When OpenSSL cannot make it, or for a name Key Vault would not take.
    pub fn rotate(&self, name: &str, format: Format) -> anyhow::Result<(String, String)> {
        let identity = self.authority.issue(name, Purpose::Signing)?;
        let (text, content_type) = match format {
            Format::Pkcs12 => (STANDARD.encode(identity.pkcs12("")?), "application/x-pkcs12"),
            Format::Pem => (identity.pem()?, "application/x-pem-file"),
        };
        let value = Value {
            text,
            content_type: Some(content_type.to_owned()),
            disabled: false,
            certificate: Some(identity.certificate.to_der()?),
        };
        let now = self.now();
        let version = self.store.with(|store| store.put(name, value, now));
        let version = version.with_context(|| name.to_owned())?;
        Ok((version, identity.thumbprint()?))
    }
}
