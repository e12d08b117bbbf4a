//! Values that end by themselves, and never more of them than fit.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use time::OffsetDateTime;

/// As many as a tenant on a laptop ever needs at once.
pub(crate) const MOST: usize = 10_000;

/// Values by key, each until a moment of the tenant's time. Adding one drops what has ended, and when it is full what
/// would end first. Keys are cookies and codes, so neither they nor the values print.
pub(crate) struct Expiring<K, V> {
    kept: HashMap<K, Until<V>>,
    /// Nothing ends before this, so until then there is nothing to look for.
    first_end: Option<OffsetDateTime>,
}

struct Until<V> {
    ends_at: OffsetDateTime,
    value: V,
}

impl<K, V> Default for Expiring<K, V> {
    fn default() -> Self {
        Self {
            kept: HashMap::new(),
            first_end: None,
        }
    }
}

impl<K, V> fmt::Debug for Expiring<K, V> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Expiring({} values)", self.kept.len())
    }
}

impl<K: Clone + Eq + Hash, V> Expiring<K, V> {
    /// How many there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    /// The value, even when it has ended since the last one was added.
    pub(crate) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.kept.get(key).map(|kept| &kept.value)
    }

    /// The same, to change it.
    pub(crate) fn get_mut<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.kept.get_mut(key).map(|kept| &mut kept.value)
    }

    /// Puts a value in the place of an earlier one.
    pub(crate) fn insert(&mut self, key: K, value: V, ends_at: OffsetDateTime, now: OffsetDateTime) {
        self.make_room(&key, ends_at, now);
        self.kept.insert(key, Until { ends_at, value });
    }

    /// The value, made when there is none; it lives until `ends_at` at least.
    pub(crate) fn entry(&mut self, key: K, ends_at: OffsetDateTime, now: OffsetDateTime) -> &mut V
    where
        V: Default,
    {
        self.make_room(&key, ends_at, now);
        let kept = self.kept.entry(key).or_insert_with(|| Until {
            ends_at,
            value: V::default(),
        });
        kept.ends_at = kept.ends_at.max(ends_at);
        &mut kept.value
    }

    /// Lets a value live until `ends_at` at least.
    pub(crate) fn prolong<Q: Eq + Hash + ?Sized>(&mut self, key: &Q, ends_at: OffsetDateTime)
    where
        K: Borrow<Q>,
    {
        if let Some(kept) = self.kept.get_mut(key) {
            kept.ends_at = kept.ends_at.max(ends_at);
        }
    }

    /// Takes a value out.
    pub(crate) fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.kept.remove(key).map(|kept| kept.value)
    }

    fn make_room(&mut self, key: &K, ends_at: OffsetDateTime, now: OffsetDateTime) {
        if self.first_end.is_some_and(|first| first <= now) {
            self.kept.retain(|_, kept| kept.ends_at > now);
            self.first_end = self.kept.values().map(|kept| kept.ends_at).min();
        }
        self.first_end = Some(self.first_end.map_or(ends_at, |first| first.min(ends_at)));
        if self.kept.len() < MOST || self.kept.contains_key(key) {
            return;
        }
        let first = self.kept.iter().min_by_key(|(_, kept)| kept.ends_at);
        if let Some(first) = first.map(|(key, _)| key.clone()) {
            self.kept.remove(&first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;

    const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn at(seconds: i64) -> OffsetDateTime {
        START + Duration::seconds(seconds)
    }

    #[test]
    fn what_has_ended_goes_when_something_is_added() {
        let mut all = Expiring::default();
        all.insert("a", 1, at(10), START);
        all.insert("b", 2, at(20), START);
        all.insert("c", 3, at(30), at(10));
        assert_eq!((all.get("a"), all.get("b"), all.len()), (None, Some(&2), 2));
    }

    #[test]
    fn what_is_prolonged_stays() {
        let mut all = Expiring::default();
        all.insert("a", 1, at(10), START);
        all.prolong("a", at(30));
        all.prolong("a", at(5));
        *all.entry("b", at(40), at(20)) = 2;
        assert_eq!(all.get("a"), Some(&1));
    }

    #[test]
    fn when_it_is_full_the_first_to_end_goes() {
        let mut all = Expiring::default();
        for second in 1..=10_000 {
            all.insert(second, (), at(second), START);
        }
        all.insert(10_000, (), at(20_000), START);
        assert!(all.get(&1).is_some());
        all.insert(10_001, (), at(20_000), START);
        assert_eq!((all.get(&1), all.get(&2), all.len()), (None, Some(&()), MOST));
    }
}
