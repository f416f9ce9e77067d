//! A store in memory that fails where it is told to, and stops within a commit where it is told to.

use std::sync::{Arc, Mutex};

use journal::{
    Batch, Entry, IdempotencyRecord, Journal, JournalIdentity, MemoryJournal, ParkedEvent, Position, Reader,
    Row, RowQuery, Snapshot, SourcePosition, StoreError, Timer,
};
use kernel::{Hash, Recorded, Timestamp};
use uuid::Uuid;

#[derive(Clone)]
pub(crate) struct Faulty {
    pub(crate) memory: MemoryJournal,
    pub(crate) faults: Arc<Mutex<Faults>>,
}

type Hook = Box<dyn FnMut() + Send>;

#[derive(Default)]
pub(crate) struct Faults {
    /// So many looks at the timers fail.
    pub(crate) due_timers: usize,
    /// So many reads of the positions fail.
    pub(crate) positions: usize,
    /// Called within every commit, before anything is kept.
    pub(crate) in_commit: Option<Hook>,
}

impl Faulty {
    pub(crate) fn new() -> Self {
        Self { memory: MemoryJournal::new(Uuid::from_u128(1)), faults: Arc::default() }
    }
}

fn failing(times: &mut usize) -> Result<(), StoreError> {
    if *times == 0 {
        return Ok(());
    }
    *times -= 1;
    Err(StoreError::Unavailable("the cable is out".into()))
}

impl Journal for Faulty {
    fn commit(&mut self, batch: Batch) -> Result<Vec<Arc<Recorded>>, StoreError> {
        // Out of the lock: a hook may wait for the test.
        let hook = self.faults.lock().unwrap().in_commit.take();
        if let Some(mut hook) = hook {
            hook();
            self.faults.lock().unwrap().in_commit.get_or_insert(hook);
        }
        self.memory.commit(batch)
    }

    fn due_timers(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Timer>, StoreError> {
        failing(&mut self.faults.lock().unwrap().due_timers)?;
        self.memory.due_timers(now, limit)
    }

    fn next_timer_at(&mut self) -> Result<Option<Timestamp>, StoreError> {
        self.memory.next_timer_at()
    }

    fn holds_batch(&mut self, id: Uuid) -> Result<bool, StoreError> {
        self.memory.holds_batch(id)
    }

    fn must_shed(&self) -> bool {
        self.memory.must_shed()
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.memory.reader()
    }
}

impl Reader for Faulty {
    fn identity(&mut self) -> Result<JournalIdentity, StoreError> {
        self.memory.identity()
    }

    fn head(&mut self) -> Result<Position, StoreError> {
        self.memory.head()
    }

    fn load(&mut self, stream_id: Uuid, after_version: u64) -> Result<Vec<Recorded>, StoreError> {
        self.memory.load(stream_id, after_version)
    }

    fn read_after(&mut self, after: Position, limit: usize) -> Result<Vec<Arc<Recorded>>, StoreError> {
        self.memory.read_after(after, limit)
    }

    fn snapshot(&mut self, stream_id: Uuid) -> Result<Option<Snapshot>, StoreError> {
        self.memory.snapshot(stream_id)
    }

    fn row(&mut self, collection: &str, id: Uuid) -> Result<Option<Row>, StoreError> {
        self.memory.row(collection, id)
    }

    fn row_by_number(&mut self, list: &str, shop: &str, number: u64) -> Result<Option<Row>, StoreError> {
        self.memory.row_by_number(list, shop, number)
    }

    fn rows(&mut self, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
        self.memory.rows(query)
    }

    fn count_rows(&mut self, query: &RowQuery) -> Result<u64, StoreError> {
        self.memory.count_rows(query)
    }

    fn entries(&mut self, log: &str, id: Uuid, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.memory.entries(log, id, after, limit)
    }

    fn idempotency(&mut self, scope: &Hash) -> Result<Option<IdempotencyRecord>, StoreError> {
        self.memory.idempotency(scope)
    }

    fn positions(&mut self) -> Result<Vec<(String, SourcePosition)>, StoreError> {
        failing(&mut self.faults.lock().unwrap().positions)?;
        self.memory.positions()
    }

    fn parked(&mut self) -> Result<Vec<ParkedEvent>, StoreError> {
        self.memory.parked()
    }

    fn timers(&mut self) -> Result<Vec<Timer>, StoreError> {
        self.memory.timers()
    }

    fn counter(&mut self, name: &str) -> Result<u64, StoreError> {
        self.memory.counter(name)
    }

    fn audit(&mut self) -> Result<Vec<StoreError>, StoreError> {
        self.memory.audit()
    }
}
