use std::any::Any;

use foldhash::{HashMap, HashMapExt};
use kernel::Hash;
use uuid::Uuid;

/// An aggregate as the writer knows it.
pub(crate) struct Cached {
    pub(crate) version: u64,
    pub(crate) last_hash: Hash,
    pub(crate) snapshot_version: u64,
    pub(crate) state: Box<dyn Any + Send>,
}

/// Aggregates the writer has touched. Two generations: when the young one is full it becomes the
/// old one, and what the old one still held is forgotten; a hit moves back to the young.
pub(crate) struct Cache {
    young: HashMap<Uuid, Cached>,
    old: HashMap<Uuid, Cached>,
    generation_size: usize,
}

impl Cache {
    pub(crate) fn new(generation_size: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), generation_size }
    }

    pub(crate) fn get(&mut self, id: &Uuid) -> Option<&mut Cached> {
        if !self.young.contains_key(id)
            && let Some(cached) = self.old.remove(id)
        {
            self.young.insert(*id, cached);
        }
        self.young.get_mut(id)
    }

    pub(crate) fn insert(&mut self, id: Uuid, cached: Cached) {
        self.young.insert(id, cached);
    }

    pub(crate) fn remove(&mut self, id: &Uuid) {
        self.young.remove(id);
        self.old.remove(id);
    }

    pub(crate) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }

    /// How many aggregates are in memory.
    pub(crate) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Forgets old aggregates; called between batches only, so that nothing staged is lost.
    pub(crate) fn age(&mut self) {
        if self.young.len() >= self.generation_size {
            // What the old one held is forgotten; its room is kept.
            std::mem::swap(&mut self.old, &mut self.young);
            self.young.clear();
        }
    }
}
