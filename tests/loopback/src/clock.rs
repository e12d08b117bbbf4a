//! The time of simulators and tenants: the machine's clock plus an offset that a test may grow, so that nobody waits for
//! codes, tokens and sessions to run out.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// `2026-02-03T10:11:12.345Z`, as Jumio writes times.
const MILLISECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// A clock to share; clones show the same time.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// What is added to the machine's time, in milliseconds.
    ahead_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The present, UTC, with the offset. Whole milliseconds: nobody reads more, and it is shown in many places.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of rig and runner that reads the wall clock"
    )]
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        let now = OffsetDateTime::now_utc() + time::Duration::milliseconds(self.ahead_ms());
        now.truncate_to_millisecond()
    }

    /// How far the clock is ahead of the machine's, in milliseconds.
    #[must_use]
    pub fn ahead_ms(&self) -> i64 {
        self.ahead_ms.load(Ordering::Relaxed)
    }

    /// Moves the hands forward.
    pub fn advance(&self, by: Duration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Moves the hands forward, or back by a negative number of seconds.
    pub fn shift_s(&self, seconds: i64) {
        self.ahead_ms
            .fetch_add(seconds.saturating_mul(1000), Ordering::Relaxed);
    }
}

/// RFC 3339 in UTC with exactly three fraction digits.
#[must_use]
pub fn stamp(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC)
        .format(MILLISECONDS)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_has_three_fraction_digits() {
        assert_eq!(stamp(OffsetDateTime::UNIX_EPOCH), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn the_present_has_no_nanoseconds() {
        assert_eq!(Clock::default().now().nanosecond() % 1_000_000, 0);
    }

    #[test]
    fn clones_move_together() {
        let clock = Clock::default();
        let other = clock.clone();
        clock.advance(Duration::from_secs(90));
        other.shift_s(-30);
        assert_eq!(clock.ahead_ms(), 60_000);
    }
}
