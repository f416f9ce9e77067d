use std::fs;
use std::path::Path;

use journal::{SourceState, StoreError};
use rusqlite::Connection;

use crate::failure::Failure;
use crate::{FILE_NAME, Options, SqliteReader, connection, journal_path};

/// Readers of all journals of a data folder, pinned to one moment. As long as it lives no log can
/// be reset: drop it soon.
pub struct Cut {
    readers: Vec<SqliteReader>,
}

impl Cut {
    /// Takes the cut over every journal that is in the folder, running or not.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] when there is no journal, or one is no journal of this version;
    /// [`StoreError::Unavailable`] when a writer does not pause within the busy timeout.
    pub fn take(data: &Path, options: &Options) -> Result<Self, StoreError> {
        let roles = roles_in(data)?;
        let mut gates = Vec::new();
        let mut readers = Vec::new();
        // Everything that takes time comes before the gates are closed.
        for role in &roles {
            let path = journal_path(data, role);
            gates.push(Gate::new(&path, options)?);
            readers.push(SqliteReader::open_with(&path, options)?);
        }
        pin(&gates, &mut readers).map_err(|failure| failure.while_reading("the cut"))?;
        Ok(Self { readers })
    }

    /// The readers, by role.
    pub fn readers(&mut self) -> &mut [SqliteReader] {
        &mut self.readers
    }

    /// What the journals say of each other, for [`journal::check_sources`].
    ///
    /// # Errors
    /// As every read.
    pub fn sources(&mut self) -> Result<Vec<SourceState>, StoreError> {
        let states = self.readers.iter_mut().map(|reader| {
            let role = reader.role().to_owned();
            SourceState::read(&role, reader)
        });
        states.collect()
    }
}

/// The roles that have a journal in a data folder, in order.
pub(super) fn roles_in(data: &Path) -> Result<Vec<String>, StoreError> {
    let unreadable = |error| StoreError::Unfit(format!("the data folder {}: {error}", data.display()));
    let mut roles = Vec::new();
    for entry in fs::read_dir(data).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.path().join(FILE_NAME).is_file() {
            roles.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    if roles.is_empty() {
        return Err(StoreError::Unfit(format!("no journal is in {}", data.display())));
    }
    roles.sort();
    Ok(roles)
}

/// Holds the writer of a file while it is closed, in whatever process that is: it is SQLite's own
/// lock for writing.
struct Gate(Connection);

impl Gate {
    fn new(path: &Path, options: &Options) -> Result<Self, StoreError> {
        connection::open_checkpointer(path, options)
            .map(Self)
            .map_err(|failure| failure.while_opening(&path.display().to_string()))
    }

    fn close(&self) -> Result<(), Failure> {
        Ok(self.0.execute_batch("BEGIN IMMEDIATE")?)
    }

    fn open(&self) -> Result<(), Failure> {
        Ok(self.0.execute_batch("ROLLBACK")?)
    }
}

/// Closes every gate, pins every reader, opens the gates. On an error the gates open with their
/// connections.
fn pin(gates: &[Gate], readers: &mut [SqliteReader]) -> Result<(), Failure> {
    gates.iter().try_for_each(Gate::close)?;
    readers.iter_mut().try_for_each(SqliteReader::pin)?;
    gates.iter().try_for_each(Gate::open)
}
