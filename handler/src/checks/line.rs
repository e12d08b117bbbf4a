//! The line before the vendor, who takes so many starts a second and no more.
//!
//! It is per process and in memory: first come, first served, by whoever is there. Whoever waits has nothing counted or
//! leased. A place is renewed by every request of its browser and lost when those stay away. Another process has a line of
//! its own; that both together are too fast is told by the vendor to the one that comes second, and holds all of its line
//! back.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::ids::VerificationId;

/// A browser that was not heard of for so long has lost its place. Longer than a page's refresh, also in a background tab.
const PLACE_LIFE: Duration = Duration::from_secs(30);
/// Whose turn comes within this time is kept waiting, without a page in between. Somebody who is about to be served is
/// there then, at the very moment: otherwise turns would pass unused between two refreshes.
const HOLD: Duration = Duration::from_secs(2);
/// Maximum number of places. Far more than can be served within anybody's patience.
const MAX_PLACES: usize = 2_000;
/// Longest pause that is believed.
const MAX_PAUSE: Duration = Duration::from_secs(3600);
/// Pause after a refusal without `Retry-After`.
const PAUSE: Duration = Duration::from_secs(1);

/// The line of this process.
#[derive(Debug, Default)]
pub(super) struct Line(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    places: VecDeque<Place>,
    /// No start before this moment.
    next_at: Option<Instant>,
}

#[derive(Debug)]
struct Place {
    id: VerificationId,
    since: Instant,
    renewed_at: Instant,
    /// Number of its requests that wait here and now.
    present: u32,
}

/// What becomes of whoever asks for a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Start now.
    Now,
    /// So many are before; ask again.
    Later(usize),
    /// The patience is over, or the line is full.
    Never,
}

enum Asked {
    Now,
    At(Instant, usize),
    Never,
}

/// One request that waits. Dropped also when its request ends early.
struct Present<'a> {
    line: &'a Line,
    id: VerificationId,
}

impl Drop for Present<'_> {
    fn drop(&mut self) {
        let mut inner = self.line.lock();
        if let Some(place) = inner.places.iter_mut().find(|place| place.id == self.id) {
            place.present = place.present.saturating_sub(1);
        }
    }
}

impl Line {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for a turn, and waits for it when it is near. Keeps the place in any case, until [`Line::leave`].
    pub(super) async fn turn(&self, id: VerificationId, pace: Duration, patience: Duration) -> Turn {
        if !self.lock().come(id) {
            return Turn::Never;
        }
        let _present = Present { line: self, id };
        let until = Instant::now() + HOLD;
        loop {
            let asked = self.lock().ask(id, pace, patience);
            match asked {
                Asked::Now => return Turn::Now,
                Asked::Never => return Turn::Never,
                Asked::At(at, _) if at <= until => sleep_until(at).await,
                Asked::At(_, before) => return Turn::Later(before),
            }
        }
    }

    /// Number of places before this one, which is renewed; nothing when it is not in line.
    pub(super) fn place(&self, id: VerificationId) -> Option<usize> {
        let mut inner = self.lock();
        inner.forget_absent();
        let before = inner.places.iter().position(|place| place.id == id)?;
        inner.places.get_mut(before)?.renewed_at = Instant::now();
        Some(before)
    }

    /// Gives up a place: it was served, or does not want to be any more.
    pub(super) fn leave(&self, id: VerificationId) {
        self.lock().places.retain(|place| place.id != id);
    }

    /// The vendor was asked too soon: nobody asks again before this pause is over.
    pub(super) fn hold_back(&self, retry_after: Option<Duration>) {
        let pause = retry_after.unwrap_or(PAUSE).clamp(PAUSE, MAX_PAUSE);
        let mut inner = self.lock();
        inner.next_at = inner.next_at.max(Some(Instant::now() + pause));
    }
}

impl Inner {
    /// Takes the last place, or renews the one it has. False when there is no room.
    fn come(&mut self, id: VerificationId) -> bool {
        let now = Instant::now();
        self.forget_absent();
        if let Some(place) = self.places.iter_mut().find(|place| place.id == id) {
            place.renewed_at = now;
            place.present += 1;
            return true;
        }
        let has_room = self.places.len() < MAX_PLACES;
        if has_room {
            self.places.push_back(Place {
                id,
                since: now,
                renewed_at: now,
                present: 1,
            });
        }
        has_room
    }

    fn forget_absent(&mut self) {
        let now = Instant::now();
        self.places
            .retain(|place| place.present > 0 || place.renewed_at + PLACE_LIFE > now);
    }

    /// Whoever is the first of those who are there goes as soon as the vendor may be asked again. Who is away meanwhile
    /// is passed by and keeps the place.
    fn ask(&mut self, id: VerificationId, pace: Duration, patience: Duration) -> Asked {
        let now = Instant::now();
        let Some(before) = self.places.iter().position(|place| place.id == id) else {
            return Asked::Never;
        };
        let ahead = self.places.iter().take(before);
        let present = ahead.filter(|place| place.present > 0).count();
        let free_at = self.next_at.unwrap_or(now).max(now);
        if free_at == now && (present == 0 || pace.is_zero()) {
            self.next_at = Some(now + pace);
            return Asked::Now;
        }
        let since = self.places.get(before).map_or(now, |place| place.since);
        if since + patience <= now {
            self.places.remove(before);
            return Asked::Never;
        }
        let turns = u32::try_from(present).unwrap_or(u32::MAX);
        Asked::At(free_at + pace.saturating_mul(turns), before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Duration = Duration::from_secs(1);
    const PATIENCE: Duration = Duration::from_secs(120);

    fn id(n: u8) -> VerificationId {
        VerificationId([n; 16])
    }

    async fn ask(line: &Line, n: u8) -> Turn {
        line.turn(id(n), PACE, PATIENCE).await
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_where_nobody_is_before() {
        let line = Line::default();
        assert_eq!(ask(&line, 1).await, Turn::Now);
    }

    #[tokio::test(start_paused = true)]
    async fn first_come_first_served_one_a_second() {
        let line = Line::default();
        assert_eq!(ask(&line, 0).await, Turn::Now);
        let began = Instant::now();
        let turns = [1, 2, 3].map(|n| {
            let line = &line;
            async move { (ask(line, n).await, began.elapsed().as_secs()) }
        });
        let turns = futures::future::join_all(turns).await;
        assert_eq!(turns, [(Turn::Now, 1), (Turn::Now, 2), (Turn::Later(3), 0)]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_away_is_passed_by_and_keeps_the_place() {
        let line = Line::default();
        line.hold_back(Some(Duration::from_secs(10)));
        assert_eq!(ask(&line, 1).await, Turn::Later(0));
        assert_eq!(ask(&line, 2).await, Turn::Later(1));
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(ask(&line, 2).await, Turn::Now);
        line.leave(id(2));
        assert_eq!(line.place(id(1)), Some(0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_browser_that_went_away_loses_its_place() {
        let line = Line::default();
        line.hold_back(Some(Duration::from_secs(300)));
        ask(&line, 1).await;
        ask(&line, 2).await;
        for _ in 0..4 {
            tokio::time::advance(PLACE_LIFE / 2).await;
            line.place(id(2));
        }
        assert_eq!((line.place(id(1)), line.place(id(2))), (None, Some(0)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_of_the_vendor_holds_for_everybody() {
        let line = Line::default();
        line.hold_back(Some(Duration::from_secs(30)));
        line.hold_back(None);
        tokio::time::advance(Duration::from_secs(27)).await;
        assert_eq!(ask(&line, 1).await, Turn::Later(0));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(ask(&line, 1).await, Turn::Now);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_sent_away_before_the_patience_is_over() {
        let line = Line::default();
        line.hold_back(Some(MAX_PAUSE));
        for _ in 0..12 {
            assert_eq!(ask(&line, 1).await, Turn::Later(0));
            tokio::time::advance(PATIENCE / 12).await;
        }
        assert_eq!(ask(&line, 1).await, Turn::Never);
        assert_eq!(line.place(id(1)), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_line_is_bounded() {
        let line = Line::default();
        line.hold_back(Some(MAX_PAUSE));
        for n in 0..MAX_PLACES {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&n.to_be_bytes());
            line.turn(VerificationId(id), PACE, PATIENCE).await;
        }
        assert_eq!(ask(&line, 255).await, Turn::Never);
    }
}
