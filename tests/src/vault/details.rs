//! What a certificate says about itself.

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use openssl::pkey::Id;
use openssl::x509::X509;

/// Read from its DER.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Details {
    /// `CN=…`.
    pub(super) subject: String,
    /// `RSA` or `EC`.
    pub(super) kty: &'static str,
    /// Length of the key.
    pub(super) bits: u32,
    /// From when it is valid, in seconds of Unix time.
    pub(super) from_s: i64,
    /// Until when.
    pub(super) until_s: i64,
}

impl Details {
    pub(super) fn of(der: &[u8]) -> Result<Self, ErrorStack> {
        let certificate = X509::from_der(der)?;
        let key = certificate.public_key()?;
        let names = certificate.subject_name().entries();
        let text = |entry: &openssl::x509::X509NameEntryRef| {
            let short = entry.object().nid().short_name().unwrap_or("?");
            let value = String::from_utf8_lossy(entry.data().as_slice()).into_owned();
            format!("{short}={value}")
        };
        Ok(Self {
            subject: names.map(text).collect::<Vec<_>>().join(", "),
            kty: if key.id() == Id::RSA { "RSA" } else { "EC" },
            bits: key.bits(),
            from_s: unix(certificate.not_before())?,
            until_s: unix(certificate.not_after())?,
        })
    }

    /// Its life, as a policy counts it.
    pub(super) fn months(&self) -> i64 {
        (self.until_s - self.from_s) / (30 * 86_400)
    }
}

fn unix(at: &Asn1TimeRef) -> Result<i64, ErrorStack> {
    let epoch = Asn1Time::from_unix(0)?;
    let since = epoch.diff(at)?;
    Ok(i64::from(since.days) * 86_400 + i64::from(since.secs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certs::{Authority, Purpose};

    #[test]
    fn a_certificate_of_ninety_days_says_so() {
        let authority = Authority::new().unwrap();
        let identity = authority.issue("signing", Purpose::Signing).unwrap();
        let details = Details::of(&identity.certificate.to_der().unwrap()).unwrap();
        assert_eq!((details.subject.as_str(), details.kty), ("CN=signing", "RSA"));
        assert_eq!((details.bits, details.months()), (2048, 3));
        assert_eq!(details.until_s - details.from_s, 90 * 86_400 + 3600);
        assert!(Details::of(b"not DER").is_err());
    }
}
