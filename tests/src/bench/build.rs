//! Builds what the app is measured beside, as the app itself is built.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::package::{target_directory, workspace};

/// The servers that do nothing, and the loop that signs.
#[derive(Clone, Debug)]
pub struct Bare {
    /// hyper alone.
    pub hyper: PathBuf,
    /// warp alone.
    pub warp: PathBuf,
    /// RSA alone.
    pub sign: PathBuf,
    /// warp, and RSA with each answer.
    pub token: PathBuf,
    /// Files that survive a power cut.
    pub create: PathBuf,
}

/// Builds them, with the app's profile and the app's OpenSSL.
///
/// # Errors
/// They do not compile; the compiler's messages went to standard error.
pub fn bare() -> Result<Bare> {
    let status = Command::new(cargo())
        .current_dir(workspace())
        .args([
            "build",
            "--quiet",
            "--package",
            "bare",
            "--release",
            "--features",
            "vendored",
        ])
        .stdin(Stdio::null())
        .status()
        .context("cannot start cargo")?;
    ensure!(status.success(), "the servers to compare with do not compile");
    let folder = target_directory().join("release");
    Ok(Bare {
        hyper: folder.join("bare-hyper"),
        warp: folder.join("bare-warp"),
        sign: folder.join("bare-sign"),
        token: folder.join("bare-token"),
        create: folder.join("bare-create"),
    })
}

/// This program again, optimised: a slow load generator would measure itself.
#[must_use]
pub fn optimised_rig() -> Command {
    let mut command = Command::new(cargo());
    command.current_dir(workspace()).args([
        "run",
        "--quiet",
        "--locked",
        "--profile",
        "rig",
        "--package",
        "rig",
        "--bin",
        "rig",
        "--",
    ]);
    command
}

fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
