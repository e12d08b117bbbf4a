//! `runner test`.

use super::serve_command::use_settings_beside;
use crate::config::Config;
use crate::load;
use crate::script::file::Script;
use crate::script::{report, run as journeys};
use anyhow::{Context as _, Result};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `runner test`.
#[derive(Debug, Args)]
pub(super) struct Test {
    /// Scripts (TOML, or YAML when called .yaml or .yml)
    #[arg(required = true, value_name = "FILE")]
    scripts: Vec<PathBuf>,
    /// Folder with the policies; overrides the scripts
    #[arg(long, value_name = "DIR")]
    policies: Option<PathBuf>,
    /// Configuration of the tenant; overrides the scripts
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Also write JUnit XML here
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

pub(super) async fn run(arguments: Test) -> Result<ExitCode> {
    let mut failed = false;
    let mut xml = vec![];
    for path in &arguments.scripts {
        let script = Script::read(path)?;
        let Some(outcomes) = walk(&arguments, &script)
            .await
            .with_context(|| format!("{}", path.display()))?
        else {
            return Ok(ExitCode::FAILURE);
        };
        super::say(format_args!("{}\n{}", path.display(), report::text(&outcomes)));
        failed |= outcomes.iter().any(|outcome| !outcome.differences.is_empty());
        xml.push((suite(path), outcomes));
    }
    if let Some(file) = &arguments.junit {
        let text = report::junit(&xml)?;
        std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn suite(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The outcomes; none when the policies do not load, which was said then.
async fn walk(arguments: &Test, script: &Script) -> Result<Option<Vec<journeys::Outcome>>> {
    let config = arguments.config.as_ref().or(script.config.as_ref());
    let mut config = config
        .map(|path| Config::read(path))
        .transpose()?
        .unwrap_or_default();
    let folder = arguments.policies.as_ref().or(script.policies.as_ref());
    let folder = folder.context("neither the script nor --policies says where the policies are")?;
    use_settings_beside(&mut config, folder);
    match load::tenant(folder, config.policy_settings()?.as_ref()) {
        Ok(policies) => Ok(Some(journeys::all(script, config, policies).await?)),
        Err(findings) => {
            for finding in &findings {
                super::say(finding);
            }
            Ok(None)
        }
    }
}
