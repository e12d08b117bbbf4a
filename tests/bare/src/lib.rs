//! What the programs that do nothing have in common.

use std::io;

use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;

/// Header and claims of an ID token, encoded, have about this many bytes.
const MESSAGE: [u8; 800] = [b'x'; 800];
/// Signatures that are not counted: the first ones fill caches and make blinding values.
const WARM_UP: u32 = 20;

/// An RSA key of 2048 bits.
#[derive(Debug)]
pub struct Signing(PKey<Private>);

impl Signing {
    /// Makes a key, and warms it up.
    ///
    /// # Errors
    /// OpenSSL cannot make one.
    pub fn new() -> io::Result<Self> {
        let signing = Self(PKey::from_rsa(Rsa::generate(2048)?)?);
        for _ in 0..WARM_UP {
            signing.sign()?;
        }
        Ok(signing)
    }

    /// Makes an RS256 signature over as many bytes as an ID token of the app has.
    ///
    /// # Errors
    /// OpenSSL cannot sign.
    pub fn sign(&self) -> io::Result<Vec<u8>> {
        let mut signer = Signer::new(MessageDigest::sha256(), &self.0)?;
        Ok(signer.sign_oneshot_to_vec(&MESSAGE)?)
    }
}
