use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use journal::Position;
use kernel::Recorded;

use crate::Bell;

/// The last committed events of a journal, in memory, and the bells of who listens to it.
///
/// Only a shortcut: what it no longer holds is read from the store.
#[derive(Clone)]
pub struct Tail(Arc<Inner>);

struct Inner {
    capacity: usize,
    events: Mutex<VecDeque<Arc<Recorded>>>,
    bells: Mutex<Vec<Bell>>,
}

impl Tail {
    /// A tail that keeps so many events.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self(Arc::new(Inner { capacity, events: Mutex::default(), bells: Mutex::default() }))
    }

    /// Adds a listener's bell.
    pub fn listen(&self, bell: Bell) {
        self.0.bells.lock().unwrap_or_else(PoisonError::into_inner).push(bell);
    }

    /// Takes committed events in and wakes the listeners.
    pub fn publish(&self, committed: &[Arc<Recorded>]) {
        if committed.is_empty() {
            return;
        }
        {
            let mut events = self.0.events.lock().unwrap_or_else(PoisonError::into_inner);
            events.extend(committed.iter().cloned());
            let surplus = events.len().saturating_sub(self.0.capacity);
            events.drain(..surplus);
        }
        self.ring();
    }

    /// Forgets what it holds, after a batch whose events were not handed to it: from here on the
    /// store is read, and nothing of it is missed.
    pub fn forget(&self) {
        self.0.events.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.ring();
    }

    /// Wakes the listeners.
    pub fn ring(&self) {
        for bell in self.0.bells.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            bell.ring();
        }
    }

    /// Events after a position; `None` where the tail does not reach back that far.
    #[must_use]
    pub fn read_after(&self, after: Position, limit: usize) -> Option<Vec<Arc<Recorded>>> {
        let events = self.0.events.lock().unwrap_or_else(PoisonError::into_inner);
        let first = events.front()?.position;
        if after + 1 < first {
            return None;
        }
        let skip = usize::try_from(after + 1 - first).unwrap_or(usize::MAX);
        Some(events.iter().skip(skip).take(limit).cloned().collect())
    }
}
