//! Secrets: from Key Vault into memory, together with the settings they complete.
//!
//! The port is bound first; then everything is read at once, and again in the background, so that rotation needs no
//! restart. A vault that is down is tried again for ever and never ends the process; what was read last stays in force.
//!
//! # Layout
//! - `vault`: Key Vault with managed identity; the only use of the Azure SDK
//! - `fetch`: which secrets are wanted, and reading them in as few rounds as possible
//! - `overlay`: settings from the environment, completed by secrets
//! - `assembly`, `loaded`: settings and secrets put together: certificates, clients
//! - `rotation`: which version of the signing certificate signs, and which are published
//! - `loader`: reads at start, again and again, and tells whoever waits

mod assembly;
mod fetch;
mod loaded;
mod loader;
mod overlay;
mod rotation;
pub mod vault;

use async_trait::async_trait;
use secrecy::SecretString;
use time::OffsetDateTime;

pub use loaded::{Client, LoadError, Loaded, Proof, Secrets};
pub use loader::{Loader, Refresher, State};

/// Why a secret was not read. Names what was asked for; `why` is the whole chain of causes, which the Azure SDK hides.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The store was asked and has no such secret.
    #[error("there is no secret {0} in Key Vault")]
    Missing(String),
    /// The store was asked and will not tell us: the identity lacks a role, or a firewall is in between.
    #[error("Key Vault refuses {what}: {why}")]
    Denied {
        /// What was asked for.
        what: String,
        /// The causes.
        why: String,
    },
    /// The store, or the managed identity that opens it, could not be asked.
    #[error("Key Vault cannot be asked for {what}: {why}")]
    Unavailable {
        /// What was asked for.
        what: String,
        /// The causes.
        why: String,
    },
}

/// A secret as it was read.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its value.
    pub value: SecretString,
    /// What the value is, such as `application/x-pkcs12` for certificates.
    pub content_type: Option<String>,
    /// When this version was made.
    pub created: Option<OffsetDateTime>,
}

/// One version of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its id.
    pub id: String,
    /// When it was made.
    pub created: OffsetDateTime,
}

/// A place that keeps secrets.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// Does beside the first reads what they will need (a token, say). Its failure shows in the reads.
    async fn prepare(&self) {}

    /// Reads a secret, in one version or the latest.
    ///
    /// # Errors
    /// See [`Error`].
    async fn get(&self, name: &str, version: Option<&str>) -> Result<Secret, Error>;

    /// Names of all secrets that can be read.
    ///
    /// # Errors
    /// See [`Error`].
    async fn names(&self) -> Result<Vec<String>, Error>;

    /// All versions of a secret that can be read, the latest first.
    ///
    /// # Errors
    /// See [`Error`].
    async fn versions(&self, name: &str) -> Result<Vec<Version>, Error>;
}
