//! A bulkhead: at most so many calls to one neighbour at a time, so that a slow neighbour takes
//! down a compartment and not the ship. Nobody waits: a full bulkhead refuses.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The rule alone, for machines that are stepped: counts who is inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotCounter {
    slots: u32,
    taken: u32,
}

impl SlotCounter {
    /// A bulkhead with this many slots.
    #[must_use]
    pub fn new(slots: u32) -> Self {
        Self { slots, taken: 0 }
    }

    /// Takes a slot if one is free.
    #[must_use]
    pub fn take(&mut self) -> bool {
        let free = self.taken < self.slots;
        self.taken += u32::from(free);
        free
    }

    /// Gives a slot back.
    pub fn give(&mut self) {
        self.taken = self.taken.saturating_sub(1);
    }

    /// How many slots are taken.
    #[must_use]
    pub fn taken(&self) -> u32 {
        self.taken
    }
}

/// The same for tasks; clones share the slots.
#[derive(Debug, Clone)]
pub struct Bulkhead {
    slots: Arc<Semaphore>,
    count: usize,
}

/// A taken slot, given back when dropped.
#[derive(Debug)]
#[must_use = "the slot is given back when this is dropped"]
pub struct Slot {
    _permit: OwnedSemaphorePermit,
}

impl Bulkhead {
    /// A bulkhead with this many slots.
    #[must_use]
    pub fn new(count: usize) -> Self {
        let count = count.min(Semaphore::MAX_PERMITS);
        Self { slots: Arc::new(Semaphore::new(count)), count }
    }

    /// Takes a slot if one is free.
    #[must_use]
    pub fn take(&self) -> Option<Slot> {
        let permit = Arc::clone(&self.slots).try_acquire_owned().ok()?;
        Some(Slot { _permit: permit })
    }

    /// How many slots are taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.count - self.slots.available_permits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_full_bulkhead_refuses_until_a_slot_is_given_back() {
        let bulkhead = Bulkhead::new(1);
        let slot = bulkhead.take();

        assert!(slot.is_some());
        assert!(bulkhead.take().is_none());
        drop(slot);
        assert!(bulkhead.take().is_some());
    }

    proptest! {
        #[test]
        fn counter_and_semaphore_agree(slots in 0_u32..4, steps in prop::collection::vec(any::<bool>(), 0..40)) {
            let bulkhead = Bulkhead::new(slots as usize);
            let mut counter = SlotCounter::new(slots);
            let mut inside = Vec::new();
            for take in steps {
                if take {
                    let slot = bulkhead.take();
                    prop_assert_eq!(slot.is_some(), counter.take());
                    inside.extend(slot);
                } else if inside.pop().is_some() {
                    counter.give();
                }
                prop_assert_eq!(bulkhead.taken(), counter.taken() as usize);
                prop_assert!(counter.taken() <= slots);
            }
        }
    }
}
