//! The reference store: in memory, and the model that other stores are held against.
//!
//! Everything is ordered (no hashing), so that the same batches give the same answers in the same
//! order: the simulator runs on it. A [`MemoryJournal`] is a handle; clones see the same store.

mod checks;
mod events;
mod idempotency;
mod lists;
mod store;
mod timers;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kernel::planted::{self, Bug};
use kernel::{Hash, Recorded, Timestamp};
use uuid::Uuid;

use self::store::Store;
use crate::{
    Batch, Entry, IdempotencyRecord, Journal, JournalIdentity, ParkedEvent, Position, Reader, Row, RowQuery,
    Snapshot, SourcePosition, StoreError, Timer,
};

/// The reference store. Clones are handles of the same store: a crash drops the writer and keeps a
/// handle.
#[derive(Clone)]
pub struct MemoryJournal {
    store: Arc<Mutex<Store>>,
}

/// What an injected failure leaves behind.
enum Failure {
    /// The batch is not there.
    LeavesNothing(StoreError),
    /// The batch is there, only the answer is lost.
    LeavesAll(StoreError),
}

impl MemoryJournal {
    /// An empty journal of the first epoch.
    #[must_use]
    pub fn new(journal: Uuid) -> Self {
        Self::holding(Store::new(JournalIdentity { journal, epoch: 1 }))
    }

    /// The same store, as a program finds it that starts again.
    #[must_use]
    pub fn reopen(&self) -> Self {
        if planted::is(Bug::B14) {
            self.lock().timers.clear();
        }
        self.clone()
    }

    /// A store of its own with everything that this one holds now.
    #[must_use]
    pub fn deep_clone(&self) -> Self {
        Self::holding(self.lock().clone())
    }

    /// What a restored backup does: the next epoch begins.
    pub fn raise_epoch(&self) {
        self.lock().identity.epoch += 1;
    }

    /// The next commit fails with this error and leaves nothing.
    pub fn fail_next_commit(&self, error: StoreError) {
        self.lock().failure = Some(Arc::new(Failure::LeavesNothing(error)));
    }

    /// The next commit is kept, but its caller gets this error: the outcome is unknown to it.
    pub fn lose_next_answer(&self, error: StoreError) {
        self.lock().failure = Some(Arc::new(Failure::LeavesAll(error)));
    }

    /// Lets [`Journal::must_shed`] say so, as a log does that cannot be reset.
    pub fn set_shedding(&self, shedding: bool) {
        self.lock().shedding = shedding;
    }

    /// Empties the personal part of an event, as erasing a person does.
    pub fn erase_personal(&self, stream_id: Uuid, version: u64) {
        self.lock().change_event(stream_id, version, |event| {
            if let Some(personal) = &mut event.personal {
                personal.bytes.clear();
            }
        });
    }

    /// Changes a stored event behind the journal's back, as a broken disk does.
    pub fn damage(&self, stream_id: Uuid, version: u64, change: impl FnOnce(&mut Recorded)) {
        let mut store = self.lock();
        store.suspect = true;
        store.change_event(stream_id, version, change);
    }

    fn holding(store: Store) -> Self {
        Self { store: Arc::new(Mutex::new(store)) }
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reader for MemoryJournal {
    fn identity(&mut self) -> Result<JournalIdentity, StoreError> {
        Ok(self.lock().identity)
    }

    fn head(&mut self) -> Result<Position, StoreError> {
        Ok(self.lock().head())
    }

    fn load(&mut self, stream_id: Uuid, after_version: u64) -> Result<Vec<Recorded>, StoreError> {
        self.lock().load(stream_id, after_version)
    }

    fn read_after(&mut self, after: Position, limit: usize) -> Result<Vec<Arc<Recorded>>, StoreError> {
        self.lock().read_after(after, limit)
    }

    fn snapshot(&mut self, stream_id: Uuid) -> Result<Option<Snapshot>, StoreError> {
        Ok(self.lock().snapshots.get(&stream_id).cloned())
    }

    fn row(&mut self, collection: &str, id: Uuid) -> Result<Option<Row>, StoreError> {
        Ok(self.lock().lists.row(collection, id).cloned())
    }

    fn row_by_number(
        &mut self,
        collection: &str,
        shop: &str,
        number: u64,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.lock().lists.row_by_number(collection, shop, number).cloned())
    }

    fn rows(&mut self, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
        Ok(self.lock().lists.page(query))
    }

    fn count_rows(&mut self, query: &RowQuery) -> Result<u64, StoreError> {
        Ok(self.lock().lists.count(query))
    }

    fn entries(
        &mut self,
        collection: &str,
        id: Uuid,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        Ok(self.lock().lists.entries(collection, id, after, limit))
    }

    fn idempotency(&mut self, scope: &Hash) -> Result<Option<IdempotencyRecord>, StoreError> {
        Ok(self.lock().idempotency.get(scope).cloned())
    }

    fn positions(&mut self) -> Result<Vec<(String, SourcePosition)>, StoreError> {
        Ok(self.lock().positions.iter().map(|(source, position)| (source.to_string(), *position)).collect())
    }

    fn parked(&mut self) -> Result<Vec<ParkedEvent>, StoreError> {
        Ok(self.lock().parked.values().map(|parked| (**parked).clone()).collect())
    }

    fn timers(&mut self) -> Result<Vec<Timer>, StoreError> {
        Ok(self.lock().timers.all())
    }

    fn counter(&mut self, name: &str) -> Result<u64, StoreError> {
        Ok(self.lock().counters.get(name).copied().unwrap_or_default())
    }

    fn audit(&mut self) -> Result<Vec<StoreError>, StoreError> {
        Ok(self.lock().audit())
    }
}

impl Journal for MemoryJournal {
    fn commit(&mut self, batch: Batch) -> Result<Vec<Arc<Recorded>>, StoreError> {
        let mut store = self.lock();
        store.check(&batch)?;
        match store.failure.take().as_deref() {
            None => Ok(store.apply(batch)),
            Some(Failure::LeavesNothing(error)) => {
                store.apply_planted_half(batch);
                Err(error.clone())
            }
            Some(Failure::LeavesAll(error)) => {
                store.apply(batch);
                Err(error.clone())
            }
        }
    }

    fn due_timers(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Timer>, StoreError> {
        Ok(self.lock().timers.due(now, limit))
    }

    fn next_timer_at(&mut self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.lock().timers.next_at())
    }

    fn holds_batch(&mut self, id: Uuid) -> Result<bool, StoreError> {
        Ok(self.lock().batch_ids.contains(&id))
    }

    fn must_shed(&self) -> bool {
        self.lock().shedding
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(self.clone()))
    }
}
