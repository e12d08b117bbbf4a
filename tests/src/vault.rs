//! Azure Key Vault and the managed identity of an app, close enough that Microsoft's own crates talk to it unchanged.
//!
//! The vault answers over TLS as `https://<name>.vault.azure.net`: a client resolves that name to
//! [`Simulator::address`] and trusts [`Simulator::trusted_pem`], and nothing else about it is weakened. The managed
//! identity is the plain HTTP endpoint that App Service gives to an app in `IDENTITY_ENDPOINT`.
//!
//! # Layout
//! - [`store`]: secrets, certificates and their versions; [`issuer`]: the identity's tokens
//! - `host`: the vault's data plane: `target` is what a request names, `reading` what the store gives,
//!   `page` a page of a list, `view` the JSON, `details` what a certificate says, `headers` those of every answer,
//!   `problem` error bodies
//! - `identity`: the identity endpoint

pub mod certificate;
mod details;
mod headers;
mod host;
mod identity;
pub mod issuer;
mod page;
mod problem;
mod reading;
pub mod store;
mod target;
mod view;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::certs::Authority;
use crate::serve::{self, Backstage, Listen, Server};
use crate::shared::Shared;
use issuer::Issuer;
use loopback::random;
use store::Store;

/// The vault's name in faults and history.
pub const NAME: &str = "vault";
/// The identity endpoint's name in faults and history.
pub const IDENTITY: &str = "identity";

/// What the simulator is started with.
#[derive(Clone)]
pub struct Config {
    /// First label of the vault's host name.
    pub name: String,
    /// Port of the vault; 0 lets the system choose.
    pub port: u16,
    /// Port of the identity endpoint; 0 lets the system choose.
    pub identity_port: u16,
    /// What callers of the identity endpoint must send as `X-IDENTITY-HEADER`; made when absent.
    pub identity_header: Option<String>,
    /// Settings to begin with.
    pub settings: Settings,
}

loopback::debug_only!(Config: name, port, identity_port, settings);

impl Default for Config {
    fn default() -> Self {
        Self {
            name: "kv-rig".to_owned(),
            port: 0,
            identity_port: 0,
            identity_header: None,
            settings: Settings::default(),
        }
    }
}

/// What can be changed while it runs (`PUT /vault/settings`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Secrets and certificates the identity may not read.
    pub denied: Vec<String>,
    /// What every page of a list names as the next one instead of the truth.
    #[serde(default)]
    pub next_link: Option<String>,
    /// Items in a page of a list, at most; Key Vault's own limit is 25.
    pub page_size: usize,
    /// Simulated round trip to the vault, in milliseconds.
    pub round_trip_ms: u64,
    /// Simulated round trip to the identity endpoint, in milliseconds.
    pub identity_round_trip_ms: u64,
    /// Life of the identity's tokens, in seconds.
    pub token_life_s: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            denied: Vec::new(),
            next_link: None,
            page_size: 25,
            round_trip_ms: 0,
            identity_round_trip_ms: 0,
            token_life_s: 86_400,
        }
    }
}

/// What vault and identity share.
#[derive(Debug)]
pub struct Vault {
    /// First label of the host name.
    pub name: String,
    /// `https://<name>.vault.azure.net`, without a slash at the end.
    pub origin: String,
    /// Secrets and certificates.
    pub store: Shared<Store>,
    /// Signs and checks the identity's tokens.
    pub issuer: Issuer,
    pub(crate) settings: Shared<Settings>,
    pub(crate) authority: Authority,
    backstage: Backstage,
    round_trip_ms: Arc<AtomicU64>,
    identity_round_trip_ms: Arc<AtomicU64>,
}

/// A running simulator; dropping it closes everything.
pub struct Simulator {
    /// The vault's state, for the control port and for tests.
    pub vault: Arc<Vault>,
    /// The vault's address for clients: `https://<name>.vault.azure.net/`.
    pub url: Url,
    /// The vault's host name, to be resolved to [`Self::address`].
    pub host: String,
    /// Where the vault listens.
    pub address: SocketAddr,
    /// The certificate to trust, PEM.
    pub trusted_pem: Vec<u8>,
    /// Value of `IDENTITY_ENDPOINT`.
    pub identity_endpoint: Url,
    /// Value of `IDENTITY_HEADER`.
    pub identity_header: String,
    servers: [Server; 2],
}

loopback::debug_only!(Simulator: url, host, address, identity_endpoint);

impl Simulator {
    /// Starts vault and identity; the vault's certificate and those in it are issued by `authority`.
    ///
    /// # Errors
    /// When a port cannot be bound or a key cannot be made.
    pub async fn start(config: Config, authority: Authority, backstage: Backstage) -> anyhow::Result<Self> {
        let host = format!("{}.vault.azure.net", config.name);
        let trusted_pem = authority.pem()?;
        let tls = authority.tls(&[&host, "localhost", "127.0.0.1"])?;
        let vault = Arc::new(Vault {
            name: config.name,
            origin: format!("https://{host}"),
            store: Shared::default(),
            issuer: Issuer::new(),
            settings: Shared::default(),
            authority,
            backstage: backstage.clone(),
            round_trip_ms: Arc::default(),
            identity_round_trip_ms: Arc::default(),
        });
        vault.set(config.settings);
        let listen = Listen {
            port: config.port,
            tls: Some(tls),
            round_trip_ms: Arc::clone(&vault.round_trip_ms),
        };
        let server = serve::start(
            listen,
            Arc::new(host::Host(Arc::clone(&vault))),
            backstage.clone(),
        )
        .await?;
        let identity_header = config.identity_header.unwrap_or_else(random::hex::<16>);
        let service = identity::Host {
            vault: Arc::clone(&vault),
            header: identity_header.clone(),
        };
        let round_trip_ms = Arc::clone(&vault.identity_round_trip_ms);
        let listen = Listen {
            port: config.identity_port,
            tls: None,
            round_trip_ms,
        };
        let identity = serve::start(listen, Arc::new(service), backstage).await?;
        Ok(Self {
            url: Url::parse(&format!("https://{host}/"))?,
            host,
            address: server.address(),
            trusted_pem,
            identity_endpoint: Url::parse(&format!("http://{}/msi/token", identity.address()))?,
            identity_header,
            vault,
            servers: [server, identity],
        })
    }

    /// How many connections there were, to the vault and to the identity endpoint.
    #[must_use]
    pub fn connections(&self) -> [usize; 2] {
        self.servers.each_ref().map(Server::accepted)
    }
}

impl Vault {
    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.settings.get()
    }

    /// Puts settings into force; a page has at least one item.
    pub fn set(&self, mut settings: Settings) {
        settings.page_size = settings.page_size.clamp(1, page::LARGEST);
        self.round_trip_ms
            .store(settings.round_trip_ms, Ordering::Relaxed);
        self.identity_round_trip_ms
            .store(settings.identity_round_trip_ms, Ordering::Relaxed);
        self.settings.with(|current| *current = settings);
    }

    pub(crate) fn now(&self) -> time::OffsetDateTime {
        self.backstage.clock.now()
    }
}
