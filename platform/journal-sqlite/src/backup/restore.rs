use std::fs::{self, File};
use std::io;
use std::path::Path;

use journal::{JournalIdentity, SourcePosition, StoreError};
use rusqlite::Connection;

use super::copy::{take_empty, unwritable};
use super::manifest::{JournalCopy, Manifest, fingerprint};
use crate::connection;
use crate::failure::Failure;
use crate::identity::Holder;
use crate::tables::positions;
use crate::{FILE_NAME, Options, journal_path};

/// In a data folder while a restore into it is under way: no journal there may be opened.
pub(crate) const UNFINISHED: &str = ".restoring";

/// Lays a whole backup out as a data folder, which must be empty or new. Every journal begins its
/// next epoch, and what the roles know of each other's journals is raised with it: they accept each
/// other, and nobody else takes their positions for those of the former life.
///
/// One that was interrupted is done again by the same call; until then no journal opens there.
///
/// # Errors
/// [`StoreError::Unfit`] when the backup is not whole, a file is not the one of the manifest, or
/// the data folder is not empty.
pub fn restore(backup: &Path, data: &Path) -> Result<Manifest, StoreError> {
    let manifest = Manifest::read(backup)?;
    manifest.journals.iter().try_for_each(|copy| check(backup, copy))?;
    let staging = data.join(UNFINISHED);
    if staging.exists() {
        take_away(&manifest, data).map_err(|error| unwritable(data, &error))?;
    }
    take_empty(data)?;
    lay_out(backup, &manifest, &staging).map_err(|error| unwritable(&staging, &error))?;
    for copy in &manifest.journals {
        raise(&journal_path(&staging, &copy.role), copy, &manifest)
            .map_err(|failure| failure.while_writing())?;
    }
    publish(&manifest, &staging, data).map_err(|error| unwritable(data, &error))?;
    Ok(manifest)
}

/// Holds a file of the backup against the manifest.
fn check(backup: &Path, copy: &JournalCopy) -> Result<(), StoreError> {
    let path = journal_path(backup, &copy.role);
    let found = fingerprint(&path).map_err(|error| {
        StoreError::Unfit(format!("the backup is not whole: {}: {error}", path.display()))
    })?;
    if found == (copy.bytes, copy.blake3.clone()) {
        return Ok(());
    }
    Err(StoreError::Unfit(format!("{} is not the file of the manifest", path.display())))
}

/// Takes away what an unfinished restore left; nothing of it was ever opened.
fn take_away(manifest: &Manifest, data: &Path) -> io::Result<()> {
    for copy in &manifest.journals {
        let folder = data.join(&copy.role);
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    fs::remove_dir_all(data.join(UNFINISHED))
}

fn lay_out(backup: &Path, manifest: &Manifest, staging: &Path) -> io::Result<()> {
    for copy in &manifest.journals {
        let folder = staging.join(&copy.role);
        fs::create_dir_all(&folder)?;
        fs::copy(journal_path(backup, &copy.role), folder.join(FILE_NAME))?;
    }
    Ok(())
}

/// Begins the journal's next epoch, in one transaction with what it knows of the others'.
fn raise(path: &Path, copy: &JournalCopy, manifest: &Manifest) -> Result<(), Failure> {
    let connection = connection::open_writer(path, &Options::default())?;
    let holder = Holder::read_known(&connection)?;
    if holder.identity != copy.identity() || holder.role != copy.role {
        let reason = format!("the copy of {} holds another journal than the manifest says", copy.role);
        return Err(StoreError::Unfit(reason).into());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let identity = next_life(holder.identity);
    Holder { identity, ..holder }.write(&connection)?;
    raise_sources(&connection, manifest)?;
    connection.execute_batch("COMMIT")?;
    close(connection)
}

fn raise_sources(connection: &Connection, manifest: &Manifest) -> Result<(), Failure> {
    for (source, position) in positions::all(connection)? {
        let is_restored = manifest.journals.iter().any(|copy| copy.identity() == position.identity);
        if is_restored {
            let raised = SourcePosition { identity: next_life(position.identity), ..position };
            positions::write_in_transaction(connection, &source, raised)?;
        }
    }
    Ok(())
}

const fn next_life(identity: JournalIdentity) -> JournalIdentity {
    JournalIdentity { epoch: identity.epoch + 1, ..identity }
}

/// Closing moves the log into the file and takes it away.
fn close(connection: Connection) -> Result<(), Failure> {
    connection.close().map_err(|(_, error)| Failure::from(error))
}

/// Moves the folders of the roles to their places; the staging folder goes last.
fn publish(manifest: &Manifest, staging: &Path, data: &Path) -> io::Result<()> {
    for copy in &manifest.journals {
        let folder = staging.join(&copy.role);
        sync(&folder.join(FILE_NAME))?;
        sync(&folder)?;
    }
    sync(staging)?;
    sync(data)?;
    for copy in &manifest.journals {
        fs::rename(staging.join(&copy.role), data.join(&copy.role))?;
    }
    sync(data)?;
    fs::remove_dir(staging)?;
    sync(data)
}

fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
