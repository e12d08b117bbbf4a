//! What may differ from one rig to the next.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;

use super::ports::Ports;
use super::sample::CorsBy;
use crate::host::{FrontEnd, Log, Mode};
use crate::{jumio, manners};

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
    /// The public origin if it is not that of the host's port; the setting `AppSettings:PublicUrl` says it too.
    pub public_url: Option<String>,
    /// PEM file with further authorities that Jumio, clients and the tenant trust when they call the app.
    pub authority: Option<PathBuf>,
    /// Settings of the handler, over those the rig makes; an empty value takes one away.
    pub settings: BTreeMap<String, String>,
    /// Behaviour of Jumio.
    pub jumio: jumio::settings::Settings,
    /// Seed of the simulators' small rudeness; calm without.
    pub rude: Option<u64>,
    /// Where the handler's output goes.
    pub log: Log,
    /// Whether a local B2C tenant runs our policies beside it.
    pub has_tenant: bool,
    /// Whether the sample front is on, and who then answers the browsers of its page. A tenant beside it runs policies in the
    /// shape of Microsoft's sample instead of our own.
    pub sample: Option<CorsBy>,
    /// The folder that holds these, as `Policies` and `UI`; `tests/contract` when not given.
    pub published: Option<PathBuf>,
    /// Whether browsers load these pages from blob storage (Azurite), across origins, as in Azure; else the runner serves them.
    pub published_in_storage: bool,
    /// Whether the app is started by Azure's Core Tools, with `local.settings.json`.
    pub for_func: bool,
}

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
            authority: None,
            settings: BTreeMap::new(),
            jumio: jumio::settings::Settings::default(),
            rude: None,
            log: Log::default(),
            has_tenant: false,
            sample: None,
            published: None,
            published_in_storage: false,
            for_func: false,
        }
    }

    /// A little rude, as the environment asks for; what measures stays calm.
    ///
    /// # Errors
    /// The environment's word makes no sense.
    pub fn rude(mut self) -> Result<Self> {
        self.rude = manners::asked()?;
        Ok(self)
    }

    /// With the local B2C tenant.
    #[must_use]
    pub fn with_tenant(mut self) -> Self {
        self.has_tenant = true;
        self
    }

    /// With the sample front.
    #[must_use]
    pub fn with_sample(mut self, cors: CorsBy) -> Self {
        self.sample = Some(cors);
        self
    }

    /// With the sample front, before policies and pages of this folder, as they were published.
    #[must_use]
    pub fn with_published(mut self, cors: CorsBy, folder: PathBuf) -> Self {
        self.published = Some(folder);
        self.with_sample(cors)
    }

    /// With one setting more, or another value, or without it when the value is empty.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Where the app is reached, if that is not the host's own port. A setting that is taken away says nothing.
    pub(super) fn public_origin(&self) -> Option<&str> {
        let named = |name: &str| self.settings.get(name).filter(|value| !value.is_empty());
        let set = named("AppSettings:PublicUrl").or_else(|| named("AppSettings__PublicUrl"));
        set.or(self.public_url.as_ref())
            .map(|origin| origin.trim_end_matches('/'))
    }

    /// Whether the handler is told to use Netverify, by `JumioSettings:Api`.
    pub(super) fn is_netverify(&self) -> bool {
        let names = ["JumioSettings:Api", "JumioSettings__Api"];
        names
            .iter()
            .any(|name| self.settings.get(*name).is_some_and(|api| api == "netverify"))
    }

    /// In this mode, whatever host.json says.
    #[must_use]
    pub fn in_mode(mut self, mode: Mode) -> Self {
        self.mode = Some(mode);
        self
    }
}
