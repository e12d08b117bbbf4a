//! Certificates that sign, or did.

use super::*;

#[test]
fn exactly_one_certificate_signs() {
    let both = least().with("AppSettings:SigningCert", "-----BEGIN …");
    assert_eq!(
        faults(&both),
        [
            "AppSettings:SigningCertName and AppSettings:SigningCert each name a certificate: keep the setting of the one \
            that is meant, and delete the other"
        ]
    );
    let all = both.with("AppSettings:SigningCertThumbprint", &"6F".repeat(20));
    let told = faults(&all).join("\n");
    for other in ["AppSettings:SigningCertThumbprint", "AppSettings:SigningCert"] {
        let words = format!("AppSettings:SigningCertName and {other} each");
        assert!(told.contains(&words), "{told}");
    }
}

#[test]
fn without_a_signing_certificate_every_way_to_give_one_is_named() {
    assert_eq!(
        faults(&least().without("AppSettings:SigningCertName")),
        [
            "AppSettings:SigningCertName is missing: name the Key Vault certificate that signs here, or else one that \
            App Service loads in AppSettings:SigningCertThumbprint, or give it in AppSettings:SigningCert"
        ]
    );
}

#[test]
fn at_most_one_certificate_signed_before() {
    let both = least()
        .with("AppSettings:PreviousSigningCertName", "idv-signing-2025")
        .with("AppSettings:PreviousSigningCertThumbprint", &"6F".repeat(20));
    let told = faults(&both);
    assert_eq!(told.len(), 1, "{told:?}");
    let words = "AppSettings:PreviousSigningCertName and AppSettings:PreviousSigningCertThumbprint each";
    assert!(told[0].starts_with(words), "{told:?}");
}

#[test]
fn a_thumbprint_must_be_among_the_certificates_to_load() {
    let thumbprint = "6f2e00000000000000000000000000000000abcd";
    let map = least()
        .without("AppSettings:SigningCertName")
        .with("AppSettings:SigningCertThumbprint", thumbprint);
    let loads = |told: &str| Settings::load(&map.clone().with("WEBSITE_LOAD_CERTIFICATES", told)).is_ok();
    assert!(Settings::load(&map).is_ok());
    assert!(loads("*") && loads("1234, 6F2E00000000000000000000000000000000ABCD"));
    assert!(!loads("1234"));
    refused(map.clone(), "AppSettings:SigningCertThumbprint", "6f2e");
}

#[test]
fn es256_needs_a_certificate_for_it() {
    let given = with_client(least()).with("Clients:0:SigningAlg", "ES256");
    assert!(faults(&given)[0].starts_with("Clients:0:SigningAlg"));
    let settings = Settings::load(&given.with("AppSettings:SigningEcCertName", "idv-signing-ec")).unwrap();
    assert_eq!(settings.clients[0].signing_alg, crate::tokens::SigningAlg::Es256);
    refused(with_client(least()), "Clients:0:SigningAlg", "HS256");
    refused(with_client(least()), "Clients:0:IdTokenLifeSeconds", "3601");
}
