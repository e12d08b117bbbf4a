//! What the app is to cost at most, and whether it does.

use std::fmt::Write as _;

use super::{Report, megabytes_of};
use crate::bench::figures::Spread;
use crate::bench::rates::{CONNECTIONS, PAIRS};
use crate::bench::steps::{SignIns, total};

/// Shares of a server that does nothing else, at least: on one connection and on many. Each of
/// [`PAIRS`], in that order.
const SHARES: [[Option<f64>; 2]; 4] = [
    [Some(1.0), Some(0.8)],
    [Some(0.9), None],
    [Some(0.9), None],
    [Some(0.85), Some(0.85)],
];
/// A median this much below its target is level with it: no run is quieter than that.
const NOISE: f64 = 0.02;

/// One target.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    what: String,
    figure: String,
    wanted: String,
    is_met: bool,
}

impl Target {
    fn at_least(what: impl Into<String>, figure: Spread, wanted: f64) -> Self {
        Self {
            what: what.into(),
            figure: figure.text(2),
            wanted: format!("at least {wanted}"),
            is_met: figure.median >= wanted - NOISE,
        }
    }

    fn at_most(what: impl Into<String>, figure: Spread, wanted: f64, decimals: usize) -> Self {
        Self {
            what: what.into(),
            figure: figure.text(decimals),
            wanted: format!("at most {wanted}"),
            is_met: figure.median <= wanted + NOISE,
        }
    }

    fn counted(what: impl Into<String>, count: usize, most: usize) -> Self {
        Self {
            what: what.into(),
            figure: count.to_string(),
            wanted: format!("at most {most}"),
            is_met: count <= most,
        }
    }

    fn megabytes(what: impl Into<String>, kilobytes: f64, most: f64) -> Self {
        let megabytes = megabytes_of(kilobytes);
        Self {
            what: what.into(),
            figure: format!("{megabytes:.1}"),
            wanted: format!("at most {most}"),
            is_met: megabytes <= most,
        }
    }
}

/// A table.
pub(super) fn text(report: &Report) -> String {
    let mut text = format!("{:<62}{:<26}target\n", "beside its target", "figure");
    for Target {
        what,
        figure,
        wanted,
        is_met,
    } in targets(report)
    {
        let said = if is_met { "met" } else { "MISSED" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{what:<62}{figure:<26}{wanted:<16}{said}");
    }
    text
}

fn targets(report: &Report) -> Vec<Target> {
    let rates = &report.rates;
    let mut targets = Vec::new();
    for ((ours, bare), wanted) in PAIRS.into_iter().zip(SHARES) {
        let shares = rates.shares.get(ours).into_iter().flatten();
        for ((share, connections), wanted) in shares.zip(CONNECTIONS).zip(wanted) {
            let what = format!("{ours}, share of {bare}, connections: {connections}");
            targets.extend(wanted.map(|wanted| Target::at_least(what, *share, wanted)));
        }
    }
    targets.push(Target::at_most(
        "a line of the log, share of a discovery request, connections: 64",
        rates.line_share,
        0.1,
        2,
    ));
    targets.push(Target::at_most(
        "exec to first answer, times bare hyper",
        report.first_answer_times_hyper,
        1.25,
        2,
    ));
    let created = rates.created.share_of_flushed;
    targets.push(Target::at_least(
        "register on files, share of a loop that creates and flushes",
        created,
        0.6,
    ));
    memory(report, &mut targets);
    start(report, &mut targets);
    let steps = &report.steps;
    signs_in("on one process", &steps.one_process, [29, 10], &mut targets);
    signs_in(
        "on processes just started",
        &steps.just_started,
        [40, 16],
        &mut targets,
    );
    targets
}

fn memory(report: &Report, targets: &mut Vec<Target>) {
    let registered = report.registered;
    targets.push(Target::megabytes(
        "own memory idle with the vault, MB",
        registered.idle_kb,
        5.0,
    ));
    let what = format!(
        "own memory after {} registrations on files, MB",
        registered.registrations
    );
    targets.push(Target::megabytes(what, registered.after_kb, 25.0));
}

fn start(report: &Report, targets: &mut Vec<Target>) {
    for asked in &report.asked {
        let names = asked.names;
        // A list, and its second page where there is one, is asked for beside the rest.
        let (requests, round_trips) = if names == "named" { (11, 3.0) } else { (12, 4.0) };
        let what = format!(
            "cold start, names {names}: requests ({} connections)",
            asked.connections
        );
        targets.push(Target::counted(what, asked.requests, requests));
        let what = format!("cold start, names {names}: round trips");
        // Beyond round trips it is what connections cost to make.
        let whole = Spread {
            median: asked.round_trips.median.round(),
            ..asked.round_trips
        };
        targets.push(Target::at_most(what, whole, round_trips, 1));
    }
}

fn signs_in(how: &str, sign_ins: &SignIns, most: [usize; 2], targets: &mut Vec<Target>) {
    let [first, second] = most;
    let what = |which| format!("{which} sign-in {how}: storage operations");
    targets.push(Target::counted(what("first"), total(&sign_ins.first), first));
    targets.push(Target::counted(what("second"), total(&sign_ins.second), second));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_met_from_its_figure_on() {
        let spread = |median| Spread {
            median,
            ..Spread::default()
        };
        assert!(Target::at_least("", spread(0.8), 0.8).is_met);
        assert!(!Target::at_least("", spread(0.7), 0.8).is_met);
        assert!(Target::at_most("", spread(1.25), 1.25, 2).is_met);
        assert!(!Target::at_most("", spread(1.3), 1.25, 2).is_met);
        assert!(Target::counted("", 11, 11).is_met && !Target::counted("", 12, 11).is_met);
        assert!(Target::megabytes("", 4_882.0, 5.0).is_met && !Target::megabytes("", 4_883.0, 5.0).is_met);
    }
}
