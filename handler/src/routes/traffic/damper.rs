//! Records of requests that anybody may send: the first of each second are written, one record tells of the rest.
//!
//! Whoever sends wrong passwords decides how many records there are, and a disk or a bill pays for them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::background::Spawner;

/// Records of one kind that are written within a window.
const WRITTEN: u32 = 20;
const WINDOW: Duration = Duration::from_secs(1);

/// Decides which records are written. Clones share the counts.
#[derive(Clone)]
pub(in crate::routes) struct Damper {
    counts: Arc<Mutex<Counts>>,
    background: Spawner,
}

#[derive(Default)]
struct Counts {
    since: Option<Instant>,
    written: BTreeMap<&'static str, u32>,
    left_out: BTreeMap<&'static str, u64>,
}

impl Damper {
    pub(super) fn new(background: Spawner) -> Self {
        Self {
            counts: Arc::default(),
            background,
        }
    }

    /// Whether a record of this code is written now. If not, it is counted, and told with the others within a second.
    pub(in crate::routes) fn writes(&self, code: &'static str) -> bool {
        self.writes_at_most(WRITTEN, code)
    }

    /// The same with a limit of its own.
    pub(in crate::routes) fn writes_at_most(&self, most: u32, code: &'static str) -> bool {
        let now = Instant::now();
        let mut counts = self.lock();
        if counts.since.is_none_or(|since| since + WINDOW <= now) {
            counts.since = Some(now);
            counts.written.clear();
        }
        let written = counts.written.entry(code).or_default();
        if *written < most {
            *written += 1;
            return true;
        }
        let is_first = counts.left_out.is_empty();
        *counts.left_out.entry(code).or_default() += 1;
        drop(counts);
        if is_first {
            self.tell_soon();
        }
        false
    }

    fn tell_soon(&self) {
        let this = self.clone();
        self.background.start(async move {
            tokio::time::sleep(WINDOW).await;
            let left_out = std::mem::take(&mut this.lock().left_out);
            for (of, count) in left_out {
                tracing::warn!(
                    code = "log.left_out",
                    of,
                    count,
                    "log records suppressed in the last second"
                );
            }
        });
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::background::Background;

    #[tokio::test(start_paused = true)]
    async fn the_first_of_each_second_are_written_and_the_rest_is_counted() {
        let background = Background::default();
        let damper = Damper::new(background.spawner());
        let written = |code| (0..1000).filter(|_| damper.writes(code)).count();
        assert_eq!(written("caller.password"), 20);
        assert_eq!(written("code.unknown"), 20, "another code has its own");
        assert_eq!(damper.lock().left_out.get("caller.password"), Some(&980));
        tokio::time::sleep(WINDOW + Duration::from_millis(1)).await;
        assert!(damper.lock().left_out.is_empty(), "nobody was told");
        assert_eq!(written("caller.password"), 20);
    }
}
