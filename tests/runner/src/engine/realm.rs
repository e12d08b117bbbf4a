//! Everything journeys act on: policies, keys, accounts, sessions, the outside world.

use super::grants::Grants;
use super::sessions::Sessions;
use super::walk::Walks;
use crate::config::{Application, Config};
use crate::directory::Directory;
use crate::load::Settings;
use crate::mailbox::Mailbox;
use crate::model::{self, Policy};
use crate::outbound::Outbound;
use crate::policy_keys::PolicyKeys;
use crate::profiles::onetimepassword::Codes;
use crate::trace::Traces;
use anyhow::{Context as _, Result};
use loopback::clock::Clock;
use std::path::Path;
use url::Url;

/// Client id of the built-in application that the start page's links use.
pub const OWN_CLIENT: &str = "00000000-0000-0000-0000-00000072756e";

/// A running tenant.
#[derive(Debug)]
pub struct Realm {
    /// Its configuration.
    pub config: Config,
    /// Its policies, merged.
    pub policies: model::Tenant,
    /// What fills placeholders in page templates.
    pub settings: Option<Settings>,
    /// `contoso.onmicrosoft.com`.
    pub domain: String,
    /// Tenant id, a GUID.
    pub tenant_id: String,
    /// Origin under which browsers reach it, without trailing slash.
    pub origin: String,
    /// Registered applications, the built-in one included.
    pub applications: Vec<Application>,
    /// Policy keys.
    pub keys: PolicyKeys,
    /// Accounts.
    pub directory: Directory,
    /// Messages.
    pub mailbox: Mailbox,
    /// What happened.
    pub traces: Traces,
    /// The tenant's time.
    pub clock: Clock,
    /// Single sign-on sessions.
    pub sessions: Sessions,
    /// Codes waiting to be redeemed.
    pub grants: Grants,
    /// One-time codes.
    pub codes: Codes,
    /// Journeys under way.
    pub walks: Walks,
    /// Calls to others.
    pub outbound: Outbound,
}

impl Realm {
    /// Puts a tenant together. `origin` is where browsers reach it, for example `http://localhost:7000`.
    ///
    /// # Errors
    /// When a key, the settings, the account file or the extra certificate authority cannot be read.
    pub fn open(config: Config, policies: model::Tenant, origin: &str, clock: Clock) -> Result<Self> {
        let domain = domain(&config, &policies);
        let tenant_id = config.tenant.id.clone().unwrap_or_else(|| derived_id(&domain));
        let state = config.state.as_deref();
        let keys = PolicyKeys::load(&config.keys, state)?;
        let directory = Directory::open(&domain, state, clock.clone())?;
        for name in &config.attributes {
            directory.define_attribute(name);
        }
        let outbound = Outbound::new(&config.outbound).context("outbound")?;
        let origin = origin.trim_end_matches('/').to_owned();
        Ok(Self {
            applications: applications(&config, &origin),
            settings: config.policy_settings()?,
            policies,
            domain,
            tenant_id,
            origin,
            keys,
            directory,
            mailbox: Mailbox::default(),
            traces: Traces::default(),
            sessions: Sessions::default(),
            grants: Grants::default(),
            codes: Codes::default(),
            walks: Walks::default(),
            outbound,
            clock,
            config,
        })
    }

    /// A policy that applications can call, whatever the case of its name.
    #[must_use]
    pub fn policy(&self, id: &str) -> Option<&Policy> {
        self.policies
            .policies
            .get(id)
            .filter(|policy| policy.relying_party.is_some())
    }

    /// A registered application.
    #[must_use]
    pub fn application(&self, client_id: &str) -> Option<&Application> {
        self.applications
            .iter()
            .find(|application| application.client_id == client_id)
    }

    /// Whether a path's tenant segment means this tenant: its domain, name or id.
    #[must_use]
    pub fn is_called(&self, segment: &str) -> bool {
        let name = self.domain.split('.').next().unwrap_or_default();
        [self.domain.as_str(), name, &self.tenant_id]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(segment))
    }

    /// `/{tenant}/{policy}`, the prefix of a policy's addresses.
    #[must_use]
    pub fn path_of(&self, policy: &str) -> String {
        format!("/{}/{policy}", self.domain)
    }

    /// The whole address of a path.
    ///
    /// # Errors
    /// When the configured origin is no origin.
    pub fn address(&self, path: &str) -> Result<Url, url::ParseError> {
        Url::parse(&format!("{}{path}", self.origin))
    }

    /// The address of a page template for the browser: B2C's own templates and configured prefixes come from here.
    #[must_use]
    pub fn local_page(&self, written: &str) -> String {
        if written.starts_with("~/") || written.is_empty() {
            return format!("{}/runner/template.html", self.origin);
        }
        let mapped = self.config.pages.keys().enumerate().find_map(|(at, prefix)| {
            let rest = written.strip_prefix(prefix.as_str())?.trim_start_matches('/');
            Some(format!("{}/runner/pages/{at}/{rest}", self.origin))
        });
        mapped.unwrap_or_else(|| written.to_owned())
    }

    /// The state folder, when the tenant keeps one.
    #[must_use]
    pub fn state(&self) -> Option<&Path> {
        self.config.state.as_deref()
    }
}

fn domain(config: &Config, policies: &model::Tenant) -> String {
    match &config.tenant.name {
        Some(name) if name.contains('.') => name.clone(),
        Some(name) => format!("{name}.onmicrosoft.com"),
        None if policies.name.is_empty() => "local.onmicrosoft.com".to_owned(),
        None => policies.name.clone(),
    }
}

/// The same name gives the same id at every start, so that issuers stay stable.
fn derived_id(domain: &str) -> String {
    let digest = openssl::sha::sha256(format!("tenant {domain}").as_bytes());
    let mut raw = [0; 16];
    raw.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    raw[6] = (raw[6] & 0x0f) | 0x50;
    raw[8] = (raw[8] & 0x3f) | 0x80;
    loopback::random::uuid_of(&raw)
}

fn applications(config: &Config, origin: &str) -> Vec<Application> {
    let own = Application {
        client_id: OWN_CLIENT.to_owned(),
        name: Some("Runner".to_owned()),
        redirect_uris: vec![format!("{origin}/runner/answer")],
        secret: None,
        public: true,
    };
    config.applications.iter().cloned().chain([own]).collect()
}
