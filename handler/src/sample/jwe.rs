//! Encrypted tokens in compact form (RFC 7516), with `dir` and `A256CBC-HS512` alone (RFC 7518 sections 4.5 and 5.2.5).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;
use openssl::symm::{Cipher, decrypt, encrypt};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::broken::Broken;
use crate::seal;
use crate::tokens::MAX_TOKEN;

/// Bytes of a key: the first half authenticates, the second encrypts.
pub(super) const KEY_BYTES: usize = 64;
/// Bytes of an initialization vector.
pub(super) const IV_BYTES: usize = 16;
const HALF: usize = KEY_BYTES / 2;
const TAG_BYTES: usize = 32;
const BLOCK_BYTES: usize = 16;

/// The header of what we seal, to the byte as the sample writes it.
const HEADER: &str = r#"{"alg":"dir","enc":"A256CBC-HS512","typ":"JWT"}"#;

/// A content encryption key, wiped when dropped, never printed.
pub(super) struct ContentKey {
    mac: PKey<Private>,
    cipher: Zeroizing<[u8; HALF]>,
}

impl ContentKey {
    /// # Errors
    /// OpenSSL has no memory left.
    pub(super) fn new(bytes: &[u8; KEY_BYTES]) -> Result<Self, ErrorStack> {
        let (mac, rest) = bytes.split_at(HALF);
        let mut cipher = Zeroizing::new([0; HALF]);
        cipher.copy_from_slice(rest);
        Ok(Self {
            mac: PKey::hmac(mac)?,
            cipher,
        })
    }

    /// Encrypts a text. `iv` must be fresh random bytes each time.
    ///
    /// # Errors
    /// OpenSSL failed.
    pub(super) fn seal(&self, text: &str, iv: [u8; IV_BYTES]) -> Result<String, ErrorStack> {
        let header = URL_SAFE_NO_PAD.encode(HEADER);
        let sealed = encrypt(
            Cipher::aes_256_cbc(),
            self.cipher.as_slice(),
            Some(&iv),
            text.as_bytes(),
        )?;
        let tag = self.tag(&header, &iv, &sealed)?;
        let [iv, sealed, tag] = [&iv, sealed.as_slice(), &tag].map(|part| URL_SAFE_NO_PAD.encode(part));
        Ok(format!("{header}..{iv}.{sealed}.{tag}"))
    }

    /// Decrypts a token. Nothing of it is read before its tag is found to be ours, under the one algorithm there is here:
    /// which one the token names is only looked at afterwards.
    ///
    /// # Errors
    /// See [`Broken`].
    pub(super) fn open(&self, token: &str) -> Result<Zeroizing<Vec<u8>>, Broken> {
        let parts = Parts::split(token)?;
        let expected = self
            .tag(parts.header, &parts.iv, &parts.sealed)
            .map_err(|_| Broken::Unchecked)?;
        if !seal::same(&expected, &parts.tag) {
            return Err(Broken::Tag);
        }
        check(&decoded(parts.header)?)?;
        let key = self.cipher.as_slice();
        let plain = decrypt(Cipher::aes_256_cbc(), key, Some(&parts.iv), &parts.sealed);
        plain.map(Zeroizing::new).map_err(|_| Broken::Padding)
    }

    /// RFC 7518 section 5.2.2.1, step 5: the header as it is written, the vector, the ciphertext, and the header's length in bits.
    fn tag(&self, header: &str, iv: &[u8], sealed: &[u8]) -> Result<[u8; TAG_BYTES], ErrorStack> {
        let mut signer = Signer::new(MessageDigest::sha512(), &self.mac)?;
        signer.update(header.as_bytes())?;
        signer.update(iv)?;
        signer.update(sealed)?;
        signer.update(&(header.len() as u64 * 8).to_be_bytes())?;
        let mut whole = [0; 2 * TAG_BYTES];
        signer.sign(&mut whole)?;
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(whole.split_at(TAG_BYTES).0);
        Ok(tag)
    }
}

/// The parts of a token whose lengths are right.
struct Parts<'t> {
    header: &'t str,
    iv: [u8; IV_BYTES],
    sealed: Vec<u8>,
    tag: [u8; TAG_BYTES],
}

impl<'t> Parts<'t> {
    fn split(token: &'t str) -> Result<Self, Broken> {
        if token.len() > MAX_TOKEN {
            return Err(Broken::TooLong);
        }
        let parts: Vec<&str> = token.splitn(6, '.').collect();
        let [header, key, iv, sealed, tag] = parts.as_slice() else {
            return Err(Broken::Parts);
        };
        if !key.is_empty() {
            return Err(Broken::EncryptedKey);
        }
        let (iv, sealed, tag) = (decoded(iv)?, decoded(sealed)?, decoded(tag)?);
        if sealed.is_empty() || !sealed.len().is_multiple_of(BLOCK_BYTES) {
            return Err(Broken::Blocks);
        }
        Ok(Self {
            header,
            iv: iv.try_into().map_err(|_| Broken::Iv)?,
            sealed,
            tag: tag.try_into().map_err(|_| Broken::TagLength)?,
        })
    }
}

/// Bytes that have only this one text: no padding, and no bits behind the last byte.
fn decoded(part: &str) -> Result<Vec<u8>, Broken> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Broken::Base64)
}

/// Whatever else stands in a header changes what the token means (`zip`, `crit`), or means nothing here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    enc: String,
    typ: Option<String>,
    cty: Option<String>,
}

/// A newer library of the sample's writes `cty`, too (RFC 7519 section 5.2 asks for it).
fn check(header: &[u8]) -> Result<(), Broken> {
    // A list would be read as the members in their order.
    let header = header.starts_with(b"{").then_some(header).ok_or(Broken::Header)?;
    let header: Header = serde_json::from_slice(header).map_err(|_| Broken::Header)?;
    if header.alg != "dir" {
        return Err(Broken::Algorithm);
    }
    if header.enc != "A256CBC-HS512" {
        return Err(Broken::Encryption);
    }
    let kinds = [header.typ, header.cty];
    if kinds.iter().flatten().all(|kind| kind == "JWT") {
        Ok(())
    } else {
        Err(Broken::Kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7518, appendix B.3. The appendix gives no header but bytes; here they are the header as it is written.
    #[test]
    fn the_tag_is_that_of_the_specification() {
        let bytes: Vec<u8> = (0..64).collect();
        let key = ContentKey::new(bytes.as_slice().try_into().unwrap()).unwrap();
        let plain = "A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy without inconvenience";
        let authenticated = "The second principle of Auguste Kerckhoffs";
        let iv = hex("1af38c2dc2b96ffdd86694092341bc04");
        let sealed = encrypt(
            Cipher::aes_256_cbc(),
            key.cipher.as_slice(),
            Some(&iv),
            plain.as_bytes(),
        )
        .unwrap();
        assert_eq!(
            sealed,
            hex(concat!(
                "4affaaadb78c31c5da4b1b590d10ffbd3dd8d5d302423526912da037ecbcc7bd",
                "822c301dd67c373bccb584ad3e9279c2e6d12a1374b77f077553df829410446b",
                "36ebd97066296ae6427ea75c2e0846a11a09ccf5370dc80bfecbad28c73f09b3",
                "a3b75e662a2594410ae496b2e2e6609e31e6e02cc837f053d21f37ff4f51950b",
                "be2638d09dd7a4930930806d0703b1f6",
            ))
        );
        let tag = hex("4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5");
        assert_eq!(key.tag(authenticated, &iv, &sealed).unwrap().as_slice(), tag);
    }

    fn hex(digits: &str) -> Vec<u8> {
        let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        (0..digits.len()).step_by(2).map(byte).collect()
    }
}
