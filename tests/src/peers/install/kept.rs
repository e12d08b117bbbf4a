//! A folder that is made once: named by the digest of what it is made of, and put in its place when it is complete.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use openssl::sha::Sha256;

use crate::python::tools;

/// Bytes of the digest in a folder's name.
const NAME_BYTES: usize = 6;

/// The folder `<name>-<digest of these files>` among the tools; `make` fills a new one. Several processes may do so at once.
///
/// # Errors
/// A file cannot be read, or whatever `make` says.
pub(super) async fn kept(
    name: &str,
    inputs: &[PathBuf],
    make: impl AsyncFnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    let folder = tools()?.join(format!("{name}-{}", digest(inputs)?));
    if folder.is_dir() {
        return Ok(folder);
    }
    let parent = tools()?;
    std::fs::create_dir_all(&parent).with_context(|| parent.display().to_string())?;
    let fresh = tempfile::Builder::new().prefix("making-").tempdir_in(parent)?;
    make(fresh.path()).await.with_context(|| name.to_owned())?;
    // If another process was faster, its folder will do.
    if std::fs::rename(fresh.path(), &folder).is_ok() {
        let _moved_away = fresh.keep();
    }
    Ok(folder)
}

fn digest(inputs: &[PathBuf]) -> Result<String> {
    let mut hash = Sha256::new();
    for file in inputs {
        hash.update(&std::fs::read(file).with_context(|| file.display().to_string())?);
    }
    let mut name = String::new();
    for byte in hash.finish().iter().take(NAME_BYTES) {
        write!(name, "{byte:02x}")?;
    }
    Ok(name)
}

/// All files of a folder, in order of their names.
///
/// # Errors
/// It cannot be read.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
