use journal::Generations;
use tracking_domain::{Counted, Enlisted, Story};
use uuid::Uuid;

use crate::views::{DaysHeard, Steps};

/// Stories folded lately, of one generation of the view. What the running batch changed is named.
pub(crate) struct Memory {
    stories: Generations<Uuid, Box<Remembered>>,
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

impl Default for Memory {
    fn default() -> Self {
        Self { stories: Generations::new(STORIES_MAX), changed: Vec::new(), days: DaysHeard::default() }
    }
}

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
        if self.stories.get_mut(&id).is_none() {
            let read = read()?;
            let was_there = read.story.version() > 0;
            let read = Box::new(read);
            if was_there { self.stories.put_back(id, read) } else { self.stories.put(id, read) }
        }
        if let Some(remembered) = self.stories.get_mut(&id)
            && step(remembered)?
            && !std::mem::replace(&mut remembered.is_changed, true)
        {
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
            if let Some(remembered) = self.stories.get_mut(&id) {
                remembered.is_changed = false;
                take(id, remembered)?;
            }
        }
        self.stories.age();
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
