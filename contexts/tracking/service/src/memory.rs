use std::collections::{BTreeSet, HashMap};

use tracking_domain::Story;
use uuid::Uuid;

/// Stories folded lately, of one generation. Two halves: when the young one is full it becomes the
/// old one. What the running batch changed is named, in order.
#[derive(Default)]
pub(crate) struct Memory {
    young: HashMap<Uuid, Remembered>,
    old: HashMap<Uuid, Remembered>,
    changed: BTreeSet<Uuid>,
}

/// A story and what its row needs beside it.
#[derive(Clone)]
pub(crate) struct Remembered {
    pub(crate) story: Story,
    pub(crate) shop: kernel::ShopKey,
    pub(crate) number: u64,
}

const STORIES_MAX: usize = 8_192;

impl Memory {
    pub(crate) fn get(&mut self, id: &Uuid) -> Option<&mut Remembered> {
        if let Some(found) = self.old.remove(id) {
            self.young.insert(*id, found);
        }
        self.young.get_mut(id)
    }

    pub(crate) fn insert(&mut self, id: Uuid, remembered: Remembered) {
        self.young.insert(id, remembered);
    }

    pub(crate) fn mark_changed(&mut self, id: Uuid) {
        self.changed.insert(id);
    }

    /// What the batch changed, each once; forgotten with it.
    pub(crate) fn take_changed(&mut self) -> Vec<(Uuid, Remembered)> {
        let changed = std::mem::take(&mut self.changed);
        let stories = changed.into_iter().filter_map(|id| Some((id, self.young.get(&id)?.clone()))).collect();
        if self.young.len() >= STORIES_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        stories
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
