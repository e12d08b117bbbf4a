//! How simulators behave when nobody asks for a fault: a little rude, within what their vendors document and HTTP allows,
//! so that neither the handler nor the person may notice. A seed decides; requests at the same time may draw in another order.

mod dress;

use std::collections::HashSet;

use anyhow::{Context as _, Result};
use loopback::dice::Dice;

use crate::serve::Answer;
use crate::shared::Shared;

/// The variable that sets the seed, or says `calm`.
pub const VARIABLE: &str = "RIG_MANNERS";

/// Chances in ten thousand.
const DELAYED: u64 = 3_000;
const MORE_MEMBERS: u64 = 5_000;
const CHUNKED: u64 = 3_000;
const CLOSED: u64 = 1_000;
const TITLE_CASE: u64 = 5_000;
const THROTTLED: u64 = 100;
/// A delay is at most so long.
const DELAY_MS: u64 = 8;

/// A refusal that a vendor documents, and that its callers must survive by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// 429 or 503.
    pub status: u16,
    /// Value of `Retry-After`, where the vendor tells one.
    pub retry_after_s: Option<u32>,
}

/// Manners of all simulators; clones share them. Calm unless told otherwise.
#[derive(Clone, Debug, Default)]
pub struct Manners(Shared<Option<Rude>>);

#[derive(Debug)]
struct Rude {
    seed: u64,
    dice: Dice,
    /// What was served the last time it was asked for: nothing is refused twice in a row.
    served: HashSet<(&'static str, &'static str)>,
}

/// What happens to one request, and to its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Whim {
    pub(crate) delay_ms: u64,
    pub(crate) throttle: Option<Throttle>,
    /// Decides which members are added to JSON; 0 for none.
    members: u64,
    /// The body comes in at most so many pieces; 0 for one of an announced length.
    pieces: u64,
    closes: bool,
}

/// The seed that the environment asks for, or another one each time; nothing when it asks for calm.
///
/// # Errors
/// The variable is neither a number nor `calm`.
pub fn asked() -> Result<Option<u64>> {
    let Some(word) = std::env::var_os(VARIABLE) else {
        return Ok(Some(u64::from(u16::from_be_bytes(loopback::random::bytes()))));
    };
    if word == "calm" {
        return Ok(None);
    }
    let seed = word.to_str().and_then(|seed| seed.parse().ok());
    let seed = seed.with_context(|| format!("{VARIABLE} is neither a number nor calm"))?;
    Ok(Some(seed))
}

impl Manners {
    /// Rude by this seed from now on, or calm without one.
    pub fn set(&self, seed: Option<u64>) {
        let rude = seed.map(|seed| Rude {
            seed,
            dice: Dice::of(seed),
            served: HashSet::new(),
        });
        self.0.with(|manners| *manners = rude);
    }

    /// The same for a rig that starts, which says so on standard error.
    pub(crate) fn begin(&self, seed: Option<u64>) {
        self.set(seed);
        if let Some(seed) = seed {
            eprintln!("simulators are rude by {VARIABLE}={seed}; {VARIABLE}=calm turns that off");
        }
    }

    /// The seed, if they are not calm.
    #[must_use]
    pub fn seed(&self) -> Option<u64> {
        self.0.with(|manners| manners.as_ref().map(|rude| rude.seed))
    }

    /// What happens to a request for an operation that may be refused this way.
    pub(crate) fn whim(
        &self,
        of: &'static str,
        operation: &'static str,
        may_throttle: Option<Throttle>,
    ) -> Whim {
        self.0.with(|manners| {
            let Some(rude) = manners else {
                return Whim::default();
            };
            let was_served = rude.served.remove(&(of, operation));
            let dice = &rude.dice;
            let delay_ms = if dice.chance(DELAYED) {
                dice.between(1, DELAY_MS)
            } else {
                0
            };
            let whim = Whim {
                delay_ms,
                throttle: may_throttle.filter(|_| dice.chance(THROTTLED) && was_served),
                members: if dice.chance(MORE_MEMBERS) { dice.next() } else { 0 },
                pieces: if dice.chance(CHUNKED) {
                    dice.between(2, 5)
                } else {
                    0
                },
                closes: dice.chance(CLOSED),
            };
            if whim.throttle.is_none() {
                rude.served.insert((of, operation));
            }
            whim
        })
    }

    /// Whether the next connection writes names of headers in title case.
    pub(crate) fn has_title_case(&self) -> bool {
        self.0
            .with(|manners| manners.as_ref().is_some_and(|rude| rude.dice.chance(TITLE_CASE)))
    }
}

impl Whim {
    /// The answer as the whim sends it.
    pub(crate) fn dress(self, answer: Answer) -> hyper::Response<loopback::serve::Body> {
        let answer = dress::with_members(answer, self.members);
        let mut response = dress::in_pieces(answer, self.pieces);
        if self.closes {
            dress::closing(&mut response);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Throttle = Throttle {
        status: 429,
        retry_after_s: None,
    };

    fn whims(seed: Option<u64>) -> Vec<Whim> {
        let manners = Manners::default();
        manners.set(seed);
        let whim = |_| manners.whim("jumio", "details", Some(LIMIT));
        (0..2000).map(whim).collect()
    }

    #[test]
    fn calm_manners_change_nothing() {
        assert_eq!(whims(None), vec![Whim::default(); 2000]);
    }

    #[test]
    fn a_seed_decides() {
        assert_eq!(whims(Some(7)), whims(Some(7)));
        assert_ne!(whims(Some(7)), whims(Some(8)));
    }

    #[test]
    fn now_and_then_something_is_refused_and_never_twice_in_a_row() {
        let all = whims(Some(1));
        let refused = all.iter().filter(|whim| whim.throttle.is_some()).count();
        assert!((5..60).contains(&refused), "{refused}");
        assert!(
            all.windows(2)
                .all(|two| two[0].throttle.is_none() || two[1].throttle.is_none())
        );
        assert!(all[0].throttle.is_none(), "nothing was served yet");
        let manners = Manners::default();
        manners.set(Some(1));
        let never = |_: &i32| manners.whim("jumio", "create", None).throttle.is_some();
        assert!(!(0..2000).any(|n| never(&n)));
    }
}
