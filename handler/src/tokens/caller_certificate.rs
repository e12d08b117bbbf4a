//! The client certificate of a caller, as App Service hands it on: base64 of DER, checked by nobody before us.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::hash::MessageDigest;
use openssl::x509::X509;
use time::OffsetDateTime;

use super::strength::{self, Weakness};

/// Maximum length of the header value, in bytes.
const MAX_LENGTH: usize = 16 * 1024;

/// Why a certificate is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallerCertificateError {
    /// Not base64 of one DER certificate.
    #[error("not a certificate")]
    Malformed,
    /// Before its `notBefore` or after its `notAfter`.
    #[error("outside its validity period")]
    NotValidNow,
    /// Whoever knows the certificate can prove to have its key.
    #[error("its key is {0}")]
    WeakKey(#[from] Weakness),
}

/// Reads a certificate that is valid at `now` and whose key may be trusted, and gives the SHA-256 of its DER: its thumbprint.
///
/// # Errors
/// See [`CallerCertificateError`].
pub fn thumbprint(header: &str, now: OffsetDateTime) -> Result<[u8; 32], CallerCertificateError> {
    if header.len() > MAX_LENGTH {
        return Err(CallerCertificateError::Malformed);
    }
    let der = STANDARD
        .decode(header.trim())
        .map_err(|_| CallerCertificateError::Malformed)?;
    let certificate = X509::from_der(&der).map_err(|_| CallerCertificateError::Malformed)?;
    // Something after the certificate would make the thumbprint one of more than the certificate.
    if certificate
        .to_der()
        .map_err(|_| CallerCertificateError::Malformed)?
        != der
    {
        return Err(CallerCertificateError::Malformed);
    }
    let is_past = |moment: &Asn1TimeRef| {
        let now = Asn1Time::from_unix(now.unix_timestamp()).ok();
        now.and_then(|now| now.compare(moment).ok())
            .map(std::cmp::Ordering::is_gt)
    };
    if is_past(certificate.not_before()) != Some(true) || is_past(certificate.not_after()) != Some(false) {
        return Err(CallerCertificateError::NotValidNow);
    }
    let key = certificate
        .public_key()
        .map_err(|_| CallerCertificateError::Malformed)?;
    strength::check(&key)?;
    let digest = certificate
        .digest(MessageDigest::sha256())
        .map_err(|_| CallerCertificateError::Malformed)?;
    digest
        .as_ref()
        .try_into()
        .map_err(|_| CallerCertificateError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::bn::BigNum;
    use openssl::ec::{EcGroup, EcKey};
    use openssl::nid::Nid;
    use openssl::pkey::PKey;
    use openssl::x509::{X509Builder, X509NameBuilder};

    const NOW: i64 = 1_800_000_000;

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(seconds).unwrap()
    }

    fn certificate() -> Vec<u8> {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        certificate_of(&PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap())
    }

    /// A self-signed certificate that is valid for an hour around `NOW`.
    fn certificate_of(key: &PKey<openssl::pkey::Private>) -> Vec<u8> {
        let mut name = X509NameBuilder::new().unwrap();
        name.append_entry_by_text("CN", "caller").unwrap();
        let name = name.build();
        let mut builder = X509Builder::new().unwrap();
        builder
            .set_serial_number(&BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap())
            .unwrap();
        builder.set_subject_name(&name).unwrap();
        builder.set_issuer_name(&name).unwrap();
        builder.set_pubkey(key).unwrap();
        builder
            .set_not_before(&Asn1Time::from_unix(NOW - 1800).unwrap())
            .unwrap();
        builder
            .set_not_after(&Asn1Time::from_unix(NOW + 1800).unwrap())
            .unwrap();
        builder.sign(key, MessageDigest::sha256()).unwrap();
        builder.build().to_der().unwrap()
    }

    #[test]
    fn a_certificate_has_the_thumbprint_of_its_der() {
        let der = certificate();
        let expected = openssl::sha::sha256(&der);
        assert_eq!(thumbprint(&STANDARD.encode(der), at(NOW)), Ok(expected));
    }

    #[test]
    fn an_expired_certificate_is_refused() {
        let header = STANDARD.encode(certificate());
        assert_eq!(
            thumbprint(&header, at(NOW + 1801)),
            Err(CallerCertificateError::NotValidNow)
        );
    }

    #[test]
    fn a_certificate_that_is_not_valid_yet_is_refused() {
        let header = STANDARD.encode(certificate());
        assert_eq!(
            thumbprint(&header, at(NOW - 1801)),
            Err(CallerCertificateError::NotValidNow)
        );
    }

    #[test]
    fn a_certificate_with_a_weak_key_is_refused() {
        use crate::tokens::test_keys::{roca, rsa};
        for (key, weakness) in [(rsa(1024), Weakness::Short), (roca(), Weakness::Roca)] {
            let header = STANDARD.encode(certificate_of(&key));
            assert_eq!(
                thumbprint(&header, at(NOW)),
                Err(CallerCertificateError::WeakKey(weakness))
            );
        }
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        for header in ["", "!", "QUJD", &"A".repeat(MAX_LENGTH + 4)] {
            assert_eq!(
                thumbprint(header, at(NOW)),
                Err(CallerCertificateError::Malformed)
            );
        }
    }

    #[test]
    fn bytes_after_the_certificate_are_refused() {
        let mut der = certificate();
        der.push(0);
        assert_eq!(
            thumbprint(&STANDARD.encode(der), at(NOW)),
            Err(CallerCertificateError::Malformed)
        );
    }
}
