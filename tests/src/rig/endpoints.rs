//! Where everything is: printed for people, written as JSON for programs.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::{Cast, Simulators};
use crate::client::page::{PAGE, Site};
use crate::package::workspace;
use crate::tenant::Tenant;

/// Addresses without a slash at the end.
#[derive(Clone, Debug, Serialize)]
pub struct Endpoints {
    /// The app, as everybody is to reach it.
    pub app: String,
    /// Where the Functions host serves it: the same, unless a proxy of yours is to stand before it.
    pub app_address: String,
    /// The first page: the demonstration application, or without a tenant the client's page with the button.
    pub client: String,
    /// The local B2C tenant, whose first page lists its policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Jumio's hosted page, of the product that the handler uses.
    pub jumio: String,
    /// Everything of Jumio's older product.
    pub netverify: String,
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
    pub(super) fn of(
        cast: &Cast,
        app_address: String,
        simulators: &Simulators,
        site: &Site,
        tenant: Option<&Tenant>,
    ) -> Result<Self> {
        let Simulators {
            jumio,
            vault,
            control,
            ..
        } = simulators;
        Ok(Self {
            app: cast.public_url.clone(),
            app_address,
            client: site.origin(),
            tenant: tenant.map(|tenant| tenant.realm.origin.clone()),
            jumio: bare(simulators.hosted_page.as_str()),
            netverify: bare(jumio.addresses.netverify.as_str()),
            control: bare(control.url()?.as_str()),
            vault: bare(vault.url.as_str()),
            vault_address: vault.address.to_string(),
            discovery: format!("{}/.well-known/openid-configuration", cast.public_url),
        })
    }

    /// For the client's page.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        [
            ("The handler's discovery document", &self.discovery),
            ("Control port", &self.control),
        ]
        .map(|(name, address)| (name.to_owned(), address.clone()))
        .to_vec()
    }

    /// For the application's first page: name, what is there, address.
    #[must_use]
    pub fn places(&self) -> Vec<(String, String, String)> {
        let of_tenant = |path: &str| format!("{}{path}", self.tenant.as_deref().unwrap_or_default());
        [
            (
                "Mailbox",
                "Codes that B2C would mail arrive here.",
                of_tenant("/runner/mailbox"),
            ),
            (
                "Directory",
                "Accounts, with what the check wrote to them.",
                of_tenant("/runner/directory"),
            ),
            (
                "Traces",
                "Every journey: steps taken and skipped, claims, HTTP calls.",
                of_tenant("/runner/traces"),
            ),
            (
                "Policies",
                "The tenant's policies, each with a button to run it.",
                of_tenant("/"),
            ),
            (
                "Jumio's transactions",
                "What Jumio was asked; play its person, or a callback.",
                format!("{}/jumio/transactions", self.control),
            ),
            (
                "Control port",
                "Choose what the next check plays, for all scenarios.",
                self.control.clone(),
            ),
            (
                "OpenID client without B2C",
                "The same check for any OpenID client, pushed requests included.",
                format!("{}{PAGE}", self.client),
            ),
            (
                "Discovery document",
                "The handler as an OpenID provider.",
                self.discovery.clone(),
            ),
        ]
        .map(|(name, what, address)| (name.to_owned(), what.to_owned(), address))
        .to_vec()
    }

    /// For a terminal.
    #[must_use]
    pub fn text(&self) -> String {
        let (button, tenant) = match &self.tenant {
            Some(tenant) => (
                "open this, press \"Sign in or sign up\"",
                format!("\ntenant   {tenant}   mailbox, directory, traces: /runner/…"),
            ),
            None => ("press \"Verify me\"", String::new()),
        };
        let behind = if self.app == self.app_address {
            String::new()
        } else {
            format!(" at {}", self.app_address)
        };
        format!(
            "client   {}   {button}{tenant}\napp      {}{behind}\ncontrol  {}\njumio    {}\nvault    {} at {}",
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
