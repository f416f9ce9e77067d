//! A small store of the harness's own. Without a flaw it shows that the harness passes what is
//! right; with one, that it catches what is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use super::{Bookmark, Failure, Subject, SubjectKind};
use crate::script::{Contents, EVENTS_PER_ORDER, OrderContents, Step};

/// What is wrong with the probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// It does not wait for the disk: `synchronous=NORMAL`.
    SyncNormal,
    /// The event rows are written in another transaction than their effect.
    EventApart,
}

/// The store, opened.
#[derive(Debug)]
pub(super) struct Probe {
    connection: Connection,
    file: PathBuf,
    flaw: Flaw,
}

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS events (
        number INTEGER NOT NULL, version INTEGER NOT NULL, payload TEXT NOT NULL, digest BLOB NOT NULL,
        PRIMARY KEY (number, version)) STRICT;
    CREATE TABLE IF NOT EXISTS rows (
        number INTEGER PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS timers (number INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE IF NOT EXISTS heads (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;";

impl Probe {
    pub(super) fn open(folder: &Path, flaw: Flaw) -> Result<Self, Failure> {
        let file = SubjectKind::Probe(flaw).database_file(folder);
        let connection = Connection::open(&file)?;
        let synchronous = if flaw == Flaw::SyncNormal { "NORMAL" } else { "FULL" };
        // A failing sync here leaves the old mode without an error: only reading back tells.
        let mode: String =
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
        if mode != "wal" {
            return Err(Failure::Stopped(format!("journal mode {mode}")));
        }
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        // A reader in the way is for later, not to be waited for.
        connection.busy_timeout(std::time::Duration::ZERO)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection, file, flaw })
    }

    fn commit_events(connection: &Connection, step: &Step) -> rusqlite::Result<()> {
        let mut insert = connection.prepare_cached("INSERT INTO events VALUES (?, ?, ?, ?)")?;
        for event in &step.events {
            let digest = blake3::hash(event.payload.as_bytes());
            insert.execute(params![
                event.order,
                event.version as i64,
                event.payload,
                digest.as_bytes().as_slice()
            ])?;
        }
        Ok(())
    }

    fn commit_effects(connection: &Connection, step: &Step) -> rusqlite::Result<()> {
        for event in &step.events {
            connection.prepare_cached("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)")?.execute(params![
                event.order,
                event.version as i64,
                event.payload
            ])?;
            let timer = if event.version < EVENTS_PER_ORDER {
                "INSERT OR IGNORE INTO timers VALUES (?)"
            } else {
                "DELETE FROM timers WHERE number = ?"
            };
            connection.prepare_cached(timer)?.execute([event.order])?;
        }
        connection
            .prepare_cached("INSERT OR REPLACE INTO heads VALUES ('batches', ?)")?
            .execute([step.batch as i64])?;
        Ok(())
    }

    fn read_orders(&self) -> Result<BTreeMap<u32, OrderContents>, Failure> {
        let mut orders: BTreeMap<u32, OrderContents> = BTreeMap::new();
        let mut events = self
            .connection
            .prepare_cached("SELECT number, payload, digest FROM events ORDER BY number, version")?;
        let mut found = events.query([])?;
        while let Some(row) = found.next()? {
            let (number, payload, digest): (u32, String, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if blake3::hash(payload.as_bytes()).as_bytes().as_slice() != digest {
                return Err(Failure::Damaged(format!("event of order {number}")));
            }
            orders.entry(number).or_default().events.push(payload);
        }
        let mut rows = self.connection.prepare_cached("SELECT number, version, body FROM rows")?;
        let mut found = rows.query([])?;
        while let Some(row) = found.next()? {
            let version: i64 = row.get(1)?;
            orders.entry(row.get(0)?).or_default().row = Some((version as u64, row.get(2)?));
        }
        Ok(orders)
    }

    fn last_batch(&self) -> Result<u64, Failure> {
        let value: Option<i64> =
            self.connection.query_row("SELECT value FROM heads", [], |row| row.get(0)).optional()?;
        Ok(value.unwrap_or(0) as u64)
    }
}

impl Subject for Probe {
    fn commit(&mut self, step: &Step) -> Result<(), Failure> {
        if self.flaw == Flaw::EventApart {
            let transaction = self.connection.transaction()?;
            Self::commit_events(&transaction, step)?;
            transaction.commit()?;
        }
        let transaction = self.connection.transaction()?;
        if self.flaw != Flaw::EventApart {
            Self::commit_events(&transaction, step)?;
        }
        Self::commit_effects(&transaction, step)?;
        Ok(transaction.commit()?)
    }

    fn tidy_up(&mut self) -> Result<(), Failure> {
        self.connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()))?;
        Ok(())
    }

    fn contents(&mut self) -> Result<Contents, Failure> {
        check_integrity(&self.file)?;
        let orders = self.read_orders()?;
        let last_batch = self.last_batch()?;
        let timers = self
            .connection
            .prepare_cached("SELECT number FROM timers")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<BTreeSet<u32>>>()?;
        // The probe keeps neither a neighbour's position nor keys: it stands in for them.
        let keys = orders.keys().copied().collect();
        Ok(Contents { last_batch, neighbour_position: last_batch, orders, timers, keys })
    }

    fn bookmark(&mut self) -> Result<Bookmark, Failure> {
        Ok(Bookmark { identity: "probe".into(), position: self.last_batch()? })
    }
}

/// SQLite's own check of a database file, on a connection of its own.
pub(super) fn check_integrity(file: &Path) -> Result<(), Failure> {
    let connection = Connection::open(file)?;
    let answer: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if answer == "ok" { Ok(()) } else { Err(Failure::Damaged(answer)) }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(text),
            Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => Self::Stopped(text),
            _ => Self::Other(text),
        }
    }
}
