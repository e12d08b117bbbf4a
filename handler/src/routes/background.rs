//! Work that must be finished although whoever asked for it has gone: in proxying mode the host drops our future when
//! the client leaves.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::telemetry;

/// A task panicked. What it says went to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a task panicked")]
pub struct Panicked;

/// Starts tasks and knows when they are all done.
#[derive(Clone)]
pub struct Background(Arc<watch::Sender<usize>>);

impl Default for Background {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

struct Running(Background);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.send_modify(|running| *running -= 1);
    }
}

impl Background {
    /// Runs work to its end and gives its result to whoever still waits. Its records carry the ids of the request.
    ///
    /// # Errors
    /// The work panicked.
    pub async fn finish<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Panicked> {
        self.start(work).await.map_err(|_| Panicked)
    }

    /// Runs work to its end and does not wait for it.
    pub fn start<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        self.0.send_modify(|running| *running += 1);
        let running = Running(self.clone());
        tokio::spawn(telemetry::carry(async move {
            let _running = running;
            work.await
        }))
    }

    /// Waits until nothing runs any more, at most so long. Tells whether that came true.
    pub async fn idle(&self, at_most: Duration) -> bool {
        let mut running = self.0.subscribe();
        let idle = running.wait_for(|running| *running == 0);
        tokio::time::timeout(at_most, idle).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_goes_on_when_nobody_waits() {
        let background = Background::default();
        let (done, mut told) = watch::channel(false);
        let waiting = background.finish(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            done.send_replace(true);
        });
        // The one who waits leaves at once, as a client does.
        let _ = tokio::time::timeout(Duration::from_millis(1), waiting).await;
        assert!(background.idle(Duration::from_secs(5)).await);
        assert!(*told.borrow_and_update());
    }

    #[tokio::test]
    async fn a_panic_is_told_and_does_not_count_as_running() {
        let background = Background::default();
        let result: Result<(), _> = background.finish(async { panic!("on purpose") }).await;
        assert_eq!(result, Err(Panicked));
        assert!(background.idle(Duration::from_secs(5)).await);
    }

    #[tokio::test]
    async fn idle_gives_up_in_time() {
        let background = Background::default();
        let forever = background.start(std::future::pending::<()>());
        assert!(!background.idle(Duration::from_millis(5)).await);
        forever.abort();
    }
}
