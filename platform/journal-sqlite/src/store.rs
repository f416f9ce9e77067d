use std::sync::Arc;

use journal::{
    Entry, IdempotencyRecord, JournalIdentity, ParkedEvent, Position, Row, RowQuery, Snapshot,
    SourcePosition, StoreError, Stretch, Timer,
};
use kernel::{Hash, Recorded};
use rusqlite::Connection;
use uuid::Uuid;

use crate::failure::Failure;
use crate::heights::Heights;
use crate::identity::Holder;
use crate::names::Names;
use crate::tables::idempotency::RecentKeys;
use crate::tables::{
    batches, counters, entries, events, idempotency, lists, parked, positions, rows, snapshots, timers,
    young_timers,
};

/// Most things of a kind that a writer remembers of what it wrote lately, twice.
pub(crate) const RECENT_MAX: usize = 8_192;

/// A connection and the names it has met: everything that can be read, for writer and readers.
pub(crate) struct Store {
    pub(crate) connection: Connection,
    pub(crate) names: Names,
    /// What the writer has put lately; a reader has none.
    pub(crate) recent_keys: RecentKeys,
    /// What the writer need not look for; a reader looks for everything.
    pub(crate) heights: Option<Heights>,
}

impl Store {
    pub(crate) fn new(connection: Connection) -> Self {
        let recent_keys = RecentKeys::new(RECENT_MAX);
        Self { connection, names: Names::default(), recent_keys, heights: None }
    }

    /// The one whose connection alone writes.
    pub(crate) fn of_writer(connection: Connection) -> Self {
        Self { heights: Some(Heights::default()), ..Self::new(connection) }
    }

    /// One transaction for all reads until [`Self::end_view`]: its lock is taken once.
    pub(crate) fn begin_view(&mut self) {
        if self.connection.is_autocommit() {
            let begun = self.connection.prepare_cached("BEGIN").and_then(|mut begin| begin.execute([]));
            if let Err(error) = begun {
                tracing::debug!(%error, "every read takes its own view");
            }
        }
    }

    pub(crate) fn end_view(&mut self) {
        if !self.connection.is_autocommit() {
            let ended = self.connection.prepare_cached("COMMIT").and_then(|mut end| end.execute([]));
            if let Err(error) = ended {
                tracing::warn!(%error, "a view was not ended");
            }
        }
    }

    pub(crate) fn identity(&mut self) -> Result<JournalIdentity, StoreError> {
        let holder = Holder::read_known(&self.connection);
        Ok(holder.map_err(reading("journal"))?.identity)
    }

    pub(crate) fn head(&mut self) -> Result<Position, StoreError> {
        events::head(&self.connection).map_err(reading("events"))
    }

    pub(crate) fn load(&mut self, stream_id: Uuid, after_version: u64) -> Result<Vec<Recorded>, StoreError> {
        if self.knows_of_none(|heights, connection| heights.is_new_stream(connection, stream_id), "events")? {
            return Ok(Vec::new());
        }
        events::load(&self.connection, &mut self.names, stream_id, after_version).map_err(reading("events"))
    }

    pub(crate) fn read_after(
        &mut self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Arc<Recorded>>, StoreError> {
        events::read_after(&self.connection, &mut self.names, after, limit).map_err(reading("events"))
    }

    pub(crate) fn read_heard_after(
        &mut self,
        after: Position,
        limit: usize,
        hears: &dyn Fn(&str) -> bool,
    ) -> Result<Stretch, StoreError> {
        self.in_one_view(|store| {
            events::read_heard_after(&store.connection, &mut store.names, after, limit, hears)
        })
        .map_err(reading("events"))
    }

    pub(crate) fn snapshot(&mut self, stream_id: Uuid) -> Result<Option<Snapshot>, StoreError> {
        snapshots::read(&self.connection, stream_id).map_err(reading("snapshots"))
    }

    pub(crate) fn row(&mut self, collection: &str, id: Uuid) -> Result<Option<Row>, StoreError> {
        if self.knows_of_none(|heights, connection| heights.is_new_row(connection, collection, id), "rows")? {
            return Ok(None);
        }
        rows::by_id(&self.connection, &mut self.names, collection, id).map_err(reading("rows"))
    }

    pub(crate) fn row_by_number(
        &mut self,
        collection: &str,
        shop: &str,
        number: u64,
    ) -> Result<Option<Row>, StoreError> {
        rows::by_number(&self.connection, &mut self.names, collection, shop, number).map_err(reading("rows"))
    }

    pub(crate) fn rows(&mut self, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
        self.in_one_view(|store| lists::page(&store.connection, &mut store.names, query))
            .map_err(reading("rows"))
    }

    pub(crate) fn count_rows(&mut self, query: &RowQuery) -> Result<u64, StoreError> {
        lists::count(&self.connection, &mut self.names, query).map_err(reading("rows"))
    }

    pub(crate) fn entries(
        &mut self,
        collection: &str,
        id: Uuid,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        entries::read(&self.connection, collection, id, after, limit).map_err(reading("entries"))
    }

    pub(crate) fn idempotency(&mut self, scope: &Hash) -> Result<Option<IdempotencyRecord>, StoreError> {
        if let Some(recent) = self.recent_keys.get(scope) {
            return Ok(Some(recent.1.clone()));
        }
        let tag = idempotency::tag(scope);
        if self.knows_of_none(|heights, connection| heights.is_new_key(connection, tag), "idempotency")? {
            return Ok(None);
        }
        idempotency::read(&self.connection, scope).map_err(reading("idempotency"))
    }

    /// Whether nothing has to be looked for, because it is known not to be there.
    fn knows_of_none(
        &mut self,
        is_new: impl FnOnce(&mut Heights, &Connection) -> Result<bool, Failure>,
        place: &'static str,
    ) -> Result<bool, StoreError> {
        let Some(heights) = &mut self.heights else { return Ok(false) };
        is_new(heights, &self.connection).map_err(reading(place))
    }

    pub(crate) fn positions(&mut self) -> Result<Vec<(String, SourcePosition)>, StoreError> {
        positions::all(&self.connection).map_err(reading("positions"))
    }

    pub(crate) fn parked(&mut self) -> Result<Vec<ParkedEvent>, StoreError> {
        parked::all(&self.connection).map_err(reading("parked"))
    }

    pub(crate) fn timers(&mut self) -> Result<Vec<Timer>, StoreError> {
        self.in_one_view(|store| {
            let last = batches::last_sequence(&store.connection)?;
            young_timers::all(&store.connection, &mut store.names, last)
        })
        .map_err(reading("timers"))
    }

    pub(crate) fn counter(&mut self, name: &str) -> Result<u64, StoreError> {
        counters::value(&self.connection, name).map_err(reading("counters"))
    }

    pub(crate) fn audit(&mut self) -> Result<Vec<StoreError>, StoreError> {
        let found = self.in_one_view(Self::find_damage).map_err(reading("the file"))?;
        Ok(found.into_iter().map(|failure| failure.while_reading("the file")).collect())
    }

    fn find_damage(&mut self) -> Result<Vec<Failure>, Failure> {
        let Self { connection, names, .. } = self;
        let mut found = Vec::new();
        audit_pages(connection, &mut found)?;
        let end = events::audit(connection, names, &mut found)?;
        batches::audit(connection, end, &mut found)?;
        rows::audit(connection, names, &mut found)?;
        entries::audit(connection, &mut found)?;
        timers::audit(connection, names, &mut found)?;
        young_timers::audit(connection, batches::last_sequence(connection)?, &mut found);
        idempotency::audit(connection, &mut found)?;
        found.extend(positions::all(connection).err());
        parked::audit(connection, &mut found)?;
        snapshots::audit(connection, &mut found)?;
        counters::audit(connection, &mut found)?;
        Ok(found)
    }

    /// Several statements see one committed state.
    pub(crate) fn in_one_view<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if !self.connection.is_autocommit() {
            return read(self);
        }
        self.connection.prepare_cached("BEGIN")?.execute([])?;
        let outcome = read(self);
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        outcome
    }
}

/// What SQLite itself finds: pages, and indexes that do not fit their table.
fn audit_pages(connection: &Connection, found: &mut Vec<Failure>) -> Result<(), Failure> {
    let mut statement = connection.prepare("PRAGMA integrity_check(10)")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let detail: String = row.get(0)?;
        if detail != "ok" {
            found.push(Failure::damaged("the file", detail));
        }
    }
    Ok(())
}

/// How a failed read of a table is answered.
pub(crate) fn reading(place: &'static str) -> impl Fn(Failure) -> StoreError {
    move |failure| failure.while_reading(place)
}

/// Implements [`journal::Reader`] by a method `store()` that may refuse.
macro_rules! read_through_store {
    ($reader:ty $(, $own:item)*) => {
        impl Reader for $reader {
            $($own)*
            fn identity(&mut self) -> Result<JournalIdentity, StoreError> {
                self.store()?.identity()
            }
            fn head(&mut self) -> Result<Position, StoreError> {
                self.store()?.head()
            }
            fn load(&mut self, stream_id: Uuid, after_version: u64) -> Result<Vec<Recorded>, StoreError> {
                self.store()?.load(stream_id, after_version)
            }
            fn read_after(
                &mut self,
                after: Position,
                limit: usize,
            ) -> Result<Vec<Arc<Recorded>>, StoreError> {
                self.store()?.read_after(after, limit)
            }
            fn read_heard_after(
                &mut self,
                after: Position,
                limit: usize,
                hears: &dyn Fn(&str) -> bool,
            ) -> Result<Stretch, StoreError> {
                self.store()?.read_heard_after(after, limit, hears)
            }
            fn snapshot(&mut self, stream_id: Uuid) -> Result<Option<Snapshot>, StoreError> {
                self.store()?.snapshot(stream_id)
            }
            fn row(&mut self, collection: &str, id: Uuid) -> Result<Option<Row>, StoreError> {
                self.store()?.row(collection, id)
            }
            fn row_by_number(
                &mut self,
                collection: &str,
                shop: &str,
                number: u64,
            ) -> Result<Option<Row>, StoreError> {
                self.store()?.row_by_number(collection, shop, number)
            }
            fn rows(&mut self, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
                self.store()?.rows(query)
            }
            fn count_rows(&mut self, query: &RowQuery) -> Result<u64, StoreError> {
                self.store()?.count_rows(query)
            }
            fn entries(
                &mut self,
                collection: &str,
                id: Uuid,
                after: u64,
                limit: usize,
            ) -> Result<Vec<Entry>, StoreError> {
                self.store()?.entries(collection, id, after, limit)
            }
            fn idempotency(&mut self, scope: &Hash) -> Result<Option<IdempotencyRecord>, StoreError> {
                self.store()?.idempotency(scope)
            }
            fn positions(&mut self) -> Result<Vec<(String, SourcePosition)>, StoreError> {
                self.store()?.positions()
            }
            fn parked(&mut self) -> Result<Vec<ParkedEvent>, StoreError> {
                self.store()?.parked()
            }
            fn timers(&mut self) -> Result<Vec<Timer>, StoreError> {
                self.store()?.timers()
            }
            fn counter(&mut self, name: &str) -> Result<u64, StoreError> {
                self.store()?.counter(name)
            }
            fn audit(&mut self) -> Result<Vec<StoreError>, StoreError> {
                self.store()?.audit()
            }
        }
    };
}
pub(crate) use read_through_store;
