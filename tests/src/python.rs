//! A second opinion in another language: jwcrypto, in a virtual environment of its own. `tests/python` locks its version and
//! digests; the environment lies in the folder of tools (`RIG_TOOLS`) and is made once.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail, ensure};
use openssl::sha::sha256;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::package::workspace;
use crate::process::Group;

/// Bytes of the digest in a folder's name: another list of packages is another folder.
const NAME_BYTES: usize = 6;

/// Python with what the list names.
#[derive(Clone, Debug)]
pub struct Python {
    program: PathBuf,
}

/// Makes the environment, unless that was done before. Several processes may do so at once.
///
/// # Errors
/// There is no Python 3 with `venv` (`cargo rig setup` installs it), or pip fails: it needs the network once.
pub async fn install() -> Result<Python> {
    let folder = environment()?;
    let python = Python::of(&folder);
    if python.is_complete().await {
        return Ok(python);
    }
    let parent = folder.parent().context("a folder of tools")?;
    std::fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
    let made = tempfile::Builder::new().prefix("python-").tempdir_in(parent)?;
    make(made.path()).await?;
    // One that is there and does not work was made by a Python that is gone. If another process was faster, its one will do.
    let _was_not_there = std::fs::remove_dir_all(&folder);
    if std::fs::rename(made.path(), &folder).is_ok() {
        let _moved_away = made.keep();
    }
    ensure!(python.is_complete().await, "{} does not work", folder.display());
    Ok(python)
}

impl Python {
    fn of(folder: &Path) -> Self {
        Self {
            program: folder.join("bin/python"),
        }
    }

    /// Has `tests/python/tokens.py` do these tasks, and gives what came of each, in the same order.
    ///
    /// # Errors
    /// The program fails, which it does not for what jwcrypto refuses.
    pub async fn ask(&self, tasks: &[Value]) -> Result<Vec<Value>> {
        let mut child = self
            .command()
            .arg(folder().join("tokens.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut stdin = child.stdin.take().context("the pipe that was asked for")?;
        stdin.write_all(&serde_json::to_vec(tasks)?).await?;
        drop(stdin);
        let output = child.wait_with_output().await?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "tokens.py: {complaint}");
        let answers: Vec<Value> = serde_json::from_slice(&output.stdout)?;
        ensure!(answers.len() == tasks.len(), "an answer is missing");
        Ok(answers)
    }

    async fn is_complete(&self) -> bool {
        let mut command = self.command();
        command.args(["-c", "import jwcrypto.jwt"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().await.is_ok_and(|status| status.success())
    }

    /// Without whatever the machine's own Python was told.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["-I", "-B"]);
        command
    }
}

fn folder() -> PathBuf {
    workspace().join("tests/python")
}

fn environment() -> Result<PathBuf> {
    let list = std::fs::read(folder().join("requirements.txt"))?;
    let mut name = "python-".to_owned();
    for byte in sha256(&list).iter().take(NAME_BYTES) {
        write!(name, "{byte:02x}")?;
    }
    Ok(tools()?.join(name))
}

/// The folder of tools, where `.ci/run` keeps its own, too.
pub(crate) fn tools() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("RIG_TOOLS") {
        return Ok(folder.into());
    }
    let home = std::env::var_os("HOME").context("neither RIG_TOOLS nor HOME is set")?;
    Ok(PathBuf::from(home).join(".cache/rig-tools"))
}

async fn make(folder: &Path) -> Result<()> {
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv"]).arg(folder);
    let why = "this machine has no Python 3 with venv: `cargo rig setup` installs it, or says how";
    run(&mut venv).await.context(why)?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
    ])
    .args([
        "--no-deps",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "--requirement",
    ])
    .arg(self::folder().join("requirements.txt"));
    run(&mut pip).await.context("pip")
}

async fn run(command: &mut Command) -> Result<()> {
    command.stdout(Stdio::null());
    let status = Group::spawn(command)?.wait().await?;
    if status.success() {
        return Ok(());
    }
    bail!("{} ended with {status}", command.as_std().get_program().display())
}
