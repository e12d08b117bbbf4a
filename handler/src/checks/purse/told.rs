//! How operators are told that a purse gets empty, once and not for each start. Lives as long as the process.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::{Date, Duration, OffsetDateTime};
use tracing::{error, warn};

use super::ledger::Tally;
use super::{Limit, Purse, Spend};
use crate::checks::facts::AttemptOf;
use crate::ids::FactHash;
use crate::owners::Owner;

/// From this percentage on it is told that a limit is near.
const NEARLY: u64 = 80;
/// Pause between two records of the same limit.
const PAUSE: Duration = Duration::seconds(60);

/// What was told, and how often this process has spent.
#[derive(Debug, Default)]
pub(in crate::checks) struct Told {
    spent: AtomicU64,
    nearly: Mutex<BTreeMap<&'static str, Date>>,
    exhausted: Mutex<BTreeMap<&'static str, OffsetDateTime>>,
}

/// The setting that names a limit for operators.
const fn setting(purse: Purse, limit: Limit) -> &'static str {
    match (purse, limit) {
        (Purse::Known, Limit::Minute) => "Spend:KnownMaxStartsPerMinute",
        (Purse::Known, _) => "Spend:KnownMaxStartsPerDay",
        (Purse::Unknown(_), Limit::Day) => "Spend:MaxStartsPerDay",
        (Purse::Unknown(_), Limit::Minute) => "Spend:MaxStartsPerMinute",
        (Purse::Unknown(_), Limit::Client) => "Spend:MaxStartsPerClientPerDay",
        (Purse::Unknown(_), Limit::Browser) => "Spend:MaxStartsPerBrowserPerDay",
        (Purse::Unknown(_), Limit::Address) => "Spend:MaxStartsPerAddressPerDay",
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Told {
    /// Names a mark that nobody else makes, without drawing lots for it.
    pub(super) fn unique(&self, owner: &Owner, of: AttemptOf) -> FactHash {
        let nth = self.spent.fetch_add(1, Ordering::Relaxed);
        let numbers = format!("{} {} {} {nth}", owner.pid, owner.started, of.attempt);
        FactHash::of(&[
            "spent",
            &owner.boot,
            &owner.pid_namespace,
            &numbers,
            &of.id.to_string(),
        ])
    }

    /// Most of a day's starts are made: once a day.
    pub(super) fn nearly(&self, spend: &Spend, purse: Purse, tally: &Tally, now: OffsetDateTime) {
        for limit in [Limit::Day, Limit::Client] {
            let Some(allowed) = spend.allowed(purse, limit) else {
                continue;
            };
            let made = tally.of(limit);
            let name = setting(purse, limit);
            let is_near = u64::from(made) * 100 >= u64::from(allowed) * NEARLY;
            if is_near && lock(&self.nearly).insert(name, now.date()) != Some(now.date()) {
                warn!(
                    setting = name,
                    made,
                    allowed,
                    code = "spend.nearly",
                    "most of the starts allowed are made"
                );
            }
        }
    }

    /// A start was refused: once a minute. That of one browser or address is no matter for an operator.
    pub(super) fn exhausted(&self, spend: &Spend, purse: Purse, limit: Limit, now: OffsetDateTime) {
        if matches!(limit, Limit::Browser | Limit::Address) {
            return;
        }
        let name = setting(purse, limit);
        let is_due = {
            let mut told = lock(&self.exhausted);
            let is_due = told.get(name).is_none_or(|before| (now - *before).abs() >= PAUSE);
            if is_due {
                told.insert(name, now);
            }
            is_due
        };
        if is_due {
            let allowed = spend.allowed(purse, limit);
            error!(
                setting = name,
                allowed,
                code = "spend.exhausted",
                "starts refused: all that are allowed are made"
            );
        }
    }
}
