//! When the vendor is asked without having told us anything, and that it is not asked more often than that.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::checks::facts::AttemptOf;
use crate::checks::history::attempt::Attempt;

/// A reading that failed, or found nothing yet, is repeated after this.
const AGAIN_AFTER: Duration = Duration::from_secs(5);
/// Maximum number of attempts remembered; more only means an extra question to the vendor.
const MAX_REMEMBERED: usize = 20_000;

/// Maximum wait for another reading of the same attempt.
const LONGEST: Duration = Duration::from_secs(10);

/// What this process has asked the vendor. Lost on a restart, which costs one extra question for each open attempt.
#[derive(Debug, Default)]
pub(in crate::checks) struct Readings {
    known: Mutex<HashMap<AttemptOf, Reading>>,
    /// Some reading has ended.
    ended: Notify,
}

#[derive(Clone, Copy, Debug)]
struct Reading {
    at: OffsetDateTime,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    UnderWay,
    Answered,
    InVain,
}

/// A reading under way. Dropped without an answer, also by a browser that hangs up, it was in vain.
pub(in crate::checks) struct UnderWay<'a> {
    readings: &'a Readings,
    of: AttemptOf,
    at: OffsetDateTime,
    ends_as: State,
}

impl UnderWay<'_> {
    /// The vendor has answered.
    pub(in crate::checks) fn answered(mut self) {
        self.ends_as = State::Answered;
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut readings = self.readings.lock();
        if let Some(reading) = readings.get_mut(&self.of).filter(|reading| reading.at == self.at) {
            reading.state = self.ends_as;
        }
        drop(readings);
        self.readings.ended.notify_waiters();
    }
}

impl Readings {
    /// Notes that a reading begins.
    pub(in crate::checks) fn begin(&self, of: AttemptOf, at: OffsetDateTime) -> UnderWay<'_> {
        let mut readings = self.lock();
        if readings.len() >= MAX_REMEMBERED {
            readings.clear();
        }
        readings.insert(
            of,
            Reading {
                at,
                state: State::UnderWay,
            },
        );
        UnderWay {
            readings: self,
            of,
            at,
            ends_as: State::InVain,
        }
    }

    /// Waits for the reading of this attempt that is under way in this process. False when there is none.
    pub(in crate::checks) async fn wait(&self, of: AttemptOf) -> bool {
        let mut has_waited = false;
        loop {
            let ended = self.ended.notified();
            let reading = self.lock().get(&of).copied();
            if reading.is_none_or(|reading| reading.state != State::UnderWay) {
                return has_waited;
            }
            has_waited = true;
            if timeout(LONGEST, ended).await.is_err() {
                return true;
            }
        }
    }

    /// Whether the vendor was asked about an attempt just now, and did not answer.
    pub(in crate::checks) fn was_in_vain(&self, of: AttemptOf, now: OffsetDateTime) -> bool {
        let reading = self.lock().get(&of).copied();
        reading.is_some_and(|reading| reading.state == State::InVain && reading.at + AGAIN_AFTER > now)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AttemptOf, Reading>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the vendor should be asked about an attempt now although no callback says so. Unread callbacks are not looked
    /// at here: no limit of polling ever hides them.
    pub(in crate::checks) fn is_due(
        &self,
        attempt: &Attempt,
        marks: &[Duration],
        now: OffsetDateTime,
    ) -> bool {
        if attempt.is_concluded() {
            return false;
        }
        let reading = self.lock().get(&attempt.home).copied();
        match reading.map(|reading| (reading.state, reading.at)) {
            None => triggered(attempt, marks, now, None),
            Some((State::UnderWay, _)) => false,
            Some((State::Answered, at)) => triggered(attempt, marks, now, Some(at)),
            Some((State::InVain, at)) => at + AGAIN_AFTER <= now,
        }
    }
}

/// Whether something happened after the last reading that makes another one worth while.
fn triggered(
    attempt: &Attempt,
    marks: &[Duration],
    now: OffsetDateTime,
    last: Option<OffsetDateTime>,
) -> bool {
    let Some(transaction) = &attempt.transaction else {
        return false;
    };
    let is_news = |at: &OffsetDateTime| last.is_none_or(|last| *at > last);
    let since = last.unwrap_or(transaction.at);
    let mut bases = attempt.returned_at.iter().chain([&transaction.at]);
    attempt.returned_at.iter().any(is_news) || bases.any(|base| mark_between(*base, marks, since, now))
}

/// Whether a poll mark lies after `since` and is reached. After the last mark, its distance repeats.
fn mark_between(
    base: OffsetDateTime,
    marks: &[Duration],
    since: OffsetDateTime,
    now: OffsetDateTime,
) -> bool {
    let Some(last) = marks.last().filter(|last| !last.is_zero()) else {
        return false;
    };
    if marks
        .iter()
        .any(|mark| base + *mark > since && base + *mark <= now)
    {
        return true;
    }
    base + *last <= since && since + *last <= now
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-02-03 10:00 UTC);
    const MARKS: [Duration; 3] = [
        Duration::from_secs(40),
        Duration::from_secs(60),
        Duration::from_secs(100),
    ];

    fn at(seconds: i64) -> OffsetDateTime {
        START + time::Duration::seconds(seconds)
    }

    fn due(since: i64, now: i64) -> bool {
        mark_between(START, &MARKS, at(since), at(now))
    }

    #[test]
    fn each_mark_is_due_once() {
        assert!(!due(0, 39));
        assert!(due(0, 40));
        assert!(!due(40, 59));
        assert!(due(40, 60));
        assert!(due(41, 99));
        assert!(!due(61, 99));
    }

    #[test]
    fn after_the_last_mark_its_distance_repeats() {
        assert!(!due(100, 199));
        assert!(due(100, 200));
        assert!(!due(230, 300));
    }
}
