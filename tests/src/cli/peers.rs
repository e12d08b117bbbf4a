//! `cargo rig peers`: the client libraries and proxies that people have, against the packaged app.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;

use super::say;
use crate::interrupt::interrupted;
use crate::package::{Plan, Profile, build, workspace};
use crate::peers::{self, table};

#[derive(Args, Debug)]
pub(super) struct Peers {
    /// Only these; everybody when none is given.
    names: Vec<String>,
    /// Only those that each commit walks: npm, PyPI, and Go without oauth2-proxy.
    #[arg(long, conflicts_with = "names")]
    quick: bool,
    /// The folder with the packaged app, instead of building one.
    #[arg(long, value_name = "FOLDER")]
    app: Option<PathBuf>,
}

impl Peers {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let chosen = self.chosen()?;
        let app = match self.app {
            Some(app) => app,
            None => tokio::task::spawn_blocking(packaged).await??,
        };
        tokio::select! {
            report = peers::run(&app, &chosen, say) => {
                let report = report?;
                say(&report.text());
                Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
            stopped = interrupted() => {
                stopped?;
                anyhow::bail!("interrupted")
            }
        }
    }

    fn chosen(&self) -> Result<Vec<&'static table::Peer>> {
        if self.names.is_empty() {
            let all = table::PEERS.iter();
            return Ok(all.filter(|peer| peer.is_quick || !self.quick).collect());
        }
        let unknown = |name: &str| {
            let known: Vec<&str> = table::PEERS.iter().map(|peer| peer.name).collect();
            format!("no peer is called {name}; there are: {}", known.join(", "))
        };
        self.names
            .iter()
            .map(|name| table::named(name).with_context(|| unknown(name)))
            .collect()
    }
}

fn packaged() -> Result<PathBuf> {
    let app = workspace().join("target/app");
    Plan::of_this_repository(build(Profile::chosen()?)?, false).assemble(&app)?;
    Ok(app)
}
