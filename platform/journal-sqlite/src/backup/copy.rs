use std::fs::{self, File};
use std::io;
use std::path::Path;

use journal::{Reader, StoreError};
use kernel::Timestamp;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::Cut;
use super::manifest::{FORMAT, JournalCopy, Manifest, fingerprint, hexadecimal};
use crate::failure::Failure;
use crate::tables::events;
use crate::{Options, SqliteReader, journal_path};

/// So many pages are copied between two words about the progress.
const STEP_PAGES: i32 = 1024;

/// How far the copying of one journal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Whose journal.
    pub role: String,
    /// Pages copied.
    pub pages_done: u64,
    /// Pages there are.
    pub pages_total: u64,
}

/// Copies every journal of a data folder, running or not, into an empty or new folder: one cut,
/// `<role>/journal.db` each, and at last the manifest.
///
/// # Errors
/// [`StoreError::Unfit`] when the target is not empty or cannot be written, else as [`Cut::take`].
pub fn backup(
    data: &Path,
    target: &Path,
    now: Timestamp,
    version: &str,
    progress: &mut dyn FnMut(Progress),
) -> Result<Manifest, StoreError> {
    let options = Options::default();
    take_empty(target)?;
    let mut cut = Cut::take(data, &options)?;
    let mut journals = Vec::new();
    for reader in cut.readers() {
        journals.push(copy(reader, target, progress)?);
    }
    let manifest =
        Manifest { format: FORMAT, version: version.to_owned(), taken_at: now.to_string(), journals };
    manifest.write(target).map_err(|error| unwritable(target, &error))?;
    Ok(manifest)
}

fn copy(
    reader: &mut SqliteReader,
    target: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<JournalCopy, StoreError> {
    let role = reader.role().to_owned();
    let identity = reader.identity()?;
    let path = journal_path(target, &role);
    make_folder_of(&path).map_err(|error| unwritable(&path, &error))?;
    let source = &reader.raw().connection;
    let end = events::end(source).map_err(|failure| failure.while_reading("events"))?;
    copy_pages(source, &path, &role, progress).map_err(|failure| failure.while_writing())?;
    let (bytes, blake3) = sync(&path).map_err(|error| unwritable(&path, &error))?;
    Ok(JournalCopy {
        role,
        journal: identity.journal,
        epoch: identity.epoch,
        head: end.head,
        seal: hexadecimal(&end.seal),
        bytes,
        blake3,
    })
}

/// Copies what the pinned connection sees.
fn copy_pages(
    source: &Connection,
    path: &Path,
    role: &str,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    let mut target = Connection::open(path)?;
    {
        let copying = Backup::new(source, &mut target)?;
        while copying.step(STEP_PAGES)? != StepResult::Done {
            progress(told(role, &copying));
        }
        progress(told(role, &copying));
    }
    // One file, nothing beside it.
    let mode: String = target.pragma_update_and_check(None, "journal_mode", "delete", |row| row.get(0))?;
    if mode == "delete" {
        return Ok(());
    }
    Err(StoreError::Unfit(format!("the copy of {role} keeps journal mode {mode}")).into())
}

fn told(role: &str, copying: &Backup<'_, '_>) -> Progress {
    let progress = copying.progress();
    let pages = |count: i32| u64::from(count.unsigned_abs());
    Progress {
        role: role.to_owned(),
        pages_done: pages(progress.pagecount - progress.remaining),
        pages_total: pages(progress.pagecount),
    }
}

fn make_folder_of(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

fn sync(path: &Path) -> io::Result<(u64, String)> {
    File::open(path)?.sync_all()?;
    path.ancestors().skip(1).take(2).try_for_each(|folder| File::open(folder)?.sync_all())?;
    fingerprint(path)
}

/// Makes the folder, or takes one in which nothing lies.
pub(super) fn take_empty(folder: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let mut entries = fs::read_dir(folder).map_err(|error| unwritable(folder, &error))?;
    if entries.next().is_none() {
        return Ok(());
    }
    Err(StoreError::Unfit(format!("expected {} to be empty", folder.display())))
}

pub(super) fn unwritable(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Unfit(format!("cannot write {}: {error}", path.display()))
}
