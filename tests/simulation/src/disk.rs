use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use journal::{
    Batch, Entry, IdempotencyRecord, Journal, JournalIdentity, MemoryJournal, ParkedEvent, Position, Reader,
    Row, RowQuery, Snapshot, SourcePosition, StoreError, Timer,
};
use kernel::{Hash, Recorded, Timestamp};
use uuid::Uuid;

/// A role's disk: the journal in memory that outlives the role, with commits that may fail before
/// or after they took effect, and a record of what was committed for the checkers.
#[derive(Clone)]
pub(crate) struct Disk {
    store: MemoryJournal,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    armed: Option<Armed>,
    struck: Option<Strike>,
    committed: Vec<Committed>,
}

struct Armed {
    commits_left: u32,
    strike: Strike,
}

/// How a commit fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strike {
    /// Nothing of it is there and the role dies.
    DiesBefore,
    /// All of it is there, but the role dies before it can say so.
    DiesAfter,
    /// Nothing of it is there; the role lives and tries again.
    FailsBefore,
    /// All of it is there, but the answer is lost; the role lives.
    FailsAfter,
}

impl Strike {
    pub(crate) const fn kills(self) -> bool {
        matches!(self, Self::DiesBefore | Self::DiesAfter)
    }

    const fn keeps(self) -> bool {
        matches!(self, Self::DiesAfter | Self::FailsAfter)
    }
}

/// A batch that is on the disk.
pub(crate) struct Committed {
    /// The batch without its events.
    pub(crate) batch: Batch,
    /// Its events as recorded.
    pub(crate) events: Vec<Arc<Recorded>>,
}

impl Disk {
    pub(crate) fn new(journal: Uuid) -> Self {
        Self { store: MemoryJournal::new(journal), state: Arc::default() }
    }

    /// The store as a program finds it that starts again.
    pub(crate) fn reopen(&self) -> Self {
        Self { store: self.store.reopen(), state: self.state.clone() }
    }

    /// A copy with a life of its own.
    pub(crate) fn deep_clone(&self) -> Self {
        Self { store: self.store.deep_clone(), state: Arc::default() }
    }

    /// The store itself.
    pub(crate) const fn store(&self) -> &MemoryJournal {
        &self.store
    }

    /// One of the next commits fails.
    pub(crate) fn arm(&self, commits_left: u32, strike: Strike) {
        self.state().armed = Some(Armed { commits_left, strike });
    }

    /// Takes an armed failure back.
    pub(crate) fn disarm(&self) {
        self.state().armed = None;
    }

    /// The failure that has struck since this was last asked.
    pub(crate) fn struck(&self) -> Option<Strike> {
        self.state().struck.take()
    }

    /// What was committed since this was last asked.
    pub(crate) fn committed(&self) -> Vec<Committed> {
        std::mem::take(&mut self.state().committed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this commit is the one that fails.
    fn strike(&self) -> Option<Strike> {
        let mut state = self.state();
        let armed = state.armed.as_mut()?;
        armed.commits_left = armed.commits_left.saturating_sub(1);
        if armed.commits_left > 0 {
            return None;
        }
        let strike = armed.strike;
        state.armed = None;
        state.struck = Some(strike);
        Some(strike)
    }
}

impl Journal for Disk {
    fn commit(&mut self, batch: Batch) -> Result<Vec<Arc<Recorded>>, StoreError> {
        let strike = self.strike();
        if let Some(strike) = strike {
            let cause = "injected".to_owned();
            let error =
                if strike.kills() { StoreError::Fatal(cause) } else { StoreError::Unavailable(cause) };
            if strike.keeps() {
                self.store.lose_next_answer(error);
            } else {
                self.store.fail_next_commit(error);
            }
        }
        let head = self.store.head()?;
        let kept = Batch { events: Vec::new(), ..batch.clone() };
        let result = self.store.commit(batch);
        if result.is_ok() || strike.is_some() {
            let events = match &result {
                Ok(events) => events.clone(),
                Err(_) => self.store.read_after(head, usize::MAX)?,
            };
            if result.is_ok() || !events.is_empty() || self.store.holds_batch(kept.id)? {
                self.state().committed.push(Committed { batch: kept, events });
            }
        }
        result
    }

    fn due_timers(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Timer>, StoreError> {
        self.store.due_timers(now, limit)
    }

    fn next_timer_at(&mut self) -> Result<Option<Timestamp>, StoreError> {
        self.store.next_timer_at()
    }

    fn holds_batch(&mut self, id: Uuid) -> Result<bool, StoreError> {
        self.store.holds_batch(id)
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.store.reader()
    }
}

impl Reader for Disk {
    fn identity(&mut self) -> Result<JournalIdentity, StoreError> {
        self.store.identity()
    }

    fn head(&mut self) -> Result<Position, StoreError> {
        self.store.head()
    }

    fn load(&mut self, stream_id: Uuid, after_version: u64) -> Result<Vec<Recorded>, StoreError> {
        self.store.load(stream_id, after_version)
    }

    fn read_after(&mut self, after: Position, limit: usize) -> Result<Vec<Arc<Recorded>>, StoreError> {
        self.store.read_after(after, limit)
    }

    fn snapshot(&mut self, stream_id: Uuid) -> Result<Option<Snapshot>, StoreError> {
        self.store.snapshot(stream_id)
    }

    fn row(&mut self, collection: &str, id: Uuid) -> Result<Option<Row>, StoreError> {
        self.store.row(collection, id)
    }

    fn row_by_number(
        &mut self,
        collection: &str,
        shop: &str,
        number: u64,
    ) -> Result<Option<Row>, StoreError> {
        self.store.row_by_number(collection, shop, number)
    }

    fn rows(&mut self, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
        self.store.rows(query)
    }

    fn count_rows(&mut self, query: &RowQuery) -> Result<u64, StoreError> {
        self.store.count_rows(query)
    }

    fn entries(
        &mut self,
        collection: &str,
        id: Uuid,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        self.store.entries(collection, id, after, limit)
    }

    fn idempotency(&mut self, scope: &Hash) -> Result<Option<IdempotencyRecord>, StoreError> {
        self.store.idempotency(scope)
    }

    fn positions(&mut self) -> Result<Vec<(String, SourcePosition)>, StoreError> {
        self.store.positions()
    }

    fn parked(&mut self) -> Result<Vec<ParkedEvent>, StoreError> {
        self.store.parked()
    }

    fn timers(&mut self) -> Result<Vec<Timer>, StoreError> {
        self.store.timers()
    }

    fn counter(&mut self, name: &str) -> Result<u64, StoreError> {
        self.store.counter(name)
    }

    fn audit(&mut self) -> Result<Vec<StoreError>, StoreError> {
        self.store.audit()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use journal::CounterValue;

    use super::*;

    fn batch(id: u128, value: u64) -> Batch {
        Batch {
            id: Uuid::from_u128(id),
            counters: vec![CounterValue { name: "orders".into(), value }],
            ..Batch::default()
        }
    }

    #[test]
    fn the_armed_commit_fails_and_leaves_what_its_strike_says() {
        for (strike, left) in [
            (Strike::DiesBefore, 1),
            (Strike::FailsBefore, 1),
            (Strike::DiesAfter, 2),
            (Strike::FailsAfter, 2),
        ] {
            let mut disk = Disk::new(Uuid::nil());
            disk.arm(2, strike);
            disk.commit(batch(1, 1)).unwrap();
            let failed = disk.commit(batch(2, 2)).unwrap_err();
            assert_eq!(matches!(failed, StoreError::Fatal(_)), strike.kills());
            assert_eq!(disk.counter("orders").unwrap(), left, "{strike:?}");
            assert_eq!(disk.committed().len() as u64, left);
            assert_eq!((disk.struck(), disk.struck()), (Some(strike), None));
            disk.commit(batch(3, 3)).unwrap();
        }
    }
}
