//! `runner serve`.

use super::Policies;
use crate::config::Config;
use crate::engine::Realm;
use crate::load;
use crate::server;
use anyhow::{Context as _, Result};
use clap::Args;
use loopback::clock::Clock;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Where a tenant listens unless told otherwise: whoever reaches it reads its directory, so nobody else does.
const HOME: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 7000);

/// Arguments of `runner serve`.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    policies: Policies,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "IP:PORT")]
    listen: Option<SocketAddr>,
    /// Folder for accounts and made keys; without it they end with the program
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
}

pub(super) async fn run(arguments: Serve) -> Result<ExitCode> {
    let mut config = configuration(&arguments.policies)?;
    if arguments.state.is_some() {
        config.state = arguments.state;
    }
    let settings = config.policy_settings()?;
    let policies = match load::tenant(&arguments.policies.folder, settings.as_ref()) {
        Ok(policies) => policies,
        Err(findings) => {
            for finding in &findings {
                super::say(finding);
            }
            let errors = if findings.len() == 1 { "error" } else { "errors" };
            super::say(format_args!("{} {errors}; nothing is served", findings.len()));
            return Ok(ExitCode::FAILURE);
        }
    };
    let asked = arguments.listen.or(config.listen).unwrap_or(HOME);
    let listener = server::bind(asked).await?;
    let port = listener
        .local_addr()
        .context("the listener has no address")?
        .port();
    let origin = config
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://localhost:{port}"));
    let realm = Arc::new(Realm::open(config, policies, &origin, Clock::default())?);
    super::say(format_args!("tenant {} at {origin}/", realm.domain));
    let _serving = server::serve(realm, listener)?;
    let _ = tokio::signal::ctrl_c().await;
    Ok(ExitCode::SUCCESS)
}

/// The configuration file, with the command line over it.
pub(super) fn configuration(policies: &Policies) -> Result<Config> {
    let mut config = policies
        .config
        .as_deref()
        .map(Config::read)
        .transpose()?
        .unwrap_or_default();
    if policies.settings.is_some() {
        config.settings.clone_from(&policies.settings);
    }
    if policies.environment.is_some() {
        config.environment.clone_from(&policies.environment);
    }
    use_settings_beside(&mut config, &policies.folder);
    Ok(config)
}

/// The settings beside the policies are theirs, unless the configuration names others.
pub(super) fn use_settings_beside(config: &mut Config, folder: &Path) {
    let beside = folder.join("appsettings.json");
    if config.settings.is_none() && beside.is_file() {
        config.settings = Some(beside);
    }
}

#[cfg(test)]
mod tests {
    use super::HOME;

    #[test]
    fn a_tenant_listens_on_loopback_unless_told_otherwise() {
        assert!(HOME.ip().is_loopback());
    }
}
