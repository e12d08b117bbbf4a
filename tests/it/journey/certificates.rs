//! The signing certificate as a file that App Service loaded, opened by the OpenSSL that the app brings.

use openssl::hash::MessageDigest;
use rig::certs::{Identity, Pkcs12Cipher};
use rig::client::walk::Person;

use super::{PATIENCE, World, options};

#[tokio::test]
pub(super) async fn a_certificate_file_in_each_encryption_that_windows_writes() {
    for cipher in [Pkcs12Cipher::TripleDesSha1, Pkcs12Cipher::Aes256Sha256] {
        let identity = Identity::self_signed("Invented-SigningCertificate", 30).unwrap();
        let (folder, thumbprint) = (tempfile::tempdir().unwrap(), identity.thumbprint().unwrap());
        let der = identity.pkcs12_by(cipher, "correct horse battery").unwrap();
        std::fs::write(folder.path().join(format!("{thumbprint}.p12")), der).unwrap();
        let options = options()
            .with("AppSettings:SigningCertName", "")
            .with("AppSettings:SigningCertThumbprint", &thumbprint)
            .with("WEBSITE_LOAD_CERTIFICATES", &thumbprint)
            .with("AppSettings:CertificateFolder", folder.path().to_str().unwrap())
            .with("AppSettings:SigningCertPassword", "correct horse battery");
        let world = World::with(options).await;
        let keys = world
            .rig
            .wire()
            .unwrap()
            .get(&world.client.provider.jwks, None)
            .await
            .unwrap();
        let keys: serde_json::Value = keys.json().unwrap();
        let kid = loopback::jose::encode(&identity.certificate.digest(MessageDigest::sha256()).unwrap());
        assert_eq!(keys["keys"][0]["kid"], kid.as_str(), "{cipher:?} {keys}");
        let tokens = world
            .walk()
            .await
            .through(&Person::who("pass"), PATIENCE)
            .await
            .unwrap();
        assert_eq!(tokens.claim("idv_status"), "approved", "{cipher:?}");
        world.no_errors();
    }
}
