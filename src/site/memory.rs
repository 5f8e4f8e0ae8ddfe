//! What was made for requests, remembered within bounds. It does not know what it remembers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The latest values by their keys: of those last asked for at least `room`, or as many as have `most_bytes` together; at most twice as
/// many.
#[derive(Debug)]
pub(super) struct Memory<V> {
    room: usize,
    most_bytes: usize,
    halves: Mutex<Halves<V>>,
}

/// What was asked for lately, and before that. When the young half is full, it becomes the old one, and what was in that is forgotten.
#[derive(Debug)]
struct Halves<V> {
    /// The bytes made for what is in the young half.
    bytes: usize,
    young: HashMap<String, Arc<V>>,
    old: HashMap<String, Arc<V>>,
}

impl<V> Memory<V> {
    pub(super) fn new(room: usize, most_bytes: usize) -> Self {
        let halves = Halves { bytes: 0, young: HashMap::new(), old: HashMap::new() };
        Self { room, most_bytes, halves: Mutex::new(halves) }
    }

    /// The value of a key, made if it is not remembered. Two that ask at once may both make it; one is kept.
    pub(super) fn recall(&self, key: &str, make: impl FnOnce() -> V) -> Arc<V> {
        // The lock is held only to look and to note, never while a value is made; a thread that died holding it left no half-done work.
        if let Some(known) = self.known(key) {
            return known;
        }
        let made = Arc::new(make());
        let known = self.known(key);
        known.unwrap_or_else(|| {
            self.note(key, &made);
            made
        })
    }

    /// Notes that so many bytes were made for a value that is remembered.
    pub(super) fn weigh(&self, bytes: usize) {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        halves.bytes += bytes;
        if halves.bytes > self.most_bytes {
            halves.turn();
        }
    }

    /// The sum of a figure of all values that are remembered.
    pub(super) fn sum(&self, figure: impl Fn(&V) -> usize) -> usize {
        let halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        halves.young.values().chain(halves.old.values()).map(|value| figure(value)).sum()
    }

    fn known(&self, key: &str) -> Option<Arc<V>> {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = halves.young.get(key) {
            return Some(Arc::clone(known));
        }
        let (key, known) = halves.old.remove_entry(key)?;
        self.insert(&mut halves, key, Arc::clone(&known));
        Some(known)
    }

    fn note(&self, key: &str, value: &Arc<V>) {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        self.insert(&mut halves, key.to_owned(), Arc::clone(value));
    }

    fn insert(&self, halves: &mut Halves<V>, key: String, value: Arc<V>) {
        if halves.young.len() >= self.room {
            halves.turn();
        }
        halves.young.insert(key, value);
    }
}

impl<V> Halves<V> {
    fn turn(&mut self) {
        self.old = std::mem::take(&mut self.young);
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_is_forgotten() {
        let memory = Memory::new(2, 100);
        let made = |key: &str| {
            let mut made = false;
            memory.recall(key, || made = true);
            made
        };
        assert!(made("a"));
        assert!(!made("a"));
        for key in ["b", "c", "a", "d", "a"] {
            made(key);
        }
        assert!(!made("a"), "asked for again and again");
        assert!(made("b"), "long not asked for");
    }

    #[test]
    fn what_is_large_makes_room_sooner() {
        let memory = Memory::new(100, 1_000);
        let ask = |key: &str| {
            let mut made = false;
            memory.recall(key, || made = true);
            if made {
                memory.weigh(400);
            }
            made
        };
        for key in ["a", "b", "c", "d", "e", "f"] {
            assert!(ask(key));
        }
        assert!(!ask("f"), "the last of them is there");
        assert!(ask("a"), "at most 2,000 bytes are");
    }
}
