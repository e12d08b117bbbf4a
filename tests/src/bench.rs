//! What the packaged app costs, beside servers that do nothing: `cargo rig bench`.
//!
//! The app runs as the Functions host starts it, on a core of its own; load generator and simulators share another. All is
//! on loopback. Baselines are measured in the same run, because only ratios travel from one machine to the next.
//!
//! # Layout
//! - [`build`]: the programs to compare with; [`app`], [`server`]: a process under measurement; [`cores`]: where it runs
//! - [`journeys`]: requests made beforehand; [`wire`], [`load`]: sending them
//! - [`start`], [`rates`], [`memory`], [`flood`]: what is measured; [`figures`], [`machine`], [`report`]: what is told
//! - [`steps`]: how often the store is asked; [`store`]: counts it

pub mod app;
pub mod build;
pub mod cores;
pub mod figures;
pub mod flood;
pub mod journeys;
pub mod load;
pub mod machine;
pub mod memory;
pub mod rates;
pub mod report;
pub mod server;
pub mod start;
pub mod steps;
pub mod store;
pub mod wire;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use app::App;
use build::Bare;
use cores::Cores;
use figures::Spread;
use flood::Flood;
use machine::Machine;
use report::{Beside, Report};

/// How long one measurement of the signature rate takes, in milliseconds.
const SIGNING_MS: &str = "1000";

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Repetitions of every round.
    pub runs: usize,
    /// Cold starts of every kind.
    pub starts: usize,
    /// Requests of a round that need work beforehand, on many connections.
    pub requests: usize,
}

impl Size {
    /// Requests of a round that only read.
    #[must_use]
    pub fn cheap(self, connections: usize) -> usize {
        self.dear(connections) * 10
    }

    /// Requests of a round that change something: fewer on one connection, which is slower.
    #[must_use]
    pub fn dear(self, connections: usize) -> usize {
        if connections == 1 {
            self.requests.div_ceil(4)
        } else {
            self.requests
        }
    }

    /// Requests of a round that waits for the disk.
    #[must_use]
    pub fn on_disk(self, connections: usize) -> usize {
        self.dear(connections).div_ceil(5)
    }
}

/// Measures the app in `folder`, which must be packaged as it is deployed.
///
/// # Errors
/// Something does not start, or a single answer is not what it must be: figures of a broken app are worth nothing.
pub async fn run(folder: &Path, bare: &Bare, size: Size) -> Result<Report> {
    let machine = Machine::this();
    let cores = Cores::of_this_machine()?;
    cores.step_aside()?;
    let folder = folder.canonicalize().context("the packaged app")?;
    let app = App::start(&folder).await?;
    let (hyper, warp) = (
        server::plain(bare.hyper.clone()),
        server::plain(bare.warp.clone()),
    );
    let signatures_per_second = signatures(&bare.sign, cores, size.runs)?;
    let first = start::first_answers(cores, [&app.in_memory(), &warp, &hyper], size.starts)?;
    let mut cold = Vec::new();
    for round_trip_ms in [0, 10] {
        cold.push(start::cold(&app, cores, round_trip_ms, size.starts).await?);
    }
    let mut asked = Vec::new();
    for names in ["named", "list"] {
        asked.push(start::asked(&app, cores, names, size.runs).await?);
    }
    let steps = steps::measure(&app, cores).await?;
    let rates = rates::measure(&app, cores, bare, size).await?;
    let registered = memory::measure(&app, cores, memory::REGISTRATIONS).await?;
    let flood = flood::measure(&app, cores, flood::REGISTRATIONS, flood::REST).await?;
    let [handler, bare_warp, bare_hyper] = first
        .each_ref()
        .map(|samples| Spread::of(samples.iter().copied()));
    let [ours, _, hyper] = &first;
    Ok(Report {
        machine,
        cores,
        runs: size.runs,
        binary_bytes: sizes(&folder.join("handler"), bare)?,
        first_answer_ms: Beside {
            handler,
            bare_warp,
            bare_hyper,
        },
        first_answer_times_hyper: Spread::of(ours.iter().zip(hyper).map(|(ours, hyper)| ours / hyper)),
        cold,
        asked,
        steps,
        signatures_per_second,
        rates,
        registered,
        flood,
    })
}

/// Measures only what a flood costs in memory.
///
/// # Errors
/// As [`run`].
pub async fn run_flood(folder: &Path) -> Result<Flood> {
    let cores = Cores::of_this_machine()?;
    cores.step_aside()?;
    let app = App::start(&folder.canonicalize().context("the packaged app")?).await?;
    flood::measure(&app, cores, flood::REGISTRATIONS, flood::REST).await
}

fn sizes(handler: &Path, bare: &Bare) -> Result<Beside<u64>> {
    let size = |file: &Path| {
        let metadata = std::fs::metadata(file).with_context(|| file.display().to_string());
        metadata.map(|metadata| metadata.len())
    };
    Ok(Beside {
        handler: size(handler)?,
        bare_warp: size(&bare.warp)?,
        bare_hyper: size(&bare.hyper)?,
    })
}

fn signatures(program: &PathBuf, cores: Cores, runs: usize) -> Result<Spread> {
    let mut samples = Vec::new();
    for _ in 0..runs {
        let output = cores.on_server(|| Command::new(program).arg(SIGNING_MS).output())?;
        let text = String::from_utf8(output.stdout)?;
        samples.push(text.trim().parse().context("no rate of signatures")?);
    }
    Ok(Spread::of(samples))
}
