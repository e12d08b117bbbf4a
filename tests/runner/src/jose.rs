//! Keys, signatures and sealed values, on OpenSSL.
//!
//! Only what a B2C tenant uses: RS256 and RS512 (RFC 7518 §3.3), HS256 (§3.2), JWK sets (RFC 7517) and an AES-256-GCM
//! seal for refresh tokens.

pub mod jwt;
pub mod rsa;
pub mod seal;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;

/// What can be wrong with a key, a token or a sealed value.
#[derive(Debug, Error)]
pub enum JoseError {
    /// OpenSSL refused.
    #[error("cryptography: {0}")]
    OpenSsl(#[from] openssl::error::ErrorStack),
    /// Not three base64url parts of JSON.
    #[error("this is no signed JWT: {0}")]
    Malformed(&'static str),
    /// The header asks for an algorithm outside the allowed list.
    #[error("algorithm {0:?} is not accepted here")]
    Algorithm(String),
    /// No key of the set has the token's `kid`.
    #[error("no key with kid {0:?} in the key set")]
    UnknownKey(String),
    /// The signature does not belong to this text and key.
    #[error("the signature is not valid")]
    Signature,
    /// A key file or value is not what it should be.
    #[error("key material: {0}")]
    Material(String),
    /// A sealed value was changed, cut or sealed with another key.
    #[error("the sealed value is not ours")]
    Seal,
}

/// Base64url without padding (RFC 7515 §2).
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Base64url without padding, back to bytes.
///
/// # Errors
/// [`JoseError::Malformed`] when the text is something else.
pub fn decode(text: &str) -> Result<Vec<u8>, JoseError> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| JoseError::Malformed("a part is not base64url"))
}

/// Compares secrets without telling by time where they differ.
#[must_use]
pub fn same(left: &[u8], right: &[u8]) -> bool {
    #[expect(
        clippy::disallowed_methods,
        reason = "lengths are equal here, so it cannot panic"
    )]
    let equal = left.len() == right.len() && openssl::memcmp::eq(left, right);
    equal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unequal_lengths_are_not_the_same() {
        assert!(!same(b"abc", b"abcd"));
        assert!(!same(b"abc", b"abd"));
        assert!(same(b"abc", b"abc"));
    }
}
