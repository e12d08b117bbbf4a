//! The tenant's configuration: one TOML file, every part optional.

use crate::load::Settings;
use crate::policy_keys::KeyEntry;
use anyhow::{Context as _, Result, ensure};
use loopback::secret::Secret;
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use url::Url;

/// What `--config FILE` may say. Relative paths are relative to the file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The tenant; its name defaults to the policies' `TenantId`.
    pub tenant: Tenant,
    /// Address to listen on, unless `--listen` says another.
    pub listen: Option<SocketAddr>,
    /// Origin under which browsers reach the tenant, when it is not `http://localhost:<port>`.
    pub public_url: Option<String>,
    /// Applications that may ask for tokens.
    pub applications: Vec<Application>,
    /// Policy keys by container name (`B2C_1A_…`).
    pub keys: BTreeMap<String, KeyEntry>,
    /// Page templates: address prefix as written in `LoadUri` → folder on this machine.
    pub pages: BTreeMap<String, PathBuf>,
    /// How the tenant calls others.
    pub outbound: Outbound,
    /// Folder for accounts and generated keys; in memory when absent.
    pub state: Option<PathBuf>,
    /// `appsettings.json` whose environment fills `{Settings:…}`.
    pub settings: Option<PathBuf>,
    /// Environment in `settings`; its first when absent.
    pub environment: Option<String>,
    /// `PolicySettings` that differ on this machine from those of the environment.
    pub set: BTreeMap<String, String>,
    /// Custom attributes that exist without having been written (`extension_` prefix optional).
    pub attributes: Vec<String>,
}

/// Name and id of the tenant.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tenant {
    /// First label of `<name>.onmicrosoft.com`.
    pub name: Option<String>,
    /// Tenant id, a GUID; derived from the name when absent.
    pub id: Option<String>,
}

/// A registered application.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Its id, usually a GUID.
    pub client_id: String,
    /// Shown on the start page.
    #[serde(default)]
    pub name: Option<String>,
    /// Addresses it may be answered at, compared exactly.
    pub redirect_uris: Vec<String>,
    /// Its password; absent for public clients.
    #[serde(default)]
    pub secret: Option<Secret>,
    /// A public client proves itself with PKCE instead of a secret.
    #[serde(default)]
    pub public: bool,
}

/// How the tenant calls REST services and providers.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outbound {
    /// PEM file with an extra certificate authority to trust.
    pub ca: Option<PathBuf>,
    /// Host name → address, instead of DNS.
    pub resolve: BTreeMap<String, SocketAddr>,
    /// Address prefix as policies write it → prefix that is called instead.
    pub replace: BTreeMap<String, String>,
    /// Milliseconds a REST call may take. B2C: 10 000.
    pub timeout_ms: u64,
    /// How often a failed or timed-out REST call is repeated. B2C: once.
    pub repeats: u32,
    /// Send the client certificate as `X-ARR-ClientCert`, as App Service would, to these hosts.
    pub forward_certificate_to: HashSet<String>,
}

impl Default for Outbound {
    fn default() -> Self {
        Self {
            ca: None,
            resolve: BTreeMap::new(),
            replace: BTreeMap::new(),
            timeout_ms: 10_000,
            repeats: 1,
            forward_certificate_to: HashSet::new(),
        }
    }
}

impl Config {
    /// Reads a file and makes its paths absolute.
    ///
    /// # Errors
    /// Names the file and what is wrong in it.
    pub fn read(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut config: Self = toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
        config.rebase(path.parent().unwrap_or(Path::new(".")));
        config
            .validate()
            .with_context(|| format!("in {}", path.display()))?;
        Ok(config)
    }

    /// The settings that fill placeholders in policies and pages, when there is a file of them.
    ///
    /// # Errors
    /// Names the file that cannot be read or lacks the environment.
    pub fn policy_settings(&self) -> Result<Option<Settings>> {
        let Some(file) = &self.settings else {
            return Ok(None);
        };
        let read = Settings::read(file, self.environment.as_deref());
        let read = read.with_context(|| file.display().to_string())?;
        let with = |settings: Settings, (name, value): (&String, &String)| settings.with(name, value);
        Ok(Some(self.set.iter().fold(read, with)))
    }

    fn rebase(&mut self, base: &Path) {
        let join = |path: &mut PathBuf| *path = base.join(&path);
        self.pages.values_mut().for_each(join);
        for path in [&mut self.outbound.ca, &mut self.state, &mut self.settings]
            .into_iter()
            .flatten()
        {
            join(path);
        }
        self.keys.values_mut().for_each(|key| key.rebase(base));
    }

    fn validate(&self) -> Result<()> {
        let mut seen = HashSet::new();
        for application in &self.applications {
            let id = &application.client_id;
            ensure!(seen.insert(id), "application {id} is there twice");
            ensure!(
                application.public != application.secret.is_some(),
                "application {id}: give either `secret` or `public = true`"
            );
            for uri in &application.redirect_uris {
                Url::parse(uri).with_context(|| format!("application {id}: redirect_uris: {uri}"))?;
            }
        }
        ensure!(
            self.outbound.timeout_ms > 0,
            "outbound.timeout_ms must be more than 0"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("runner.toml");
        std::fs::write(&file, text).unwrap();
        Config::read(&file)
    }

    #[test]
    fn an_empty_file_is_b2c_as_it_is() {
        let config = parse("").unwrap();
        assert_eq!((config.outbound.timeout_ms, config.outbound.repeats), (10_000, 1));
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let config = parse("state = 'here'\n[pages]\n'https://cdn.test/' = 'ui'").unwrap();
        assert!(config.state.unwrap().is_absolute());
        assert!(config.pages.get("https://cdn.test/").unwrap().ends_with("ui"));
    }

    #[test]
    fn a_setting_of_this_machine_replaces_that_of_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let settings =
            r#"{"Environments": [{"Name": "Test", "PolicySettings": {"Url": "https://far", "Days": 7}}]}"#;
        std::fs::write(folder.path().join("appsettings.json"), settings).unwrap();
        let file = folder.path().join("runner.toml");
        std::fs::write(&file, "settings = 'appsettings.json'\n[set]\nUrl = 'http://near'").unwrap();
        let settings = Config::read(&file).unwrap().policy_settings().unwrap().unwrap();
        assert_eq!(
            settings.fill("{Settings:Url} {Settings:Days}", "x"),
            "http://near 7"
        );
    }

    #[test]
    fn an_unknown_word_is_refused() {
        let fault = format!("{:#}", parse("listn = '127.0.0.1:1'").unwrap_err());
        assert!(fault.contains("listn"), "{fault}");
    }

    #[test]
    fn no_secret_prints() {
        let text = "[[applications]]\nclient_id='app'\nredirect_uris=[]\nsecret='hush-1'\n\
            [keys.B2C_1A_Key]\nvalue='hush-2'\npassword='hush-3'";
        let printed = format!("{:?}", parse(text).unwrap());
        assert!(printed.contains("app") && !printed.contains("hush"), "{printed}");
    }

    #[test]
    fn an_application_without_proof_is_refused() {
        let fault = parse("[[applications]]\nclient_id='a'\nredirect_uris=[]").unwrap_err();
        assert!(format!("{fault:#}").contains("public = true"));
    }

    #[test]
    fn a_relative_redirect_is_refused() {
        let fault = parse("[[applications]]\nclient_id='a'\npublic=true\nredirect_uris=['/x']").unwrap_err();
        assert!(format!("{fault:#}").contains("redirect_uris"));
    }
}
