//! A rig for an app that Azure's Core Tools run: everything is where the committed `local.settings.json` says it is.

use std::path::PathBuf;

use super::{Options, Ports};
use crate::jumio;
use crate::package::workspace;

/// Where `func start` listens.
pub const PUBLIC_URL: &str = "http://localhost:7071";
/// `IDENTITY_HEADER` of `local.settings.json`: no secret, the identity endpoint is on loopback and knows nobody.
pub const IDENTITY_HEADER: &str = "rig";

/// Ports of `local.settings.json`.
pub const PORTS: Ports = Ports {
    app: 0,
    client: 7077,
    control: 0,
    tenant: 7078,
    vault: 7072,
    identity: 7073,
    jumio: jumio::Ports {
        auth: 7074,
        account: 7075,
        retrieval: 7076,
        upload: 0,
        web: 0,
        status: 0,
    },
};

/// Where `local.settings.json` expects the certificate of the rig's authority.
#[must_use]
pub fn authority() -> PathBuf {
    workspace().join("target/rig/authority.crt")
}

impl Options {
    /// As `local.settings.json` describes it, for an app that somebody else starts.
    #[must_use]
    pub fn for_func(mut self) -> Self {
        self.ports = PORTS;
        self.public_url = Some(PUBLIC_URL.to_owned());
        self.for_func = true;
        self
    }
}
