//! `cargo rig simulate`. The simulator is a program of its own, because it knows the handler from inside and the rig must not.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use tokio::process::Command;

use crate::package::workspace;

#[derive(Args, Debug)]
pub(super) struct Simulate {
    /// How many seeds; 2000 when no first one is given either.
    #[arg(long)]
    seeds: Option<u64>,
    /// The first one. Without a number of seeds it is the only one, and its schedule is printed.
    #[arg(long)]
    seed: Option<u64>,
    /// Tells each rule that did not hold once, with the first seeds that broke it.
    #[arg(long)]
    brief: bool,
}

impl Simulate {
    /// Builds the simulator optimised, for a million seeds take long enough, and becomes it.
    pub(super) async fn run(self) -> Result<ExitCode> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .args(["run", "--quiet", "--locked", "--profile", "rig"])
            .args(["--package", "simulator", "--bin", "simulator", "--"])
            .args(self.seeds.map(|seeds| format!("--seeds={seeds}")))
            .args(self.seed.map(|seed| format!("--seed={seed}")))
            .args(self.brief.then_some("--brief"))
            .current_dir(workspace());
        let status = command.status().await.context("cannot start cargo")?;
        Ok(ExitCode::from(
            u8::try_from(status.code().unwrap_or(1)).unwrap_or(1),
        ))
    }
}
