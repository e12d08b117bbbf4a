//! What the host does when the handler ends.

use std::time::{Duration, Instant};

/// The host's reaction to an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reaction {
    /// Exit code 0: the host does nothing and keeps believing the handler is there.
    Nothing,
    /// Start it again, at once.
    Restart,
    /// The third error in a row: the whole host stops.
    StopHost,
}

/// Errors further apart than this do not count together (`WorkerRestartErrorIntervalThresholdInMinutes`).
const INTERVAL: Duration = Duration::from_secs(30 * 60);
/// As many errors in a row stop the host.
const LIMIT: usize = 3;

/// Counts exits.
#[derive(Debug, Default)]
pub(crate) struct Exits {
    errors: usize,
    last: Option<Instant>,
}

impl Exits {
    /// Decides about an exit with `code` at `now`.
    pub(crate) fn react(&mut self, code: i32, now: Instant) -> Reaction {
        match code {
            0 => Reaction::Nothing,
            200 => Reaction::Restart,
            _ => self.error(now),
        }
    }

    fn error(&mut self, now: Instant) -> Reaction {
        let in_a_row = self.last.is_some_and(|last| now.duration_since(last) < INTERVAL);
        self.errors = if in_a_row { self.errors + 1 } else { 1 };
        self.last = Some(now);
        if self.errors >= LIMIT {
            Reaction::StopHost
        } else {
            Reaction::Restart
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_code_0_is_left_alone() {
        assert_eq!(Exits::default().react(0, Instant::now()), Reaction::Nothing);
    }

    #[test]
    fn exit_code_200_never_counts() {
        let mut exits = Exits::default();
        for _ in 0..10 {
            assert_eq!(exits.react(200, Instant::now()), Reaction::Restart);
        }
    }

    #[test]
    fn the_third_error_stops_the_host() {
        let (mut exits, now) = (Exits::default(), Instant::now());
        assert_eq!(exits.react(1, now), Reaction::Restart);
        assert_eq!(exits.react(137, now), Reaction::Restart);
        assert_eq!(exits.react(101, now), Reaction::StopHost);
    }

    #[test]
    fn errors_half_an_hour_apart_do_not_add_up() {
        let (mut exits, now) = (Exits::default(), Instant::now());
        for n in 0..5 {
            assert_eq!(exits.react(1, now + INTERVAL * n), Reaction::Restart);
        }
    }
}
