//! Jumio's published rate limits.

use std::collections::{HashMap, VecDeque};

use time::{Duration, OffsetDateTime};

use crate::shared::Shared;

/// What is limited separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    Token,
    Account,
    /// Netverify's; an account created after March 2024 has five in five seconds.
    Initiate,
    Retrieval,
}

impl Lane {
    /// So many requests in so long; `accounts` of them a second.
    const fn limit(self, accounts: usize) -> (usize, Duration) {
        match self {
            Self::Token => (10, Duration::SECOND),
            Self::Account => (accounts, Duration::SECOND),
            Self::Initiate => (5 * accounts, Duration::seconds(5)),
            Self::Retrieval => (75, Duration::seconds(5)),
        }
    }
}

/// Sliding windows, one for each lane.
#[derive(Debug, Default)]
pub(super) struct Rates(Shared<HashMap<Lane, VecDeque<OffsetDateTime>>>);

impl Rates {
    /// Counts a request unless it is one too many.
    pub(super) fn admit(&self, lane: Lane, accounts: usize, now: OffsetDateTime) -> bool {
        let (limit, window) = lane.limit(accounts);
        self.0.with(|lanes| {
            let seen = lanes.entry(lane).or_default();
            while seen.front().is_some_and(|first| now - *first >= window) {
                seen.pop_front();
            }
            let room = seen.len() < limit;
            if room {
                seen.push_back(now);
            }
            room
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_account_waits_for_the_next_second() {
        let rates = Rates::default();
        let start = OffsetDateTime::UNIX_EPOCH;
        assert!(rates.admit(Lane::Account, 1, start));
        assert!(!rates.admit(Lane::Account, 1, start + Duration::milliseconds(999)));
        assert!(rates.admit(Lane::Account, 1, start + Duration::SECOND));
    }

    #[test]
    fn lanes_do_not_disturb_each_other() {
        let rates = Rates::default();
        assert!(rates.admit(Lane::Account, 1, OffsetDateTime::UNIX_EPOCH));
        assert!(rates.admit(Lane::Token, 1, OffsetDateTime::UNIX_EPOCH));
    }
}
