//! Work that must be finished although whoever asked for it has gone: in proxying mode the host drops our future when
//! the client leaves. It is the only place that starts tasks for the core and the routes.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::telemetry;

/// A task panicked, or ended with its process. What it says went to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a task panicked")]
pub struct Panicked;

/// All tasks of a process. There is one of it; it is handed in as a [`Spawner`]. Dropping it ends every task where it
/// stands and starts no further one: what SIGKILL does to a process.
#[derive(Default)]
pub struct Background(Spawner);

impl Background {
    /// What starts tasks here.
    #[must_use]
    pub fn spawner(&self) -> Spawner {
        self.0.clone()
    }

    /// Waits until nothing runs any more, at most so long. Tells whether that came true.
    pub async fn idle(&self, at_most: Duration) -> bool {
        let mut running = self.0.0.running.subscribe();
        let idle = running.wait_for(|running| *running == 0);
        tokio::time::timeout(at_most, idle).await.is_ok()
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let mut tasks = self.0.0.lock();
        tasks.is_over = true;
        for task in tasks.handles.values() {
            task.abort();
        }
    }
}

/// Starts tasks of one [`Background`]. Clones start them there as well.
#[derive(Clone, Default)]
pub struct Spawner(Arc<Shared>);

struct Shared {
    running: watch::Sender<usize>,
    tasks: Mutex<Tasks>,
}

#[derive(Default)]
struct Tasks {
    handles: BTreeMap<u64, AbortHandle>,
    started: u64,
    is_over: bool,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            running: watch::Sender::new(0),
            tasks: Mutex::default(),
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts as running until it is dropped.
struct Running {
    shared: Arc<Shared>,
    number: u64,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.lock().handles.remove(&self.number);
        self.shared.running.send_modify(|running| *running -= 1);
    }
}

impl Spawner {
    /// Runs work to its end and gives its result to whoever still waits. Its records carry the ids of the request.
    ///
    /// # Errors
    /// The work panicked, or ended with its process.
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
        // Held while the task is started: one that ends at once finds its own entry.
        let mut tasks = self.0.lock();
        tasks.started += 1;
        let running = Running {
            shared: Arc::clone(&self.0),
            number: tasks.started,
        };
        self.0.running.send_modify(|running| *running += 1);
        let task = tokio::spawn(telemetry::carry(async move {
            let _running = running;
            work.await
        }));
        if tasks.is_over {
            task.abort();
        }
        let number = tasks.started;
        tasks.handles.insert(number, task.abort_handle());
        task
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_goes_on_when_nobody_waits() {
        let background = Background::default();
        let (done, mut told) = watch::channel(false);
        let spawner = background.spawner();
        let waiting = spawner.finish(async move {
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
        let result: Result<(), _> = background.spawner().finish(async { panic!("on purpose") }).await;
        assert_eq!(result, Err(Panicked));
        assert!(background.idle(Duration::from_secs(5)).await);
    }

    #[tokio::test]
    async fn idle_gives_up_in_time() {
        let background = Background::default();
        let forever = background.spawner().start(std::future::pending::<()>());
        assert!(!background.idle(Duration::from_millis(5)).await);
        forever.abort();
    }

    #[tokio::test]
    async fn dropping_it_ends_what_runs_and_starts_nothing_more() {
        let background = Background::default();
        let spawner = background.spawner();
        let (told, mut seen) = watch::channel(0);
        let (first, second) = (told.clone(), told);
        let running = spawner.start(async move {
            tokio::task::yield_now().await;
            first.send_replace(1);
        });
        drop(background);
        let late = spawner.start(async move {
            tokio::task::yield_now().await;
            second.send_replace(2);
        });
        assert!(running.await.unwrap_err().is_cancelled());
        assert!(late.await.unwrap_err().is_cancelled());
        assert_eq!(*seen.borrow_and_update(), 0);
    }
}
