//! A folder of its own for each test, and harm done to the file in it.

use std::path::PathBuf;

use journal::StoreError;
use journal::suite::{Damage, Workshop};
use journal_sqlite::{FILE_NAME, Options, SqliteJournal};
use rusqlite::{Connection, Params};
use tempfile::TempDir;
use uuid::Uuid;

/// A data folder that is gone with it.
pub(crate) struct Folder {
    folder: TempDir,
    pub(crate) options: Options,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), options: Options::default() }
    }

    pub(crate) fn with(options: Options) -> Self {
        Self { options, ..Self::new() }
    }

    /// In memory, where the machine has such a folder: for what is not about syncs.
    pub(crate) fn without_disk(options: Options) -> Self {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        Self { folder: folder.unwrap(), options }
    }

    pub(crate) fn role(&self) -> PathBuf {
        self.folder.path().join("ordering")
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.role().join(FILE_NAME)
    }

    /// Changes the file behind the journal's back; how many rows were hit.
    pub(crate) fn tamper(&self, sql: &str, params: impl Params) -> usize {
        let connection = Connection::open(self.file()).unwrap();
        connection.execute(sql, params).unwrap()
    }
}

impl Workshop for Folder {
    type Store = SqliteJournal;

    fn try_open(&mut self) -> Result<SqliteJournal, StoreError> {
        SqliteJournal::open(&self.role(), "ordering", self.options.clone())
    }

    fn erase_personal(&mut self, stream_id: Uuid, version: u64) {
        let sql = "UPDATE events SET personal = x'' WHERE stream_id = ?1 AND version = ?2";
        assert_eq!(self.tamper(sql, (stream_id.as_bytes(), version as i64)), 1);
    }

    fn damage(&mut self, damage: &Damage) -> bool {
        let changed = match damage {
            Damage::EventData { stream_id, version } => self.tamper(
                "UPDATE events SET data = x'7b7d7d' WHERE stream_id = ?1 AND version = ?2",
                (stream_id.as_bytes(), *version as i64),
            ),
            Damage::PersonalPart { stream_id, version } => self.tamper(
                "UPDATE events SET personal = x'6c6565' WHERE stream_id = ?1 AND version = ?2",
                (stream_id.as_bytes(), *version as i64),
            ),
            Damage::EventTimes => self.tamper("UPDATE events SET at = at + 1", []),
            Damage::LostTail => {
                self.tamper("DELETE FROM events WHERE position = (SELECT max(position) FROM events)", [])
            }
            Damage::RowBody { collection, id } => self.tamper(
                "UPDATE rows SET body = x'7b7d7d' \
                 WHERE collection = (SELECT id FROM collections WHERE name = ?1) AND id = ?2",
                (collection, id.as_bytes()),
            ),
            Damage::EntryBody { collection, id } => self.tamper(
                "UPDATE entries SET body = x'7b7d7d' \
                 WHERE collection = (SELECT id FROM collections WHERE name = ?1) AND id = ?2",
                (collection, id.as_bytes()),
            ),
            Damage::TimerTimes => {
                self.tamper("UPDATE timers SET at = at + 1", [])
                    + self.tamper("UPDATE young_timers SET body = CAST(body || x'00' AS BLOB)", [])
            }
            Damage::IdempotencyOrders => self.tamper("UPDATE idempotency SET order_id = zeroblob(16)", []),
            Damage::CounterValues => self.tamper("UPDATE counters SET value = value + 1", []),
            Damage::SourcePositions => self.tamper("UPDATE positions SET position = position + 1", []),
        };
        assert_ne!(changed, 0, "the damage hit nothing: {damage:?}");
        true
    }
}
