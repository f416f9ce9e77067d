use std::sync::Arc;

use journal::{JournalIdentity, Position, Reader, ReaderOpener, StoreError, Stretch};
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
/// from its store otherwise, which is opened when it is needed first.
pub struct LocalFeed {
    open: ReaderOpener,
    store: Option<Box<dyn Reader>>,
    tail: Option<Tail>,
    follower: Option<Follower>,
}

impl LocalFeed {
    /// Reads from a store, and from the tail of its writer where that is in this process.
    #[must_use]
    pub fn new(open: ReaderOpener, tail: Option<Tail>) -> Self {
        let follower = tail.as_ref().map(Tail::follow);
        Self { open, store: None, tail, follower }
    }

    /// Lets the neighbour wait where this one is behind, if it is in this process and keeps pace.
    #[must_use]
    pub fn in_sight(self) -> Self {
        self.follower.iter().for_each(Follower::be_waited_for);
        self
    }

    fn store(&mut self) -> Result<&mut dyn Reader, StoreError> {
        let store = match self.store.take() {
            Some(store) => store,
            None => (self.open)()?,
        };
        Ok(self.store.insert(store).as_mut())
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
        match self.tail.as_ref().and_then(Tail::identity) {
            Some(identity) => Ok(identity),
            None => self.store()?.identity(),
        }
    }

    fn head(&mut self) -> Result<Position, StoreError> {
        match self.tail.as_ref().and_then(Tail::head) {
            Some(head) => Ok(head),
            None => self.store()?.head(),
        }
    }

    fn read_after(&mut self, after: Position, limit: usize) -> Result<Vec<Arc<Recorded>>, StoreError> {
        match self.read_memory_after(after, limit) {
            Some(events) => Ok(events),
            None => self.store()?.read_after(after, limit),
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
            None => self.store()?.read_heard_after(after, limit, hears),
        }
    }
}

#[cfg(test)]
mod tests {
    use journal::{Journal as _, MemoryJournal};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn whoever_has_heard_all_hears_from_memory_and_opens_no_store() {
        let tail = Tail::new(4);
        let closed: ReaderOpener = Arc::new(|| Err(StoreError::Unavailable("it is not there".into())));
        let mut feed = LocalFeed::new(closed, Some(tail.clone()));
        assert!(feed.identity().is_err() && feed.head().is_err(), "nobody has said which journal it is");

        let identity = JournalIdentity { journal: Uuid::from_u128(7), epoch: 2 };
        tail.begin_at(identity, 9);
        assert_eq!((feed.identity(), feed.head()), (Ok(identity), Ok(9)));
        assert_eq!(feed.read_after(9, 10), Ok(vec![]));
        assert!(feed.read_after(8, 10).is_err(), "what is older stands in the store");

        tail.forget();
        assert_eq!(feed.identity(), Ok(identity));
        assert!(feed.head().is_err(), "where it ends is on the disk only");
    }

    #[test]
    fn a_store_is_opened_once() {
        let opened = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let (count, journal) = (opened.clone(), MemoryJournal::new(Uuid::nil()));
        let open: ReaderOpener = Arc::new(move || {
            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            journal.reader()
        });
        let mut feed = LocalFeed::new(open, None);

        for _ in 0..3 {
            assert_eq!(feed.read_after(0, 10), Ok(vec![]));
        }
        assert_eq!(opened.load(std::sync::atomic::Ordering::Relaxed), 1);
    }
}
