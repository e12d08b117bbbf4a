//! Everything a seed decides comes from here, drawn in the order in which it is asked for.

use handler::testing::SeededRandom;

/// A seed's decisions.
#[derive(Debug)]
pub(crate) struct Dice(SeededRandom);

impl Dice {
    pub(crate) fn of(seed: u64) -> Self {
        Self(SeededRandom::of(seed))
    }

    pub(crate) fn next(&self) -> u64 {
        self.0.next()
    }

    /// From 0 to `below`, which is left out.
    pub(crate) fn below(&self, below: u64) -> u64 {
        if below == 0 { 0 } else { self.0.next() % below }
    }

    /// From `from` to `to`, both possible.
    pub(crate) fn between(&self, from: u64, to: u64) -> u64 {
        from + self.below(to.saturating_sub(from) + 1)
    }

    /// Whether something happens that happens so often in ten thousand times.
    pub(crate) fn chance(&self, in_ten_thousand: u64) -> bool {
        in_ten_thousand > 0 && self.below(10_000) < in_ten_thousand
    }

    /// One of several.
    pub(crate) fn pick<'a, T>(&self, all: &'a [T]) -> Option<&'a T> {
        all.get(usize::try_from(self.below(all.len() as u64)).unwrap_or(0))
    }

    /// One of several that are there.
    pub(crate) fn one<T: Copy>(&self, first: T, others: &[T]) -> T {
        match self.below(others.len() as u64 + 1) {
            0 => first,
            n => others
                .get(usize::try_from(n - 1).unwrap_or(0))
                .copied()
                .unwrap_or(first),
        }
    }
}
