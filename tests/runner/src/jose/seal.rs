//! Refresh tokens: claims sealed with AES-256-GCM, so that they survive a restart and nobody reads or changes them.

use super::JoseError;
use loopback::jose::{decode, encode};
use openssl::hash::{MessageDigest, hash};
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};

const NONCE: usize = 12;
const TAG: usize = 16;

/// Seals `plain` for `purpose` with a key derived from `secret` (any length): nonce, tag, ciphertext as base64url.
///
/// # Errors
/// [`JoseError::OpenSsl`] when the library cannot.
pub fn seal(secret: &[u8], purpose: &str, plain: &[u8]) -> Result<String, JoseError> {
    let nonce = loopback::random::bytes::<NONCE>();
    let mut tag = [0; TAG];
    let key = derive(secret, purpose)?;
    let hidden = encrypt_aead(
        Cipher::aes_256_gcm(),
        &key,
        Some(&nonce),
        purpose.as_bytes(),
        plain,
        &mut tag,
    )?;
    Ok(encode(&[nonce.as_slice(), &tag, &hidden].concat()))
}

/// Opens what [`seal`] made with the same secret and purpose.
///
/// # Errors
/// [`JoseError::Seal`] for everything else, without saying which part was wrong.
pub fn open(secret: &[u8], purpose: &str, sealed: &str) -> Result<Vec<u8>, JoseError> {
    let bytes = decode(sealed).ok_or(JoseError::Seal)?;
    let (Some(nonce), Some(tag), Some(hidden)) = (
        bytes.get(..NONCE),
        bytes.get(NONCE..NONCE + TAG),
        bytes.get(NONCE + TAG..),
    ) else {
        return Err(JoseError::Seal);
    };
    let key = derive(secret, purpose)?;
    decrypt_aead(
        Cipher::aes_256_gcm(),
        &key,
        Some(nonce),
        purpose.as_bytes(),
        hidden,
        tag,
    )
    .map_err(|_| JoseError::Seal)
}

fn derive(secret: &[u8], purpose: &str) -> Result<Vec<u8>, JoseError> {
    Ok(hash(
        MessageDigest::sha256(),
        &[purpose.as_bytes(), b"\0", secret].concat(),
    )?
    .to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_what_it_sealed() {
        let sealed = seal(b"k", "refresh", b"claims").unwrap();
        assert_eq!(open(b"k", "refresh", &sealed).unwrap(), b"claims");
    }

    #[test]
    fn another_key_purpose_or_text_is_refused() {
        let sealed = seal(b"k", "refresh", b"claims").unwrap();
        let (first, rest) = sealed.split_at(1);
        let changed = format!("{}{rest}", if first == "A" { "B" } else { "A" });
        for outcome in [
            open(b"other", "refresh", &sealed),
            open(b"k", "session", &sealed),
            open(b"k", "refresh", &sealed[..20]),
            open(b"k", "refresh", &changed),
        ] {
            assert!(matches!(outcome, Err(JoseError::Seal)));
        }
    }
}
