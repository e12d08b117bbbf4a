//! The content of a package, to print and to compare.

use std::fmt;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use openssl::sha::sha256;

/// One file of a package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Relative to the package, with `/`.
    pub path: String,
    /// Permission bits.
    pub mode: u32,
    /// Bytes.
    pub size: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

impl fmt::Display for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}  {:03o} {:>9}  {}",
            self.sha256, self.mode, self.size, self.path
        )
    }
}

/// All files below `folder`, sorted by path.
///
/// # Errors
/// A file that cannot be read.
pub fn list(folder: &Path) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    collect(folder, "", &mut entries)?;
    entries.sort();
    Ok(entries)
}

fn collect(folder: &Path, prefix: &str, entries: &mut Vec<Entry>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{path}/"), entries)?;
            continue;
        }
        let content = std::fs::read(entry.path())?;
        let mode = entry.metadata()?.permissions().mode() & 0o777;
        let hash = sha256(&content)
            .iter()
            .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        entries.push(Entry {
            path,
            mode,
            size: content.len() as u64,
            sha256: hash,
        });
    }
    Ok(())
}
