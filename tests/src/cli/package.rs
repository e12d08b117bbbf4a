//! `cargo rig package`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use super::say;
use crate::package::{Plan, Profile, build, workspace};

#[derive(Args, Debug)]
pub(super) struct Package {
    /// Optimised, with OpenSSL inside: what is deployed. Otherwise `RIG_PROFILE` decides, `dev` by default.
    #[arg(long)]
    release: bool,
    /// Also local.settings.json, for `func start`. Never deploy that.
    #[arg(long)]
    local: bool,
    /// A handler built elsewhere, for another machine for example.
    #[arg(long, value_name = "FILE")]
    handler: Option<PathBuf>,
    /// The folder to make.
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
}

impl Package {
    pub(super) fn run(self) -> Result<ExitCode> {
        let profile = Profile::asked(self.release)?;
        let handler = self.handler.map_or_else(|| build(profile), Ok)?;
        let into = self.into.unwrap_or_else(|| workspace().join("target/app"));
        let entries = Plan::of_this_repository(handler, self.local).assemble(&into)?;
        say(&into.display().to_string());
        for entry in entries {
            say(&entry.to_string());
        }
        Ok(ExitCode::SUCCESS)
    }
}
