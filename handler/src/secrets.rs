//! Secrets: from Key Vault into memory, together with the settings they complete.
//!
//! The port is bound first; then everything is read at once, and again in the background, so that rotation needs no
//! restart. A vault that is down is tried again for ever and never ends the process; what was read last stays in force.
//!
//! # Layout
//! - `vault`: Key Vault with managed identity; the only use of the Azure SDK
//! - `want`: one question; `wanted`: which secrets are wanted; `fetch`: reading them in as few rounds as possible; `fetched`:
//!   what is known
//! - `overlay`: settings from the environment, completed by secrets
//! - `certificate_files`: certificates that App Service has loaded
//! - `assembly`, `loaded`: settings and secrets put together: certificates, clients
//! - `standing`: what of a reading comes into force beside what is in force already
//! - `rotation`: which version of the signing certificate signs, and which are published
//! - `prepare`: what must work without Key Vault; `loader`: reads at start, again and again, and tells whoever waits

mod assembly;
mod certificate_files;
mod fetch;
mod fetched;
mod loaded;
mod loader;
mod overlay;
mod prepare;
mod rotation;
mod standing;
pub(crate) mod vault;
mod want;
mod wanted;

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use time::OffsetDateTime;

use crate::settings::Settings;
pub(crate) use loaded::Loaded;
pub(crate) use loader::{Loader, Refresher, State, Telling};

/// Why a secret was not read. Names what was asked for; `why` is the whole chain of causes, which the Azure SDK hides.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// The store was asked and has no such thing.
    #[error("there is no {0} in Key Vault")]
    Missing(String),
    /// The store has it, and somebody has switched it off.
    #[error("{0} is disabled in Key Vault")]
    Disabled(String),
    /// The store was asked and will not tell us: the identity lacks a role, or a firewall is in between.
    #[error("Key Vault refuses {what}: {why}")]
    Denied {
        /// What was asked for.
        what: String,
        /// The causes.
        why: String,
    },
    /// The managed identity gives no token, or one that the store does not take.
    #[error(
        "the managed identity cannot sign in to Key Vault (it must be enabled for this app, and \
         AppSettings:ManagedIdentityClientId must name a user-assigned one): {why}"
    )]
    Identity {
        /// The causes.
        why: String,
    },
    /// The store could not be asked.
    #[error("reading {what} from Key Vault failed: {why}")]
    Unavailable {
        /// What was asked for.
        what: String,
        /// The causes.
        why: String,
    },
    /// Which versions of the signing certificate were noted before could not be found out.
    #[error("the fact store cannot be asked for the earlier versions of the signing certificate: {why}")]
    Notes {
        /// The causes.
        why: String,
    },
}

impl Error {
    /// Whether asking again soon may help.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. } | Self::Identity { .. } | Self::Notes { .. }
        )
    }

    /// The same of a secret, as the end of a sentence: "a secret that …". Holds no cause, so that it may stand in a fault.
    pub(crate) fn rule(&self) -> &'static str {
        match self {
            Self::Missing(_) => "is not in Key Vault",
            Self::Disabled(_) => "is disabled in Key Vault",
            Self::Denied { .. } => "this app's identity may not read",
            Self::Identity { .. } | Self::Unavailable { .. } | Self::Notes { .. } => "could not be read",
        }
    }
}

/// A secret as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Secret {
    /// Its value.
    pub value: SecretString,
    /// Id of this version.
    pub version: Option<String>,
    /// When this version was made.
    pub created: Option<OffsetDateTime>,
}

/// One version of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    /// Its id.
    pub id: String,
    /// When it was made.
    pub created: OffsetDateTime,
}

/// Where the versions of the signing certificate are noted that some process had: an identity may be allowed to read each
/// of them by its id, and not to list them.
#[async_trait]
pub(crate) trait Notes: Send + Sync {
    /// All versions of a certificate that were noted, in any order.
    ///
    /// # Errors
    /// Why they could not be read.
    async fn versions(
        &self,
        settings: &Settings,
        http: &reqwest::Client,
        certificate: &str,
    ) -> Result<Vec<Version>, String>;
}

/// A place that keeps secrets.
#[async_trait]
pub(crate) trait SecretStore: Send + Sync {
    /// Does beside the first reads what they will need (a token, say); so many are made at once.
    ///
    /// # Errors
    /// See [`Error`]; the reads will fail for the same cause.
    async fn prepare(&self, _reads: usize) -> Result<(), Error> {
        Ok(())
    }

    /// How long the store wants to be left alone.
    fn pause(&self) -> Option<Duration> {
        None
    }

    /// Reads a secret, in one version or the latest.
    ///
    /// # Errors
    /// See [`Error`].
    async fn get(&self, name: &str, version: Option<&str>) -> Result<Secret, Error>;

    /// Names of all secrets, those disabled among them. All of them, or an error.
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
