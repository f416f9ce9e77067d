use std::sync::Arc;

use kernel::{Hash, Recorded, Timestamp};
use uuid::Uuid;

use crate::{
    Batch, Entry, IdempotencyRecord, ParkedEvent, Row, RowQuery, Snapshot, SourcePosition, StoreError,
    Stretch, Timer,
};

/// A place in a journal: 0 is before the first event.
pub type Position = u64;

/// Which journal, and which life of it: a restore raises the epoch, so that positions of an older
/// life are not taken for its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JournalIdentity {
    /// Made with the journal.
    pub journal: Uuid,
    /// Raised by every restore.
    pub epoch: u32,
}

/// Opens a journal for reading, once it is needed and as often as it is.
pub type ReaderOpener = Arc<dyn Fn() -> Result<Box<dyn Reader>, StoreError> + Send + Sync>;

/// What may be read beside the writer, at any time, from any thread: always a committed state.
///
/// # Errors
/// Every method: [`StoreError::Damaged`] when what is read is not what was written,
/// [`StoreError::Unavailable`] when the store cannot answer now.
#[expect(clippy::missing_errors_doc, reason = "said once for the whole trait")]
pub trait Reader: Send {
    /// Which journal this is.
    fn identity(&mut self) -> Result<JournalIdentity, StoreError>;

    /// Several reads begin that are to see one committed state, where the store can show one; an
    /// optimisation for whoever looks for a change in between all the same.
    fn begin_view(&mut self) {}

    /// They are over.
    fn end_view(&mut self) {}

    /// The last position.
    fn head(&mut self) -> Result<Position, StoreError>;

    /// The events of a stream after a version, in order, their chain verified.
    fn load(&mut self, stream_id: Uuid, after_version: u64) -> Result<Vec<Recorded>, StoreError>;

    /// Up to `limit` events after a position, in order, without holes.
    fn read_after(&mut self, after: Position, limit: usize) -> Result<Vec<Arc<Recorded>>, StoreError>;

    /// The same for somebody who hears only events of some names (such as `order-paid`). A store that can
    /// leaves the others unread; here they are among what is heard.
    fn read_heard_after(
        &mut self,
        after: Position,
        limit: usize,
        _hears: &dyn Fn(&str) -> bool,
    ) -> Result<Stretch, StoreError> {
        Ok(self.read_after(after, limit)?.into())
    }

    /// A stream's snapshot, where there is one.
    fn snapshot(&mut self, stream_id: Uuid) -> Result<Option<Snapshot>, StoreError>;

    /// A row by its id, hidden ones too.
    fn row(&mut self, collection: &str, id: Uuid) -> Result<Option<Row>, StoreError>;

    /// A row by shop and number, hidden ones too.
    fn row_by_number(&mut self, collection: &str, shop: &str, number: u64)
    -> Result<Option<Row>, StoreError>;

    /// Rows of a list.
    fn rows(&mut self, query: &RowQuery) -> Result<Vec<Row>, StoreError>;

    /// How many rows a query without its page finds.
    fn count_rows(&mut self, query: &RowQuery) -> Result<u64, StoreError>;

    /// Up to `limit` lines of a log after a sequence.
    fn entries(
        &mut self,
        collection: &str,
        id: Uuid,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError>;

    /// What became of a client's key.
    fn idempotency(&mut self, scope: &Hash) -> Result<Option<IdempotencyRecord>, StoreError>;

    /// How far each source has been applied.
    fn positions(&mut self) -> Result<Vec<(String, SourcePosition)>, StoreError>;

    /// Every parked event, by source and position.
    fn parked(&mut self) -> Result<Vec<ParkedEvent>, StoreError>;

    /// Every timer, by time.
    fn timers(&mut self) -> Result<Vec<Timer>, StoreError>;

    /// A counter's value; 0 where it was never written.
    fn counter(&mut self, name: &str) -> Result<u64, StoreError>;

    /// Reads everything and checks every hash and count; what it finds damaged.
    ///
    /// # Errors
    /// When the store cannot be read at all.
    fn audit(&mut self) -> Result<Vec<StoreError>, StoreError>;
}

/// The one writer of a service's store.
#[expect(clippy::missing_errors_doc, reason = "said once for the whole trait, at Reader and commit")]
pub trait Journal: Reader {
    /// Commits a batch: all of it or nothing, on the disk before it returns. Returns the events as
    /// recorded, at consecutive positions behind the head.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a stream is not at the version that the batch expects;
    /// [`StoreError::Fatal`] when the disk did not take it: the writer must not go on.
    fn commit(&mut self, batch: Batch) -> Result<Vec<Arc<Recorded>>, StoreError>;

    /// A step begins: what is read until [`Self::commit`] or [`Self::end_step`] may be read under the
    /// lock that the commit needs anyway, once instead of every time.
    fn begin_step(&mut self) {}

    /// The step is over, with or without a commit: no lock is held any longer.
    fn end_step(&mut self) {}

    /// Timers due at `now`, earliest first.
    fn due_timers(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Timer>, StoreError>;

    /// When the earliest timer is due.
    fn next_timer_at(&mut self) -> Result<Option<Timestamp>, StoreError>;

    /// Whether a batch is there: asked when the outcome of its commit is unknown.
    fn holds_batch(&mut self, id: Uuid) -> Result<bool, StoreError>;

    /// Housekeeping off the path of orders (checkpoints). Called when idle and now and then.
    fn tidy_up(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Whether new orders should be refused because the store cannot keep up (a log that cannot be
    /// reset); other work goes on.
    fn must_shed(&self) -> bool {
        false
    }

    /// A reader of this store that works beside the writer.
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError>;
}
