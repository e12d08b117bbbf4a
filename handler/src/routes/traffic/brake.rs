//! Counts failed proofs, by address where the front end tells it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Failures within a window that are answered as failures.
const FREE: u32 = 20;
const WINDOW: Duration = Duration::from_secs(1);
/// Addresses remembered; the failures of further ones count together.
const MAX_ADDRESSES: usize = 4096;

/// Failed proofs of the present window.
#[derive(Default)]
pub(super) struct Brake(Mutex<HashMap<Option<IpAddr>, Count>>);

struct Count {
    since: Instant,
    failures: u32,
}

impl Brake {
    /// Counts one failure and says whether there were too many.
    pub(super) fn is_over(&self, address: Option<IpAddr>) -> bool {
        let now = Instant::now();
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MAX_ADDRESSES {
            counts.retain(|_, count| now < count.since + WINDOW);
        }
        let key = address.filter(|_| counts.len() < MAX_ADDRESSES);
        let count = counts.entry(key).or_insert(Count {
            since: now,
            failures: 0,
        });
        if count.since + WINDOW <= now {
            (count.since, count.failures) = (now, 0);
        }
        count.failures = count.failures.saturating_add(1);
        count.failures > FREE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_failures_of_one_second_are_counted() {
        let brake = Brake::default();
        let over = || (0..FREE + 5).filter(|_| brake.is_over(None)).count();
        assert_eq!(over(), 5);
        tokio::time::advance(WINDOW).await;
        assert_eq!(over(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn one_address_does_not_use_up_what_another_has() {
        let brake = Brake::default();
        let address = |last| Some([203, 0, 113, last].into());
        for _ in 0..100 {
            brake.is_over(address(7));
        }
        assert!(brake.is_over(address(7)));
        assert!(!brake.is_over(address(8)));
    }

    #[tokio::test(start_paused = true)]
    async fn more_addresses_than_anybody_remembers_count_together() {
        let brake = Brake::default();
        let address = |n: u32| Some(n.to_be_bytes().into());
        let over = (0..4096 + 100).filter(|n| brake.is_over(address(*n)));
        assert!(over.count() >= 70);
        assert!(brake.0.lock().unwrap().len() <= MAX_ADDRESSES + 1);
    }
}
