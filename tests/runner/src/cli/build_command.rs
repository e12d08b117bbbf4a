//! `runner build`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::load::{Settings, build};

/// Arguments of `runner build`.
#[derive(Debug, Args)]
pub(super) struct Build {
    /// Folder with policies or page templates
    folder: PathBuf,
    /// appsettings.json that fills `{Settings:…}`; the folder's own when absent
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Environment of the settings; its first when absent
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// Where the filled files go
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(arguments: &Build) -> Result<ExitCode> {
    let beside = || arguments.folder.join("appsettings.json");
    let file = arguments.settings.clone().unwrap_or_else(beside);
    let settings = Settings::read(&file, arguments.environment.as_deref());
    let settings = settings.with_context(|| file.display().to_string())?;
    let (count, findings) = build::build(&arguments.folder, &settings, &arguments.out)
        .with_context(|| format!("building {}", arguments.folder.display()))?;
    for finding in &findings {
        super::say(finding);
    }
    super::say(format_args!(
        "{count} files for {} in {}, {} placeholders without a setting",
        settings.environment,
        arguments.out.display(),
        findings.len()
    ));
    Ok(if findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
