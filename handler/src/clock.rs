//! The time, as a parameter: nothing else in the handler may read the wall clock.

use time::OffsetDateTime;

/// Tells the time in UTC.
pub trait Clock: Send + Sync {
    /// The present moment, UTC.
    fn now(&self) -> OffsetDateTime;
}

/// The same moment in whole milliseconds, as it is written for people to read.
#[must_use]
pub(crate) fn to_milliseconds(at: OffsetDateTime) -> OffsetDateTime {
    at.replace_millisecond(at.millisecond()).unwrap_or(at)
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the wall clock"
    )]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// A clock that only moves when told to; clones share its hands.
#[cfg(any(test, feature = "testing"))]
#[derive(Clone, Debug)]
pub struct MockClock(std::sync::Arc<std::sync::Mutex<OffsetDateTime>>);

#[cfg(any(test, feature = "testing"))]
#[expect(clippy::unwrap_used, reason = "a poisoned clock ends the test, as it should")]
impl MockClock {
    /// A clock that shows `start`.
    #[must_use]
    pub fn at(start: OffsetDateTime) -> Self {
        Self(std::sync::Arc::new(std::sync::Mutex::new(start)))
    }

    /// Moves the hands forward; time never goes back.
    ///
    /// # Panics
    /// When another user of the clock panicked.
    pub fn advance(&self, by: std::time::Duration) {
        *self.0.lock().unwrap() += by;
    }
}

#[cfg(any(test, feature = "testing"))]
#[expect(clippy::unwrap_used, reason = "a poisoned clock ends the test, as it should")]
impl Clock for MockClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap()
    }
}
