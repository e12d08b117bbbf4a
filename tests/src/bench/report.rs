//! What was measured, for programs as JSON and for people as a table. `targets`: whether it is what it is to be.

mod targets;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::cores::Cores;
use super::figures::{Rate, Spread};
use super::flood::Flood;
use super::machine::Machine;
use super::memory::Registered;
use super::rates::{CONNECTIONS, Rates};
use super::start::{Asked, Cold};
use super::steps::{SignIns, Step, Steps, total};
use crate::package::workspace;

/// One of two sign-ins.
type Which = fn(&SignIns) -> &[Step];

/// One figure for the app and each of the servers that do nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as the programs are")]
pub struct Beside<T> {
    pub handler: T,
    pub bare_warp: T,
    pub bare_hyper: T,
}

/// Everything of one run of the bench.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Where.
    pub machine: Machine,
    /// Who had which core.
    pub cores: Cores,
    /// How often each round was repeated.
    pub runs: usize,
    /// Size of the executables, in bytes.
    pub binary_bytes: Beside<u64>,
    /// From exec to the first `GET /`, in milliseconds, the app without a vault to wait for.
    pub first_answer_ms: Beside<Spread>,
    /// The app's as a multiple of bare hyper's, start by start.
    pub first_answer_times_hyper: Spread,
    /// Starts with secrets to read.
    pub cold: Vec<Cold>,
    /// What a start asks of vault and identity.
    pub asked: Vec<Asked>,
    /// What each step of a sign-in asks of the store.
    pub steps: Steps,
    /// RS256 signatures a second, RSA of 2048 bits, by OpenSSL alone.
    pub signatures_per_second: Spread,
    /// Rates and memory. Facts in memory unless the name says otherwise.
    pub rates: Rates,
    /// Memory after many registrations.
    pub registered: Registered,
    /// Memory under a flood.
    pub flood: Flood,
}

impl Report {
    /// The file that is left behind.
    #[must_use]
    pub fn file() -> PathBuf {
        workspace().join("target/rig/bench.json")
    }

    /// Writes it as JSON.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, file: &Path) -> Result<()> {
        let folder = file.parent().context("the file needs a folder")?;
        std::fs::create_dir_all(folder)?;
        std::fs::write(file, serde_json::to_vec_pretty(self)?).with_context(|| file.display().to_string())
    }

    /// For people. Each figure is the median of all runs, with the least and the most.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_text(&mut text);
        text
    }

    fn write_text(&self, out: &mut String) -> std::fmt::Result {
        let Cores { server, load } = self.cores;
        writeln!(out, "{}", self.machine.line())?;
        writeln!(
            out,
            "server on core {server}, load generator and simulators on core {load}; medians of {} runs (least to most); \
             facts in memory unless said otherwise\n",
            self.runs
        )?;
        self.write_sizes(out)?;
        self.write_starts(out)?;
        self.write_rates(out)?;
        self.write_steps(out)?;
        writeln!(out, "\n{}\n\n{}", self.flood.text(), targets::text(self))
    }

    fn write_sizes(&self, out: &mut String) -> std::fmt::Result {
        let row = |out: &mut String, name: &str, [a, b, c]: [String; 3]| {
            writeln!(out, "{name:<34}{a:<26}{b:<26}{c:<26}")
        };
        row(out, "", ["handler", "bare warp", "bare hyper"].map(str::to_owned))?;
        let Beside {
            handler,
            bare_warp,
            bare_hyper,
        } = self.binary_bytes;
        row(out, "binary, MB", [handler, bare_warp, bare_hyper].map(megabytes))?;
        let Beside {
            handler,
            bare_warp,
            bare_hyper,
        } = self.first_answer_ms;
        row(
            out,
            "exec to first answer, ms",
            [handler, bare_warp, bare_hyper].map(|spread| spread.text(1)),
        )?;
        let memory = ["handler", "bare warp", "bare hyper"]
            .map(|name| self.rates.memory.get(name).copied().unwrap_or_default());
        row(out, "memory idle, MB", memory.map(|memory| kb(memory.idle_kb)))?;
        row(
            out,
            "  of its own (RssAnon), MB",
            memory.map(|memory| kb(memory.own_idle_kb)),
        )?;
        row(
            out,
            "memory after load, MB",
            memory.map(|memory| kb(memory.after_load_kb)),
        )?;
        let registered = self.registered;
        writeln!(
            out,
            "{:<34}{} MB idle, {} MB after {} registrations",
            "  its own, facts in files",
            kb(registered.idle_kb),
            kb(registered.after_kb),
            registered.registrations
        )
    }

    fn write_starts(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "\n{:<34}{:<16}{:<26}{:<26}",
            "round trip to vault and identity",
            "network least",
            "exec to secrets ready",
            "exec to first signed token"
        )?;
        for cold in &self.cold {
            let round_trip = format!("{} ms", cold.round_trip_ms);
            let least = format!("{:.0} ms", cold.network_minimum_ms);
            writeln!(
                out,
                "{round_trip:<34}{least:<16}{:<26}{:<26}",
                cold.ready_ms.text(1),
                cold.first_token_ms.text(1)
            )?;
        }
        writeln!(
            out,
            "\n{:<34}{:<16}{:<16}round trips to secrets ready",
            "names in the vault", "requests", "connections"
        )?;
        for asked in &self.asked {
            writeln!(
                out,
                "{:<34}{:<16}{:<16}{}",
                asked.names,
                asked.requests,
                asked.connections,
                asked.round_trips.text(1)
            )?;
        }
        Ok(())
    }

    fn write_steps(&self, out: &mut String) -> std::fmt::Result {
        let Steps {
            one_process,
            just_started,
        } = &self.steps;
        writeln!(
            out,
            "\n{:<34}{:<26}{:<26}",
            "storage operations (lists)", "one process", "processes just started"
        )?;
        let sign_ins: [(&str, Which); 2] = [
            ("first sign-in", |both| &both.first),
            ("second sign-in", |both| &both.second),
        ];
        for (name, which) in sign_ins {
            let (one, started) = (which(one_process), which(just_started));
            writeln!(out, "{name:<34}{:<26}{:<26}", total(one), total(started))?;
            for (one, started) in one.iter().zip(started) {
                let [one_text, started_text] =
                    [one, started].map(|step| format!("{} ({})", step.operations.all, step.operations.lists));
                writeln!(out, "  {:<32}{one_text:<26}{started_text:<26}", one.name)?;
            }
        }
        Ok(())
    }

    fn write_rates(&self, out: &mut String) -> std::fmt::Result {
        for (place, connections) in CONNECTIONS.into_iter().enumerate() {
            writeln!(
                out,
                "\n{:<24}{:<30}{:<26}{:<26}{:<26}share",
                format!("{connections} connections"),
                "requests a second",
                "p50, us",
                "p99, us",
                "core, us a request"
            )?;
            for name in self.rates.of.keys() {
                let Some(rate) = self.rate(name, place) else {
                    continue;
                };
                let share = self.rates.shares.get(name).and_then(|shares| shares.get(place));
                writeln!(
                    out,
                    "{name:<24}{:<30}{:<26}{:<26}{:<26}{}",
                    rate.per_second.text(0),
                    rate.p50_us.text(0),
                    rate.p99_us.text(0),
                    rate.busy_us.text(1),
                    share.map(|share| share.text(2)).unwrap_or_default()
                )?;
            }
        }
        let created = self.rates.created;
        writeln!(
            out,
            "\n{:<34}{} a second",
            "RSA-2048 signature alone",
            self.signatures_per_second.text(0)
        )?;
        for (name, rate, share) in [
            (
                "file created and flushed",
                created.flushed,
                created.share_of_flushed,
            ),
            (
                "  in a folder of its own",
                created.durable,
                created.share_of_durable,
            ),
        ] {
            let (rate, share) = (rate.text(0), share.text(2));
            writeln!(out, "{name:<34}{rate} a second; registrations are {share} of it")?;
        }
        Ok(())
    }

    fn rate(&self, name: &str, place: usize) -> Option<&Rate> {
        self.rates.of.get(name)?.get(place)
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files")]
fn megabytes(bytes: u64) -> String {
    format!("{:.2}", bytes as f64 / 1e6)
}

fn kb(kilobytes: f64) -> String {
    format!("{:.1}", megabytes_of(kilobytes))
}

fn megabytes_of(kilobytes: f64) -> f64 {
    kilobytes * 1024.0 / 1e6
}
