//! Brings a peer to this machine, once: locked versions, into the folder of tools (`RIG_TOOLS`, else `~/.cache/rig-tools`).
//!
//! # Layout
//! - `kept`: a folder that is made once for a list of files
//! - `machine`: programs that must be there, or are installed where that needs no question
//! - `registries`: how each registry's own client is asked

mod kept;
mod machine;
mod registries;

use std::path::{Path, PathBuf};

use super::table::{Peer, Source};
use crate::package::workspace;

/// Why there is nothing to run.
#[derive(Debug)]
pub enum Failure {
    /// The machine lacks a program, and it may not be installed: told, loudly, and no fault of anybody.
    Missing(String),
    /// It should have worked.
    Broken(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(why: anyhow::Error) -> Self {
        Self::Broken(why)
    }
}

/// What is there, and how it is run.
#[derive(Clone, Debug, Default)]
pub struct Installed {
    /// What is run.
    pub(super) program: PathBuf,
    /// Before the peer's own arguments.
    pub(super) arguments: Vec<String>,
    /// Further environment.
    pub(super) environment: Vec<(&'static str, String)>,
    /// Modules of npm, for a link beside the application.
    pub(super) modules: Option<PathBuf>,
    /// The folder that was made.
    pub(super) folder: PathBuf,
}

/// Installs what a peer needs, unless that was done before.
///
/// # Errors
/// See [`Failure`].
pub async fn install(peer: &Peer) -> Result<Installed, Failure> {
    let folder = folder_of(peer);
    match peer.source {
        Source::Npm => registries::npm(&lists().join("npm")).await,
        Source::Pip => registries::pip(&lists().join("pip")).await,
        Source::Go(package) => registries::go(&folder, package).await,
        Source::Cargo => registries::cargo(&folder).await,
        Source::Maven => registries::maven(&folder).await,
        Source::Debian(packages) => registries::debian(packages).await,
        Source::Keycloak => registries::keycloak().await,
    }
}

/// The folder of a peer in this repository.
#[must_use]
pub fn folder_of(peer: &Peer) -> PathBuf {
    lists().join(peer.name)
}

fn lists() -> PathBuf {
    workspace().join("tests/peers")
}

/// A path as an argument.
fn text(path: &Path) -> String {
    path.display().to_string()
}
