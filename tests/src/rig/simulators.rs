//! Everything outside the app: Jumio, Key Vault, Entra, and the port that drives them.

use std::sync::Arc;

use anyhow::Result;
use url::Url;

use super::{Cast, Options, func};
use crate::certs::Authority;
use crate::serve::Backstage;
use crate::{control, entra, jumio, vault};

/// The running simulators.
#[derive(Debug)]
pub struct Simulators {
    /// Jumio.
    pub jumio: jumio::Simulator,
    /// Key Vault and managed identity.
    pub vault: vault::Simulator,
    /// Entra, whose tokens let callers register verifications.
    pub entra: entra::Simulator,
    /// The port that drives the others.
    pub control: control::Control,
    /// The host of the page that the handler's persons see: of the product it uses.
    pub hosted_page: Url,
}

impl Simulators {
    /// Starts all, the vault filled with the secrets of `cast`.
    pub(super) async fn start(
        options: &Options,
        cast: &Cast,
        authority: &Authority,
        trusted_pem: &[u8],
        backstage: &Backstage,
    ) -> Result<Self> {
        let ports = options.ports;
        let (client_id, client_secret) = cast.jumio.clone();
        let mut settings = options.jumio.clone();
        settings.netverify.seed = settings.netverify.seed.or(options.rude);
        let jumio = jumio::Config {
            client_id,
            client_secret,
            ports: ports.jumio,
            settings,
            trusted_pem: trusted_pem.to_owned(),
        };
        let vault = vault::Config {
            port: ports.vault,
            identity_port: ports.identity,
            identity_header: options.for_func.then(|| func::IDENTITY_HEADER.to_owned()),
            ..vault::Config::default()
        };
        let jumio = jumio::Simulator::start(jumio, backstage.clone()).await?;
        let vault = vault::Simulator::start(vault, authority.clone(), backstage.clone()).await?;
        let entra = entra::Config {
            port: ports.entra,
            ..entra::Config::default()
        };
        let entra = entra::Simulator::start(entra, backstage.clone()).await?;
        cast.fill(&vault.vault)?;
        if options.sample.is_some() {
            cast.sample.fill(&vault.vault)?;
        }
        let handles = control::Handles {
            backstage: backstage.clone(),
            jumio: Arc::clone(&jumio.tenant),
            vault: Arc::clone(&vault.vault),
            entra: Arc::clone(&entra.directory),
        };
        let control = control::start(handles, ports.control).await?;
        let addresses = &jumio.addresses;
        let hosted_page = if options.is_netverify() {
            addresses.netverify.clone()
        } else {
            addresses.web.clone()
        };
        Ok(Self {
            jumio,
            vault,
            entra,
            control,
            hosted_page,
        })
    }
}
