use std::sync::Arc;

use journal::{JournalIdentity, Position, Reader, StoreError, Stretch};
use kernel::Recorded;

use crate::Tail;
use crate::tail::Follower;

/// A neighbour's events, in order, behind a position.
///
/// # Errors
/// Every method: when the neighbour's journal cannot be read now; the subscription backs off.
#[expect(clippy::missing_errors_doc, reason = "said once for the whole trait")]
pub trait Feed: Send {
    /// Which journal this is.
    fn identity(&mut self) -> Result<JournalIdentity, StoreError>;

    /// The last position.
    fn head(&mut self) -> Result<Position, StoreError>;

    /// Up to `limit` events after a position, in order, without holes.
    fn read_after(&mut self, after: Position, limit: usize) -> Result<Vec<Arc<Recorded>>, StoreError>;

    /// The same for somebody who hears only events of some names. What is cheaper given than left out may be
    /// among what is heard.
    fn read_heard_after(
        &mut self,
        after: Position,
        limit: usize,
        _hears: &dyn Fn(&str) -> bool,
    ) -> Result<Stretch, StoreError> {
        Ok(self.read_after(after, limit)?.into())
    }
}

/// Reads a neighbour's journal on this machine: from its memory where it lives in this process,
/// from its store otherwise.
pub struct LocalFeed {
    store: Box<dyn Reader>,
    tail: Option<Tail>,
    follower: Option<Follower>,
}

impl LocalFeed {
    /// Reads from a store, and from the tail of its writer where that is in this process.
    #[must_use]
    pub fn new(store: Box<dyn Reader>, tail: Option<Tail>) -> Self {
        let follower = tail.as_ref().map(Tail::follow);
        Self { store, tail, follower }
    }

    /// Lets the neighbour wait where this one is behind, if it is in this process and keeps pace.
    #[must_use]
    pub fn in_sight(self) -> Self {
        self.follower.iter().for_each(Follower::be_waited_for);
        self
    }

    fn read_memory_after(&self, after: Position, limit: usize) -> Option<Vec<Arc<Recorded>>> {
        if let Some(follower) = &self.follower {
            follower.has_read_up_to(after);
        }
        self.tail.as_ref()?.read_after(after, limit)
    }
}

impl Feed for LocalFeed {
    fn identity(&mut self) -> Result<JournalIdentity, StoreError> {
        self.store.identity()
    }

    fn head(&mut self) -> Result<Position, StoreError> {
        self.store.head()
    }

    fn read_after(&mut self, after: Position, limit: usize) -> Result<Vec<Arc<Recorded>>, StoreError> {
        match self.read_memory_after(after, limit) {
            Some(events) => Ok(events),
            None => self.store.read_after(after, limit),
        }
    }

    fn read_heard_after(
        &mut self,
        after: Position,
        limit: usize,
        hears: &dyn Fn(&str) -> bool,
    ) -> Result<Stretch, StoreError> {
        match self.read_memory_after(after, limit) {
            Some(events) => Ok(events.into()),
            None => self.store.read_heard_after(after, limit, hears),
        }
    }
}
