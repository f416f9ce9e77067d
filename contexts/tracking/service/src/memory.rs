use std::collections::{BTreeMap, HashMap};

use tracking_domain::Story;
use uuid::Uuid;

use crate::views::StoredEntry;

/// Stories folded lately, of one generation. Two halves: when the young one is full it becomes the
/// old one. What the running batch changed is named, in order.
#[derive(Default)]
pub(crate) struct Memory {
    young: HashMap<Uuid, Remembered>,
    old: HashMap<Uuid, Remembered>,
    changed: BTreeMap<Uuid, Vec<StoredEntry>>,
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

    /// Notes a step of a story that the running batch took.
    pub(crate) fn note(&mut self, id: Uuid, step: StoredEntry) {
        self.changed.entry(id).or_default().push(step);
    }

    /// What the batch changed, each story once with its new steps; forgotten with it.
    pub(crate) fn take_changed(&mut self) -> Vec<(Uuid, Remembered, Vec<StoredEntry>)> {
        let changed = std::mem::take(&mut self.changed);
        let stories = changed.into_iter().filter_map(|(id, steps)| {
            let remembered = self.young.get(&id)?.clone();
            Some((id, remembered, steps))
        });
        let stories = stories.collect();
        if self.young.len() >= STORIES_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        stories
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
