//! How often something was done in the present minute, by one process.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;

/// So many are told apart; all that come later in the minute are not admitted.
const MAX_KEYS: usize = 10_000;

/// Counts for each key.
#[derive(Debug)]
pub(super) struct Minute<K>(Mutex<(i64, HashMap<K, u32>)>);

impl<K> Default for Minute<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash> Minute<K> {
    /// Counts one more, if there were fewer than `most`.
    pub(super) fn admits(&self, key: K, most: u32, now: OffsetDateTime) -> bool {
        let minute = now.unix_timestamp().div_euclid(60);
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.0 != minute {
            *counted = (minute, HashMap::new());
        }
        let is_room = counted.1.len() < MAX_KEYS || counted.1.contains_key(&key);
        if !is_room {
            return false;
        }
        let done = counted.1.entry(key).or_default();
        let is_admitted = *done < most;
        *done += u32::from(is_admitted);
        is_admitted
    }
}
