//! A stand-in for one Entra tenant: discovery, keys, and access tokens for applications, right or flawed.
//!
//! # Layout
//! - [`directory`]: keys and clients; [`mint`]: tokens on request
//! - `host`: discovery, key set and token requests

pub mod directory;
mod host;
pub mod mint;

use std::sync::Arc;

use url::Url;

pub use directory::Directory;
use loopback::random;

use crate::serve::{self, Backstage, Listen, Server};

/// The simulator's name in faults and history.
pub const NAME: &str = "entra";

/// What the simulator is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Port on 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    /// Tenant id.
    pub tenant: String,
}

impl Default for Config {
    /// A fresh tenant on a free port.
    fn default() -> Self {
        Self {
            port: 0,
            tenant: random::uuid(),
        }
    }
}

/// A running simulator; dropping it closes its port.
#[derive(Debug)]
pub struct Simulator {
    /// Base address, where Microsoft's is `https://login.microsoftonline.com/`.
    pub url: Url,
    /// `<base><tenant>/v2.0`: the issuer of its tokens; discovery is below it.
    pub issuer: String,
    /// Keys and clients, for the control port and for tests.
    pub directory: Arc<Directory>,
    _server: Server,
}

impl Simulator {
    /// Starts listening; needs a tokio runtime.
    ///
    /// # Errors
    /// When the port cannot be bound or a key cannot be made.
    pub async fn start(config: Config, backstage: Backstage) -> anyhow::Result<Self> {
        let directory = Arc::new(Directory::new(config.tenant, backstage.clock.clone())?);
        let listen = Listen::at(config.port);
        let server = serve::start(listen, Arc::new(host::Host(Arc::clone(&directory))), backstage).await?;
        let url = Url::parse(&format!("http://{}/", server.address()))?;
        directory.settle_in(&url);
        Ok(Self {
            url,
            issuer: directory.issuer(),
            directory,
            _server: server,
        })
    }
}
