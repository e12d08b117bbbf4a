//! A caller that repeats what was not answered.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep};

/// A request whose answer was lost is repeated for as long as this.
pub(super) const REPEATS: Duration = Duration::from_secs(8);
/// Between two tries.
pub(super) const PAUSE: Duration = Duration::from_millis(40);

/// Repeats a request until it is answered.
///
/// # Errors
/// The last one, when it never was.
pub(super) async fn patiently<T>(mut ask: impl AsyncFnMut() -> Result<T>) -> Result<T> {
    let begin = Instant::now();
    loop {
        match ask().await {
            Err(_) if begin.elapsed() < REPEATS => sleep(PAUSE).await,
            other => return other,
        }
    }
}
