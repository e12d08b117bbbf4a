//! The whole stack: simulators, Functions host with the packaged app, and a client, wired together by settings alone,
//! as an operator would do it.
//!
//! # Layout
//! - [`func`]: where everything is for Azure's Core Tools
//! - `options`: what may differ from one rig to the next; [`ports`]: where everything listens
//! - `cast`: the names and secrets of one rig; `sample`: those of the sample front; `simulators`: everything outside the app;
//!   `trust`: the authorities it trusts; `wiring`: the settings made of all
//! - `people`: whom a transaction at Jumio is about
//! - `refusal`: an app that will never be ready
//! - [`endpoints`]: where everything is, for people and for tests in other languages

mod cast;
pub mod endpoints;
pub mod func;
mod options;
mod people;
pub mod ports;
pub(crate) mod refusal;
mod sample;
mod simulators;
mod trust;
mod wiring;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;
use url::Url;

use crate::application::{self, Application, Registration};
use crate::azurite::Azurite;
use crate::certs::{Authority, install_tls};
use crate::client::exchange::Wire;
use crate::client::page::{Offer, Site};
use crate::client::registration::Caller;
use crate::client::{Agreement, Client};
use crate::host::{App, Bound, FrontEnd, Host};
use crate::serve::Backstage;
use crate::tenant::{self, PolicySet, Tenant, published};

pub use cast::{Cast, Kind};
use endpoints::Endpoints;
use loopback::browser::Browser;
pub use options::Options;
pub use ports::Ports;
pub use sample::{CorsBy, SampleCast};
pub use simulators::Simulators;
use wiring::Surroundings;

/// Name of the signing certificate in the vault.
pub const SIGNING_CERT: &str = "idv-signing";

/// Container of the pages, where they are in blob storage.
const PAGES: &str = "pages";

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
    trusted_pem: Vec<u8>,
    folder: TempDir,
    /// Holds the pages of the tenant, where they are not served by the runner.
    _storage: Option<Azurite>,
}

loopback::debug_only!(Rig: endpoints, folder);

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
        backstage.manners.begin(options.rude);
        prepare(&backstage);
        let authority = Authority::new()?;
        let folder = tempfile::Builder::new().prefix("rig-").tempdir()?;
        let tenant = tenant_of(&options).await?;
        let base = sample::base(tenant.as_ref());
        let front_end = front_end(&options, &base)?;
        let bound = Bound::bind(options.ports.app, front_end).await?;
        let site = Site::start(options.ports.client, backstage.clone()).await?;
        let public_url = options
            .public_origin()
            .map_or_else(|| bound.origin(), str::to_owned);
        let cast = Cast::new(public_url, site.redirect_uri())?;
        let trusted_pem = trust::everybody(&authority, options.authority.as_deref())?;
        std::fs::write(folder.path().join(tenant::TRUSTED), &trusted_pem)?;
        let simulators = Simulators::start(&options, &cast, &authority, &trusted_pem, &backstage).await?;
        let surroundings = surroundings(tenant.as_ref(), base, &site);
        let settings = wiring::settings(&options, &cast, &simulators, &surroundings, folder.path())?;
        if options.for_func {
            func::forget_facts(&options.app)?;
            func::write_authority(&options.app, &simulators.vault.trusted_pem)?;
        }
        let is_func = options.for_func;
        // Core Tools run the app, so only the public address is known; else it need not be reachable from here.
        let local = if is_func {
            cast.public_url.clone()
        } else {
            bound.origin()
        };
        let patience = Duration::from_secs(if is_func { 900 } else { 60 });
        let mut app = App::new(options.app.clone(), settings.clone());
        // Core Tools start the only one.
        app.instances = if is_func { 0 } else { options.instances };
        app.log = options.log.clone();
        let host = bound.start(&app)?;
        let (tenant, storage) = run_tenant(&options, tenant, &cast, &site, folder.path()).await?;
        simulators
            .jumio
            .tenant
            .knows(people::finder(&site, tenant.as_ref()));
        Ok(Self {
            endpoints: Endpoints::of(&cast, local, &simulators, &site, tenant.as_ref())?,
            host,
            simulators,
            backstage,
            tenant,
            cast,
            settings,
            site,
            patience,
            trusted_pem,
            folder,
            _storage: storage,
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
            offers: tenant.set.offers.clone(),
            returns_by: tenant.set.returns_by.clone(),
        });
        registration.map(Application::new).transpose()
    }

    async fn patient_client(&self, kind: Kind, deadline: Instant) -> Result<Client> {
        loop {
            match self.client(kind).await {
                Ok(client) => return Ok(client),
                Err(failure) if Instant::now() > deadline => {
                    bail!("the handler is not ready: {failure:#}{}", self.complaints())
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

    /// What the handler complained about so far, for those who have not seen it yet.
    fn complaints(&self) -> String {
        if self.host.log().is_watched() {
            return String::new();
        }
        let text = self.host.log().handler_text();
        let errors = text.lines().filter(|line| line.contains("\"ERROR\""));
        errors.fold(String::new(), |all, line| all + "\n" + line)
    }

    /// A client of the rig that has read the discovery document, at the app's own port, of a handler that has its secrets.
    ///
    /// # Errors
    /// The document or the key set cannot be read.
    pub async fn client(&self, kind: Kind) -> Result<Client> {
        let at = &self.endpoints.app_address;
        let clock = self.backstage.clock.clone();
        let client = Client::discover_at(at, self.agreement(kind)?, self.wire()?, clock).await?;
        // The document is there before any secret is read; the keys are not.
        let keys = self
            .wire()?
            .get(&Url::parse(&format!("{at}/api/token/keys"))?, None)
            .await?;
        ensure!(keys.status == 200, "the key set answered {}", keys.status);
        Ok(client)
    }

    /// Why nobody reaches the app by its public address, if that is so.
    ///
    /// # Errors
    /// As [`Rig::at`].
    pub async fn unreached(&self) -> Result<Option<String>> {
        if self.endpoints.app == self.endpoints.app_address {
            return Ok(None);
        }
        let answer = self
            .wire()?
            .get(&Url::parse(&self.endpoints.discovery)?, None)
            .await;
        Ok(match answer {
            Ok(answer) if answer.status == 200 => None,
            Ok(answer) => Some(format!("it answers {}", answer.status)),
            Err(failure) => Some(format!("{failure:#}")),
        })
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
        Wire::new(Some(&self.trusted_pem))
    }

    /// A new browser.
    ///
    /// # Errors
    /// Never with the certificates a rig has.
    pub fn browser(&self) -> Result<Browser> {
        Browser::new(Some(&self.trusted_pem))
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
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Changes settings of the handler, as an operator does: it starts again with them, on the same store. An empty value takes
    /// one away.
    pub async fn change(&mut self, settings: &[(&str, &str)]) {
        for (name, value) in settings {
            let name = name.replace(':', "__");
            if value.is_empty() {
                self.settings.remove(&name);
            } else {
                self.settings.insert(name, (*value).to_owned());
            }
        }
        self.host.change_settings(&self.settings).await;
    }

    /// Ends the handler with SIGKILL and returns when it is gone.
    pub async fn stop(&self) {
        self.host.stop().await;
    }
}

fn surroundings(tenant: Option<&tenant::Bound>, base: String, site: &Site) -> Surroundings {
    Surroundings {
        tenant: tenant.map(tenant::Bound::redirect_uri),
        base,
        application: format!("{}{}", site.origin(), application::CALLBACK),
    }
}

/// Starts the tenant, and the blob storage that its pages come from, where there are such.
async fn run_tenant(
    options: &Options,
    bound: Option<tenant::Bound>,
    cast: &Cast,
    site: &Site,
    folder: &Path,
) -> Result<(Option<Tenant>, Option<Azurite>)> {
    let Some(bound) = bound else {
        return Ok((None, None));
    };
    let storage = storage_of(options.sample.is_some() && options.published_in_storage).await?;
    let set = policies(options, folder, cast, storage.as_ref())?;
    if let Some(storage) = &storage {
        storage
            .pages(PAGES, &folder.join(published::FILLED), &bound.origin)
            .await?;
    }
    let tenant = bound.start(cast, set, &site.origin(), folder)?;
    Ok((Some(tenant), storage))
}

/// Blob storage for pages, if they are served from there.
async fn storage_of(is_wanted: bool) -> Result<Option<Azurite>> {
    if is_wanted {
        return Azurite::start().await.map(Some);
    }
    Ok(None)
}

/// The local tenant, if there is one.
async fn tenant_of(options: &Options) -> Result<Option<tenant::Bound>> {
    if !options.has_tenant {
        return Ok(None);
    }
    tenant::Bound::bind(options.ports.tenant).await.map(Some)
}

/// What stands before the host: with the sample front, the platform may know the pages' origin.
fn front_end(options: &Options, base: &str) -> Result<FrontEnd> {
    let mut front_end = options.front_end.clone();
    if let Some(cors) = options.sample {
        front_end.cors = cors.of_platform(base)?;
    }
    Ok(front_end)
}

/// The policies that the tenant runs.
fn policies(options: &Options, folder: &Path, cast: &Cast, storage: Option<&Azurite>) -> Result<PolicySet> {
    if options.sample.is_none() {
        return Ok(PolicySet::own());
    }
    let from = options.published.clone().unwrap_or_else(published::contract);
    let place = storage.map(|storage| format!("{}/{PAGES}", storage.url));
    published::of(&from, folder, cast, place.as_deref())
}
