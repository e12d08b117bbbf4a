//! `runner check`.

use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result};

use crate::{check, load::Settings};

/// What to check, and how to say what was found. The exit code is 1 if there are errors or warnings.
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// Folder with the policy files
    folder: PathBuf,
    /// appsettings.json that fills `{Settings:…}`; appsettings.json of the folder if there is one
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Environment of the settings; every one of them if not said
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// text, json or sarif
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: check::Format,
}

/// Checks and reports.
pub(super) fn run(arguments: &Check) -> Result<ExitCode> {
    let environments = environments(arguments)?;
    let mut out = io::stdout().lock();
    match check::run(&arguments.folder, &environments, arguments.format, &mut out) {
        Ok(code) => Ok(ExitCode::from(code)),
        // The reader has seen enough; whether there was more is unknown, so it is no success either.
        Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::FAILURE),
        Err(fault) => Err(fault.into()),
    }
}

fn environments(arguments: &Check) -> Result<Vec<Settings>> {
    let beside = arguments.folder.join("appsettings.json");
    let file = match &arguments.settings {
        Some(file) => file.as_path(),
        None if beside.is_file() => beside.as_path(),
        None => return Ok(Vec::new()),
    };
    read(file, arguments.environment.as_deref()).with_context(|| file.display().to_string())
}

fn read(file: &Path, environment: Option<&str>) -> Result<Vec<Settings>> {
    Ok(match environment {
        Some(name) => vec![Settings::read(file, Some(name))?],
        None => Settings::read_all(file)?,
    })
}
