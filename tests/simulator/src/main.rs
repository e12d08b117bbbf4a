//! `cargo rig simulate`: runs seeds, or replays one and prints its schedule.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Mutex;

use clap::Parser;
use loopback::counted::counted;
use simulator::{Report, seed, seeds};

/// Runs the handler under seeded schedules of everything that can go wrong.
#[derive(Debug, Parser)]
#[command(name = "cargo rig simulate", bin_name = "cargo rig simulate")]
struct Arguments {
    /// How many seeds; 2000 when no first one is given either.
    #[arg(long)]
    seeds: Option<u64>,
    /// The first one. Without a number of seeds it is the only one, and its schedule is printed.
    #[arg(long)]
    seed: Option<u64>,
    /// Only what failed is listed, by rule, with the first seed of each.
    #[arg(long)]
    brief: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match (arguments.seed, arguments.seeds) {
        (Some(one), None) => replay(one),
        (first, count) => many(first.unwrap_or(1), count.unwrap_or(2000), arguments.brief),
    }
}

fn replay(one: u64) -> ExitCode {
    let report = seed(one, true);
    say(&report.schedule);
    say(&verdict(&report));
    code(report.violations.is_empty())
}

fn many(first: u64, count: u64, is_brief: bool) -> ExitCode {
    let told = Mutex::new(0_u32);
    let summary = seeds(first, count, |_, report| {
        let Ok(mut told) = told.lock() else { return };
        if !report.violations.is_empty() && *told < 20 && !is_brief {
            *told += 1;
            say(&verdict(report));
        }
    });
    if is_brief {
        by_rule(&summary.failed);
    }
    say(&format!(
        "{} seeds in {:.1} s, {:.0} a second, {} failed",
        summary.seeds,
        summary.took.as_secs_f64(),
        summary.rate(),
        summary.failed.len(),
    ));
    code(summary.failed.is_empty())
}

/// Each rule once, with the first seeds that broke it.
fn by_rule(failed: &[Report]) {
    let mut rules: BTreeMap<&str, Vec<(u64, &str)>> = BTreeMap::new();
    for report in failed {
        let mut seen = BTreeSet::new();
        for violation in &report.violations {
            let (rule, why) = violation.split_once(": ").unwrap_or((violation, ""));
            if seen.insert(rule) {
                rules.entry(rule).or_default().push((report.seed, why));
            }
        }
    }
    for (rule, seeds) in rules {
        say(&format!("{rule}: {}", counted(seeds.len(), "seed")));
        for (seed, why) in seeds.iter().take(8) {
            say(&format!("    seed {seed}: {why}"));
        }
    }
}

fn verdict(report: &Report) -> String {
    match report.violations.first() {
        None => format!("seed {}: all held", report.seed),
        Some(first) => format!("seed {}: {first}", report.seed),
    }
}

/// Prints for the reader. One who closed the pipe is no error.
fn say(text: &str) {
    let _closed = writeln!(std::io::stdout(), "{text}");
}

fn code(is_well: bool) -> ExitCode {
    if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
