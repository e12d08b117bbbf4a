//! Injected failures: what a simulator does instead of, or after, what it was asked.

use loopback::dice::Dice;
use serde::{Deserialize, Serialize};

use crate::shared::Shared;

/// Matches every operation of a simulator.
pub const ANY: &str = "*";

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// This HTTP status with a body in the simulator's own error shape.
    Status(u16),
    /// Headers announce the whole body, half of it comes, the connection ends.
    Truncate,
    /// A body that is not JSON, under the right content type.
    Garbage,
    /// The right body under this content type.
    ContentType(String),
    /// The connection is reset (TCP RST) before a byte is answered.
    Reset,
}

/// One injected failure, as `POST /faults` takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The simulator: `jumio`, `identity`, `vault`, `entra`.
    pub of: String,
    /// The operation as the history names it, or `*`.
    #[serde(default = "any")]
    pub operation: String,
    /// What goes wrong; absent means that only `delay_ms` applies.
    #[serde(default)]
    pub effect: Option<Effect>,
    /// Waits this long before answering, in milliseconds.
    #[serde(default)]
    pub delay_ms: u64,
    /// For `status` and `reset`: the operation takes effect first and only its answer is lost.
    #[serde(default)]
    pub after: bool,
    /// Value of a `Retry-After` header on a `status`, in seconds.
    #[serde(default)]
    pub retry_after_s: Option<u32>,
    /// How many requests suffer; absent means for ever.
    #[serde(default)]
    pub times: Option<u32>,
    /// How many of a hundred matching requests suffer, by the seeded generator; 100 unless told.
    #[serde(default = "always")]
    pub percent: u8,
}

fn any() -> String {
    ANY.to_owned()
}

const fn always() -> u8 {
    100
}

impl Fault {
    /// A fault that does `effect` to every request of an operation.
    #[must_use]
    pub fn new(of: &str, operation: &str, effect: Effect) -> Self {
        Self {
            of: of.to_owned(),
            operation: operation.to_owned(),
            effect: Some(effect),
            delay_ms: 0,
            after: false,
            retry_after_s: None,
            times: None,
            percent: 100,
        }
    }

    /// The same fault for `times` requests only.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// The same fault, striking after the operation took effect.
    #[must_use]
    pub fn after(mut self) -> Self {
        self.after = true;
        self
    }

    fn matches(&self, of: &str, operation: &str) -> bool {
        self.of == of && (self.operation == ANY || self.operation == operation) && self.times != Some(0)
    }
}

/// A fault that was added, with the number it is removed by.
#[derive(Clone, Debug, Serialize)]
pub struct Active {
    /// Counts from 1.
    pub id: u64,
    /// What was asked for; `times` counts down.
    #[serde(flatten)]
    pub fault: Fault,
}

/// The faults of all simulators, in the order they were added; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Faults(Shared<Inner>);

#[derive(Debug)]
struct Inner {
    added: u64,
    active: Vec<Active>,
    /// Whom a percentage strikes; the same seed strikes the same requests.
    dice: Dice,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            added: 0,
            active: Vec::new(),
            dice: Dice::of(1),
        }
    }
}

impl Faults {
    /// Adds a fault and returns its number.
    #[expect(
        clippy::must_use_candidate,
        reason = "most tests clear all faults and need no number"
    )]
    pub fn add(&self, fault: Fault) -> u64 {
        self.0.with(|inner| {
            inner.added += 1;
            let id = inner.added;
            inner.active.push(Active { id, fault });
            id
        })
    }

    /// The fault this request suffers, if any; the oldest matching one wins and is counted down.
    #[must_use]
    pub fn strike(&self, of: &str, operation: &str) -> Option<Active> {
        self.0.with(|inner| {
            let roll = inner.dice.below(100);
            let struck = |active: &&mut Active| {
                active.fault.matches(of, operation) && roll < u64::from(active.fault.percent)
            };
            let active = inner.active.iter_mut().find(struck)?;
            active.fault.times = active.fault.times.map(|times| times - 1);
            Some(active.clone())
        })
    }

    /// All faults, used up ones included.
    #[must_use]
    pub fn all(&self) -> Vec<Active> {
        self.0.with(|inner| inner.active.clone())
    }

    /// Removes one fault; false when there is none of that number.
    #[must_use]
    pub fn remove(&self, id: u64) -> bool {
        self.0.with(|inner| {
            let before = inner.active.len();
            inner.active.retain(|active| active.id != id);
            inner.active.len() < before
        })
    }

    /// Removes all faults.
    pub fn clear(&self) {
        self.0.with(|inner| inner.active.clear());
    }

    /// Restarts the percentage generator.
    pub fn seed(&self, seed: u64) {
        self.0.with(|inner| inner.dice = Dice::of(seed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_as_often_as_asked() {
        let faults = Faults::default();
        faults.add(Fault::new("jumio", "details", Effect::Status(503)).times(2));
        let struck: Vec<bool> = (0..3)
            .map(|_| faults.strike("jumio", "details").is_some())
            .collect();
        assert_eq!(struck, [true, true, false]);
    }

    #[test]
    fn a_fault_spares_other_simulators_and_operations() {
        let faults = Faults::default();
        faults.add(Fault::new("jumio", "details", Effect::Reset));
        assert!(faults.strike("vault", "details").is_none());
        assert!(faults.strike("jumio", "status").is_none());
    }

    #[test]
    fn one_seed_strikes_the_same_requests() {
        let strikes = || {
            let faults = Faults::default();
            faults.seed(7);
            faults.add(Fault {
                percent: 30,
                ..Fault::new("jumio", ANY, Effect::Reset)
            });
            (0..200)
                .map(|_| faults.strike("jumio", "status").is_some())
                .collect::<Vec<_>>()
        };
        let first = strikes();
        assert_eq!(first, strikes());
        let struck = first.iter().filter(|struck| **struck).count();
        assert!((30..90).contains(&struck), "{struck} of 200 at 30 %");
    }

    #[test]
    fn a_misspelt_field_is_refused() {
        let read = serde_json::from_str::<Fault>(r#"{"of":"jumio","efect":"reset"}"#);
        assert!(read.is_err());
    }

    #[test]
    fn the_short_form_reads_as_written_in_the_readme() {
        let fault: Fault =
            serde_json::from_str(r#"{"of":"jumio","operation":"details","effect":{"status":503},"times":2}"#)
                .unwrap();
        assert_eq!(
            fault,
            Fault::new("jumio", "details", Effect::Status(503)).times(2)
        );
    }
}
