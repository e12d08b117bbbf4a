//! Everything a seed decides comes from here, drawn in the order in which it is asked for.

use std::sync::atomic::{AtomicU64, Ordering};

/// A seed's decisions, by splitmix64: numbers that look random, and are the same for a seed.
#[derive(Debug)]
pub struct Dice(AtomicU64);

impl Dice {
    /// Begins a sequence.
    #[must_use]
    pub const fn of(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The next 64 bits.
    pub fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to `below`, which is left out; 0 where there is nothing below it.
    pub fn below(&self, below: u64) -> u64 {
        if below == 0 { 0 } else { self.next() % below }
    }

    /// A place in a list of this length, or 0.
    pub fn place(&self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }

    /// From `from` to `to`, both possible.
    pub fn between(&self, from: u64, to: u64) -> u64 {
        from + self.below(to.saturating_sub(from) + 1)
    }

    /// Whether something happens that happens so often in ten thousand times.
    pub fn chance(&self, in_ten_thousand: u64) -> bool {
        in_ten_thousand > 0 && self.below(10_000) < in_ten_thousand
    }

    /// One of several.
    pub fn pick<'a, T>(&self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.place(all.len()))
    }

    /// One of several that are there.
    pub fn one<T: Copy>(&self, first: T, others: &[T]) -> T {
        match self.place(others.len() + 1) {
            0 => first,
            n => others.get(n - 1).copied().unwrap_or(first),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides() {
        let drawn = |seed| {
            let dice = Dice::of(seed);
            [dice.next(), dice.below(10), dice.between(3, 5), dice.below(0)]
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
        // The first number of splitmix64 from 0 in its author's own code.
        assert_eq!(Dice::of(0).next(), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn draws_stay_within_their_limits() {
        let dice = Dice::of(1);
        assert!((0..100).all(|_| (3..=5).contains(&dice.between(3, 5))));
        assert!((0..100).all(|_| !dice.chance(0) && dice.chance(10_000)));
        assert_eq!(dice.pick::<u8>(&[]), None);
        assert_eq!(dice.one(4, &[]), 4);
    }
}
