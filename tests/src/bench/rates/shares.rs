//! Rounds compared with those beside them.

use std::collections::BTreeMap;

use super::{CONNECTIONS, Created, LOGGED, ON_FILES, PAIRS, Rounds};
use crate::bench::figures::{Round, Spread};

fn of<'a>(rounds: &'a Rounds, name: &'static str, connections: usize) -> &'a [Round] {
    rounds.get(&(name, connections)).map_or(&[], Vec::as_slice)
}

/// Of each of [`PAIRS`], for each of [`CONNECTIONS`].
pub(super) fn shares(rounds: &Rounds) -> BTreeMap<&'static str, Vec<Spread>> {
    let share = |ours, bare, connections| {
        let pairs = of(rounds, ours, connections)
            .iter()
            .zip(of(rounds, bare, connections));
        Spread::of(pairs.map(|(ours, bare)| ours.per_second() / bare.per_second()))
    };
    let shares = |(ours, bare)| {
        (
            ours,
            CONNECTIONS.map(|connections| share(ours, bare, connections)),
        )
    };
    PAIRS
        .into_iter()
        .map(shares)
        .map(|(ours, shares)| (ours, shares.to_vec()))
        .collect()
}

/// What a line of the log costs, as a share of a discovery request, in time on the core.
pub(super) fn line_share(rounds: &Rounds) -> Spread {
    let [_, many] = CONNECTIONS;
    let logged = of(rounds, LOGGED, many).iter().zip(of(rounds, "GET /", many));
    let beside = logged.zip(of(rounds, "discovery", many));
    Spread::of(
        beside
            .map(|((logged, silent), discovery)| (logged.busy_us() - silent.busy_us()) / discovery.busy_us()),
    )
}

/// Registrations beside the loops that only create files, of which `rates` are given run by run.
pub(super) fn created(rounds: &Rounds, rates: &[[f64; 2]]) -> Created {
    let [one, _] = CONNECTIONS;
    let all = |which: fn(&[f64; 2]) -> f64| Spread::of(rates.iter().map(which));
    let share = |which: fn(&[f64; 2]) -> f64| {
        let pairs = of(rounds, ON_FILES, one).iter().zip(rates);
        Spread::of(pairs.map(|(round, rates)| round.per_second() / which(rates)))
    };
    Created {
        flushed: all(|rates| rates[0]),
        share_of_flushed: share(|rates| rates[0]),
        durable: all(|rates| rates[1]),
        share_of_durable: share(|rates| rates[1]),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn round(requests: usize, busy_us: u64) -> Round {
        Round {
            elapsed: Duration::from_secs(1),
            busy: Duration::from_micros(busy_us),
            latencies: vec![Duration::from_micros(1); requests],
        }
    }

    #[test]
    fn shares_are_of_the_same_round() {
        let rounds = Rounds::from([
            (("GET /", 1), vec![round(50, 1), round(10, 1)]),
            (("bare warp", 1), vec![round(100, 1), round(20, 1)]),
        ]);
        let share = shares(&rounds)["GET /"][0];
        assert_eq!(share.text(2), "0.50 (0.50 to 0.50)");
    }

    #[test]
    fn a_line_costs_what_the_same_request_costs_less_without_it() {
        let rounds = Rounds::from([
            ((LOGGED, 64), vec![round(100, 1_200)]),
            (("GET /", 64), vec![round(100, 1_000)]),
            (("discovery", 64), vec![round(100, 2_000)]),
        ]);
        assert_eq!(line_share(&rounds).text(2), "0.10 (0.10 to 0.10)");
    }
}
