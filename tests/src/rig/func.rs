//! A rig for an app that Azure's Core Tools run: everything is where the committed `local.settings.json` says it is.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::{Options, Ports};
use crate::jumio;

/// Where `func start` listens.
pub const PUBLIC_URL: &str = "http://localhost:7071";
/// `IDENTITY_HEADER` of `local.settings.json`: no secret, the identity endpoint is on loopback and knows nobody.
pub const IDENTITY_HEADER: &str = "rig";

/// These ports, but for those that `local.settings.json` names. The app has none of ours: Core Tools listen.
#[must_use]
pub fn ports(others: Ports) -> Ports {
    Ports {
        app: 0,
        client: 7077,
        tenant: 7078,
        vault: 7072,
        identity: 7073,
        jumio: jumio::Ports {
            auth: 7074,
            account: 7075,
            retrieval: 7076,
            ..others.jumio
        },
        ..others
    }
}

/// Removes the facts that an app in this folder has kept with the keys of an earlier rig: nobody has those any more.
///
/// # Errors
/// They cannot be removed.
pub fn forget_facts(app: &Path) -> Result<()> {
    let folder = app.join("../rig/facts");
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Writes the rig's authority to where `local.settings.json` of the app in this folder expects it.
///
/// # Errors
/// The folder beside the app cannot be written.
pub fn write_authority(app: &Path, pem: &[u8]) -> Result<()> {
    let folder = app.join("../rig");
    let write = || {
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("authority.crt"), pem)
    };
    write().with_context(|| format!("writing the rig's authority into {}", folder.display()))
}

impl Options {
    /// As `local.settings.json` describes it, for an app that somebody else starts.
    #[must_use]
    pub fn for_func(mut self) -> Self {
        self.ports = ports(self.ports);
        self.public_url = Some(PUBLIC_URL.to_owned());
        self.for_func = true;
        self
    }
}
