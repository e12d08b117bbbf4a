//! The local Azure AD B2C tenant: our policies and our pages, executed by the runner on loopback.
//!
//! It knows the handler only as B2C would: by an address, a client secret and a password for the REST step; or, with policies that
//! make the calls of Microsoft's sample, by the base address of these.

pub mod published;
mod set;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use loopback::clock::Clock;
use loopback::secret::Secret;
use loopback::serve::{Server, bind};
use runner::config::{Application, Config};
use runner::engine::Realm;
use runner::policy_keys::KeyEntry;
use runner::{load, server};
use tokio::net::TcpListener;

use crate::package::workspace;
use crate::rig::Cast;

pub use set::{Offer, PolicySet};

/// The tenant's domain, as `policies/appsettings.json` names it for laptops.
pub const DOMAIN: &str = "contoso.onmicrosoft.com";
/// The file of authorities that the tenant trusts, in the rig's folder.
pub(crate) const TRUSTED: &str = "trusted.crt";

/// A port that is ours before anything runs, because the handler's settings must name it.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    /// Origin for browsers, without a slash at the end.
    pub origin: String,
}

/// A running tenant. Dropping it ends it.
#[derive(Debug)]
pub struct Tenant {
    /// Accounts, messages, traces and clock.
    pub realm: Arc<Realm>,
    /// What it runs.
    pub set: PolicySet,
    _serving: Server,
}

impl Bound {
    /// Takes a loopback port; 0 takes a free one.
    ///
    /// # Errors
    /// The port is taken.
    pub async fn bind(port: u16) -> Result<Self> {
        let listener = bind(([127, 0, 0, 1], port).into())
            .await
            .with_context(|| format!("port {port}"))?;
        let origin = format!("http://localhost:{}", listener.local_addr()?.port());
        Ok(Self { listener, origin })
    }

    /// Where the handler sends browsers back to (all lower case, as B2C's own).
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        format!("{}/{DOMAIN}/oauth2/authresp", self.origin)
    }

    /// Where people come back to by a policy: what the sample calls `BaseRedirectUrl`.
    #[must_use]
    pub fn base_redirect(&self) -> String {
        format!("{}/{DOMAIN}", self.origin)
    }

    /// Loads the policies and serves them. `application` is where the demonstration application listens; in `folder` are the
    /// authorities that may stand behind the handler's address.
    ///
    /// # Errors
    /// Every finding of the policies, or a key that cannot be made.
    pub fn start(self, cast: &Cast, set: PolicySet, application: &str, folder: &Path) -> Result<Tenant> {
        let mut config = configured(cast, &set, application);
        config.outbound.ca = Some(folder.join(TRUSTED));
        let settings = config.policy_settings()?;
        let policies = match load::tenant(&set.policies, settings.as_ref()) {
            Ok(policies) => policies,
            Err(findings) => bail!("policies: {}", lines(&findings)),
        };
        let realm = Arc::new(Realm::open(config, policies, &self.origin, Clock::default())?);
        let serving = server::serve(Arc::clone(&realm), self.listener)?;
        Ok(Tenant {
            realm,
            set,
            _serving: serving,
        })
    }
}

fn lines(findings: &[runner::finding::Finding]) -> String {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// What an operator would write into `runner.toml`.
pub(crate) fn configured(cast: &Cast, set: &PolicySet, application: &str) -> Config {
    let mut filled = BTreeMap::from([
        ("HandlerUrl".to_owned(), cast.public_url.clone()),
        ("HandlerClientId".to_owned(), Cast::B2C.to_owned()),
    ]);
    filled.extend(set.set.clone());
    Config {
        applications: vec![demonstration(cast, application)],
        keys: keys(cast),
        pages: set.pages.clone(),
        settings: Some(workspace().join("policies/appsettings.json")),
        environment: Some("Laptop".to_owned()),
        set: filled,
        ..Config::default()
    }
}

fn demonstration(cast: &Cast, origin: &str) -> Application {
    Application {
        client_id: Cast::APPLICATION.to_owned(),
        name: Some("Demonstration".to_owned()),
        redirect_uris: vec![
            format!("{origin}{}", crate::application::CALLBACK),
            format!("{origin}/"),
        ],
        secret: Some(Secret::new(cast.application_secret.as_str())),
        public: false,
    }
}

/// The policy keys that `policies/README.md` asks for; the signing keys are made.
fn keys(cast: &Cast) -> BTreeMap<String, KeyEntry> {
    let secret = |name: &str, value: &str| {
        let entry = KeyEntry {
            value: Some(Secret::new(value)),
            ..KeyEntry::default()
        };
        (name.to_owned(), entry)
    };
    BTreeMap::from([
        secret("B2C_1A_IdvRestUsername", Cast::USER),
        secret("B2C_1A_IdvRestPassword", &cast.password),
        secret("B2C_1A_IdvClientSecret", &cast.b2c_secret),
    ])
}
