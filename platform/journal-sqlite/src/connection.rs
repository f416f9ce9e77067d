//! Connections: every one is set up here, and read back.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

use journal::StoreError;
use kernel::planted::{self, Bug};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::Options;
use crate::failure::Failure;

/// Older ones can damage a log that two connections reset.
const SQLITE_VERSION_MIN: i32 = 3_051_003;

const APPLICATION_ID: i64 = 0x4A55_4D4E;
const SCHEMA_VERSION: i64 = 2;

/// The statements of one journal are few; all of them stay prepared.
const STATEMENTS: usize = 96;

mod migrations {
    refinery::embed_migrations!("migrations");
}

/// The writer's connection to a file that is there.
pub(crate) fn open_writer(path: &Path, options: &Options) -> Result<Connection, Failure> {
    let mut connection = open(path, options.cache_kibibytes, options)?;
    refuse_foreign(&connection, path)?;
    begin_log(&connection)?;
    migrate(&mut connection, path)?;
    Ok(connection)
}

/// Makes the file of a journal: beside its place, so that it is there whole or not at all, and
/// nobody has to wait for the disk more than once.
pub(crate) fn make_file(
    path: &Path,
    fill: impl FnOnce(&Connection) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let unfinished = path.with_extension("unfinished");
    let make = || -> Result<(), Failure> {
        let mut connection = Connection::open(&unfinished)?;
        // Nobody sees it before it is synced as a whole.
        connection.pragma_update(None, "synchronous", "OFF")?;
        connection.pragma_update(None, "journal_mode", "OFF")?;
        migrate(&mut connection, &unfinished)?;
        fill(&connection)?;
        begin_log(&connection)?;
        connection.close().map_err(|(_, error)| error.into())
    };
    let unwritable = |error| StoreError::Unfit(format!("cannot write {}: {error}", path.display()));
    // A program that was killed here left them.
    for suffix in ["", "-journal", "-wal", "-shm"] {
        let mut name = unfinished.clone().into_os_string();
        name.push(suffix);
        remove_if_there(Path::new(&name)).map_err(unwritable)?;
    }
    make()?;
    publish(&unfinished, path).map_err(unwritable)?;
    Ok(())
}

/// A connection that only moves the log into the file.
pub(crate) fn open_checkpointer(path: &Path, options: &Options) -> Result<Connection, Failure> {
    let connection = open(path, 256, options)?;
    leave_the_log_on_close(&connection)?;
    Ok(connection)
}

/// A connection that cannot write. It is opened for writing all the same: a log whose holder is
/// gone can not always be opened without.
pub(crate) fn open_reader(path: &Path, options: &Options) -> Result<Connection, Failure> {
    let connection = open(path, options.reader_cache_kibibytes, options)?;
    leave_the_log_on_close(&connection)?;
    connection.pragma_update(None, "query_only", true)?;
    read_back(&connection, "query_only", 1)?;
    refuse_foreign(&connection, path)?;
    refuse_other_version(&connection, path)?;
    Ok(connection)
}

/// Closing leaves the log as it is.
pub(crate) fn leave_the_log_on_close(connection: &Connection) -> Result<(), Failure> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(())
}

fn open(path: &Path, cache_kibibytes: u32, options: &Options) -> Result<Connection, Failure> {
    let version = rusqlite::version_number();
    if version < SQLITE_VERSION_MIN {
        let reason = format!("expected SQLite {SQLITE_VERSION_MIN} or later, not {version}");
        return Err(StoreError::Unfit(reason).into());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_millis(options.busy_timeout_millis.into()))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Plans do not depend on the values bound: nothing is prepared twice.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    set_up(&connection, cache_kibibytes)?;
    Ok(connection)
}

fn begin_log(connection: &Connection) -> Result<(), Failure> {
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    expect("journal_mode", mode.as_str(), "wal")
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

fn publish(unfinished: &Path, path: &Path) -> io::Result<()> {
    File::open(unfinished)?.sync_all()?;
    fs::rename(unfinished, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn set_up(connection: &Connection, cache_kibibytes: u32) -> Result<(), Failure> {
    if planted::is(Bug::B2) {
        connection.pragma_update(None, "synchronous", "NORMAL")?;
    } else {
        connection.pragma_update(None, "synchronous", "FULL")?;
        read_back(connection, "synchronous", 2)?;
    }
    // This one answers with its value.
    let pages: i64 = connection.pragma_update_and_check(None, "wal_autocheckpoint", 0, |row| row.get(0))?;
    expect("wal_autocheckpoint", pages, 0)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    read_back(connection, "foreign_keys", 1)?;
    connection.pragma_update(None, "cache_size", -i64::from(cache_kibibytes))?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    let _mapped: i64 = connection.pragma_update_and_check(None, "mmap_size", 0, |row| row.get(0))?;
    read_back(connection, "mmap_size", 0)
}

fn read_back(connection: &Connection, setting: &str, expected: i64) -> Result<(), Failure> {
    let found: i64 = connection.pragma_query_value(None, setting, |row| row.get(0))?;
    expect(setting, found, expected)
}

fn expect<T: PartialEq + std::fmt::Display>(setting: &str, found: T, expected: T) -> Result<(), Failure> {
    if found == expected {
        return Ok(());
    }
    Err(StoreError::Unfit(format!("expected {setting} to be {expected}, not {found}")).into())
}

/// A file that something else has written into is not taken over. One whose making was cut short
/// has nothing but the migrations' own list, which is written before the first migration.
fn refuse_foreign(connection: &Connection, path: &Path) -> Result<(), Failure> {
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = connection.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'refinery_schema_history'",
        [],
        |row| row.get(0),
    )?;
    if application == APPLICATION_ID || (application == 0 && tables == 0) {
        return Ok(());
    }
    let reason = format!("{} is another program's file, not a journal", path.display());
    Err(StoreError::Unfit(reason).into())
}

fn schema_version(connection: &Connection) -> Result<i64, Failure> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn refuse_other_version(connection: &Connection, path: &Path) -> Result<(), Failure> {
    let version = schema_version(connection)?;
    if version == SCHEMA_VERSION {
        return Ok(());
    }
    let remedy =
        if version < SCHEMA_VERSION { "; its writer brings it up to date: `jumun serve`" } else { "" };
    let reason = format!(
        "{} has schema version {version}, this program reads version {SCHEMA_VERSION}{remedy}",
        path.display()
    );
    Err(StoreError::Unfit(reason).into())
}

/// Brings an older file to the present schema; refuses one from the future.
fn migrate(connection: &mut Connection, path: &Path) -> Result<(), Failure> {
    if schema_version(connection)? < SCHEMA_VERSION && planted::is(Bug::B24) {
        migrate_piece_by_piece(connection)?;
    } else if schema_version(connection)? < SCHEMA_VERSION {
        // In one transaction: refinery else notes a migration behind it, and a cut between them makes the
        // next program migrate what is migrated.
        migrations::migrations::runner()
            .set_grouped(true)
            .run(connection)
            .map_err(|error| StoreError::Unfit(format!("{} cannot be migrated: {error}", path.display())))?;
    }
    refuse_other_version(connection, path)
}

/// As it must not be: every statement is a transaction of its own (B24).
fn migrate_piece_by_piece(connection: &Connection) -> Result<(), Failure> {
    for migration in migrations::migrations::runner().get_migrations() {
        connection.execute_batch(migration.sql().unwrap_or_default())?;
    }
    Ok(())
}
