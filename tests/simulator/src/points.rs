//! Scheduling points: before and after each operation of store and vendor takes effect. Here the seed, or a script,
//! decides how long it takes, whether it fails, and whether its process dies.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::world::{World, lock};

/// One life of a process: the place it runs at, and how many have run there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Who {
    pub(crate) slot: usize,
    pub(crate) life: u32,
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("process {}.{}", self.slot, self.life))
    }
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// A fact is created unless it is there.
    Create,
    /// A fact is read.
    Read,
    /// A folder is listed.
    List,
    /// A fact is deleted.
    Delete,
    /// The vendor creates a transaction.
    Start,
    /// The vendor looks for one by our reference.
    Find,
    /// The vendor tells how far one has come.
    Fetch,
    /// The vendor deletes one.
    Forget,
}

impl Op {
    const fn is_of_the_vendor(self) -> bool {
        matches!(self, Self::Start | Self::Find | Self::Fetch | Self::Forget)
    }
}

/// On which side of its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Nothing has happened yet.
    Before,
    /// It has happened; who asked does not know yet.
    After,
}

/// What a script does at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// The process dies.
    Kill,
    /// The operation fails.
    Fail,
    /// It takes so many milliseconds.
    Delay(u64),
}

/// A rule of a script.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// The operation.
    pub(crate) op: Op,
    /// On which side of its effect.
    pub(crate) side: Side,
    /// Where the process runs; nothing for anywhere.
    pub(crate) slot: Option<usize>,
    /// Part of the path of the fact; empty for any.
    pub(crate) about: &'static str,
    /// So many such points are let pass first.
    pub(crate) after: u32,
    /// So many are then acted upon.
    pub(crate) times: u32,
    /// What is done.
    pub(crate) then: Act,
}

/// The operation failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed;

/// Facts whose writing decides something: just after it is when a death hurts most.
const EDGES: [&str; 10] = [
    "starts/",
    "transaction-",
    "transactions/",
    "joined-",
    "continued-",
    "callback-",
    "decision-",
    "stopped-",
    "redeemed-",
    "answered-",
];

impl World {
    /// A start was leased, and nothing says how it went: if its process dies now it counts, and uses up the limit.
    fn has_a_start_without_word(&self) -> bool {
        let facts = lock(&self.facts);
        let all = |part: &str| facts.keys().filter(|path| path.contains(part)).count();
        let leases = facts
            .keys()
            .filter(|path| path.contains("/starts/") && !path.rsplit('/').next().unwrap_or("").contains('-'));
        leases.count() > all("/transaction-") + all("-released.json")
    }

    /// Passes a point. Whoever has died meanwhile never comes back from here.
    pub(crate) async fn point(
        self: &Arc<Self>,
        who: Who,
        op: Op,
        side: Side,
        about: &str,
    ) -> Result<(), Failed> {
        let act = match self.scripted(who, op, side, about) {
            Some(act) => Some(act),
            None => self.drawn(op, side, about),
        };
        let ms = match act {
            Some(Act::Delay(ms)) => ms,
            _ => self.duration(op),
        };
        if matches!(act, Some(Act::Delay(_))) && op == Op::Create && about.contains("/answered-") {
            lock(&self.slow_to_tell).push(who);
        }
        tokio::time::sleep(Duration::from_millis(ms)).await;
        if !self.lives(who) {
            std::future::pending::<()>().await;
        }
        self.step(&who, || {
            let then = match act {
                Some(Act::Kill) => "  ** dies here **",
                Some(Act::Fail) => "  ** fails **",
                _ => "",
            };
            format!("{side:?} {op:?} {about}{then}").to_lowercase()
        });
        // Also a store that says that it failed, when it has written the lease: nobody may take it for free then.
        let loses_a_start = matches!(act, Some(Act::Kill | Act::Fail)) && self.has_a_start_without_word();
        let is_down = act == Some(Act::Fail) && op.is_of_the_vendor();
        if matches!(act, Some(Act::Delay(_))) || is_down || loses_a_start {
            self.may_be_in_trouble.store(true, Ordering::Relaxed);
        }
        match act {
            Some(Act::Kill) => {
                self.kill(who);
                std::future::pending().await
            }
            Some(Act::Fail) => {
                if !op.is_of_the_vendor() {
                    lock(&self.faults).push((who, self.ms()));
                }
                Err(Failed)
            }
            Some(Act::Delay(_)) | None => Ok(()),
        }
    }

    fn scripted(&self, who: Who, op: Op, side: Side, about: &str) -> Option<Act> {
        let mut script = lock(&self.script);
        let is_meant = |rule: &&mut Rule| {
            rule.op == op
                && rule.side == side
                && rule.slot.is_none_or(|slot| slot == who.slot)
                && about.contains(rule.about)
                && rule.times > 0
        };
        let rule = script.iter_mut().find(is_meant)?;
        if rule.after > 0 {
            rule.after -= 1;
            return None;
        }
        rule.times -= 1;
        Some(rule.then)
    }

    fn drawn(&self, op: Op, side: Side, about: &str) -> Option<Act> {
        let mut weather = lock(&self.weather);
        let is_edge = side == Side::After
            && (op == Op::Start || op == Op::Create && EDGES.iter().any(|edge| about.contains(edge)));
        let kills = if is_edge {
            weather.kills_at_edges
        } else {
            weather.kills
        };
        if weather.deaths_left > 0 && self.dice.chance(kills) {
            weather.deaths_left -= 1;
            return Some(Act::Kill);
        }
        let fails = match (op.is_of_the_vendor(), side) {
            (true, Side::Before) => weather.vendor_fails_before,
            (true, Side::After) => weather.vendor_fails_after,
            (false, Side::Before) => weather.store_fails_before,
            (false, Side::After) => weather.store_fails_after,
        };
        if self.dice.chance(fails) {
            return Some(Act::Fail);
        }
        self.dice
            .chance(weather.stalls)
            .then(|| Act::Delay(self.dice.between(500, 7500)))
    }

    fn duration(&self, op: Op) -> u64 {
        let weather = lock(&self.weather);
        let most = if op.is_of_the_vendor() {
            weather.vendor_ms
        } else {
            weather.store_ms
        };
        self.dice.between(0, most)
    }
}
