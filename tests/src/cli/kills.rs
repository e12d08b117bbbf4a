//! `cargo rig kills`: journeys over real sockets while the handler dies at random moments.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::say;
use crate::interrupt::interrupted;
use crate::kills::{self, Front, Size, Store};
use crate::node;
use crate::package::{Plan, Profile, build, workspace};

#[derive(Args, Debug)]
pub(super) struct Kills {
    /// Journeys at least, over each store.
    #[arg(long, default_value_t = 500)]
    journeys: u32,
    /// Kills at least, over each store.
    #[arg(long = "kills", default_value_t = 1000)]
    deaths: u32,
    /// Decides when the handler dies and how checks end.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Which front of the handler is asked.
    #[arg(long, value_enum, default_value_t = Front::Openid)]
    front: Front,
    /// Where facts lie; both when not given.
    #[arg(long, value_enum)]
    store: Option<Where>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Where {
    File,
    Azurite,
}

impl Kills {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let app = workspace().join("target/app");
        Plan::of_this_repository(build(Profile::chosen()?)?, false).assemble(&app)?;
        node::install().await?;
        tokio::select! {
            result = self.walk(&app) => result,
            stopped = interrupted() => {
                stopped?;
                anyhow::bail!("interrupted")
            }
        }
    }

    /// Both stores even if the first one fails, so that one run tells everything.
    async fn walk(self, app: &std::path::Path) -> Result<ExitCode> {
        let stores: &[Store] = match self.store {
            None => &[Store::Files, Store::Azurite],
            Some(Where::File) => &[Store::Files],
            Some(Where::Azurite) => &[Store::Azurite],
        };
        let size = Size {
            journeys: self.journeys,
            kills: self.deaths,
            seed: self.seed,
        };
        let mut is_clean = true;
        for store in stores {
            let report = kills::run(app, self.front, *store, size, say).await?;
            say(&report.text());
            is_clean &= report.is_clean();
        }
        Ok(if is_clean {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
