//! Policy keys and sealed values, on OpenSSL. Signed tokens are the crate `loopback`'s.

pub mod rsa;
pub mod seal;

use thiserror::Error;

/// What can be wrong with a key or a sealed value.
#[derive(Debug, Error)]
pub enum JoseError {
    /// OpenSSL refused.
    #[error("cryptography: {0}")]
    OpenSsl(#[from] openssl::error::ErrorStack),
    /// No such algorithm for this key.
    #[error("algorithm {0:?} is not accepted here")]
    Algorithm(String),
    /// A key file or value is not what it should be.
    #[error("key material: {0}")]
    Material(String),
    /// A sealed value was changed, cut or sealed with another key.
    #[error("the sealed value is not ours")]
    Seal,
}
