//! What one process has listed of the marks of a day, and how they are counted.
//!
//! Marks are never changed, so an hour that was listed after its end is not listed again. The clocks of processes differ, so an
//! hour ends a little later than it does, and near its ends the whole day is listed: somebody may be in the next hour by now.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::{Date, Duration, OffsetDateTime, UtcOffset};

use super::Limit;
use super::mark::{self, Mark, Named};
use crate::checks::Error;
use crate::checks::fact_store::FactStore;

/// By how many minutes clocks may differ.
const SKEW_MINUTES: u8 = 2;
/// For so long a count is believed without another listing by who is refused for it: others may have voided marks.
const BELIEVED: Duration = Duration::seconds(60);

/// How many starts there are beside one, itself included where it is marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    day: u32,
    minute: u32,
    client: u32,
    browser: u32,
    address: u32,
}

impl Tally {
    /// What one limit goes by.
    pub(super) const fn of(&self, limit: Limit) -> u32 {
        match limit {
            Limit::Day => self.day,
            Limit::Minute => self.minute,
            Limit::Client => self.client,
            Limit::Browser => self.browser,
            Limit::Address => self.address,
        }
    }

    /// With one more start like the one that it was counted for.
    pub(super) const fn and_one(self) -> Self {
        Self {
            day: self.day.saturating_add(1),
            minute: self.minute.saturating_add(1),
            client: self.client.saturating_add(1),
            browser: self.browser.saturating_add(1),
            address: self.address.saturating_add(1),
        }
    }

    fn add(&mut self, other: &Mark, mark: &Mark) {
        let same = |is_same: bool| u32::from(is_same);
        self.day += 1;
        self.minute += same((other.hour, other.minute) == (mark.hour, mark.minute));
        if let (Some(other), Some(ours)) = (&other.spender, &mark.spender) {
            self.client += same(other.client == ours.client);
            self.browser += same(other.browser == ours.browser);
            self.address += same(ours.address.is_some() && other.address == ours.address);
        }
    }
}

/// The marks of one purse and day, by their hours; those that were voided are left out.
#[derive(Clone, Debug)]
struct Ledger {
    day: Date,
    hours: BTreeMap<u8, Vec<Mark>>,
    /// When the whole day was listed last.
    whole_at: OffsetDateTime,
    /// When any of it was.
    at: OffsetDateTime,
}

impl Ledger {
    fn tally(&self, mark: &Mark) -> Tally {
        let mut tally = Tally::default();
        for other in self.hours.values().flatten() {
            tally.add(other, mark);
        }
        tally
    }

    /// Whether all hours before that of a mark were listed after they had ended, and none after it may have begun.
    fn is_complete_before(&self, mark: &Mark, now: OffsetDateTime) -> bool {
        let into_the_hour = Duration::minutes(mark.minute.into());
        let is_inside = (SKEW_MINUTES..60 - SKEW_MINUTES).contains(&mark.minute);
        let since = now - into_the_hour + Duration::minutes(SKEW_MINUTES.into());
        self.day == mark.day && is_inside && self.whole_at >= since
    }
}

/// What a process remembers of both purses.
#[derive(Debug, Default)]
pub(in crate::checks) struct Ledgers {
    known: Mutex<Option<Ledger>>,
    unknown: Mutex<Option<Ledger>>,
}

impl Ledgers {
    fn lock(&self, mark: &Mark) -> MutexGuard<'_, Option<Ledger>> {
        let ledger = if mark.spender.is_some() {
            &self.unknown
        } else {
            &self.known
        };
        ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was counted a moment ago, before this mark.
    pub(super) fn remembered(&self, mark: &Mark, now: OffsetDateTime) -> Option<Tally> {
        let ledger = self.lock(mark);
        let ledger = ledger.as_ref().filter(|ledger| ledger.day == mark.day)?;
        ((now - ledger.at).abs() < BELIEVED).then(|| ledger.tally(mark))
    }

    /// A mark of ours was voided.
    pub(super) fn forget(&self, mark: &Mark) {
        let mut ledger = self.lock(mark);
        let hour = ledger
            .as_mut()
            .and_then(|ledger| ledger.hours.get_mut(&mark.hour));
        if let Some(marks) = hour {
            marks.retain(|other| other != mark);
        }
    }

    /// Lists, and counts what is there.
    ///
    /// # Errors
    /// The store.
    pub(super) async fn count(
        &self,
        store: &dyn FactStore,
        mark: &Mark,
        now: OffsetDateTime,
    ) -> Result<Tally, Error> {
        let now = now.to_offset(UtcOffset::UTC);
        let before = self.lock(mark).clone();
        let before = before.filter(|ledger| ledger.is_complete_before(mark, now));
        let ledger = if let Some(mut ledger) = before {
            let files = store.list(&mark.hour_folder()).await?;
            let files = files.iter().map(|file| (mark.hour, file.as_str()));
            ledger.hours.remove(&mark.hour);
            ledger.hours.extend(marks(mark.day, files));
            Ledger { at: now, ..ledger }
        } else {
            let files = store.list(&mark.day_folder()).await?;
            let files = files.iter().filter_map(|file| {
                let (hour, name) = file.split_once('/')?;
                Some((hour.parse().ok()?, name))
            });
            Ledger {
                day: mark.day,
                hours: marks(mark.day, files),
                whole_at: now,
                at: now,
            }
        };
        let tally = ledger.tally(mark);
        *self.lock(mark) = Some(ledger);
        Ok(tally)
    }
}

fn marks<'a>(day: Date, files: impl Iterator<Item = (u8, &'a str)>) -> BTreeMap<u8, Vec<Mark>> {
    let (mut starts, mut voided) = (Vec::new(), HashSet::new());
    for (hour, file) in files {
        match mark::parse(day, hour, file) {
            Some(Named::Start(mark)) => starts.push(mark),
            Some(Named::Void(mark)) => {
                voided.insert(mark);
            }
            None => {}
        }
    }
    let mut hours: BTreeMap<u8, Vec<Mark>> = BTreeMap::new();
    for mark in starts.into_iter().filter(|mark| !voided.contains(mark)) {
        hours.entry(mark.hour).or_default().push(mark);
    }
    hours
}
