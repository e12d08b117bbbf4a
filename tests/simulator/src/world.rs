//! Everything of one run: processes beside each other, one store, one vendor, one host, and what is known to be true.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use handler::testing::Limits;
use loopback::dice::Dice;
use tokio::time::Instant;

use crate::browser::Jar;
use crate::jumio::Jumio;
use crate::oracle::Oracle;
use crate::points::{Rule, Who};
use crate::processes::Slot;
use crate::trace::Trace;
use crate::weather::Weather;

/// Locks, also what a panicking task has left.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One run.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) dice: Dice,
    pub(crate) weather: Mutex<Weather>,
    pub(crate) script: Mutex<Vec<Rule>>,
    /// The place whose process gets all requests while it lives.
    pub(crate) preferred: Mutex<Option<usize>>,
    pub(crate) trace: Trace,
    pub(crate) facts: Mutex<BTreeMap<String, Bytes>>,
    pub(crate) jumio: Mutex<Jumio>,
    pub(crate) slots: Mutex<Vec<Slot>>,
    /// Cookies, by browser.
    pub(crate) jars: Mutex<BTreeMap<String, Jar>>,
    pub(crate) oracle: Mutex<Oracle>,
    /// When the store failed a process, in ms.
    pub(crate) faults: Mutex<Vec<(Who, u64)>>,
    /// Who needed seconds to write down that an answer has been written to its socket.
    pub(crate) slow_to_tell: Mutex<Vec<Who>>,
    pub(crate) limits: Limits,
    /// A call of the vendor has failed, or something took so long that a start had to be given up: a page may say that
    /// there is trouble.
    pub(crate) may_be_in_trouble: AtomicBool,
    /// The vendor can be asked by our reference.
    pub(crate) answers_searches: bool,
    pub(crate) began: Instant,
    /// When faults ended, in ms; 0 while there are some.
    pub(crate) calm_since: AtomicU64,
    ticks: AtomicU64,
}

/// Somebody outside the processes, for the trace.
pub(crate) struct Outside(pub(crate) &'static str);

impl std::fmt::Display for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.0)
    }
}

impl World {
    /// Must be made inside a runtime whose time is paused.
    pub(crate) fn new(seed: u64, weather: Weather, limits: Limits, is_traced: bool) -> Arc<Self> {
        Arc::new(Self {
            seed,
            dice: Dice::of(seed),
            weather: Mutex::new(weather),
            script: Mutex::default(),
            preferred: Mutex::default(),
            trace: Trace::new(is_traced),
            facts: Mutex::default(),
            jumio: Mutex::default(),
            slots: Mutex::default(),
            jars: Mutex::default(),
            oracle: Mutex::default(),
            faults: Mutex::default(),
            slow_to_tell: Mutex::default(),
            limits,
            may_be_in_trouble: AtomicBool::new(false),
            answers_searches: seed.is_multiple_of(3),
            began: Instant::now(),
            calm_since: AtomicU64::new(0),
            ticks: AtomicU64::new(0),
        })
    }

    /// Milliseconds since the run began.
    pub(crate) fn ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The next number in the order of everything that happens.
    pub(crate) fn tick(&self) -> u64 {
        self.ticks.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn step(&self, who: &dyn std::fmt::Display, what: impl FnOnce() -> String) {
        self.trace.step(self.began.elapsed().as_millis(), who, what);
    }

    /// Something that must hold does not.
    pub(crate) fn violated(&self, rule: &'static str, why: &str) {
        self.step(&Outside("ORACLE"), || format!("VIOLATED {rule}: {why}"));
        let text = format!("{rule}: {why}");
        lock(&self.oracle).violations.push(text);
    }
}
