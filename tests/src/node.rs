//! Programs of npm that tests need: the browser's driver and Azurite. Their versions are locked in `tests/browser`.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use crate::package::workspace;
use crate::process::Group;

/// The folder with `package.json`.
#[must_use]
pub fn folder() -> PathBuf {
    workspace().join("tests/browser")
}

/// Installs what the lock file names, unless that was done before.
///
/// # Errors
/// npm fails.
pub async fn install() -> Result<()> {
    if is_installed() {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"])
        .current_dir(folder());
    npm.stdout(Stdio::null());
    let status = Group::spawn(&mut npm).context("cannot start npm")?.wait().await?;
    ensure!(status.success(), "`npm ci` in {} failed", folder().display());
    Ok(())
}

/// Whether that was done before: npm leaves a copy of the lock file behind that is as new as the installation.
#[must_use]
pub fn is_installed() -> bool {
    let changed = |path: &str| {
        folder()
            .join(path)
            .metadata()
            .and_then(|file| file.modified())
            .ok()
    };
    match (
        changed("node_modules/.package-lock.json"),
        changed("package-lock.json"),
    ) {
        (Some(installed), Some(locked)) => installed >= locked,
        _ => false,
    }
}
