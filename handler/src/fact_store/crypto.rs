//! What `object_store` needs of a crypto library (the `SharedKey` signature), by the OpenSSL that everything else uses.

use object_store::client::{
    CryptoProvider, DigestAlgorithm, DigestContext, HmacContext, Signer as ObjectSigner, SigningAlgorithm,
};
use object_store::{Error, Result};
use openssl::error::ErrorStack;
use openssl::hash::{Hasher, MessageDigest};
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;

/// SHA-256 and HMAC-SHA-256. Signing with a private key is not needed for Blob Storage, and refused.
#[derive(Debug)]
pub(super) struct OpenSsl;

impl CryptoProvider for OpenSsl {
    fn digest(&self, algorithm: DigestAlgorithm) -> Result<Box<dyn DigestContext>> {
        let DigestAlgorithm::Sha256 = algorithm else {
            return Err(unsupported());
        };
        let hasher = Hasher::new(MessageDigest::sha256()).map_err(failed)?;
        Ok(Box::new(Digest {
            hasher,
            result: [0; 32],
            failure: None,
        }))
    }

    fn hmac(&self, algorithm: DigestAlgorithm, secret: &[u8]) -> Result<Box<dyn HmacContext>> {
        let DigestAlgorithm::Sha256 = algorithm else {
            return Err(unsupported());
        };
        let key = PKey::hmac(secret).map_err(failed)?;
        Ok(Box::new(Hmac {
            key,
            message: Vec::new(),
            result: [0; 32],
        }))
    }

    fn sign(&self, _: SigningAlgorithm, _: &[u8]) -> Result<Box<dyn ObjectSigner>> {
        Err(unsupported())
    }
}

struct Digest {
    hasher: Hasher,
    result: [u8; 32],
    failure: Option<ErrorStack>,
}

impl DigestContext for Digest {
    fn update(&mut self, data: &[u8]) {
        if let Err(error) = self.hasher.update(data) {
            self.failure = Some(error);
        }
    }

    fn finish(&mut self) -> Result<&[u8]> {
        if let Some(error) = self.failure.take() {
            return Err(failed(error));
        }
        let digest = self.hasher.finish().map_err(failed)?;
        self.result.copy_from_slice(&digest);
        Ok(&self.result)
    }
}

struct Hmac {
    key: PKey<Private>,
    message: Vec<u8>,
    result: [u8; 32],
}

impl HmacContext for Hmac {
    fn update(&mut self, data: &[u8]) {
        self.message.extend_from_slice(data);
    }

    fn finish(&mut self) -> Result<&[u8]> {
        let mut signer = Signer::new(MessageDigest::sha256(), &self.key).map_err(failed)?;
        signer
            .sign_oneshot(&mut self.result, &self.message)
            .map_err(failed)?;
        Ok(&self.result)
    }
}

fn failed(error: ErrorStack) -> Error {
    Error::Generic {
        store: "OpenSSL",
        source: Box::new(error),
    }
}

fn unsupported() -> Error {
    Error::NotSupported {
        source: "only SHA-256 and HMAC-SHA-256 are offered".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        openssl::bn::BigNum::from_slice(bytes)
            .unwrap()
            .to_hex_str()
            .unwrap()
            .to_lowercase()
    }

    #[test]
    fn sha_256_of_abc_is_fips_180() {
        let mut context = OpenSsl.digest(DigestAlgorithm::Sha256).unwrap();
        context.update(b"a");
        context.update(b"bc");
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(context.finish().unwrap()), expected);
    }

    #[test]
    fn hmac_is_test_case_2_of_rfc_4231() {
        let mut context = OpenSsl.hmac(DigestAlgorithm::Sha256, b"Jefe").unwrap();
        context.update(b"what do ya want ");
        context.update(b"for nothing?");
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex(context.finish().unwrap()), expected);
    }

    #[test]
    fn signing_is_refused() {
        assert!(OpenSsl.sign(SigningAlgorithm::RS256, b"").is_err());
    }
}
