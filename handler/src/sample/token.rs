//! The verification token: what a page of B2C holds between the calls of the sample's policies. An encrypted token (`jwe`)
//! around a signed one (`jws`), to the byte as the sample makes it.
//!
//! It proves that its bearer was given it for this account and this transaction. What was found is read from the facts
//! again, never from here.

use std::fmt;
use std::time::Duration;

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::sha::sha256;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::broken::Broken;
use super::jwe::{ContentKey, IV_BYTES, KEY_BYTES};
use super::{jws, ordered};
use crate::tokens::{LEEWAY, MAX_TOKEN};

/// How long a token is valid, as in the sample.
pub(crate) const LIFE: Duration = Duration::from_secs(24 * 3600);
/// Least bytes of a signing key; all of them are used.
pub(crate) const MIN_SIGNING_KEY: usize = 16;
/// Least bytes of an encryption key; of a longer one only so many are used.
pub(crate) const MIN_ENCRYPTION_KEY: usize = KEY_BYTES;

/// SHA-256 of the one key that the sample's settings file gives for both, and that its README shows.
const PUBLISHED: [u8; 32] = [
    0x8a, 0x6a, 0xd5, 0x27, 0xe1, 0x55, 0x8e, 0x58, 0xee, 0x95, 0xe7, 0x3e, 0xf0, 0x1b, 0x4f, 0xbe, 0x57,
    0x04, 0xe0, 0x36, 0x61, 0xd2, 0xed, 0x81, 0x98, 0x6a, 0xe2, 0x3c, 0xc8, 0xbb, 0x13, 0x23,
];

/// Whether a key begins with the one that is published with the sample: everybody can make tokens with it.
#[must_use]
pub(crate) fn is_published(key: &str) -> bool {
    begins_with(key, &PUBLISHED)
}

/// Whether the first 64 bytes, of which an encryption key consists, have this SHA-256.
fn begins_with(key: &str, digest: &[u8; 32]) -> bool {
    let begin = key.as_bytes().get(..MIN_ENCRYPTION_KEY);
    begin.is_some_and(|begin| sha256(begin) == *digest)
}

/// Keys, issuer and audience of verification tokens.
pub(crate) struct Keys {
    signing: PKey<Private>,
    content: ContentKey,
    issuer: String,
    audience: String,
}

impl Keys {
    /// Takes the texts of the settings. A key is the UTF-8 of its text: nothing is decoded or derived.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub(crate) fn new(
        signing: &SecretString,
        encryption: &SecretString,
        issuer: String,
        audience: String,
    ) -> Result<Self, KeyError> {
        if [signing, encryption]
            .into_iter()
            .any(|key| is_published(key.expose_secret()))
        {
            return Err(KeyError::Published);
        }
        let signing = signing.expose_secret().as_bytes();
        if signing.len() < MIN_SIGNING_KEY {
            return Err(KeyError::Signing);
        }
        let encryption = encryption.expose_secret().as_bytes().first_chunk();
        Ok(Self {
            signing: PKey::hmac(signing)?,
            content: ContentKey::new(encryption.ok_or(KeyError::Encryption)?)?,
            issuer,
            audience,
        })
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

/// Why keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    /// Fewer bytes than [`MIN_SIGNING_KEY`].
    #[error("the signing key has fewer than 16 bytes")]
    Signing,
    /// Fewer bytes than [`MIN_ENCRYPTION_KEY`].
    #[error("the encryption key has fewer than 64 bytes")]
    Encryption,
    /// See [`is_published`].
    #[error("a key is the one that is published with the sample")]
    Published,
    /// OpenSSL has no memory left.
    #[error("OpenSSL refuses a key")]
    Unusable(#[from] ErrorStack),
}

/// What a verification token says.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct VerificationToken {
    /// The account: its object id in the directory of B2C.
    pub object_id: String,
    /// The transaction, as it was named to B2C.
    pub transaction_reference: String,
    /// Whether the person was verified when the token was made.
    pub is_verified: bool,
    /// What the person may read; may be empty.
    pub message: String,
}

/// Whose account it is belongs in no log.
impl fmt::Debug for VerificationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerificationToken(is_verified: {})", self.is_verified)
    }
}

/// A token could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IssueError {
    /// It would be longer than what is read: more than [`MAX_TOKEN`] bytes.
    #[error("the token would be longer than 16 KiB")]
    TooLong,
    /// OpenSSL failed, which no caller can cause or cure.
    #[error("OpenSSL failed")]
    OpenSsl(#[from] ErrorStack),
}

/// Makes a token, valid from now on for [`LIFE`]. `iv` must be fresh random bytes each time.
///
/// # Errors
/// See [`IssueError`].
pub(crate) fn issue(
    keys: &Keys,
    token: &VerificationToken,
    now: OffsetDateTime,
    iv: [u8; IV_BYTES],
) -> Result<String, IssueError> {
    let now_seconds = now.unix_timestamp();
    let claims = Issued {
        object_id: &token.object_id,
        transaction_reference: &token.transaction_reference,
        is_verified: if token.is_verified { "True" } else { "False" },
        message: &token.message,
        nbf: now_seconds,
        exp: (now + LIFE).unix_timestamp(),
        iat: now_seconds,
        iss: &keys.issuer,
        aud: &keys.audience,
    };
    let signed = jws::sign(&keys.signing, &ordered::json(&claims))?;
    let sealed = keys.content.seal(&signed, iv)?;
    if sealed.len() > MAX_TOKEN {
        return Err(IssueError::TooLong);
    }
    Ok(sealed)
}

/// Believes a token: our keys and no other algorithm, `iss` and `aud` exactly, `exp` and `nbf` both there and checked, within
/// [`LEEWAY`] since another machine may have made it.
///
/// # Errors
/// See [`Broken`].
pub(crate) fn read(keys: &Keys, token: &str, now: OffsetDateTime) -> Result<VerificationToken, Broken> {
    let claims = jws::open(&keys.signing, &keys.content.open(token)?)?;
    // A list would be read as the claims in their order.
    if !claims.starts_with(b"{") {
        return Err(Broken::Claims);
    }
    let claims: Claims = serde_json::from_slice(&claims).map_err(|_| Broken::Claims)?;
    expect("iss", claims.iss.as_deref(), &keys.issuer)?;
    expect("aud", claims.aud.as_deref(), &keys.audience)?;
    claims.check_times(now)?;
    Ok(VerificationToken {
        is_verified: claims.is_verified()?,
        object_id: claims.object_id.ok_or(Broken::Missing("ObjectId"))?,
        transaction_reference: claims
            .transaction_reference
            .ok_or(Broken::Missing("TransactionReference"))?,
        message: claims.message.ok_or(Broken::Missing("Message"))?,
    })
}

/// In the sample's order.
#[derive(Serialize)]
struct Issued<'a> {
    #[serde(rename = "ObjectId")]
    object_id: &'a str,
    #[serde(rename = "TransactionReference")]
    transaction_reference: &'a str,
    /// A text, as .NET writes booleans.
    #[serde(rename = "IsVerified")]
    is_verified: &'a str,
    #[serde(rename = "Message")]
    message: &'a str,
    nbf: i64,
    exp: i64,
    iat: i64,
    iss: &'a str,
    aud: &'a str,
}

/// Each optional, so that the one that is missing can be named. Others are ignored (RFC 7519 section 4).
#[derive(Deserialize)]
struct Claims {
    #[serde(rename = "ObjectId")]
    object_id: Option<String>,
    #[serde(rename = "TransactionReference")]
    transaction_reference: Option<String>,
    #[serde(rename = "IsVerified")]
    is_verified: Option<String>,
    #[serde(rename = "Message")]
    message: Option<String>,
    nbf: Option<i64>,
    exp: Option<i64>,
    iat: Option<i64>,
    iss: Option<String>,
    aud: Option<String>,
}

impl Claims {
    fn check_times(&self, now: OffsetDateTime) -> Result<(), Broken> {
        let (now, leeway) = (now.unix_timestamp(), LEEWAY.as_secs().cast_signed());
        let exp = self.exp.ok_or(Broken::Missing("exp"))?;
        let nbf = self.nbf.ok_or(Broken::Missing("nbf"))?;
        if exp <= now - leeway {
            return Err(Broken::Expired);
        }
        if nbf > now + leeway || self.iat.is_some_and(|iat| iat > now + leeway) {
            return Err(Broken::NotYet);
        }
        Ok(())
    }

    /// In any case, as .NET reads booleans.
    fn is_verified(&self) -> Result<bool, Broken> {
        let text = self.is_verified.as_deref().ok_or(Broken::Missing("IsVerified"))?;
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Broken::Unexpected("IsVerified")),
        }
    }
}

fn expect(name: &'static str, claim: Option<&str>, expected: &str) -> Result<(), Broken> {
    match claim {
        None => Err(Broken::Missing(name)),
        Some(claim) if claim == expected => Ok(()),
        Some(_) => Err(Broken::Unexpected(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_its_first_64_bytes() {
        let key = "k".repeat(64);
        let digest = sha256(key.as_bytes());
        assert!(begins_with(&key, &digest));
        assert!(begins_with(&format!("{key}, and more"), &digest));
        for other in ["", "k", &"k".repeat(63), &format!("K{}", "k".repeat(63))] {
            assert!(!begins_with(other, &digest), "{other}");
        }
        assert!(!is_published(&key));
    }
}
