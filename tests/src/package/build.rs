//! Builds the handler with cargo and asks cargo where it put it.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

/// How the handler is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build, the system's OpenSSL.
    Dev,
    /// What is deployed: optimised, OpenSSL inside.
    Release,
}

impl Profile {
    /// `RIG_PROFILE`: `dev` (default) or `release`.
    ///
    /// # Errors
    /// Any other word.
    pub fn chosen() -> Result<Self> {
        match std::env::var_os("RIG_PROFILE")
            .as_ref()
            .map(|word| word.to_string_lossy())
            .as_deref()
        {
            None | Some("dev" | "") => Ok(Self::Dev),
            Some("release") => Ok(Self::Release),
            Some(other) => bail!("RIG_PROFILE is {other}: use dev or release"),
        }
    }

    /// Release if that was asked for, else as chosen.
    ///
    /// # Errors
    /// As [`Profile::chosen`].
    pub fn asked(release: bool) -> Result<Self> {
        if release {
            Ok(Self::Release)
        } else {
            Self::chosen()
        }
    }

    /// `dev` or `release`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            // The whole workspace's features, so that dependencies are compiled once for the app and for the tests.
            Self::Dev => &["--workspace"],
            Self::Release => &["--package", "handler", "--release", "--features", "vendored"],
        }
    }
}

/// Root of the repository this was compiled in.
#[must_use]
pub fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// Where cargo puts what it builds.
#[must_use]
pub fn target_directory() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from)
}

/// Builds the handler and returns the executable.
///
/// # Errors
/// It does not compile; the compiler's messages went to standard error.
pub fn build(profile: Profile) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(workspace())
        .args(["build", "--bin", "handler"])
        .args((!std::io::stderr().is_terminal()).then_some("--quiet"))
        .args(["--message-format", "json-render-diagnostics"])
        .args(profile.arguments())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "the handler does not compile");
    executable(&output.stdout).context("cargo named no executable")
}

/// The last artifact with an executable among cargo's JSON messages.
fn executable(messages: &[u8]) -> Option<PathBuf> {
    let messages = messages
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok());
    let mut executables =
        messages.filter_map(|message: Value| Some(message.get("executable")?.as_str()?.into()));
    executables.next_back()
}

#[cfg(test)]
mod tests {
    use super::executable;

    #[test]
    fn cargo_says_where_the_executable_is() {
        let messages = b"{\"reason\":\"compiler-artifact\",\"executable\":null}\n\
                         {\"reason\":\"compiler-artifact\",\"executable\":\"/t/debug/handler\"}\n\
                         {\"reason\":\"build-finished\"}\n";
        assert_eq!(executable(messages).unwrap().to_str(), Some("/t/debug/handler"));
    }

    #[test]
    fn no_executable_is_none() {
        assert_eq!(executable(b"{\"reason\":\"build-finished\"}\nnot json\n"), None);
    }
}
