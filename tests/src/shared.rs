//! A value that several tasks read and change, under a lock that is never held while waiting.

use std::sync::{Arc, Mutex, PoisonError};

/// Clones share one value.
#[derive(Debug, Default)]
pub struct Shared<T>(Arc<Mutex<T>>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Shared<T> {
    /// Shares `value`.
    pub fn new(value: T) -> Self {
        Self(Arc::new(Mutex::new(value)))
    }

    /// Reads or changes the value. A task that panicked while it held the lock does not take the simulator down.
    pub fn with<R>(&self, use_it: impl FnOnce(&mut T) -> R) -> R {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T: Clone> Shared<T> {
    /// A copy of the value as it is now.
    #[must_use]
    pub fn get(&self) -> T {
        self.with(|value| value.clone())
    }
}
