use std::collections::hash_map::Entry;

use foldhash::HashMap;
use tracking_domain::{Counted, Enlisted, Story};
use uuid::Uuid;

use crate::views::{DaysHeard, Steps};

/// Stories folded lately, of one generation. Two halves: when the young one is full it becomes the
/// old one. What the running batch changed is named.
#[derive(Default)]
pub(crate) struct Memory {
    young: HashMap<Uuid, Box<Remembered>>,
    old: HashMap<Uuid, Box<Remembered>>,
    changed: Vec<Uuid>,
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
    /// Whether the running batch has changed it.
    pub(crate) is_changed: bool,
}

const STORIES_MAX: usize = 8_192;

impl Memory {
    /// Takes a story further, which is read where it is not remembered; `step` says whether it went on.
    ///
    /// # Errors
    /// The first of both.
    pub(crate) fn go_on<E>(
        &mut self,
        id: Uuid,
        read: impl FnOnce() -> Result<Remembered, E>,
        step: impl FnOnce(&mut Remembered) -> Result<bool, E>,
    ) -> Result<(), E> {
        let remembered = match self.young.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => match self.old.remove(&id) {
                Some(known) => free.insert(known),
                None => free.insert(Box::new(read()?)),
            },
        };
        if step(remembered)? && !std::mem::replace(&mut remembered.is_changed, true) {
            self.changed.push(id);
        }
        Ok(())
    }

    /// Hands out what the batch changed, each story once and in the order of their ids; forgotten with it.
    ///
    /// # Errors
    /// The first of `take`.
    pub(crate) fn take_changed<E>(
        &mut self,
        mut take: impl FnMut(Uuid, &mut Remembered) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        for id in changed {
            if let Some(remembered) = self.young.get_mut(&id) {
                remembered.is_changed = false;
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
