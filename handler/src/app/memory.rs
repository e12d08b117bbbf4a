//! Gives memory back after a burst.
//!
//! mimalloc returns free pages a while after they became free, but only when more is freed then, and an idle process frees
//! nothing. It returns everything when it cannot serve a request: so it is asked for more than there is.

use std::hint::black_box;
use std::time::Duration;

/// How often: also during a burst what is free is not kept for long. It takes less than a millisecond.
pub(super) const OFTEN: Duration = Duration::from_millis(250);
/// More than any address space holds.
const TOO_MUCH: usize = usize::MAX / 8;

/// Returns what is free and belongs to this thread or to threads that have ended.
pub(super) fn give_back() {
    let mut nothing = Vec::<u8>::new();
    let _never = nothing.try_reserve_exact(black_box(TOO_MUCH));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_much_is_not_there() {
        assert!(Vec::<u8>::new().try_reserve_exact(black_box(TOO_MUCH)).is_err());
        give_back();
    }
}
