//! Secrets that have to survive in the fact store: AES-256-GCM under a key that the store never sees.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::keys::{KeyId, Root};
use super::{SealError, StateKeys, VERSION};

const HEAD_BYTES: usize = 1 + 4 + 12;
const TAG_BYTES: usize = 16;

impl StateKeys {
    /// Encrypts a secret for keeping. `place` (say, the path of the fact) is bound to it: opened for another place it is
    /// refused. `nonce` must be fresh random bytes each time.
    #[must_use]
    pub fn lock(&self, place: &str, nonce: [u8; 12], secret: &str) -> String {
        self.current.lock(place, nonce, secret)
    }

    /// The same under each key that is held, the current first.
    #[must_use]
    pub fn lock_under_all(&self, place: &str, nonce: impl Fn() -> [u8; 12], secret: &str) -> Vec<String> {
        let keys = std::iter::once(&self.current).chain(&self.previous);
        keys.map(|key| key.lock(place, nonce(), secret)).collect()
    }

    /// Whether a locked secret was locked with the current key.
    #[must_use]
    pub fn is_current(&self, text: &str) -> bool {
        let bytes = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        bytes.get(1..5).is_some_and(|id| id == self.current.id.0)
    }

    /// Decrypts what [`StateKeys::lock`] made for the same place.
    ///
    /// # Errors
    /// Not of our shape, of an unknown key, or changed. Never [`SealError::Expired`].
    pub fn unlock(&self, place: &str, text: &str) -> Result<SecretString, SealError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| SealError::Malformed)?;
        let (head, rest) = bytes
            .split_first_chunk::<HEAD_BYTES>()
            .ok_or(SealError::Malformed)?;
        let (tag, sealed) = rest.split_at_checked(TAG_BYTES).ok_or(SealError::Malformed)?;
        let [version, k0, k1, k2, k3, nonce @ ..] = *head;
        if version != VERSION {
            return Err(SealError::Malformed);
        }
        let (key, _) = self.root(KeyId([k0, k1, k2, k3])).ok_or(SealError::UnknownKey)?;
        let cipher = Cipher::aes_256_gcm();
        let plain = decrypt_aead(
            cipher,
            key.cipher.as_slice(),
            Some(&nonce),
            place.as_bytes(),
            sealed,
            tag,
        );
        let plain = Zeroizing::new(plain.map_err(|_| SealError::Forged)?);
        let text = std::str::from_utf8(&plain).map_err(|_| SealError::Malformed)?;
        Ok(SecretString::from(text.to_owned()))
    }
}

impl Root {
    #[expect(clippy::expect_used, reason = "OpenSSL fails here only when memory is out")]
    fn lock(&self, place: &str, nonce: [u8; 12], secret: &str) -> String {
        let mut tag = [0; TAG_BYTES];
        let sealed = encrypt_aead(
            Cipher::aes_256_gcm(),
            self.cipher.as_slice(),
            Some(&nonce),
            place.as_bytes(),
            secret.as_bytes(),
            &mut tag,
        )
        .expect("AES-256-GCM takes any bytes");
        let mut bytes = vec![VERSION];
        bytes.extend(self.id.0);
        bytes.extend(nonce);
        bytes.extend(tag);
        bytes.extend(sealed);
        URL_SAFE_NO_PAD.encode(bytes)
    }
}
