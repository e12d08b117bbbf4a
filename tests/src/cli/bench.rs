//! `cargo rig bench`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use super::say;
use crate::bench::report::Report;
use crate::bench::{self, Size, build};
use crate::interrupt::interrupted;
use crate::node;
use crate::package::{self, Plan, Profile, workspace};

#[derive(Args, Debug)]
pub(super) struct Bench {
    /// The folder with the packaged app, instead of building one as it is deployed.
    #[arg(long, value_name = "FOLDER")]
    app: Option<PathBuf>,
    /// Measures only what 3,000 registrations at once cost in memory; fails if that is more than it may.
    #[arg(long)]
    flood: bool,
    /// Repetitions of every round.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=100))]
    runs: u8,
    /// Cold starts of every kind.
    #[arg(long, default_value_t = 21, value_parser = clap::value_parser!(u8).range(1..=100))]
    starts: u8,
    /// Requests of a round that change something; those that only read are ten times as many.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u16).range(64..=10_000))]
    requests: u16,
}

impl Bench {
    pub(super) async fn run(self) -> Result<ExitCode> {
        if cfg!(debug_assertions) {
            return again_optimised().await;
        }
        tokio::select! {
            result = self.measure() => result,
            stopped = interrupted() => {
                stopped?;
                anyhow::bail!("interrupted")
            }
        }
    }

    async fn measure(self) -> Result<ExitCode> {
        if self.flood {
            return self.measure_flood().await;
        }
        let size = Size {
            runs: self.runs.into(),
            starts: self.starts.into(),
            requests: self.requests.into(),
        };
        let (app, bare) = tokio::task::spawn_blocking(move || {
            let app = self.app.map_or_else(packaged, Ok)?;
            anyhow::Ok((app, build::bare()?))
        })
        .await??;
        node::install().await?;
        let report = bench::run(&app, &bare, size).await?;
        say(&report.text());
        let file = Report::file();
        report.write(&file)?;
        say(&format!("\nalso in {}", file.display()));
        Ok(ExitCode::SUCCESS)
    }
}

impl Bench {
    async fn measure_flood(self) -> Result<ExitCode> {
        let app = tokio::task::spawn_blocking(move || self.app.map_or_else(packaged, Ok)).await??;
        let flood = bench::run_flood(&app).await?;
        say(&flood.text());
        Ok(if flood.is_within() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

fn packaged() -> Result<PathBuf> {
    let app = workspace().join("target/app");
    Plan::of_this_repository(package::build(Profile::Release)?, false).assemble(&app)?;
    Ok(app)
}

/// A load generator that was compiled for debugging would measure itself.
async fn again_optimised() -> Result<ExitCode> {
    let mut command = tokio::process::Command::from(build::optimised_rig());
    command.args(std::env::args_os().skip(1));
    let status = command.status().await?;
    Ok(ExitCode::from(
        u8::try_from(status.code().unwrap_or(1)).unwrap_or(1),
    ))
}
