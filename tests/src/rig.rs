//! The whole stack: simulators, Functions host with the packaged app, and a client, wired together by settings alone,
//! as an operator would do it.
//!
//! # Layout
//! - [`func`]: where everything is for Azure's Core Tools
//! - `cast`: the names and secrets of one rig; `simulators`: everything outside the app; `wiring`: the settings made
//!   of both
//! - [`endpoints`]: where everything is, for people and for tests in other languages

mod cast;
pub mod endpoints;
pub mod func;
mod simulators;
mod wiring;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;
use url::Url;

use crate::application::{Application, Registration};
use crate::certs::{Authority, install_tls};
use crate::client::browser::Browser;
use crate::client::exchange::Wire;
use crate::client::page::{Offer, Site};
use crate::client::registration::Caller;
use crate::client::{Agreement, Client};
use crate::host::{App, Bound, FrontEnd, Host, Log, Mode};
use crate::jumio;
use crate::serve::Backstage;
use crate::tenant::{self, Tenant};

pub use cast::{Cast, Kind};
use endpoints::Endpoints;
pub use simulators::Simulators;

/// Name of the signing certificate in the vault.
pub const SIGNING_CERT: &str = "idv-signing";

/// What may differ from one rig to the next.
#[derive(Clone, Debug)]
pub struct Options {
    /// The packaged app.
    pub app: PathBuf,
    /// Ports that are wanted; 0 takes a free one.
    pub ports: Ports,
    /// How the host hands requests over; what host.json says when not given.
    pub mode: Option<Mode>,
    /// Host instances, each with a handler of its own, on one store.
    pub instances: usize,
    /// What stands before the host.
    pub front_end: FrontEnd,
    /// The public origin if it is not that of the host's port.
    pub public_url: Option<String>,
    /// Settings of the handler, over those the rig makes; an empty value takes one away.
    pub settings: BTreeMap<String, String>,
    /// Behaviour of Jumio.
    pub jumio: jumio::settings::Settings,
    /// Where the handler's output goes.
    pub log: Log,
    /// Whether a local B2C tenant runs our policies beside it.
    pub has_tenant: bool,
    /// Whether the app is started by Azure's Core Tools, with `local.settings.json`.
    pub for_func: bool,
}

/// Ports on loopback; 0 takes a free one.
#[derive(Clone, Copy, Debug, Default)]
#[expect(missing_docs, reason = "named as the endpoints are")]
pub struct Ports {
    pub app: u16,
    pub client: u16,
    pub control: u16,
    pub tenant: u16,
    pub vault: u16,
    pub identity: u16,
    pub jumio: jumio::Ports,
}

/// A running rig. Dropping it ends everything.
pub struct Rig {
    /// The Functions host with the handler.
    pub host: Host,
    /// Everything outside the app.
    pub simulators: Simulators,
    /// Faults, history and clock of all simulators.
    pub backstage: Backstage,
    /// The local B2C tenant, if asked for.
    pub tenant: Option<Tenant>,
    /// Names and secrets.
    pub cast: Cast,
    /// Where everything is.
    pub endpoints: Endpoints,
    /// The settings the handler was started with.
    pub settings: BTreeMap<String, String>,
    site: Site,
    patience: Duration,
    authority_pem: Vec<u8>,
    folder: TempDir,
}

runner::debug_only!(Rig: endpoints, folder);

impl Options {
    /// One instance, free ports, no tenant, facts in a folder that goes away with the rig.
    #[must_use]
    pub fn new(app: PathBuf) -> Self {
        Self {
            app,
            ports: Ports::default(),
            mode: None,
            instances: 1,
            front_end: FrontEnd::default(),
            public_url: None,
            settings: BTreeMap::new(),
            jumio: jumio::settings::Settings::default(),
            log: Log::default(),
            has_tenant: false,
            for_func: false,
        }
    }

    /// With the local B2C tenant.
    #[must_use]
    pub fn with_tenant(mut self) -> Self {
        self.has_tenant = true;
        self
    }

    /// With one setting more, or another value, or without it when the value is empty.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    /// In this mode, whatever host.json says.
    #[must_use]
    pub fn in_mode(mut self, mode: Mode) -> Self {
        self.mode = Some(mode);
        self
    }
}

impl Rig {
    /// Starts everything. The handler may still be loading its secrets when this returns.
    ///
    /// # Errors
    /// A port that is taken, or an app the host would not load.
    pub async fn start(options: Options) -> Result<Self> {
        Self::start_with(options, |_| {}).await
    }

    /// The same, with faults in place before the handler starts.
    ///
    /// # Errors
    /// As [`Rig::start`].
    pub async fn start_with(options: Options, prepare: impl FnOnce(&Backstage)) -> Result<Self> {
        install_tls();
        let backstage = Backstage::default();
        prepare(&backstage);
        let authority = Authority::new()?;
        let folder = tempfile::Builder::new().prefix("rig-").tempdir()?;
        let bound = Bound::bind(options.ports.app, options.front_end.clone()).await?;
        let site = Site::start(options.ports.client, backstage.clone()).await?;
        let tenant = if options.has_tenant {
            Some(tenant::Bound::bind(options.ports.tenant).await?)
        } else {
            None
        };
        let cast = Cast::new(
            options.public_url.clone().unwrap_or_else(|| bound.origin()),
            site.redirect_uri(),
        )?;
        let simulators = Simulators::start(&options, &cast, &authority, &backstage).await?;
        let redirect_uri = tenant.as_ref().map(tenant::Bound::redirect_uri);
        let settings = wiring::settings(
            &options,
            &cast,
            &simulators,
            redirect_uri.as_deref(),
            folder.path(),
        )?;
        if options.for_func {
            let file = func::authority();
            std::fs::create_dir_all(file.parent().unwrap_or(&file))?;
            std::fs::write(file, &simulators.vault.trusted_pem)?;
        }
        let patience = Duration::from_secs(if options.for_func { 900 } else { 60 });
        let mut app = App::new(options.app, settings.clone());
        (app.instances, app.log) = (options.instances, options.log);
        let host = bound.start(&app)?;
        let tenant = tenant
            .map(|bound| bound.start(&cast, &site.origin()))
            .transpose()?;
        let endpoints = Endpoints::of(&cast, &simulators, &site, tenant.as_ref())?;
        let authority_pem = authority.pem()?;
        Ok(Self {
            host,
            simulators,
            backstage,
            tenant,
            cast,
            endpoints,
            settings,
            site,
            patience,
            authority_pem,
            folder,
        })
    }

    /// Waits until the handler has its secrets, and opens the client's page.
    ///
    /// # Errors
    /// The handler does not get ready within a minute (a quarter of an hour for Core Tools); its output says why.
    pub async fn open(&self) -> Result<()> {
        let deadline = Instant::now() + self.patience;
        let mut clients = Vec::new();
        for kind in Kind::ALL {
            clients.push(self.patient_client(kind, deadline).await?);
        }
        self.site.open(Offer {
            clients,
            registration: self.registration()?,
            caller: self.caller(),
            links: self.endpoints.links(),
            application: self.application()?,
        });
        Ok(())
    }

    /// What people sign in to, where there is a tenant to sign in with.
    fn application(&self) -> Result<Option<Application>> {
        let registration = self.tenant.as_ref().map(|tenant| Registration {
            tenant: format!("{}/{}", tenant.realm.origin, tenant::DOMAIN),
            client_id: Cast::APPLICATION.to_owned(),
            secret: self.cast.application_secret.clone(),
            origin: self.site.origin(),
            traces: format!("{}/runner/traces", tenant.realm.origin),
            places: self.endpoints.places(),
        });
        registration.map(Application::new).transpose()
    }

    async fn patient_client(&self, kind: Kind, deadline: Instant) -> Result<Client> {
        loop {
            match self.client(kind).await {
                Ok(client) => return Ok(client),
                Err(failure) if Instant::now() > deadline => {
                    bail!("the handler is not ready: {failure:#}\n{}", self.complaints())
                }
                Err(_not_yet) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// The same from a handler that may be dying at this moment.
    ///
    /// # Errors
    /// It does not answer within a minute.
    pub async fn client_patiently(&self, kind: Kind) -> Result<Client> {
        self.patient_client(kind, Instant::now() + self.patience).await
    }

    /// What the handler complained about so far.
    fn complaints(&self) -> String {
        let text = self.host.log().handler_text();
        let lines = text.lines().filter(|line| line.contains("\"ERROR\""));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// A client of the rig that has read the discovery document.
    ///
    /// # Errors
    /// The document cannot be read.
    pub async fn client(&self, kind: Kind) -> Result<Client> {
        Client::discover(self.agreement(kind)?, self.wire()?, self.backstage.clock.clone()).await
    }

    /// What the rig agreed with the handler about a client.
    ///
    /// # Errors
    /// Never with the addresses a rig has.
    pub fn agreement(&self, kind: Kind) -> Result<Agreement> {
        self.cast.agreement(kind)
    }

    /// A new connection from server to server.
    ///
    /// # Errors
    /// Never with the certificates a rig has.
    pub fn wire(&self) -> Result<Wire> {
        Wire::new(Some(&self.authority_pem))
    }

    /// A new browser.
    ///
    /// # Errors
    /// Never with the certificates a rig has.
    pub fn browser(&self) -> Result<Browser> {
        Browser::new(Some(&self.authority_pem))
    }

    /// Where verifications are registered.
    ///
    /// # Errors
    /// Never with the addresses a rig has.
    pub fn registration(&self) -> Result<Url> {
        self.at("/api/verify")
    }

    /// An address of the handler, by its public origin.
    ///
    /// # Errors
    /// `path` makes no address.
    pub fn at(&self, path: &str) -> Result<Url> {
        Url::parse(&format!("{}{path}", self.cast.public_url)).context("an address of the app")
    }

    /// Who may register verifications.
    #[must_use]
    pub fn caller(&self) -> Caller {
        self.cast.caller()
    }

    /// The folder of this rig: facts and the authority's certificate.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Ends the handler with SIGKILL and returns when it is gone.
    pub async fn stop(&self) {
        self.host.stop().await;
    }
}
