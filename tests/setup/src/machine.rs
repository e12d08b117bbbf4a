//! Questions to the machine, answered from files: no package manager, no network.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where to look for programs, headers and fonts.
pub(crate) struct Machine {
    root: PathBuf,
    path: Vec<PathBuf>,
}

impl Machine {
    /// The machine this runs on.
    pub(crate) fn this() -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Self {
            root: PathBuf::from("/"),
            path: std::env::split_paths(&path).collect(),
        }
    }

    /// A machine whose file system starts at `root`.
    #[cfg(test)]
    pub(crate) fn at(root: &Path, path: &[PathBuf]) -> Self {
        Self {
            root: root.to_owned(),
            path: path.to_vec(),
        }
    }

    /// Whether a program of this name is on PATH.
    pub(crate) fn has_program(&self, name: &str) -> bool {
        self.program(name).is_some()
    }

    /// The first program of this name on PATH.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        self.path
            .iter()
            .map(|folder| folder.join(name))
            .find(|file| file.is_file())
    }

    /// Headers where Debian keeps them, or a folder the builder named for `openssl-sys`.
    pub(crate) fn has_openssl_headers(&self) -> bool {
        std::env::var_os("OPENSSL_DIR").is_some_and(|folder| Path::new(&folder).is_dir())
            || self.root.join("usr/include/openssl/ssl.h").is_file()
    }

    /// Major version of Node.js.
    pub(crate) fn node_major(&self) -> Option<u32> {
        let answer = Command::new(self.program("node")?)
            .arg("--version")
            .output()
            .ok()?;
        major(&String::from_utf8_lossy(&answer.stdout))
    }

    /// Python 3 that can make environments: Debian has that in a package of its own.
    pub(crate) fn has_venv(&self) -> bool {
        self.program("python3").is_some_and(|python| {
            Command::new(python)
                .args(["-c", "import ensurepip, venv"])
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        })
    }

    /// Any scalable font: Chromium draws nothing without one.
    pub(crate) fn has_fonts(&self) -> bool {
        ["usr/share/fonts/truetype", "usr/share/fonts/opentype"]
            .iter()
            .any(|folder| {
                std::fs::read_dir(self.root.join(folder)).is_ok_and(|mut entries| entries.next().is_some())
            })
    }

    /// Whether packages may be installed without asking: root, where there is apt.
    pub(crate) fn may_install(&self) -> bool {
        self.has_program("apt-get") && is_root()
    }
}

/// `/proc/self` belongs to the effective user, which spares a dependency for one number.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|entry| entry.uid() == 0)
}

/// `v20.20.2` is 20.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn a_node_version_has_a_major_number() {
        assert_eq!(major("v20.20.2\n"), Some(20));
    }

    #[test]
    fn something_else_has_none() {
        assert_eq!(major("20.1"), None);
        assert_eq!(major(""), None);
        assert_eq!(major("v.1"), None);
    }
}
