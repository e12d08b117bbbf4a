//! The line before the vendor, who accepts a limited number of starts per second.
//!
//! A subject has one place, however many sign-ins it begins. The line is per process and in memory: first come, first served, by whoever is there. Whoever waits has nothing counted or
//! leased. A place is renewed by every request of its browser and lost when those stay away. Another process has a line of
//! its own; that both together are too fast is told by the vendor to the one that comes second, and holds all of its line
//! back.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::ids::SubjectKey;

/// After this time without a request of its browser, a place is lost. Longer than a page's refresh, also in a background tab.
const PLACE_LIFE: Duration = Duration::from_secs(30);
/// Whose turn comes within this time is kept waiting, without a page in between. Somebody who is about to be served is
/// there then, at the very moment: otherwise turns would pass unused between two refreshes. Who has waited in vain is kept
/// once more, and no longer.
const HOLD: Duration = Duration::from_secs(2);
/// Maximum number of places. Far more than can be served within anybody's patience.
const MAX_PLACES: usize = 2_000;
/// Maximum pause that is accepted from the vendor.
const MAX_PAUSE: Duration = Duration::from_secs(3600);
/// Pause after a refusal without `Retry-After`.
const PAUSE: Duration = Duration::from_secs(1);

/// The line of this process.
#[derive(Debug, Default)]
pub(in crate::checks) struct Line {
    inner: Mutex<Inner>,
    /// Somebody left: who waits may be nearer than they knew.
    left: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    places: VecDeque<Place>,
    /// No start before this moment.
    next_at: Option<Instant>,
}

/// The place of a verification. Its browser may ask by several requests at once: a double click, two tabs.
#[derive(Debug)]
struct Place {
    subject: SubjectKey,
    since: Instant,
    renewed_at: Instant,
    /// Number of its requests that wait here and now.
    waiting: u32,
    /// Number of its requests that have a turn and are using it.
    served: u32,
}

impl Place {
    /// Somebody is there whose turn comes before those behind. Who waits for what another of their own requests is
    /// fetching needs no turn.
    fn is_before_others(&self) -> bool {
        self.waiting > 0 && self.served == 0
    }

    /// A request of it is there: it must not lose the place meanwhile.
    fn is_in_use(&self) -> bool {
        self.waiting + self.served > 0
    }
}

/// What becomes of whoever asks for a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::checks) enum Turn {
    /// Start now.
    Now,
    /// The turn has come, after waiting for it. Meanwhile another request may have got what this one waited for: look at
    /// the facts, and ask again only if there is still something to start. A turn that nobody asks for goes to others.
    Come,
    /// This many are ahead; ask again.
    Later(usize),
    /// The patience is over, or the line is full.
    Never,
}

enum Asked {
    /// It is served; nobody else is before this moment.
    Now(Instant),
    At(Instant, usize),
    Never,
}

/// One request. It may never ask for a turn; as long as it lasts, nobody takes away the place that it asked for.
pub(in crate::checks) struct Asking<'a> {
    line: &'a Line,
    subject: SubjectKey,
    stands: Stands,
    began: Instant,
    /// For how long it may be kept waiting.
    until: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    Outside,
    Waiting,
    /// Its turn has come, and it looks whether it needs it. The next one's comes then.
    Called(Instant),
    Served,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let mut inner = self.line.lock();
        inner.count(self.subject, |place| match self.stands {
            Stands::Outside => {}
            Stands::Waiting => place.waiting = place.waiting.saturating_sub(1),
            Stands::Called(_) | Stands::Served => place.served = place.served.saturating_sub(1),
        });
        if let Stands::Called(next_at) = self.stands {
            inner.take_back(next_at);
        }
    }
}

impl Asking<'_> {
    /// Asks for a turn, and waits for it when it is near. Keeps the place in any case, until [`Asking::leave`].
    pub(in crate::checks) async fn turn(&mut self, pace: Duration, patience: Duration) -> Turn {
        if let Stands::Called(_) = self.stands {
            self.stands = Stands::Served;
            return Turn::Now;
        }
        let mut has_waited = false;
        loop {
            // Before looking: what changes between looking and waiting is told as well.
            let left = self.line.left.notified();
            match self.ask(pace, patience) {
                Asked::Now(next_at) if has_waited => {
                    self.stands = Stands::Called(next_at);
                    return Turn::Come;
                }
                Asked::Now(_) => return Turn::Now,
                Asked::Never => return Turn::Never,
                Asked::At(at, before) if at > self.until => return Turn::Later(before),
                Asked::At(at, _) => tokio::select! {
                    () = sleep_until(at) => {}
                    () = left => {}
                },
            }
            has_waited = true;
            self.until = self.began + 2 * HOLD;
        }
    }

    fn ask(&mut self, pace: Duration, patience: Duration) -> Asked {
        let mut inner = self.line.lock();
        match self.stands {
            Stands::Outside if !inner.come(self.subject) => return Asked::Never,
            // What it got its last turn for was done by somebody else.
            Stands::Called(_) | Stands::Served => inner.count(self.subject, |place| {
                place.served = place.served.saturating_sub(1);
                place.waiting += 1;
            }),
            Stands::Outside | Stands::Waiting => {}
        }
        self.stands = Stands::Waiting;
        let asked = inner.ask(self.subject, pace, patience);
        if let Asked::Now(_) = asked {
            self.stands = Stands::Served;
        }
        asked
    }

    /// Gives up the place, unless another request of the same subject is there: it was served, or does not want to
    /// be any more.
    pub(in crate::checks) fn leave(self) {
        let (line, subject) = (self.line, self.subject);
        drop(self);
        line.leave(subject);
    }
}

impl Line {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request that may have to stand in line.
    pub(in crate::checks) fn asking(&self, subject: SubjectKey) -> Asking<'_> {
        let began = Instant::now();
        Asking {
            line: self,
            subject,
            stands: Stands::Outside,
            began,
            until: began + HOLD,
        }
    }

    /// Number of places before this one, which is renewed; nothing when it is not in line.
    pub(in crate::checks) fn place(&self, subject: SubjectKey) -> Option<usize> {
        let mut inner = self.lock();
        inner.forget_absent();
        let before = inner.places.iter().position(|place| place.subject == subject)?;
        inner.places.get_mut(before)?.renewed_at = Instant::now();
        Some(before)
    }

    /// Gives up a place that no request is using. One that is finds in the facts that it has no use for it.
    pub(in crate::checks) fn leave(&self, subject: SubjectKey) {
        self.lock()
            .places
            .retain(|place| place.subject != subject || place.is_in_use());
        self.left.notify_waiters();
    }

    /// The vendor was asked too soon: nobody asks again before this pause is over.
    pub(in crate::checks) fn hold_back(&self, retry_after: Option<Duration>) {
        let pause = retry_after.unwrap_or(PAUSE).clamp(PAUSE, MAX_PAUSE);
        let mut inner = self.lock();
        inner.next_at = inner.next_at.max(Some(Instant::now() + pause));
    }
}

impl Inner {
    /// Takes the last place, or renews the one it has. False when there is no room.
    fn come(&mut self, subject: SubjectKey) -> bool {
        let now = Instant::now();
        self.forget_absent();
        if let Some(place) = self.places.iter_mut().find(|place| place.subject == subject) {
            place.renewed_at = now;
            place.waiting += 1;
            return true;
        }
        let has_room = self.places.len() < MAX_PLACES;
        if has_room {
            self.places.push_back(Place {
                subject,
                since: now,
                renewed_at: now,
                waiting: 1,
                served: 0,
            });
        }
        has_room
    }

    fn forget_absent(&mut self) {
        let now = Instant::now();
        self.places
            .retain(|place| place.is_in_use() || place.renewed_at + PLACE_LIFE > now);
    }

    /// Whoever is the first of those who are there goes as soon as the vendor may be asked again. Who is away meanwhile
    /// is passed by and keeps the place.
    fn ask(&mut self, subject: SubjectKey, pace: Duration, patience: Duration) -> Asked {
        let now = Instant::now();
        let Some((before, own)) = self.find(subject) else {
            return Asked::Never; // does not happen: a place in use is not taken away
        };
        let ahead = self.places.iter().take(before);
        let ahead = ahead.filter(|place| place.is_before_others()).count();
        let free_at = self.next_at.unwrap_or(now).max(now);
        if free_at == now && (ahead == 0 || pace.is_zero()) {
            return Asked::Now(self.serve(subject, now + pace));
        }
        if own.since + patience <= now {
            return Asked::Never;
        }
        let turns = u32::try_from(ahead).unwrap_or(u32::MAX);
        Asked::At(free_at + pace.saturating_mul(turns), before)
    }

    fn find(&self, subject: SubjectKey) -> Option<(usize, &Place)> {
        let mut places = self.places.iter().enumerate();
        places.find(|(_, place)| place.subject == subject)
    }

    /// A request that waits takes its turn; the next one's comes at that moment.
    fn serve(&mut self, subject: SubjectKey, next_at: Instant) -> Instant {
        self.next_at = Some(next_at);
        self.count(subject, |place| {
            place.waiting = place.waiting.saturating_sub(1);
            place.served += 1;
        });
        next_at
    }

    /// A turn was not used: whoever is next need not wait for it, unless they have had theirs.
    fn take_back(&mut self, next_at: Instant) {
        if self.next_at == Some(next_at) {
            self.next_at = None;
        }
    }

    fn count(&mut self, subject: SubjectKey, change: impl FnOnce(&mut Place)) {
        if let Some(place) = self.places.iter_mut().find(|place| place.subject == subject) {
            change(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Duration = Duration::from_secs(1);
    const PATIENCE: Duration = Duration::from_secs(120);

    fn id(n: u8) -> SubjectKey {
        SubjectKey([n; 8])
    }

    /// Asks, and takes the turn that was waited for.
    async fn ask(line: &Line, n: u8) -> Turn {
        let mut asking = line.asking(id(n));
        loop {
            match asking.turn(PACE, PATIENCE).await {
                Turn::Come => {}
                turn => return turn,
            }
        }
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
        line.leave(id(1));
        assert_eq!(line.place(id(1)), None);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_takes_a_place_from_a_request_that_is_using_it() {
        let line = Line::default();
        line.hold_back(None);
        let (one, two) = (ask(&line, 1), async {
            line.leave(id(1));
            line.place(id(1))
        });
        assert_eq!(tokio::join!(one, two), (Turn::Now, Some(0)));
        line.leave(id(1));
        assert_eq!(line.place(id(1)), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_was_waited_for_is_not_taken_unasked() {
        let line = Line::default();
        assert_eq!(ask(&line, 1).await, Turn::Now);
        let mut waits = line.asking(id(2));
        assert_eq!(waits.turn(PACE, PATIENCE).await, Turn::Come);
        waits.leave();
        let began = Instant::now();
        assert_eq!(
            (ask(&line, 3).await, began.elapsed()),
            (Turn::Now, Duration::ZERO)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_leaves_lets_those_behind_come_sooner() {
        let line = Line::default();
        assert_eq!(ask(&line, 1).await, Turn::Now);
        let leaves = async {
            let mut asking = line.asking(id(2));
            asking.turn(PACE, PATIENCE).await;
            asking.leave();
        };
        let began = Instant::now();
        let ((), turn) = tokio::join!(leaves, ask(&line, 3));
        assert_eq!((turn, began.elapsed()), (Turn::Now, PACE));
    }

    /// Somebody else was faster with what the turn was for, and there is something to start once more.
    #[tokio::test(start_paused = true)]
    async fn a_turn_in_vain_is_followed_by_another() {
        let line = Line::default();
        let mut asking = line.asking(id(1));
        assert_eq!(asking.turn(PACE, PATIENCE).await, Turn::Now);
        let began = Instant::now();
        assert_eq!(asking.turn(PACE, PATIENCE).await, Turn::Come);
        assert_eq!(asking.turn(PACE, PATIENCE).await, Turn::Now);
        assert_eq!(began.elapsed(), PACE);
        asking.leave();
        assert_eq!(line.place(id(1)), None);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_looks_for_long_whether_a_turn_is_needed_holds_nobody_up() {
        let line = Line::default();
        assert_eq!(ask(&line, 1).await, Turn::Now);
        let began = Instant::now();
        let looks = async {
            let mut asking = line.asking(id(2));
            assert_eq!(asking.turn(PACE, PATIENCE).await, Turn::Come);
            tokio::time::sleep(PACE * 5).await;
            asking.turn(PACE, PATIENCE).await
        };
        let behind = async { (ask(&line, 3).await, began.elapsed()) };
        let (looked, behind) = tokio::join!(looks, behind);
        assert_eq!((looked, behind), (Turn::Now, (Turn::Now, PACE * 2)));
    }

    #[tokio::test(start_paused = true)]
    async fn the_line_is_bounded() {
        let line = Line::default();
        line.hold_back(Some(MAX_PAUSE));
        for n in 0..MAX_PLACES {
            line.asking(SubjectKey(n.to_be_bytes()))
                .turn(PACE, PATIENCE)
                .await;
        }
        assert_eq!(ask(&line, 255).await, Turn::Never);
    }
}
