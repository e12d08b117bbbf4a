//! Where everything is: printed for people, written as JSON for programs.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::{Cast, Simulators};
use crate::client::page::Site;
use crate::package::workspace;

/// Addresses without a slash at the end.
#[derive(Clone, Debug, Serialize)]
pub struct Endpoints {
    /// The app, through the Functions host.
    pub app: String,
    /// The client's page with the button.
    pub client: String,
    /// Jumio's hosted page.
    pub jumio: String,
    /// The control port of all simulators.
    pub control: String,
    /// Key Vault, by the name its clients must use.
    pub vault: String,
    /// Where that name is.
    pub vault_address: String,
    /// The discovery document.
    pub discovery: String,
}

impl Endpoints {
    pub(super) fn of(cast: &Cast, simulators: &Simulators, site: &Site) -> Result<Self> {
        let Simulators {
            jumio,
            vault,
            control,
            ..
        } = simulators;
        Ok(Self {
            app: cast.public_url.clone(),
            client: site.origin(),
            jumio: bare(jumio.addresses.web.as_str()),
            control: bare(control.url()?.as_str()),
            vault: bare(vault.url.as_str()),
            vault_address: vault.address.to_string(),
            discovery: format!("{}/api/token/.well-known/openid-configuration", cast.public_url),
        })
    }

    /// For a page.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        [
            ("The handler's discovery document", &self.discovery),
            ("Control port", &self.control),
        ]
        .map(|(name, address)| (name.to_owned(), address.clone()))
        .to_vec()
    }

    /// For a terminal.
    #[must_use]
    pub fn text(&self) -> String {
        format!(
            "client   {}   press \"Verify me\"\napp      {}\ncontrol  {}\njumio    {}\nvault    {} at {}",
            self.client, self.app, self.control, self.jumio, self.vault, self.vault_address
        )
    }

    /// The file that `cargo rig` leaves while it runs.
    #[must_use]
    pub fn file() -> PathBuf {
        workspace().join("target/rig/endpoints.json")
    }

    /// Writes them as JSON, all at once: a reader never sees half a file.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, file: &Path) -> Result<()> {
        let folder = file.parent().context("the file needs a folder")?;
        std::fs::create_dir_all(folder)?;
        let draft = file.with_extension("draft");
        std::fs::write(&draft, serde_json::to_vec_pretty(self)?)?;
        std::fs::rename(draft, file).with_context(|| file.display().to_string())
    }
}

fn bare(address: &str) -> String {
    address.trim_end_matches('/').to_owned()
}
