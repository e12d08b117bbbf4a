//! Runs a target over its corpus and over changes of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::Target;
use crate::corpus;
use loopback::dice::Dice;

use crate::mutate::mutated;

/// What a target does not hold for.
#[derive(Debug)]
pub struct Broken {
    /// Where the bytes come from: a file of the corpus, or a seed.
    pub origin: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.origin, self.bytes.escape_ascii())
    }
}

/// Runs the corpus, then `changes` changes of it, each from a seed of its own, from `seed` on.
///
/// # Errors
/// The first bytes for which the target panics.
pub fn run(target: Target, seed: u64, changes: u64) -> Result<(), Box<Broken>> {
    let samples = corpus::of(target.name);
    for (origin, bytes) in &samples {
        hold(target, origin, bytes)?;
    }
    let samples: Vec<Vec<u8>> = samples.into_iter().map(|(_, bytes)| bytes).collect();
    for seed in seed..seed + changes {
        let bytes = mutated(&samples, &Dice::of(seed));
        hold(target, &format!("seed {seed}"), &bytes)?;
    }
    Ok(())
}

fn hold(target: Target, origin: &str, bytes: &[u8]) -> Result<(), Box<Broken>> {
    let held = catch_unwind(AssertUnwindSafe(|| (target.run)(bytes)));
    held.map_err(|_| {
        Box::new(Broken {
            origin: format!("{} {origin}", target.name),
            bytes: bytes.to_vec(),
        })
    })
}
