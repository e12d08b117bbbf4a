//! Which version of the signing certificate signs, and which are published beside it.
//!
//! Decided from nothing but when each version was made, how long a version is published before it signs, and the time:
//! so a process that has just started decides like one that has been running, in the middle of a rotation too, and a
//! clock that is a little off changes at most when a key changes, to one that everybody knows already.

use std::time::Duration;

use time::OffsetDateTime;

/// Most versions that are published at once. Who makes more within the publish time gets the last of them published
/// when the first have had their turn.
const MAX_PUBLISHED: usize = 16;

/// Maximum life of a token that the settings allow.
pub(super) const LONGEST_TOKEN_LIFE: Duration = Duration::from_secs(3600);
/// A token may be checked this long after its end: the clock of whoever checks may be behind, and so may the process
/// that signed it with the key before.
pub(super) const TOKENS_OVERDUE: Duration = Duration::from_secs(600);

/// How fast keys may follow each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// How long a version is published before it signs.
    pub(super) publish_first: Duration,
    /// How long after its last signature a token may still be shown to somebody who checks it.
    pub(super) tokens_live: Duration,
}

/// The versions to publish, by their place among the given creation times; the one that signs comes first, then its
/// predecessor, those that will sign in that order, and earlier ones. Empty only if nothing is given.
///
/// The youngest that has been published long enough signs; while none has, the oldest does, because nothing else ever
/// did. A version stops signing when the next one is old enough, and stays published until its last tokens have ended. The
/// one just before the signer always stays: a process that has not read the vault for a while still signs with it.
pub(super) fn published(created: &[OffsetDateTime], now: OffsetDateTime, pace: Pace) -> Vec<usize> {
    let mut versions: Vec<(OffsetDateTime, usize)> = created.iter().copied().zip(0..).collect();
    versions.sort_unstable();
    let old_enough = |(created, _): &&(OffsetDateTime, usize)| now - *created >= pace.publish_first;
    // Sorted by age, so those that are old enough come before all others.
    let signer = versions.iter().filter(old_enough).count().saturating_sub(1);
    let (before, rest) = versions.split_at(signer.min(versions.len()));
    let gone = pace.publish_first.saturating_add(pace.tokens_live);
    // Each earlier version with the one that it made way for.
    let mut before = before.iter().zip(versions.iter().skip(1)).rev();
    let predecessor = before.next().map(|(version, _)| version);
    let alive = before
        .filter(|(_, (next, _))| now - *next < gone)
        .map(|(version, _)| version);
    let signer_and_next = rest.iter().take(1).chain(predecessor).chain(rest.iter().skip(1));
    signer_and_next
        .chain(alive)
        .map(|(_, place)| *place)
        .take(MAX_PUBLISHED)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy as _, prop, prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn at(seconds: u64) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn pace(publish_first: u64, tokens_live: u64) -> Pace {
        Pace {
            publish_first: Duration::from_secs(publish_first),
            tokens_live: Duration::from_secs(tokens_live),
        }
    }

    /// What a process publishes at a moment, as creation times: it sees only what has been made by then.
    fn seen(created: &[u64], now: u64, pace: Pace) -> Vec<u64> {
        let visible: Vec<u64> = created.iter().copied().filter(|made| *made <= now).collect();
        let times: Vec<OffsetDateTime> = visible.iter().copied().map(at).collect();
        published(&times, at(now), pace)
            .into_iter()
            .map(|place| visible[place])
            .collect()
    }

    #[test]
    fn nothing_publishes_nothing_and_a_first_version_signs_at_once() {
        assert_eq!(seen(&[], 5, pace(100, 10)), Vec::<u64>::new());
        assert_eq!(seen(&[5], 5, pace(100, 10)), [5]);
    }

    #[test]
    fn two_rotations_within_the_publish_time_keep_the_signer() {
        let versions = [10, 150, 160];
        assert_eq!(seen(&versions, 160, pace(100, 10)), [10, 150, 160]);
        assert_eq!(seen(&versions, 249, pace(100, 10)), [10, 150, 160]);
        assert_eq!(seen(&versions, 250, pace(100, 10)), [150, 10, 160]);
        assert_eq!(seen(&versions, 260, pace(100, 11)), [160, 150, 10]);
        assert_eq!(seen(&versions, 260, pace(100, 10)), [160, 150]);
    }

    #[test]
    fn a_clock_behind_that_of_the_vault_signs_with_what_was_there_first() {
        let times = [at(1000), at(2000)];
        assert_eq!(published(&times, at(10), pace(100, 10)), [0, 1]);
    }

    #[test]
    fn very_many_versions_are_bounded_and_the_signer_is_among_them() {
        let versions: Vec<u64> = (0..100).collect();
        let published = seen(&versions, 149, pace(100, 1000));
        assert_eq!(published.len(), MAX_PUBLISHED);
        assert_eq!(published[..3], [49, 48, 50]);
    }

    #[test]
    fn absurd_times_and_settings_harm_nobody() {
        let ends = [
            time::macros::datetime!(9999-12-31 23:59:59 UTC),
            time::macros::datetime!(-9999-01-01 0:00 UTC),
        ];
        for now in ends {
            assert_eq!(published(&ends, now, pace(u64::MAX, u64::MAX)), [1, 0]);
            assert_eq!(published(&ends, now, pace(0, 0)).len(), 2);
        }
    }

    proptest! {
        #[test]
        fn the_order_in_which_versions_are_told_does_not_matter(
            created in prop::collection::btree_set(0_u64..200, 0..9).prop_map(|set| set.into_iter().collect::<Vec<_>>()).prop_shuffle(),
            now in 0_u64..400, publish in 0_u64..100, live in 0_u64..100,
        ) {
            let mut sorted = created.clone();
            sorted.sort_unstable();
            let pace = pace(publish, live);
            prop_assert_eq!(seen(&created, now, pace), seen(&sorted, now, pace));
        }

        #[test]
        fn every_token_finds_its_key_while_it_lives(
            created in prop::collection::vec(0_u64..200, 1..9), publish in 0_u64..100, live in 0_u64..100,
            signed in 0_u64..400, after in 0_u64..100,
        ) {
            let pace = pace(publish, live);
            if let Some(signer) = seen(&created, signed, pace).first() {
                prop_assert!(seen(&created, signed + after.min(live), pace).contains(signer));
            }
        }

        #[test]
        fn what_signs_was_published_long_enough_unless_it_was_the_first(
            created in prop::collection::vec(0_u64..200, 1..9), publish in 0_u64..100, live in 0_u64..100,
            signed in 0_u64..400, before in 0_u64..100,
        ) {
            let pace = pace(publish, live);
            let earlier = seen(&created, signed.saturating_sub(before.min(publish)), pace);
            if let (Some(signer), false) = (seen(&created, signed, pace).first(), earlier.is_empty()) {
                prop_assert!(earlier.contains(signer));
            }
        }

        #[test]
        fn a_key_that_made_way_never_signs_again(
            created in prop::collection::vec(0_u64..200, 1..9), publish in 0_u64..100, live in 0_u64..100,
            now in 0_u64..400, later in 0_u64..400,
        ) {
            let pace = pace(publish, live);
            let (first, then) = (seen(&created, now, pace), seen(&created, now + later, pace));
            prop_assert!(first.first() <= then.first());
        }
    }
}
