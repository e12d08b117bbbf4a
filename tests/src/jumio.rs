//! A Jumio of one's own: the KYX hosts, Netverify's, the hosted page and the callback sender, with state.
//!
//! Built from Jumio's published manuals and the wire as integrators report it, never from the handler's code. It
//! refuses what Jumio refuses, and what it makes up it says here: the ids, the people, and the two hundred
//! milliseconds a check takes.
//!
//! # Layout
//! - [`settings`]: what can be changed while it runs; [`scenario`]: what a check ends with
//! - [`tenant`]: the state of one Jumio customer; [`transaction`]: one workflow execution; [`document`]: invented people
//! - the hosts: `token`, `account`, `retrieval`, `upload`, `page`, `health`, each a [`Service`]
//! - [`netverify`]: the older product on a host of its own, with its own words for the same transactions
//! - [`callback`]: what Jumio sends on its own

mod account;
pub mod asked;
mod book;
pub mod callback;
mod capability;
mod details;
pub mod document;
mod document_file;
mod gate;
mod health;
mod link;
pub mod netverify;
pub(crate) mod page;
pub mod person;
mod problem;
mod rates;
mod retrieval;
pub mod scenario;
pub mod settings;
pub mod tenant;
mod token;
pub mod transaction;
mod upload;
mod urls;
mod verdict;
mod way_back;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use serde::Serialize;
use tokio::task::JoinHandle;
use url::Url;

use crate::serve::{self, Backstage, Listen, Server, Service};
use loopback::random;
use settings::Settings;
use tenant::Tenant;

/// The simulator's name in faults and history.
pub const NAME: &str = "jumio";

/// How often timers are looked at.
const TICK: Duration = Duration::from_millis(20);

/// What the simulator is started with.
#[derive(Clone)]
pub struct Config {
    /// OAuth 2.0 client id (Jumio calls it API token).
    pub client_id: String,
    /// OAuth 2.0 client secret.
    pub client_secret: String,
    /// Ports on 127.0.0.1; 0 lets the system choose.
    pub ports: Ports,
    /// Settings to begin with.
    pub settings: Settings,
    /// Certificates (PEM) to trust when a callback goes to an `https` address.
    pub trusted_pem: Vec<u8>,
}

loopback::debug_only!(Config: client_id, ports, settings);

/// One port for each host of a Jumio region, and one for Netverify.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the hosts are")]
pub struct Ports {
    pub auth: u16,
    pub account: u16,
    pub retrieval: u16,
    pub upload: u16,
    pub web: u16,
    pub status: u16,
    pub netverify: u16,
}

impl Default for Config {
    /// Fresh credentials and free ports.
    fn default() -> Self {
        Self {
            client_id: random::uuid(),
            client_secret: random::hex::<24>(),
            ports: Ports::default(),
            settings: Settings::default(),
            trusted_pem: Vec::new(),
        }
    }
}

/// Base addresses, each for what Jumio calls `<name>.<region>.jumio.ai`, the last for `netverify.com`; every one ends with `/`.
#[derive(Clone, Debug, Serialize)]
pub struct Addresses {
    /// Access tokens: `POST /oauth2/token`.
    pub auth: Url,
    /// Accounts: `POST /api/v1/accounts`, `PUT /api/v1/accounts/{id}`.
    pub account: Url,
    /// Results: `GET` and `DELETE` below `/api/v1/accounts/{id}`.
    pub retrieval: Url,
    /// Pictures taken by the customer: below `/api/v1/accounts/{id}`.
    pub upload: Url,
    /// The hosted page.
    pub web: Url,
    /// Health: `GET /`.
    pub status: Url,
    /// Everything of Netverify: `POST /api/v4/initiate`, scans below `/api/netverify/v2/scans/{ref}`, its hosted page.
    pub netverify: Url,
}

/// A running simulator; dropping it closes everything.
#[derive(Debug)]
pub struct Simulator {
    /// Where the hosts are.
    pub addresses: Addresses,
    /// The customer's state, for the control port and for tests.
    pub tenant: Arc<Tenant>,
    _servers: Vec<Server>,
    ticking: JoinHandle<()>,
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.ticking.abort();
    }
}

impl Simulator {
    /// Starts all hosts; needs a tokio runtime.
    ///
    /// # Errors
    /// When a port cannot be bound.
    pub async fn start(config: Config, backstage: Backstage) -> anyhow::Result<Self> {
        let ports = config.ports;
        let tenant = Arc::new(Tenant::new(config, backstage.clock.clone()));
        let mut servers = Vec::new();
        let hosts: [(u16, Arc<dyn Service>); 7] = [
            (ports.auth, Arc::new(token::Host(Arc::clone(&tenant)))),
            (ports.account, Arc::new(account::Host(Arc::clone(&tenant)))),
            (ports.retrieval, Arc::new(retrieval::Host(Arc::clone(&tenant)))),
            (ports.upload, Arc::new(upload::Host(Arc::clone(&tenant)))),
            (ports.web, Arc::new(page::Host(Arc::clone(&tenant)))),
            (ports.status, Arc::new(health::Host(Arc::clone(&tenant)))),
            (ports.netverify, Arc::new(netverify::Host(Arc::clone(&tenant)))),
        ];
        for (port, service) in hosts {
            let listen = Listen::at(port);
            servers.push(serve::start(listen, service, backstage.clone()).await?);
        }
        let addresses = Addresses::of(&servers).context("every server has an address")?;
        tenant.settle_in(addresses.clone());
        let ticking = tokio::spawn(tick(Arc::clone(&tenant)));
        Ok(Self {
            addresses,
            tenant,
            _servers: servers,
            ticking,
        })
    }
}

impl Addresses {
    /// In the order the servers were started.
    fn of(servers: &[Server]) -> Option<Self> {
        let mut urls = servers
            .iter()
            .map(|server| Url::parse(&format!("http://{}/", server.address())).ok());
        let mut next = || urls.next().flatten();
        Some(Self {
            auth: next()?,
            account: next()?,
            retrieval: next()?,
            upload: next()?,
            web: next()?,
            status: next()?,
            netverify: next()?,
        })
    }
}

/// Lets time pass for transactions, whether or not anybody asks for them.
async fn tick(tenant: Arc<Tenant>) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        tenant.pass_time();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use loopback::clock::Clock;

    #[test]
    fn the_client_secret_does_not_print() {
        let config = Config::default();
        let secret = config.client_secret.clone();
        assert!(!format!("{config:?}").contains(&secret));
        let tenant = Tenant::new(config, Clock::default());
        let printed = format!("{tenant:?}");
        assert!(!printed.contains(&secret) && !printed.contains(&tenant.reader_secret));
    }
}
