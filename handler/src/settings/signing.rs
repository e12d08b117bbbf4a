//! Which certificate signs, and which is published beside it.

use std::time::Duration;

use secrecy::SecretString;

use super::reader::Reader;
use super::table::Setting;
use super::{parse, table};

/// Where a certificate with its private key is.
#[derive(Debug)]
pub(crate) enum CertificateRef {
    /// A Key Vault certificate, read as the secret of the same name.
    Vault(String),
    /// Loaded by App Service: SHA-1 thumbprint, 40 hexadecimal digits in capitals.
    Loaded(String),
    /// Given right here, PEM or base64 of PKCS#12.
    Given(SecretString),
}

/// Which certificate signs.
#[derive(Debug)]
pub(crate) struct Signing {
    /// The one that signs.
    pub current: CertificateRef,
    /// The one before it. Without one, the previous version of a Key Vault certificate is published too.
    pub previous: Option<CertificateRef>,
    /// Name of the Key Vault certificate on P-256, if there is one.
    pub elliptic: Option<String>,
    /// Password of PKCS#12 that is given or loaded.
    pub password: Option<SecretString>,
    /// How long a new version of a Key Vault certificate is published before it signs.
    pub publish_first: Duration,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Signing> {
    let name = reader.optional(&table::SIGNING_CERT_NAME, parse::secret_name);
    let thumbprint = loaded(reader, &table::SIGNING_CERT_THUMBPRINT);
    let given = reader.optional(&table::SIGNING_CERT, parse::secret);
    let previous_name =
        reader.spared(|reader| reader.optional(&table::PREVIOUS_SIGNING_CERT_NAME, parse::secret_name));
    let previous_thumbprint =
        reader.spared(|reader| loaded(reader, &table::PREVIOUS_SIGNING_CERT_THUMBPRINT));
    let password = reader.optional(&table::SIGNING_CERT_PASSWORD, parse::secret);
    let elliptic = reader.optional(&table::SIGNING_EC_CERT_NAME, parse::secret_name);
    let publish_first = reader.required(&table::SIGNING_KEY_PUBLISH, parse::seconds(0..=2_592_000));
    let current = [
        (&table::SIGNING_CERT_NAME, name?.map(CertificateRef::Vault)),
        (
            &table::SIGNING_CERT_THUMBPRINT,
            thumbprint?.map(CertificateRef::Loaded),
        ),
        (&table::SIGNING_CERT, given?.map(CertificateRef::Given)),
    ];
    let current = one_of(reader, current);
    let previous = match (previous_name, previous_thumbprint) {
        (Some(_), Some(_)) => {
            let (one, other) = (
                &table::PREVIOUS_SIGNING_CERT_NAME,
                &table::PREVIOUS_SIGNING_CERT_THUMBPRINT,
            );
            reader.fault(one, too_many(other));
            None
        }
        (name, thumbprint) => name
            .map(CertificateRef::Vault)
            .or(thumbprint.map(CertificateRef::Loaded)),
    };
    Some(Signing {
        current: current?,
        previous,
        elliptic: elliptic?,
        password: password?,
        publish_first: publish_first?,
    })
}

/// The one certificate that is given.
fn one_of(reader: &mut Reader<'_>, each: [(&Setting, Option<CertificateRef>); 3]) -> Option<CertificateRef> {
    let mut given = each.into_iter().filter_map(|(setting, it)| Some((setting, it?)));
    let Some((first, certificate)) = given.next() else {
        let rule = format!(
            "is missing: name the Key Vault certificate that signs here, or else one that App Service loads in {}, or give it in {}",
            table::SIGNING_CERT_THUMBPRINT.name,
            table::SIGNING_CERT.name
        );
        reader.fault(&table::SIGNING_CERT_NAME, rule);
        return None;
    };
    for (other, _) in given {
        reader.fault(first, too_many(other));
    }
    Some(certificate)
}

/// Why one certificate too many is given, and what to do.
fn too_many(other: &Setting) -> String {
    format!(
        "and {} each name a certificate: keep the setting of the one that is meant, and delete the other",
        other.name
    )
}

/// A thumbprint that App Service was told to load.
#[expect(clippy::option_option, reason = "faulty, absent and present are three things")]
fn loaded(reader: &mut Reader<'_>, setting: &Setting) -> Option<Option<String>> {
    let told = reader.given(&table::LOAD_CERTIFICATES);
    reader.optional(setting, |value| {
        let thumbprint = parse::thumbprint(value, 20)?;
        let names = |told: &str| {
            let mut told = told.split(',').map(str::trim);
            told.any(|each| each == "*" || each.eq_ignore_ascii_case(&thumbprint))
        };
        if told.as_deref().is_none_or(|told| names(told)) {
            Ok(thumbprint)
        } else {
            Err("is not among the certificates of WEBSITE_LOAD_CERTIFICATES".into())
        }
    })
}
