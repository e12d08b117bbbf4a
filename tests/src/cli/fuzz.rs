//! `cargo rig fuzz`: the fuzz targets under libFuzzer, on the stable toolchain.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use rustix::process::Signal;
use tokio::process::Command;

use super::say;
use crate::interrupt::interrupted;
use crate::package::workspace;
use crate::process::Group;

/// What makes a program count which branches it takes. These passes are those that nightly's `-Zsanitizer` would choose.
const INSTRUMENTED: &str = "--cfg fuzzing -C passes=sancov-module -C llvm-args=-sanitizer-coverage-level=4 \
     -C llvm-args=-sanitizer-coverage-inline-8bit-counters -C llvm-args=-sanitizer-coverage-pc-table \
     -C llvm-args=-sanitizer-coverage-trace-compares -C codegen-units=1";
/// Longest time for one input: a parser that takes longer is one that can be stopped from outside.
const SLOWEST_S: u32 = 5;
/// Most memory of one target, MiB.
const MEMORY_MIB: u32 = 1024;
/// Longest input, bytes.
const LONGEST: u32 = 65_536;

#[derive(Args, Debug)]
pub(super) struct Fuzz {
    /// Only this target; all of them one after the other when not given.
    target: Option<String>,
    /// How long each target runs.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

impl Fuzz {
    /// Runs every target even if one fails, so that one run tells everything.
    pub(super) async fn run(self) -> Result<ExitCode> {
        let all = targets()?;
        let chosen: Vec<String> = match &self.target {
            None => all,
            Some(name) => {
                ensure!(
                    all.contains(name),
                    "no target is called {name}; there are: {}",
                    all.join(", ")
                );
                vec![name.clone()]
            }
        };
        let program = instrument().await?;
        let mut broken = Vec::new();
        for name in chosen {
            say(&format!("== {name}, {} s", self.seconds));
            if !run(&program, &name, self.seconds).await? {
                broken.push(name);
            }
        }
        if broken.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        say(&format!(
            "BROKEN: {}. The inputs are in {}",
            broken.join(", "),
            home().join("found").display()
        ));
        Ok(ExitCode::FAILURE)
    }
}

/// Names of targets: their folders.
fn targets() -> Result<Vec<String>> {
    let folder = workspace().join("tests/fuzz/corpus");
    let entries = std::fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            entry
                .path()
                .is_dir()
                .then(|| entry.file_name().into_string().ok())?
        })
        .collect();
    names.sort();
    Ok(names)
}

fn home() -> PathBuf {
    workspace().join("target/fuzz")
}

/// Builds the targets with instrumentation. For a target triple that is named, so that build scripts go without.
async fn instrument() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let triple = triple().await?;
    let folder = workspace().join("tests/fuzz/instrumented");
    // The same versions of everything but libFuzzer, which that workspace adds.
    std::fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    say("building the targets with instrumentation (minutes the first time)");
    let mut command = Command::new(cargo);
    command
        .args(["build", "--quiet", "--release", "--target", &triple])
        .arg("--manifest-path")
        .arg(folder.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(home())
        .env("RUSTFLAGS", INSTRUMENTED)
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    if !finish(&mut command).await? {
        bail!(
            "NOT FUZZED: the instrumented targets cannot be built. They need libfuzzer-sys from the registry, a C++ \
             compiler, and a stable compiler whose LLVM has the pass sancov-module"
        );
    }
    Ok(home().join(triple).join("release/instrumented"))
}

async fn triple() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .arg("-vV")
        .output()
        .await
        .context("rustc -vV")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not name its host")?.to_owned())
}

/// What libFuzzer finds new stays in `target/fuzz/corpus`, and is where the next run begins.
async fn run(program: &std::path::Path, name: &str, seconds: u64) -> Result<bool> {
    let (samples, found) = (home().join("corpus").join(name), home().join("found"));
    std::fs::create_dir_all(&samples)?;
    std::fs::create_dir_all(&found)?;
    let mut command = Command::new(program);
    command
        .arg(&samples)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={SLOWEST_S}"))
        .arg(format!("-rss_limit_mb={MEMORY_MIB}"))
        .arg(format!("-max_len={LONGEST}"))
        .arg(format!("-artifact_prefix={}/{name}-", found.display()))
        .args(["-print_final_stats=1", "-verbosity=0"])
        .env("FUZZ_TARGET", name)
        .env("FUZZ_SAMPLES", &samples);
    finish(&mut command).await
}

/// Runs a command to its end; an interrupt is passed on.
async fn finish(command: &mut Command) -> Result<bool> {
    let mut group = Group::spawn(command).context("cannot be started")?;
    tokio::select! {
        status = group.wait() => return Ok(status?.success()),
        stopped = interrupted() => stopped?,
    }
    group.signal(Signal::INT);
    let _ended_or_killed = tokio::time::timeout(Duration::from_secs(5), group.wait()).await;
    bail!("interrupted")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_of_the_corpus_is_a_target() {
        let names = targets().unwrap();
        assert!(
            names.contains(&"callback".to_owned()) && names.contains(&"policy".to_owned()),
            "{names:?}"
        );
    }
}
