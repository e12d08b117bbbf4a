//! Tokens: what we sign, what we accept, and the keys for both. Formats by `jsonwebtoken`, cryptography by OpenSSL.
//!
//! Algorithms are pinned per key, never taken from a token: RS256, PS256 or ES256 for what we issue, RS256 for Entra, and
//! those or `EdDSA` for a client's assertion. RSA keys have at least 2048 bits and none of the weaknesses of `strength`. Time comes from the caller's clock.
//!
//! # Layout
//! - `provider`: OpenSSL behind `jsonwebtoken`; keys are parsed once and named by handles
//! - `certificate`: a certificate with its key, from PEM or PKCS#12
//! - `signing`: our keys, the tokens they sign, and the key set we publish; also as older libraries of Microsoft name them
//! - `public_key`: keys of others, from JWK or certificate
//! - `strength`: RSA keys whose signatures anybody can forge
//! - `jws`, `claims`: opening a token, then believing its claims; private to this module
//! - `at_hash`: ties an access token to its ID token
//! - `caller_certificate`: how a caller proves itself with a TLS client certificate
//! - `client_assertion`: how a client proves itself with `private_key_jwt`; `remote_keys`: with keys that it publishes
//! - `entra`: bearer tokens issued by Microsoft Entra

mod at_hash;
pub(crate) mod caller_certificate;
mod certificate;
mod claims;
pub(crate) mod client_assertion;
pub(crate) mod entra;
mod jws;
mod provider;
pub(crate) mod public_key;
pub(crate) mod remote_keys;
mod signing;
pub(crate) mod strength;

use std::time::Duration;

pub(crate) use at_hash::at_hash;
pub use certificate::Certificate;
pub(crate) use certificate::{CertificateError, Kind};
pub use signing::SigningKeys;
pub(crate) use signing::{PublishedCertificate, SigningAlg};

/// How far the clocks of others may be off. Whatever remembers a token against replay must do so until its `exp` plus
/// this.
pub(crate) const LEEWAY: Duration = Duration::from_secs(60);

/// Maximum length of a token, in bytes.
pub(crate) const MAX_TOKEN: usize = 16 * 1024;

/// A token could not be signed: OpenSSL failed, which no caller can cause or cure.
#[derive(Debug, thiserror::Error)]
#[error("signing failed")]
pub struct SignError(#[from] jsonwebtoken::errors::Error);

/// Why a token is not believed. Carries names of claims, never their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Longer than [`MAX_TOKEN`], not three parts of base64url, not JSON, or with header parameters we must understand
    /// and do not (`crit`).
    #[error("not a well-formed token")]
    Malformed,
    /// Its `typ` says that it is made for something else (RFC 8725 section 3.11).
    #[error("a token of another kind")]
    Kind,
    /// Signed, or said to be, with an algorithm that is not accepted here; `none` and HMAC among them.
    #[error("algorithm not accepted")]
    Algorithm,
    /// Names no key where one must be named.
    #[error("names no key")]
    NoKeyId,
    /// Names a key that its issuer does not have.
    #[error("names an unknown key")]
    UnknownKey,
    /// The signature does not belong to these words and this key.
    #[error("signature does not match")]
    Signature,
    /// A required claim is not there.
    #[error("claim {0} is missing")]
    Missing(&'static str),
    /// A claim is of another type than specified.
    #[error("claim {0} is malformed")]
    Type(&'static str),
    /// A claim says something else than is expected here.
    #[error("claim {0} is not as expected")]
    Unexpected(&'static str),
    /// `exp` is past.
    #[error("expired")]
    Expired,
    /// `nbf` or `iat` is in the future.
    #[error("not valid yet")]
    NotYet,
    /// `exp` is further away than is accepted here.
    #[error("valid for too long")]
    TooLong,
}

#[cfg(test)]
pub(crate) mod test_keys;
#[cfg(test)]
mod tests;
