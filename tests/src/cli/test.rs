//! `cargo rig test`: everything that can be tested, in one command.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use clap::Args;
use rustix::process::Signal;
use tokio::process::Command;

use super::say;
use crate::azurite::Azurite;
use crate::interrupt::interrupted;
use crate::node;
use crate::package::{Plan, Profile, build, workspace};
use crate::process::Group;
use crate::python;

/// What tests get to put their children to rest after an interrupt.
const GRACE: Duration = Duration::from_secs(5);

/// How many tests run beside each other (libtest's own variable).
const THREADS: &str = "RUST_TEST_THREADS";

#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub(super) struct Test {
    /// Only tests whose name contains this.
    filter: Option<String>,
    /// Leaves out the browser.
    #[arg(long)]
    no_browser: bool,
    /// Leaves out unit, property and journey tests.
    #[arg(long, conflicts_with = "no_browser")]
    only_browser: bool,
    /// Journeys while the host only forwards, instead of proxying as it does when packaged.
    #[arg(long, conflicts_with = "only_browser")]
    forwarding: bool,
    /// The app as it is deployed: optimised, with the OpenSSL that ships. Otherwise `RIG_PROFILE` decides.
    #[arg(long)]
    release: bool,
}

impl Test {
    /// Runs both halves even if the first fails, so that one run tells everything.
    pub(super) async fn run(self) -> Result<ExitCode> {
        // Asked before the tests are built: cargo may put a new file where this process came from.
        let rig = std::env::current_exe()?;
        let app = workspace().join("target/app");
        let profile = Profile::asked(self.release)?;
        Plan::of_this_repository(build(profile)?, false).assemble(&app)?;
        node::install().await?;
        if !self.only_browser {
            python::install().await?;
        }
        let rust = self.only_browser || self.run_rust(&app).await?;
        let browser = self.no_browser || self.run_browser(&app, &rig).await?;
        Ok(if rust && browser {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    async fn run_rust(&self, app: &Path) -> Result<bool> {
        let azurite = Azurite::start().await?;
        let mut command = cargo_test(self.filter.as_deref()).await;
        command.env("RIG_APP", app).env("RIG_AZURITE_URL", &azurite.url);
        if std::env::var_os(THREADS).is_none() {
            // They wait for sockets more than they compute.
            let cores = std::thread::available_parallelism().map_or(2, usize::from);
            command.env(THREADS, (2 * cores).to_string());
        }
        if self.forwarding {
            command.env("RIG_FORWARDING", "1");
        }
        let began = Instant::now();
        let passed = run(&mut command).await?;
        say(&format!(
            "== {} s: unit, property and journey tests",
            began.elapsed().as_secs()
        ));
        Ok(passed)
    }

    async fn run_browser(&self, app: &Path, rig: &Path) -> Result<bool> {
        let tests = browser_tests()?;
        if tests.is_empty() {
            say("no browser tests");
            return Ok(true);
        }
        // What failed before says nothing of this run.
        let _none = std::fs::remove_dir_all(workspace().join("target/rig/screenshots/failed"));
        let mut command = Command::new("node");
        command.arg("all.js").current_dir(node::folder());
        if let Some(filter) = &self.filter {
            command.arg(format!("--name={filter}"));
        }
        command.args(tests).env("RIG_APP", app).env("RIG_BINARY", rig);
        run(&mut command).await
    }
}

/// nextest when it is there, because it runs tests beside each other and cannot be fooled by one that hangs.
async fn cargo_test(filter: Option<&str>) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut ask = Command::new(&cargo);
    let has_nextest = ask
        .args(["nextest", "--version"])
        .output()
        .await
        .is_ok_and(|output| output.status.success());
    let mut command = Command::new(cargo);
    if has_nextest {
        command.args([
            "nextest",
            "run",
            "--workspace",
            "--no-fail-fast",
            "--no-tests",
            "pass",
        ]);
    } else {
        command.args([
            "test",
            "--workspace",
            "--no-fail-fast",
            "--lib",
            "--bins",
            "--tests",
        ]);
    }
    command.current_dir(workspace()).args(filter);
    command
}

fn browser_tests() -> Result<Vec<PathBuf>> {
    let folder = node::folder();
    let entries = std::fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut tests: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    tests.retain(|file| file.to_string_lossy().ends_with(".test.js"));
    tests.sort();
    Ok(tests)
}

/// Runs a test runner; an interrupt is passed on, so that it can end the tests it started.
async fn run(command: &mut Command) -> Result<bool> {
    let mut group = Group::spawn(command).context("cannot start the test runner")?;
    tokio::select! {
        status = group.wait() => return Ok(status?.success()),
        stopped = interrupted() => stopped?,
    }
    group.signal(Signal::INT);
    let _ended_or_killed = tokio::time::timeout(GRACE, group.wait()).await;
    anyhow::bail!("interrupted")
}
