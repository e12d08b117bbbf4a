//! Assembles the folder that is deployed and run: `host.json`, the handler, and each function as a direct child.
//!
//! Azure finds functions nowhere else, so the source tree itself is never run: not by the rig, not by `func start`,
//! not in Azure.

mod build;
mod check;
mod listing;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context as _, Result, bail};

pub use build::{Profile, build, target_directory, workspace};
pub use listing::{Entry, list};

/// What goes into the folder.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Root of the repository: `host.json` and `functions/`.
    pub source: PathBuf,
    /// The built handler.
    pub handler: PathBuf,
    /// Also `local.settings.json`, which must never be deployed.
    pub local: bool,
}

impl Plan {
    /// The repository this was compiled in, with the handler just built.
    #[must_use]
    pub fn of_this_repository(handler: PathBuf, local: bool) -> Self {
        Self {
            source: workspace(),
            handler,
            local,
        }
    }

    /// Makes `folder`, replacing what was there, and returns what is in it.
    ///
    /// # Errors
    /// A file that is missing, or a folder the Functions host would not load completely; `folder` is then untouched.
    pub fn assemble(&self, folder: &Path) -> Result<Vec<Entry>> {
        let parent = folder.parent().context("the app needs a parent folder")?;
        std::fs::create_dir_all(parent)?;
        let draft = tempfile::Builder::new().prefix("app-").tempdir_in(parent)?;
        self.fill(draft.path())?;
        check::app(draft.path(), self.local)?;
        let entries = list(draft.path())?;
        if folder.exists() {
            std::fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        std::fs::rename(draft.keep(), folder).with_context(|| folder.display().to_string())?;
        Ok(entries)
    }

    fn fill(&self, draft: &Path) -> Result<()> {
        copy(&self.source.join("host.json"), &draft.join("host.json"))?;
        copy(&self.handler, &draft.join("handler"))?;
        set_mode(&draft.join("handler"), 0o755)?;
        if self.local {
            copy(
                &self.source.join("local.settings.json"),
                &draft.join("local.settings.json"),
            )?;
        }
        let functions = self.source.join("functions");
        for entry in std::fs::read_dir(&functions).with_context(|| functions.display().to_string())? {
            let entry = entry?;
            let into = draft.join(entry.file_name());
            if !entry.file_type()?.is_dir() {
                bail!("{} is no folder of a function", entry.path().display());
            }
            std::fs::create_dir(&into)?;
            copy(&entry.path().join("function.json"), &into.join("function.json"))?;
        }
        set_mode(draft, 0o755)
    }
}

/// The packaged app for tests: the folder that `RIG_APP` names, or one that is built and assembled now, once.
///
/// # Errors
/// The handler does not compile, or the package is refused.
pub fn app() -> Result<PathBuf> {
    static APP: OnceLock<std::result::Result<PathBuf, String>> = OnceLock::new();
    let app = APP.get_or_init(|| {
        if let Some(folder) = std::env::var_os("RIG_APP") {
            return Ok(folder.into());
        }
        let make = || {
            let folder = workspace()
                .join("target")
                .join(format!("app-{}", Profile::chosen()?.name()));
            Plan::of_this_repository(build(Profile::chosen()?)?, false).assemble(&folder)?;
            Ok(folder)
        };
        make().map_err(|failure: anyhow::Error| format!("{failure:#}"))
    });
    app.clone().map_err(anyhow::Error::msg)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::copy(from, to).with_context(|| format!("copying {}", from.display()))?;
    Ok(())
}

fn set_mode(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::set_permissions(
        path,
        std::fs::Permissions::from_mode(mode),
    )?)
}

#[cfg(test)]
mod tests;
