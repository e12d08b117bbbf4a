//! When the handler dies.

use std::time::Duration;

use loopback::dice::Dice;
use tokio::time::{Instant, sleep, sleep_until};

use crate::host::Host;

/// A kill strikes within this time of the journey's begin: about as long as a journey takes that nobody disturbs, and the
/// repeats after the first kills.
const WITHIN_MS: u64 = 1600;

/// The moments of one journey at which the handler dies: none to four.
pub(super) fn plan(dice: &Dice) -> Vec<Duration> {
    let count = dice.below(5);
    let mut moments: Vec<u64> = (0..count).map(|_| dice.below(WITHIN_MS)).collect();
    moments.sort_unstable();
    moments.into_iter().map(Duration::from_millis).collect()
}

/// Kills at the planned moments, and says after each how many it were.
pub(super) async fn strike(host: &Host, moments: &[Duration], mut struck: impl FnMut()) {
    let begin = Instant::now();
    for moment in moments {
        sleep_until(begin + *moment).await;
        host.kill_handlers().await;
        struck();
        // Nobody starts and dies in the same millisecond.
        sleep(Duration::from_millis(1)).await;
    }
}
