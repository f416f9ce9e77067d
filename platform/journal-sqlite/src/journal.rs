use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use journal::{
    Batch, Entry, IdempotencyRecord, Journal, JournalIdentity, ParkedEvent, Position, Reader, Row, RowQuery,
    Snapshot, SourcePosition, StoreError, Stretch, Timer,
};
use kernel::planted::{self, Bug};
use kernel::{Hash, Recorded, Timestamp};
use rusqlite::Connection;
use uuid::Uuid;

use crate::backup::UNFINISHED;
use crate::checkpoint::{self, Broken, Log};
use crate::failure::Failure;
use crate::heights::Heights;
use crate::identity::Holder;
use crate::names::Names;
use crate::store::{RECENT_MAX, Store, read_through_store, reading};
use crate::tables::batches::{self, Recent};
use crate::tables::collections::{self, Collections};
use crate::tables::events::{self, End, StreamEnds};
use crate::tables::idempotency::RecentKeys;
use crate::tables::rows::{RecentRows, RowWriter};
use crate::tables::young_timers::{self, YoungTimers};
use crate::tables::{counters, entries, idempotency, parked, positions, snapshots};
use crate::{FILE_NAME, Options, SqliteReader, connection, log_end};

/// So many rows of a cleared list are swept away at a time: well under a millisecond of the writer.
const SWEEP_ROWS: u32 = 500;

/// The one writer of a role's journal.
///
/// After a [`StoreError::Fatal`] it refuses everything: what the disk holds is known only to the
/// next program that opens the file.
pub struct SqliteJournal {
    // Closed before the writer's connection, so that the last one to close tidies up.
    log: Log,
    store: Store,
    collections: Collections,
    recent_rows: RecentRows,
    recent: Recent,
    end: End,
    path: PathBuf,
    options: Options,
    broken: Broken,
    /// Whether reads are part of a step: they then open the transaction that its commit ends.
    in_step: bool,
    /// When the earliest timer is due, where that is known: only this writer sets timers.
    next_timer_at: Option<Option<Timestamp>>,
    stream_ends: StreamEnds,
    young_timers: YoungTimers,
}

impl SqliteJournal {
    /// Opens the journal in a role's folder, `DATA/<role>`; makes folder and file where there are
    /// none. Whoever opens it must be its only writer.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] when the file is another role's, another program's or of a later
    /// version; [`StoreError::Damaged`] when its end is lost; [`StoreError::Fatal`] when the disk
    /// does not take it.
    pub fn open(folder: &Path, role: &str, options: Options) -> Result<Self, StoreError> {
        refuse_unfinished_restore(folder)?;
        make_folder(folder)
            .map_err(|error| StoreError::Unfit(format!("the folder {}: {error}", folder.display())))?;
        let path = folder.join(FILE_NAME);
        Self::open_file(&path, role, options)
            .map_err(|failure| failure.while_opening(&path.display().to_string()))
    }

    fn open_file(path: &Path, role: &str, options: Options) -> Result<Self, Failure> {
        if !path.exists() {
            connection::make_file(path, |connection| {
                Holder::claim(connection, role, options.new_journal).map(|_| ())
            })?;
        }
        let mut connection = connection::open_writer(path, &options)?;
        let (recent, end) = Self::find(&connection, path, role, &options).inspect_err(|_| {
            // What there is stays as it is, for whoever repairs it.
            connection::leave_the_log_on_close(&connection).unwrap_or_default();
        })?;
        checkpoint::settle(&connection)?;
        connection.busy_timeout(std::time::Duration::from_millis(options.busy_timeout_millis.into()))?;
        if planted::is(Bug::B14) {
            young_timers::lose_all(&connection)?;
        }
        let broken = Broken::default();
        let log = Log::watch(&mut connection, path.to_owned(), &options, &broken)?;
        Ok(Self {
            log,
            store: Store::of_writer(connection),
            collections: Collections::default(),
            recent_rows: RecentRows::new(RECENT_MAX),
            recent,
            end,
            path: path.to_owned(),
            options,
            broken,
            in_step: false,
            next_timer_at: None,
            stream_ends: StreamEnds::new(RECENT_MAX),
            young_timers: YoungTimers::default(),
        })
    }

    /// Where the journal stands; refuses one that is another's, or has lost what was safe.
    fn find(
        connection: &Connection,
        path: &Path,
        role: &str,
        options: &Options,
    ) -> Result<(Recent, End), Failure> {
        log_end::verify(connection, path)?;
        Holder::claim(connection, role, options.new_journal)?;
        Recent::read(connection)
    }

    /// The journal's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn sound(&self) -> Result<(), StoreError> {
        match self.broken.get() {
            Some(cause) => Err(StoreError::Fatal(cause.clone())),
            None => Ok(()),
        }
    }

    fn store(&mut self) -> Result<&mut Store, StoreError> {
        self.sound()?;
        if self.in_step && self.store.connection.is_autocommit() {
            begin(&self.store.connection).map_err(|failure| failure.while_reading("the journal"))?;
        }
        Ok(&mut self.store)
    }

    /// Writes a batch in one transaction.
    fn write(&mut self, mut batch: Batch) -> Result<Vec<Arc<Recorded>>, Failure> {
        let Store { connection, names, recent_keys, heights } = &mut self.store;
        let heights = heights.get_or_insert_default();
        let sequence = self.recent.sequence + 1;
        if connection.is_autocommit() {
            begin(connection)?;
        }
        let (recorded, end) =
            events::append_in_transaction(connection, names, &mut self.stream_ends, &mut batch, self.end)?;
        recorded.iter().for_each(|event| heights.put_stream(event.stream_id));
        batches::write_in_transaction(connection, self.recent.journal, sequence, batch.id, end)?;
        if planted::is(Bug::B3) {
            commit(connection)?;
            begin(connection)?;
        }
        write_lists(connection, names, &mut self.collections, &mut self.recent_rows, heights, &batch)?;
        let timers = std::mem::take(&mut batch.timers);
        self.young_timers.write_in_transaction(connection, names, sequence, timers)?;
        write_rest(connection, recent_keys, heights, &batch)?;
        if planted::is(Bug::B5) {
            commit(connection)?;
            begin(connection)?;
        }
        for (source, position) in &batch.positions {
            positions::write_in_transaction(connection, source, *position)?;
        }
        let next_timer_at = self.young_timers.next_at(connection)?;
        commit(connection)?;
        self.next_timer_at = Some(next_timer_at);
        names.settle();
        heights.settle();
        recent_keys.age();
        self.recent_rows.age();
        self.stream_ends.age();
        self.end = end;
        self.recent.remember(sequence, batch.id);
        Ok(recorded)
    }

    fn find_young_timers(&mut self) -> Result<(), StoreError> {
        let last = self.recent.sequence;
        self.store()?;
        self.young_timers.find(&self.store.connection, last).map_err(reading("timers"))
    }

    /// Leaves the transaction under way, if one is, and what was learnt in it.
    fn roll_back(&mut self) {
        self.store.names.forget_fresh();
        self.stream_ends.clear();
        self.young_timers.forget();
        self.collections.forget();
        self.recent_rows.clear();
        self.store.recent_keys.clear();
        self.store.heights.iter_mut().for_each(Heights::forget);
        let connection = &self.store.connection;
        if !connection.is_autocommit()
            && let Err(error) = connection.execute_batch("ROLLBACK")
        {
            self.break_down(format!("rolling back: {error}"));
        }
    }

    /// How a failed write is answered; after a fatal one nothing is served any more.
    fn failed(&mut self, failure: Failure) -> StoreError {
        self.roll_back();
        let error = failure.while_writing();
        if let StoreError::Fatal(cause) = &error {
            self.break_down(cause.clone());
        }
        error
    }

    fn break_down(&self, cause: String) {
        tracing::error!(cause, path = %self.path.display(), "the journal broke");
        self.broken.set(cause).unwrap_or_default();
        // Moving the log on close would be one more sync behind a failed one.
        if connection::leave_the_log_on_close(&self.store.connection).is_err() {
            tracing::error!("closing may try to move the log");
        }
    }

    fn sweep(&mut self) -> Result<(), Failure> {
        let Store { connection, .. } = &mut self.store;
        if !self.collections.any_cleared(connection)? {
            return Ok(());
        }
        begin(connection)?;
        collections::sweep_in_transaction(connection, SWEEP_ROWS)?;
        commit(connection)
    }
}

read_through_store!(SqliteJournal);

impl Journal for SqliteJournal {
    fn commit(&mut self, batch: Batch) -> Result<Vec<Arc<Recorded>>, StoreError> {
        self.sound()?;
        if self.recent.holds(batch.id) {
            return Err(StoreError::Unfit(format!("batch {} is there already", batch.id)));
        }
        let recorded = self.write(batch).map_err(|failure| self.failed(failure))?;
        if let Err(failure) = self.log.after_commit(&self.store.connection) {
            // The batch is safe; the next one is refused.
            self.failed(failure);
        }
        Ok(recorded)
    }

    fn begin_step(&mut self) {
        self.in_step = true;
    }

    fn end_step(&mut self) {
        self.in_step = false;
        // Nothing was written: a commit would have ended it.
        let connection = &self.store.connection;
        if !connection.is_autocommit()
            && let Err(error) = connection.prepare_cached("ROLLBACK").and_then(|mut end| end.execute([]))
        {
            self.break_down(format!("ending a step: {error}"));
        }
    }

    fn due_timers(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Timer>, StoreError> {
        if self.next_timer_at()?.is_none_or(|at| at > now) {
            return Ok(Vec::new());
        }
        self.find_young_timers()?;
        let Store { connection, names, .. } = &mut self.store;
        self.young_timers.due(connection, names, now, limit).map_err(reading("timers"))
    }

    fn next_timer_at(&mut self) -> Result<Option<Timestamp>, StoreError> {
        if let Some(known) = self.next_timer_at {
            self.sound()?;
            return Ok(known);
        }
        self.find_young_timers()?;
        let at = self.young_timers.next_at(&self.store.connection).map_err(reading("timers"))?;
        self.next_timer_at = Some(at);
        Ok(at)
    }

    fn holds_batch(&mut self, id: Uuid) -> Result<bool, StoreError> {
        batches::holds(&self.store()?.connection, id).map_err(reading("batches"))
    }

    fn tidy_up(&mut self) -> Result<(), StoreError> {
        self.sound()?;
        self.sweep().map_err(|failure| self.failed(failure))?;
        let tidied = self.log.tidy_up(&self.store.connection);
        tidied.map_err(|failure| self.failed(failure))
    }

    fn must_shed(&self) -> bool {
        self.log.must_shed()
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(SqliteReader::open_with(&self.path, &self.options)?))
    }
}

fn begin(connection: &Connection) -> Result<(), Failure> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    Ok(())
}

/// Whatever goes wrong here, nobody knows what is on the disk.
fn commit(connection: &Connection) -> Result<(), Failure> {
    connection
        .prepare_cached("COMMIT")
        .and_then(|mut statement| statement.execute([]))
        .map_err(|error| StoreError::Fatal(format!("committing: {error}")))?;
    Ok(())
}

fn write_lists(
    connection: &Connection,
    names: &mut Names,
    collections: &mut Collections,
    recent_rows: &mut RecentRows,
    heights: &mut Heights,
    batch: &Batch,
) -> Result<(), Failure> {
    let mut rows = RowWriter::new(connection);
    for write in &batch.rows {
        rows.write_in_transaction(names, collections, recent_rows, heights, write)?;
    }
    entries::write_in_transaction(connection, collections, &batch.entries)
}

fn write_rest(
    connection: &Connection,
    recent_keys: &mut RecentKeys,
    heights: &mut Heights,
    batch: &Batch,
) -> Result<(), Failure> {
    idempotency::write_in_transaction(connection, recent_keys, heights, &batch.idempotency)?;
    for write in &batch.parked {
        parked::write_in_transaction(connection, write)?;
    }
    for snapshot in &batch.snapshots {
        snapshots::write_in_transaction(connection, snapshot)?;
    }
    for counter in &batch.counters {
        counters::write_in_transaction(connection, counter)?;
    }
    Ok(())
}

fn refuse_unfinished_restore(folder: &Path) -> Result<(), StoreError> {
    let data = folder.parent().unwrap_or(folder);
    if !data.join(UNFINISHED).exists() {
        return Ok(());
    }
    let reason = format!("a restore into {} has not ended: run it again", data.display());
    Err(StoreError::Unfit(reason))
}

/// Makes the folder, and those around it; that they are there survives a power cut.
fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let around = folder.parent().unwrap_or(folder);
    make_folder(around)?;
    fs::create_dir(folder)?;
    let around = if around.as_os_str().is_empty() { Path::new(".") } else { around };
    File::open(around)?.sync_all()
}

#[cfg(test)]
mod tests;
