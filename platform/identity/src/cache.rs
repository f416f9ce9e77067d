//! Tokens that have been checked, so that a signature is computed once and not with every request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::verifier::Verified;

/// Tokens in one generation; there are two.
const GENERATION: usize = 8_192;

/// The last tokens that were believed, by their hash. Bounded: what has not been seen for a generation is
/// forgotten.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<[u8; 32], Arc<Verified>>,
    old: HashMap<[u8; 32], Arc<Verified>>,
}

impl Cache {
    pub(crate) fn get(&self, token: &str) -> Option<Arc<Verified>> {
        let hash = hash(token);
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = generations.young.get(&hash) {
            return Some(found.clone());
        }
        let found = generations.old.remove(&hash)?;
        generations.put(hash, found.clone());
        Some(found)
    }

    pub(crate) fn put(&self, token: &str, verified: Arc<Verified>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(hash(token), verified);
    }

    pub(crate) fn forget(&self, token: &str) {
        let hash = hash(token);
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        generations.young.remove(&hash);
        generations.old.remove(&hash);
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        let generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        generations.young.len() + generations.old.len()
    }
}

impl Generations {
    fn put(&mut self, hash: [u8; 32], verified: Arc<Verified>) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash, verified);
    }
}

/// A token itself is never kept: who reads the memory finds nothing to show.
fn hash(token: &str) -> [u8; 32] {
    *blake3::hash(token.as_bytes()).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_there_are_never_more_than_two_generations() {
        let cache = Cache::default();
        let verified = Arc::new(Verified::for_tests());
        cache.put("kept", verified.clone());
        for other in 0..4 * GENERATION {
            cache.put(&other.to_string(), verified.clone());
            assert!(cache.get("kept").is_some());
        }
        assert!(cache.len() <= 2 * GENERATION + 1);
        assert!(cache.get("0").is_none());
        cache.forget("kept");
        assert!(cache.get("kept").is_none());
    }
}
