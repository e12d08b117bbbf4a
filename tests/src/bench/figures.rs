//! From samples to figures: medians with the smallest and the largest, because the machine is never quiet.

use std::time::Duration;

use serde::Serialize;

/// What several runs gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// Half of the runs gave less.
    pub median: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
}

impl Spread {
    /// All zero when there are no samples.
    #[must_use]
    pub fn of(samples: impl IntoIterator<Item = f64>) -> Self {
        let mut samples: Vec<f64> = samples.into_iter().collect();
        samples.sort_by(f64::total_cmp);
        let (Some(min), Some(max)) = (samples.first(), samples.last()) else {
            return Self::default();
        };
        Self {
            median: quantile(&samples, 50),
            min: *min,
            max: *max,
        }
    }

    /// Median (min to max) with so many decimals.
    #[must_use]
    pub fn text(&self, decimals: usize) -> String {
        format!(
            "{:.decimals$} ({:.decimals$} to {:.decimals$})",
            self.median, self.min, self.max
        )
    }
}

/// One timed round of requests.
#[derive(Clone, Debug)]
pub struct Round {
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// How long the server was on a core meanwhile; zero where nobody looked.
    pub busy: Duration,
    /// One for each answer.
    pub latencies: Vec<Duration>,
}

/// Several rounds of the same load.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rate {
    /// Connections at the same time.
    pub connections: usize,
    /// Requests in each round.
    pub requests: usize,
    /// Answers a second.
    pub per_second: Spread,
    /// Time of the server on a core for each request, in microseconds: no other process counts.
    pub busy_us: Spread,
    /// Median latency of a round, in microseconds.
    pub p50_us: Spread,
    /// 99th percentile of the latencies of a round, in microseconds.
    pub p99_us: Spread,
}

impl Rate {
    /// Sums rounds up.
    #[must_use]
    pub fn of(connections: usize, rounds: &[Round]) -> Self {
        let of = |figure: fn(&Round) -> f64| Spread::of(rounds.iter().map(figure));
        Self {
            connections,
            requests: rounds.first().map_or(0, |round| round.latencies.len()),
            per_second: of(Round::per_second),
            busy_us: of(Round::busy_us),
            p50_us: of(|round| round.percentile_us(50)),
            p99_us: of(|round| round.percentile_us(99)),
        }
    }
}

impl Round {
    /// Answers a second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.count() / self.elapsed.as_secs_f64()
    }

    /// Time of the server on a core for each request, in microseconds.
    #[must_use]
    pub fn busy_us(&self) -> f64 {
        self.busy.as_secs_f64() * 1e6 / self.count()
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of requests are far below 2^52")]
    fn count(&self) -> f64 {
        self.latencies.len() as f64
    }

    fn percentile_us(&self, percent: usize) -> f64 {
        let mut latencies: Vec<f64> = self
            .latencies
            .iter()
            .map(|latency| latency.as_secs_f64() * 1e6)
            .collect();
        latencies.sort_by(f64::total_cmp);
        quantile(&latencies, percent)
    }
}

/// The nearest-rank percentile of sorted samples.
fn quantile(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_median_least_and_most() {
        let spread = Spread::of([3.0, 1.0, 2.0]);
        assert_eq!(spread.text(1), "2.0 (1.0 to 3.0)");
        assert_eq!(Spread::of([]).text(0), "0 (0 to 0)");
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        assert!((quantile(&hundred, 50) - 50.0).abs() < 1e-9);
        assert!((quantile(&hundred, 99) - 99.0).abs() < 1e-9);
        assert!((quantile(&[7.0], 99) - 7.0).abs() < 1e-9);
    }

    #[test]
    fn a_rate_counts_answers_by_the_second() {
        let round = Round {
            elapsed: Duration::from_millis(500),
            busy: Duration::from_millis(1),
            latencies: vec![Duration::from_micros(100); 50],
        };
        let rate = Rate::of(1, &[round]);
        assert!((rate.per_second.median - 100.0).abs() < 1e-6);
        assert!((rate.busy_us.median - 20.0).abs() < 1e-6);
        assert!((rate.p99_us.median - 100.0).abs() < 1e-6 && rate.requests == 50);
    }
}
