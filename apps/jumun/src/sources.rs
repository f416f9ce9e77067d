//! Whether the stores of a data folder belong together: each role's journal is the one that its
//! neighbours have followed, and reaches as far.

use anyhow::{Result, bail};
use journal::{Reader, SourceState, check_sources};
use journal_sqlite::{SqliteReader, journal_path};

use crate::data_folder::DataFolder;
use crate::roles::Role;

/// What does not fit, a line each. The stores may be in use; one that cannot be read (another process
/// may be making it just now) is left to whoever opens it.
pub(crate) fn strange(data: &DataFolder) -> Vec<String> {
    let mut stores: Vec<(SqliteReader, SourceState)> = Role::contexts()
        .filter_map(|role| {
            let mut reader = SqliteReader::open(&journal_path(data.path(), role.name())).ok()?;
            let state = SourceState::read(role.name(), &mut reader).ok()?;
            Some((reader, state))
        })
        .collect();
    // Stores in use go on between two reads: only a head that is read after every position is as far
    // as whatever its followers have noted.
    for (reader, state) in &mut stores {
        state.head = reader.head().unwrap_or(state.head);
    }
    let states: Vec<SourceState> = stores.into_iter().map(|(_, state)| state).collect();
    check_sources(&states)
}

/// Refuses to go on with stores that do not belong together.
///
/// # Errors
/// Naming each store that is older than, or another than, the one its neighbours know.
pub(crate) fn refuse_strangers(data: &DataFolder) -> Result<()> {
    let strange = strange(data);
    if strange.is_empty() {
        return Ok(());
    }
    bail!(
        "the stores of {} do not belong together: {}; restore a whole backup (`jumun restore`), never one file",
        data.path().display(),
        strange.join("; ")
    )
}
