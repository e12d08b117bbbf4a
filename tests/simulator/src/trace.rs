//! The schedule as it happened, step by step, for the reader of a failing seed.

use std::fmt::Write as _;
use std::sync::Mutex;

use crate::world::lock;

/// Steps, kept only when somebody wants to read them.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    steps: Mutex<String>,
    is_kept: bool,
}

impl Trace {
    pub(crate) fn new(is_kept: bool) -> Self {
        Self {
            steps: Mutex::default(),
            is_kept,
        }
    }

    /// Notes a step. What is said is made only when it is kept.
    pub(crate) fn step(&self, ms: u128, who: &dyn std::fmt::Display, what: impl FnOnce() -> String) {
        if self.is_kept {
            let (seconds, rest) = (ms / 1000, ms % 1000);
            let _ = writeln!(lock(&self.steps), "{seconds:>5}.{rest:03}  {who:<12} {}", what());
        }
    }

    pub(crate) fn text(&self) -> String {
        lock(&self.steps).clone()
    }
}
