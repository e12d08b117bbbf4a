//! How checks end, how often, and what may then be told.

use loopback::dice::Dice;

/// One way to end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    weight: u64,
    /// The simulator's scenario.
    pub(super) scenario: &'static str,
    /// What may be told of it; the last is what must be told in the end.
    pub(super) told: &'static [&'static str],
    /// How many transactions the person may make who plays it: more than one where they try again.
    pub(super) starts: usize,
}

/// `idv_status` of the OpenID front. Whoever is rejected takes it as it is.
pub(super) const OPENID: &[Ending] = &[
    one(6, "pass", &["approved"], 1),
    one(2, "other-face", &["rejected"], 1),
    one(1, "unknown-words", &["review"], 1),
    // Jumio changes its mind half a second after its result: whatever was told first, the end is a rejection.
    one(1, "late-reversal", &["approved", "pending", "rejected"], 1),
];
/// `status` of the sample front. Nobody goes back rejected while there are attempts, so these are used up.
pub(super) const SAMPLE: &[Ending] = &[
    one(6, "pass", &["SUCCESS"], 1),
    one(2, "other-face", &["FAILED"], ATTEMPTS),
    one(1, "late-reversal", &["SUCCESS", "FAILED"], ATTEMPTS),
];
/// Attempts that a person has (`Verification:MaxAttempts` when nothing is set).
const ATTEMPTS: usize = 3;

const fn one(weight: u64, scenario: &'static str, told: &'static [&'static str], starts: usize) -> Ending {
    Ending {
        weight,
        scenario,
        told,
        starts,
    }
}

impl Ending {
    /// One of them, by its weight.
    pub(super) fn drawn(endings: &[Self], dice: &Dice) -> Option<Self> {
        let mut at = dice.below(endings.iter().map(|ending| ending.weight).sum());
        for ending in endings {
            if at < ending.weight {
                return Some(*ending);
            }
            at -= ending.weight;
        }
        endings.first().copied()
    }

    /// Whether this may be told.
    pub(super) fn allows(&self, status: &str) -> bool {
        self.told.contains(&status)
    }

    /// What must be told in the end.
    pub(super) fn last(&self) -> &'static str {
        self.told.last().copied().unwrap_or_default()
    }
}
