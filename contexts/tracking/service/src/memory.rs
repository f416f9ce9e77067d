use std::collections::BTreeSet;

use foldhash::HashMap;
use tracking_domain::{Counted, Enlisted, Story};
use uuid::Uuid;

use crate::views::{DaysHeard, Steps};

/// Stories folded lately, of one generation. Two halves: when the young one is full it becomes the
/// old one. What the running batch changed is named, in order.
#[derive(Default)]
pub(crate) struct Memory {
    young: HashMap<Uuid, Box<Remembered>>,
    old: HashMap<Uuid, Box<Remembered>>,
    changed: BTreeSet<Uuid>,
    /// What the running batch adds to days.
    pub(crate) days: DaysHeard,
}

/// A story and what its row needs beside it.
pub(crate) struct Remembered {
    pub(crate) story: Story,
    pub(crate) steps: Steps,
    pub(crate) shop: kernel::ShopKey,
    pub(crate) number: u64,
    /// What of the story is in its days already.
    pub(crate) counted: Counted,
    /// Whether it is in its shop's census already.
    pub(crate) enlisted: Enlisted,
}

const STORIES_MAX: usize = 8_192;

impl Memory {
    pub(crate) fn get(&mut self, id: &Uuid) -> Option<&mut Remembered> {
        if !self.young.contains_key(id)
            && let Some(found) = self.old.remove(id)
        {
            self.young.insert(*id, found);
        }
        self.young.get_mut(id).map(Box::as_mut)
    }

    pub(crate) fn insert(&mut self, id: Uuid, remembered: Remembered) {
        self.young.insert(id, Box::new(remembered));
    }

    /// Notes that the running batch took a story further.
    pub(crate) fn note(&mut self, id: Uuid) {
        self.changed.insert(id);
    }

    /// Hands out what the batch changed, each story once; forgotten with it.
    ///
    /// # Errors
    /// The first of `take`.
    pub(crate) fn take_changed<E>(
        &mut self,
        mut take: impl FnMut(Uuid, &mut Remembered) -> Result<(), E>,
    ) -> Result<(), E> {
        for id in std::mem::take(&mut self.changed) {
            if let Some(remembered) = self.young.get_mut(&id) {
                take(id, remembered)?;
            }
        }
        if self.young.len() >= STORIES_MAX {
            // What the old one held is forgotten; its room is kept.
            std::mem::swap(&mut self.old, &mut self.young);
            self.young.clear();
        }
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
