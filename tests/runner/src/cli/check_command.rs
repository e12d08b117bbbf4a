//! `runner check`.

use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result};

use crate::{
    check, config,
    finding::Finding,
    load::{Loaded, Settings},
    outbound::Outbound,
};

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
    /// Also load every page template as a browser would, and look whether its CORS headers let the tenant show it
    #[arg(long)]
    online: bool,
    /// Origin of the tenant's pages for --online; its address at b2clogin.com if not said
    #[arg(long, value_name = "URL", requires = "online")]
    origin: Option<String>,
}

/// Checks and reports.
pub(super) async fn run(arguments: &Check) -> Result<ExitCode> {
    let loads = check::load(&arguments.folder, &environments(arguments)?);
    let besides = if arguments.online {
        online(&loads, arguments.origin.as_deref()).await?
    } else {
        vec![]
    };
    match check::run(&loads, besides, arguments.format, &mut io::stdout().lock()) {
        Ok(code) => Ok(ExitCode::from(code)),
        // The reader has seen enough; whether there was more is unknown, so it is no success either.
        Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::FAILURE),
        Err(fault) => Err(fault.into()),
    }
}

async fn online(loads: &[Loaded], origin: Option<&str>) -> Result<Vec<Finding>> {
    let outbound = Outbound::new(&config::Outbound::default())?;
    let mut found = vec![];
    for loaded in loads {
        let name = loaded.tenant.name.split('.').next().unwrap_or_default();
        let origin = origin.map_or_else(|| format!("https://{name}.b2clogin.com"), str::to_owned);
        found.extend(check::online::findings(loaded, outbound.client(), origin.trim_end_matches('/')).await);
    }
    Ok(found)
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
