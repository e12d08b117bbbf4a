//! Tells of answers that take long, before they take too long.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A call is told at most this often, and how many more there were.
const OFTEN: Duration = Duration::from_secs(10);

/// Which calls were slow. Shared by all operations of a client.
pub(super) struct Slow {
    beyond: Duration,
    told: Mutex<BTreeMap<&'static str, Told>>,
}

#[derive(Default)]
struct Told {
    at: Option<Instant>,
    others: u64,
}

impl Slow {
    /// What takes longer than this is slow.
    pub(super) fn beyond(beyond: Duration) -> Self {
        Self {
            beyond,
            told: Mutex::default(),
        }
    }

    /// Tells of a call that took so long, if that was long and it was not told just before.
    pub(super) fn note(&self, call: &'static str, took: Duration) {
        let Some(others) = self.told(call, took) else {
            return;
        };
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(
            code = "jumio.slow",
            call,
            duration_ms,
            others,
            "Jumio took more than half of JumioSettings:BudgetSeconds"
        );
    }

    /// How many of this call were slow and not told since it was told last; nothing if it is not to be told now.
    fn told(&self, call: &'static str, took: Duration) -> Option<u64> {
        if took <= self.beyond {
            return None;
        }
        let now = Instant::now();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let of_call = told.entry(call).or_default();
        if of_call.at.is_some_and(|at| now < at + OFTEN) {
            of_call.others += 1;
            return None;
        }
        of_call.at = Some(now);
        Some(std::mem::take(&mut of_call.others))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(4);
    const LONGER: Duration = Duration::from_millis(4001);

    #[tokio::test(start_paused = true)]
    async fn each_call_is_told_once_in_a_while_with_the_number_of_others() {
        let slow = Slow::beyond(LIMIT);
        assert_eq!(slow.told("create", LIMIT), None, "not slow");
        assert_eq!(slow.told("create", LONGER), Some(0));
        for _ in 0..3 {
            assert_eq!(slow.told("create", LONGER), None);
        }
        assert_eq!(slow.told("delete", LONGER), Some(0), "another call");
        tokio::time::advance(OFTEN).await;
        assert_eq!(slow.told("create", LONGER), Some(3));
        assert_eq!(slow.told("create", LONGER), None);
    }
}
