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
    /// Scripts (TOML, or YAML when called .yaml or .yml), and folders of them; what one of them names as its configuration
    /// is none itself
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
    for path in &scripts(&arguments.scripts)? {
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

/// The scripts among these files and in these folders, in the order of their names.
fn scripts(given: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = vec![];
    for path in given {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside: Vec<PathBuf> = vec![];
        for entry in std::fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))? {
            inside.push(entry?.path());
        }
        let is_script = |file: &PathBuf| {
            let kind = file.extension().and_then(|kind| kind.to_str());
            matches!(kind, Some("toml" | "yaml" | "yml"))
        };
        inside.retain(is_script);
        inside.sort();
        files.extend(inside);
    }
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let named = files.iter().filter_map(|file| Script::read(file).ok()?.config);
    let configurations: Vec<PathBuf> = named.filter_map(|config| real(&config)).collect();
    files.retain(|file| real(file).is_none_or(|file| !configurations.contains(&file)));
    Ok(files)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The journeys of this project's own policies, as a folder and as what a shell makes of `*.toml`.
    #[test]
    fn a_folder_stands_for_its_scripts_without_their_configuration() {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policies/tests");
        let by_folder = scripts(std::slice::from_ref(&folder)).unwrap();
        assert!(by_folder.len() >= 4, "{by_folder:?}");
        assert!(
            by_folder.iter().all(|file| !file.ends_with("runner.toml")),
            "{by_folder:?}"
        );
        let by_shell: Vec<PathBuf> = by_folder
            .iter()
            .cloned()
            .chain([folder.join("runner.toml")])
            .collect();
        assert_eq!(scripts(&by_shell).unwrap(), by_folder);
        // One by itself is what was asked for, whatever it is.
        let alone = [folder.join("runner.toml")];
        assert_eq!(scripts(&alone).unwrap(), alone);
    }
}
