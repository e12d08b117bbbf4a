//! One running peer: a folder of its own with a copy of its application, a port, a process.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;
use url::Url;

use super::install::{Installed, folder_of};
use super::keycloak;
use super::table::Peer;
use crate::azurite::free_port;
use crate::process::Group;
use crate::rig::Rig;

/// How long a peer may take until it listens; Keycloak builds itself at its first start.
const PATIENCE: Duration = Duration::from_secs(600);
/// As much of what it printed as is shown when something goes wrong, in bytes.
const SHOWN: usize = 2000;
/// Where a peer's output goes, in its folder.
const OUTPUT: &str = "output.txt";

/// What is settled before the rig starts, because the handler is told of it.
#[derive(Debug)]
pub(super) struct Place {
    /// What was installed.
    pub(super) installed: Installed,
    /// Its port on loopback.
    pub(super) port: u16,
    /// Its secret as a client.
    pub(super) secret: String,
}

impl Place {
    pub(super) fn new(peer: &Peer, installed: Installed) -> Result<Self> {
        let port = free_port().with_context(|| peer.name.to_owned())?;
        let secret = super::new_secret();
        Ok(Self {
            installed,
            port,
            secret,
        })
    }

    /// Its address, without a slash at the end.
    pub(super) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// An address of it.
    pub(super) fn at(&self, path: &str) -> Result<Url> {
        Ok(Url::parse(&format!("{}{path}", self.origin()))?)
    }

    /// The redirect addresses, as the handler knows them.
    pub(super) fn registered(&self, peer: &Peer) -> String {
        if peer.any_port {
            return format!("http://127.0.0.1{}", peer.callback);
        }
        let paths = std::iter::once(&peer.callback).chain(peer.further_callbacks);
        let addresses: Vec<String> = paths.map(|path| format!("{}{path}", self.origin())).collect();
        addresses.join(" ")
    }

    /// What its program is told, by the environment.
    fn environment(&self, peer: &Peer, issuer: &str, folder: &Path) -> Vec<(&'static str, String)> {
        vec![
            ("ISSUER", issuer.to_owned()),
            ("CLIENT_ID", peer.name.to_owned()),
            ("CLIENT_SECRET", self.secret.clone()),
            ("ORIGIN", self.origin()),
            ("REDIRECT", format!("{}{}", self.origin(), peer.callback)),
            ("PORT", self.port.to_string()),
            ("FOLDER", folder.display().to_string()),
        ]
    }
}

/// A peer that listens. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Running {
    folder: TempDir,
    _group: Group,
}

impl Running {
    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// It ends, or does not listen in time; with what it said.
    pub(super) async fn start(peer: &Peer, place: &Place, rig: &Rig, issuer: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("peer-").tempdir()?;
        copy(&folder_of(peer), folder.path())?;
        if let Some(modules) = &place.installed.modules {
            std::os::unix::fs::symlink(modules, folder.path().join("node_modules"))?;
        }
        let mut told = place.environment(peer, issuer, folder.path());
        if peer.name == keycloak::NAME {
            told.extend(keycloak::environment(rig).await?);
            keycloak::lay(&place.installed, folder.path()).await?;
        }
        let mut command = command(peer, &place.installed, &told);
        let output = std::fs::File::create(folder.path().join(OUTPUT))?;
        command
            .current_dir(folder.path())
            .envs(told)
            .stdout(Stdio::from(output.try_clone()?))
            .stderr(Stdio::from(output));
        let mut group = Group::spawn(&mut command).context("cannot be started")?;
        let ended = listening(place.port, &mut group).await;
        let running = Self {
            folder,
            _group: group,
        };
        ended.with_context(|| running.output())?;
        if peer.name == keycloak::NAME {
            keycloak::ready(rig, place)
                .await
                .with_context(|| running.output())?;
        }
        Ok(running)
    }

    /// The end of what it printed.
    pub(super) fn output(&self) -> String {
        let text = std::fs::read_to_string(self.folder.path().join(OUTPUT)).unwrap_or_default();
        let errors = std::fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default();
        let text = format!("{text}{errors}");
        let from = (text.len().saturating_sub(SHOWN)..=text.len())
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or_default();
        text.get(from..).unwrap_or_default().trim().to_owned()
    }
}

/// The program with its arguments.
fn command(peer: &Peer, installed: &Installed, told: &[(&'static str, String)]) -> Command {
    let mut command = Command::new(&installed.program);
    command.args(&installed.arguments);
    for argument in peer.arguments {
        let filled = told.iter().fold((*argument).to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        });
        command.arg(filled);
    }
    let further = installed.environment.iter();
    command.envs(further.map(|(name, value)| (*name, value)));
    command
}

async fn listening(port: u16, group: &mut Group) -> Result<()> {
    let listens = async {
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        () = listens => Ok(()),
        status = group.wait() => bail!("it ended with {}", status?),
        () = tokio::time::sleep(PATIENCE) => bail!("it does not listen after {} s", PATIENCE.as_secs()),
    }
}

/// Copies the files of a folder, and of those in it; not what a build left there.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for entry in std::fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let target: PathBuf = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir_all(&target)?;
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
