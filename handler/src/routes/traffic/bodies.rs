//! Forms on their way. They are read before anybody has proved anything, so no place is taken for them: whoever announces a
//! form and sends none would keep everybody out. Nor may they fill the memory: of too many the oldest is given up, because
//! what an honest client sends is there in milliseconds.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Maximum number of forms that are still arriving, per place; 64 KiB each at most.
const FOR_EACH_PLACE: usize = 4;

/// Those that are waited for.
pub(in crate::routes) struct Bodies {
    most: usize,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    came: u64,
    /// By age. Who drops the sender gives that one up.
    by_age: BTreeMap<u64, oneshot::Sender<()>>,
}

/// One that is waited for, until this is dropped.
struct Entry<'a> {
    bodies: &'a Bodies,
    number: u64,
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.bodies.lock().by_age.remove(&self.number);
    }
}

impl Bodies {
    pub(super) fn new(places: usize) -> Self {
        Self {
            most: places * FOR_EACH_PLACE,
            waiting: Mutex::default(),
        }
    }

    /// Waits for a body. Nothing when it was the oldest of too many; one that is there already is none of them. Who has to
    /// wait does so without a place.
    pub(in crate::routes) async fn wait_for<T, P>(
        &self,
        body: impl Future<Output = T>,
        place: &mut Option<P>,
    ) -> Option<T> {
        let mut body = pin!(body);
        if let std::task::Poll::Ready(whole) = futures::poll!(body.as_mut()) {
            return Some(whole);
        }
        drop(place.take());
        let (_entry, given_up) = self.enter();
        tokio::select! {
            biased;
            whole = body => Some(whole),
            _ = given_up => None,
        }
    }

    fn enter(&self) -> (Entry<'_>, oneshot::Receiver<()>) {
        let (keep, given_up) = oneshot::channel();
        let mut waiting = self.lock();
        waiting.came += 1;
        let number = waiting.came;
        waiting.by_age.insert(number, keep);
        if waiting.by_age.len() > self.most {
            waiting.by_age.pop_first();
        }
        (Entry { bodies: self, number }, given_up)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn what_is_there_already_is_not_counted() {
        let bodies = Bodies::new(0);
        assert_eq!(bodies.wait_for(ready(7), &mut None::<()>).await, Some(7));
    }

    #[tokio::test]
    async fn of_too_many_the_oldest_is_given_up() {
        let bodies = Arc::new(Bodies::new(1));
        let (bring, brought) = oneshot::channel::<()>();
        let wait = || {
            let bodies = Arc::clone(&bodies);
            tokio::spawn(async move { bodies.wait_for(pending::<()>(), &mut None::<()>).await })
        };
        let oldest = wait();
        let others: Vec<_> = (0..FOR_EACH_PLACE - 1).map(|_| wait()).collect();
        let newest = tokio::spawn({
            let bodies = Arc::clone(&bodies);
            async move { bodies.wait_for(brought, &mut None::<()>).await }
        });
        assert_eq!(oldest.await.unwrap(), None);
        bring.send(()).unwrap();
        assert_eq!(newest.await.unwrap(), Some(Ok(())));
        assert!(others.iter().all(|other| !other.is_finished()));
    }

    #[tokio::test]
    async fn who_leaves_is_counted_no_more() {
        let bodies = Bodies::new(1);
        for _ in 0..FOR_EACH_PLACE * 3 {
            let left = futures::poll!(pin!(bodies.wait_for(pending::<()>(), &mut None::<()>)));
            assert!(left.is_pending());
        }
        assert!(bodies.lock().by_age.is_empty());
    }
}
