//! Counts what comes too often: failed proofs, by address where the front end tells it; questions about one transaction.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Keys remembered; what comes of further ones counts together.
const MAX_KEYS: usize = 4096;

/// What came within the present window, by key; what has none counts together.
pub(super) struct Brake<K> {
    counts: Mutex<HashMap<Option<K>, Count>>,
    /// How much of one key within a window is not too much.
    free: u32,
    window: Duration,
}

struct Count {
    since: Instant,
    number: u32,
}

impl<K: Eq + Hash> Brake<K> {
    pub(super) fn new(free: u32, window: Duration) -> Self {
        Self {
            counts: Mutex::default(),
            free,
            window,
        }
    }

    /// Counts one more and says whether there were too many.
    pub(super) fn is_over(&self, key: Option<K>) -> bool {
        let now = Instant::now();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MAX_KEYS {
            counts.retain(|_, count| now < count.since + self.window);
        }
        let key = key.filter(|_| counts.len() < MAX_KEYS);
        let count = counts.entry(key).or_insert(Count {
            since: now,
            number: 0,
        });
        if count.since + self.window <= now {
            (count.since, count.number) = (now, 0);
        }
        count.number = count.number.saturating_add(1);
        count.number > self.free
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    const FREE: u32 = 20;
    const WINDOW: Duration = Duration::from_secs(1);

    fn brake() -> Brake<IpAddr> {
        Brake::new(FREE, WINDOW)
    }

    #[tokio::test(start_paused = true)]
    async fn the_failures_of_one_second_are_counted() {
        let brake = brake();
        let over = || (0..FREE + 5).filter(|_| brake.is_over(None)).count();
        assert_eq!(over(), 5);
        tokio::time::advance(WINDOW).await;
        assert_eq!(over(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn one_address_does_not_use_up_what_another_has() {
        let brake = brake();
        let address = |last| Some([203, 0, 113, last].into());
        for _ in 0..100 {
            brake.is_over(address(7));
        }
        assert!(brake.is_over(address(7)));
        assert!(!brake.is_over(address(8)));
    }

    #[tokio::test(start_paused = true)]
    async fn more_addresses_than_anybody_remembers_count_together() {
        let brake = brake();
        let address = |n: u32| Some(n.to_be_bytes().into());
        let over = (0..4096 + 100).filter(|n| brake.is_over(address(*n)));
        assert!(over.count() >= 70);
        assert!(brake.counts.lock().unwrap().len() <= MAX_KEYS + 1);
    }
}
