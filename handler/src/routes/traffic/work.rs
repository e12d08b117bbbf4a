//! A bounded number of requests is worked on at once; some more wait a little, the rest is told to come back.
//!
//! Without it three thousand requests at once cost two hundred megabytes, and the host ends a process that has none left.
//! Who waits has not been read yet: the place is taken by the connection and handed on with its request.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Maximum wait for a place: B2C gives up after 10 s, and the work itself takes its time, too.
const PATIENCE: Duration = Duration::from_secs(5);
/// Maximum number of requests that wait, per place: one that waits costs three kilobytes at most, one that is worked on about
/// fifty.
const WAITING: usize = 15;

/// More requests at once than are worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more requests at once than AppSettings:MaxRequests")]
pub(crate) struct Overloaded;

/// A place among the requests that are worked on, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Place(#[expect(dead_code, reason = "held, not used")] OwnedSemaphorePermit);

/// What a connection was told when it asked for a place; goes with the request that is read then.
#[derive(Clone, Debug, Default)]
pub(crate) struct Admission(Arc<Mutex<Option<Result<Place, Overloaded>>>>);

impl Admission {
    pub(crate) fn of(told: Result<Place, Overloaded>) -> Self {
        Self(Arc::new(Mutex::new(Some(told))))
    }

    /// Once.
    pub(crate) fn take(&self) -> Option<Result<Place, Overloaded>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The places.
pub(crate) struct Work {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    max_waiting: usize,
}

/// One that waits; counted until it is dropped, also by a client that leaves.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Work {
    pub(crate) fn new(places: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            waiting: AtomicUsize::new(0),
            max_waiting: places * WAITING,
        }
    }

    /// A place.
    ///
    /// # Errors
    /// None is free, and none becomes free in time.
    pub(crate) async fn enter(&self) -> Result<Place, Overloaded> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(Place(place));
        }
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.max_waiting {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Overloaded);
        }
        let _waiting = Waiting(&self.waiting);
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await;
        place.ok().and_then(Result::ok).map(Place).ok_or(Overloaded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_bounded_number_waits_and_no_more() {
        let work = Arc::new(Work::new(1));
        let first = work.enter().await.unwrap();
        let wait = |_| {
            let work = Arc::clone(&work);
            tokio::spawn(async move { work.enter().await.map(drop) })
        };
        let waiting: Vec<_> = (0..WAITING).map(wait).collect();
        tokio::task::yield_now().await;
        assert_eq!(work.enter().await.map(drop), Err(Overloaded));
        drop(first);
        for waited in waiting {
            assert_eq!(waited.await.unwrap(), Ok(()));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever() {
        let work = Work::new(1);
        let _held = work.enter().await.unwrap();
        assert_eq!(work.enter().await.map(drop), Err(Overloaded));
    }

    #[tokio::test(start_paused = true)]
    async fn who_leaves_while_waiting_frees_the_place_in_the_queue() {
        let work = Work::new(1);
        let held = work.enter().await.unwrap();
        for _ in 0..WAITING * 3 {
            let left = tokio::time::timeout(Duration::from_millis(1), work.enter()).await;
            assert!(left.is_err(), "it does not wait");
        }
        drop(held);
        assert!(work.enter().await.is_ok());
    }
}
