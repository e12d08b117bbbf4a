//! Programs of npm that tests need: the browser's driver and Azurite. Their versions are locked in `tests/browser`.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::net::{TcpSocket, TcpStream};
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

/// npm leaves a copy of the lock file behind that is as new as the installation.
fn is_installed() -> bool {
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

/// Azurite's blob service with Microsoft's well-known test account, in memory. Dropping it ends it.
#[derive(Debug)]
pub struct Azurite {
    _group: Group,
    /// Address of the account, without a final slash.
    pub url: String,
}

impl Azurite {
    /// Starts it on a free port of loopback and waits until it listens.
    ///
    /// # Errors
    /// It does not start within 30 s.
    pub async fn start() -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new("node");
        command
            .arg(folder().join("node_modules/azurite/dist/src/blob/main.js"))
            .args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()])
            .args([
                "--inMemoryPersistence",
                "--disableTelemetry",
                "--silent",
                "--skipApiVersionCheck",
            ])
            .stdout(Stdio::null());
        let mut group = Group::spawn(&mut command).context("cannot start Azurite")?;
        let listening = async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            () = listening => {}
            status = group.wait() => bail!("Azurite ended with {}", status?),
            () = tokio::time::sleep(Duration::from_secs(30)) => bail!("Azurite does not listen after 30 s"),
        }
        Ok(Self {
            _group: group,
            url: format!("http://127.0.0.1:{port}/devstoreaccount1"),
        })
    }
}

fn free_port() -> Result<u16> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    Ok(socket.local_addr()?.port())
}
