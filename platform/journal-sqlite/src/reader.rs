use std::path::Path;
use std::sync::Arc;

use journal::{
    Entry, IdempotencyRecord, JournalIdentity, ParkedEvent, Position, Reader, Row, RowQuery, Snapshot,
    SourcePosition, StoreError, Stretch, Timer,
};
use kernel::{Hash, Recorded};
use uuid::Uuid;

use crate::failure::Failure;
use crate::identity::Holder;
use crate::store::{Store, read_through_store};
use crate::{Options, connection};

/// Reads a journal beside its writer, from any thread or process. It cannot write, and closing it
/// leaves the writer's log alone.
pub struct SqliteReader {
    store: Store,
    role: String,
}

impl SqliteReader {
    /// Opens the file of a journal that is there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no file, [`StoreError::Unfit`] when it is no
    /// journal or of another version, [`StoreError::Damaged`] when it cannot be read.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, &Options::default())
    }

    /// Opens it with other caches and patience than the default.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(path: &Path, options: &Options) -> Result<Self, StoreError> {
        let open = || -> Result<Self, Failure> {
            let connection = connection::open_reader(path, options)?;
            let role = Holder::read_known(&connection)?.role;
            Ok(Self { store: Store::new(connection), role })
        };
        open().map_err(|failure| failure.while_opening(&path.display().to_string()))
    }

    /// Whose journal it is.
    #[must_use]
    pub fn role(&self) -> &str {
        &self.role
    }

    /// Stays at the state that is committed now for as long as it lives. The log cannot be reset
    /// meanwhile: not for long.
    pub(crate) fn pin(&mut self) -> Result<(), Failure> {
        self.store.connection.execute_batch("BEGIN")?;
        // The view is taken by the first read.
        Holder::read_known(&self.store.connection)?;
        Ok(())
    }

    pub(crate) fn raw(&mut self) -> &mut Store {
        &mut self.store
    }

    fn store(&mut self) -> Result<&mut Store, StoreError> {
        Ok(&mut self.store)
    }
}

read_through_store!(
    SqliteReader,
    fn begin_view(&mut self) {
        self.store.begin_view();
    },
    fn end_view(&mut self) {
        self.store.end_view();
    }
);
