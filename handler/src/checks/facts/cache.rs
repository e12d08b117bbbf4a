//! Documents that this process has read or written. They never change, so one that a listing names is as good as read anew.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// Maximum size of all documents of one generation, bytes. There are two generations.
const GENERATION: usize = 1024 * 1024;
/// What keeping a document costs beside its bytes and its path, about.
const OVERHEAD: usize = 128;

/// Bounded by bytes, in two generations: what was not asked for while one was filled is forgotten.
///
/// Whoever uses a document must have seen its name in a listing of the present request: an erased one may be here still.
#[derive(Debug, Default)]
pub(in crate::checks) struct Cache(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<String, Bytes>,
    young_bytes: usize,
    old: HashMap<String, Bytes>,
}

impl Cache {
    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(in crate::checks) fn get(&self, path: &str) -> Option<Bytes> {
        let mut generations = self.lock();
        if let Some(found) = generations.young.get(path) {
            return Some(found.clone());
        }
        let found = generations.old.remove(path)?;
        generations.put(path, found.clone());
        Some(found)
    }

    pub(in crate::checks) fn put(&self, path: &str, document: &Bytes) {
        self.lock().put(path, document.clone());
    }
}

impl Generations {
    fn put(&mut self, path: &str, document: Bytes) {
        let size = path.len() + document.len() + OVERHEAD;
        if size > GENERATION / 4 || self.young.contains_key(path) {
            return;
        }
        if self.young_bytes + size > GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.young_bytes += size;
        self.young.insert(path.to_owned(), document);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_known_and_its_size_bounded() {
        let cache = Cache::default();
        let document = Bytes::from(vec![b'x'; 1000]);
        for n in 0..10_000 {
            cache.put(&format!("a/{n}.json"), &document);
        }
        assert_eq!(cache.get("a/9999.json"), Some(document));
        assert_eq!(cache.get("a/0.json"), None);
        let generations = cache.lock();
        let count = generations.young.len() + generations.old.len();
        assert!(count * 1000 <= 2 * GENERATION, "{count}");
    }

    #[test]
    fn what_is_asked_for_stays() {
        let cache = Cache::default();
        cache.put("kept", &Bytes::from("kept"));
        let document = Bytes::from(vec![b'x'; 1000]);
        for n in 0..10_000 {
            cache.put(&format!("a/{n}.json"), &document);
            assert!(cache.get("kept").is_some());
        }
    }
}
