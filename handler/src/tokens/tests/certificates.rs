use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::PKey;
use openssl::symm::Cipher;

use crate::tokens::strength::Weakness;
use crate::tokens::test_keys::{EC, OTHER_RSA, RSA, encode, pem, roca, rsa, x509};
use crate::tokens::{Certificate, CertificateError};

fn pkcs12(password: &str) -> Vec<u8> {
    let mut builder = Pkcs12::builder();
    builder.name("test").pkey(&RSA).cert(&x509(&RSA));
    builder.build2(password).unwrap().to_der().unwrap()
}

#[test]
fn pem_is_read_in_any_order_and_with_other_certificates_beside() {
    let key = RSA.private_key_to_pem_pkcs8().unwrap();
    let old_key = RSA.rsa().unwrap().private_key_to_pem().unwrap();
    let (own, other) = (x509(&RSA).to_pem().unwrap(), x509(&OTHER_RSA).to_pem().unwrap());
    for parts in [
        [&key, &own, &other],
        [&other, &own, &key],
        [&own, &old_key, &other],
    ] {
        let certificate = Certificate::from_pem(&parts.map(Vec::as_slice).concat()).unwrap();
        assert_eq!(
            certificate.key_id(),
            encode(x509(&RSA).digest(MessageDigest::sha256()).unwrap())
        );
        assert_eq!(certificate.expires_at().unwrap().unix_timestamp(), 1_900_000_000);
    }
}

#[test]
fn pkcs12_is_read_with_and_without_password() {
    assert!(Certificate::from_pkcs12(&pkcs12(""), "").is_ok());
    assert!(Certificate::from_pkcs12(&pkcs12("correct"), "correct").is_ok());
    assert_eq!(
        Certificate::from_pkcs12(&pkcs12("correct"), "").unwrap_err(),
        CertificateError::Locked
    );
    assert_eq!(
        Certificate::from_pkcs12(&pkcs12("correct"), "wrong").unwrap_err(),
        CertificateError::Locked
    );
}

/// `Export-PfxCertificate` writes the first (`TripleDES_SHA1`) unless told to write the second (`AES256_SHA256`).
#[test]
fn pkcs12_is_read_in_each_encryption_that_windows_writes() {
    for (encryption, mac) in [
        (Nid::PBE_WITHSHA1AND3_KEY_TRIPLEDES_CBC, MessageDigest::sha1()),
        (Nid::AES_256_CBC, MessageDigest::sha256()),
    ] {
        for password in ["", "correct horse"] {
            let mut builder = Pkcs12::builder();
            builder.name("test").pkey(&RSA).cert(&x509(&RSA));
            builder
                .key_algorithm(encryption)
                .cert_algorithm(encryption)
                .mac_md(mac);
            let der = builder.build2(password).unwrap().to_der().unwrap();
            let read = Certificate::from_pkcs12(&der, password).unwrap();
            assert_eq!(
                read.key_id(),
                encode(x509(&RSA).digest(MessageDigest::sha256()).unwrap())
            );
            assert_eq!(
                Certificate::from_pkcs12(&der, "wrong").unwrap_err(),
                CertificateError::Locked
            );
        }
    }
}

#[test]
fn a_key_vault_secret_is_pkcs12_or_pem() {
    let base64 = openssl::base64::encode_block(&pkcs12(""));
    let pem = String::from_utf8(pem(&RSA)).unwrap();
    assert!(Certificate::from_secret(&base64, "").is_ok());
    assert!(Certificate::from_secret(&pem, "").is_ok());
}

#[test]
fn base64_may_have_line_breaks() {
    let base64 = openssl::base64::encode_block(&pkcs12(""));
    let base64: String = base64.split_whitespace().collect();
    for (width, end) in [(64, "\n"), (76, "\r\n")] {
        let lines: Vec<_> = base64
            .as_bytes()
            .chunks(width)
            .map(String::from_utf8_lossy)
            .collect();
        let text = lines.join(end) + end;
        assert!(Certificate::from_secret(&text, "").is_ok(), "{width}");
    }
}

/// Key Vault gives the secret of such a certificate with the public part alone.
#[test]
fn a_key_that_is_not_exportable_is_told_by_that_word() {
    let mut builder = Pkcs12::builder();
    builder.name("test").cert(&x509(&RSA));
    let der = builder.build2("").unwrap().to_der().unwrap();
    let pem = String::from_utf8(x509(&RSA).to_pem().unwrap()).unwrap();
    for secret in [openssl::base64::encode_block(&der), pem] {
        let error = Certificate::from_secret(&secret, "").unwrap_err();
        assert_eq!(error, CertificateError::NoKey);
        assert!(error.to_string().contains("not exportable"), "{error}");
    }
}

#[test]
fn noise_is_no_certificate() {
    for noise in [
        "",
        "noise",
        "AAAA",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    ] {
        assert!(Certificate::from_secret(noise, "").is_err(), "{noise}");
    }
}

#[test]
fn a_certificate_without_its_key_is_refused() {
    let alone = x509(&RSA).to_pem().unwrap();
    assert_eq!(
        Certificate::from_pem(&alone).unwrap_err(),
        CertificateError::NoKey
    );
}

#[test]
fn an_encrypted_key_is_refused_and_nobody_is_asked_for_its_password() {
    let mut pem = RSA
        .private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), b"secret")
        .unwrap();
    pem.extend(x509(&RSA).to_pem().unwrap());
    assert_eq!(Certificate::from_pem(&pem).unwrap_err(), CertificateError::NoKey);
}

#[test]
fn a_key_without_its_certificate_is_refused() {
    let mut pem = RSA.private_key_to_pem_pkcs8().unwrap();
    pem.extend(x509(&OTHER_RSA).to_pem().unwrap());
    assert_eq!(
        Certificate::from_pem(&pem).unwrap_err(),
        CertificateError::NoCertificate
    );
}

#[test]
fn small_and_elliptic_keys_are_refused() {
    let elliptic = PKey::from_ec_key(EC.clone()).unwrap();
    for (key, why) in [
        (rsa(1024), CertificateError::WeakKey(Weakness::Short)),
        (elliptic, CertificateError::OtherKey),
    ] {
        assert_eq!(Certificate::from_pem(&pem(&key)).unwrap_err(), why);
    }
}

#[test]
fn a_signing_key_whose_primes_show_in_its_modulus_is_refused() {
    let refused = Certificate::from_pem(&pem(&roca())).unwrap_err();
    assert_eq!(refused, CertificateError::WeakKey(Weakness::Roca));
}
