use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::request::SHOP;

const FILE: &str = "journal.db";
const LOG: &str = "journal.db-wal";

/// The journals of a data folder, one per role, read as they are: also of a running program. Orders
/// are those of one shop.
#[derive(Debug, Clone)]
pub(crate) struct Journals {
    data: PathBuf,
    shop: &'static str,
}

impl Journals {
    /// Of this data folder, and the bench shop.
    pub(crate) fn of(data: &Path) -> Self {
        Self { data: data.to_owned(), shop: SHOP }
    }

    /// The same journals, and the orders of another shop.
    pub(crate) fn at_shop(&self, shop: &'static str) -> Self {
        Self { data: self.data.clone(), shop }
    }

    /// The number of the shop's latest order.
    pub(crate) fn last_order(&self) -> Result<u64> {
        self.count("ordering", "orders", "SELECT MAX(number) FROM rows WHERE collection = ?1 AND shop = ?2")
    }

    /// Orders of the shop behind a number, as ordering has them.
    pub(crate) fn orders_after(&self, number: u64) -> Result<u64> {
        let counting =
            format!("SELECT COUNT(*) FROM rows WHERE collection = ?1 AND shop = ?2 AND number > {number}");
        self.count("ordering", "orders", &counting)
    }

    /// Stories of the shop behind a number that are told to the end.
    pub(crate) fn completed_after(&self, number: u64) -> Result<u64> {
        self.told_after(number, "completed")
    }

    /// Stories of the shop up to a number that are told to the end.
    pub(crate) fn completed_until(&self, number: u64) -> Result<u64> {
        self.told(&format!("number <= {number}"), "completed")
    }

    /// Stories of the shop behind a number that have come to a state.
    pub(crate) fn told_after(&self, number: u64, state: &'static str) -> Result<u64> {
        self.told(&format!("number > {number}"), state)
    }

    fn told(&self, which: &str, state: &'static str) -> Result<u64> {
        let counting = format!(
            "SELECT COUNT(*) FROM rows WHERE collection = ?1 AND shop = ?2
             AND state = (SELECT id FROM names WHERE name = '{state}') AND {which}"
        );
        self.count("tracking", "stories", &counting)
    }

    /// The ids of some orders, evenly over all there are.
    pub(crate) fn some_orders(&self, at_most: u64) -> Result<Vec<String>> {
        let store = self.open("ordering")?;
        let step = i64::try_from((self.last_order()? / at_most.max(1)).max(1))?;
        let mut found = store.prepare(
            "SELECT lower(hex(id)) FROM rows
             WHERE collection = (SELECT id FROM collections WHERE name = 'orders' AND cleared = 0)
             AND shop = (SELECT id FROM names WHERE name = ?1) AND number % ?2 = 0 LIMIT ?3",
        )?;
        let ids = found.query_map(params![self.shop, step, i64::try_from(at_most)?], |row| row.get(0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// Batches that all roles have committed, each with one sync.
    pub(crate) fn batches(&self) -> Result<u64> {
        self.sum("SELECT MAX(sequence) FROM batches")
    }

    /// Events in all journals.
    pub(crate) fn events(&self) -> Result<u64> {
        self.sum("SELECT MAX(position) FROM events")
    }

    /// What an order is worth keeping: the data of its events in all journals, in bytes.
    pub(crate) fn event_bytes_of_an_order(&self) -> Result<f64> {
        let mut bytes = 0;
        for role in self.folders()? {
            let question = "SELECT SUM(LENGTH(data) + COALESCE(LENGTH(personal), 0)) FROM
                (SELECT data, personal FROM events ORDER BY position DESC LIMIT 10000)";
            let store = open(&role)?;
            let events = number(&store, "SELECT MAX(position) FROM events", [])?;
            bytes += number(&store, question, [])? * events / events.clamp(1, 10_000);
        }
        Ok(bytes as f64 / self.last_order()?.max(1) as f64)
    }

    /// Bytes in all logs that may not have been moved into the files yet.
    pub(crate) fn log_bytes(&self) -> Result<u64> {
        let sizes =
            self.folders()?.into_iter().map(|role| fs::metadata(role.join(LOG)).map_or(0, |log| log.len()));
        Ok(sizes.sum())
    }

    /// Moves all logs into the files of a stopped program, and says how large the files are.
    pub(crate) fn settled_bytes(&self) -> Result<u64> {
        let mut bytes = 0;
        for role in self.folders()? {
            let store = Connection::open(role.join(FILE))?;
            store.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            drop(store);
            bytes += fs::metadata(role.join(FILE))?.len();
        }
        Ok(bytes)
    }

    /// Keeps all logs from beginning anew, as a slow reader does, until the result is dropped.
    pub(crate) fn hold_logs(&self) -> Result<Vec<Connection>> {
        let hold = |role: PathBuf| {
            let store = open(&role)?;
            store.execute_batch("BEGIN; SELECT COUNT(*) FROM names;")?;
            Ok(store)
        };
        self.folders()?.into_iter().map(hold).collect()
    }

    fn sum(&self, question: &str) -> Result<u64> {
        let mut sum = 0;
        for role in self.folders()? {
            sum += number(&open(&role)?, question, [])?;
        }
        Ok(sum)
    }

    fn folders(&self) -> Result<Vec<PathBuf>> {
        let mut folders = Vec::new();
        for entry in fs::read_dir(&self.data)? {
            let folder = entry?.path();
            if folder.join(FILE).is_file() {
                folders.push(folder);
            }
        }
        Ok(folders)
    }

    fn open(&self, role: &str) -> Result<Connection> {
        open(&self.data.join(role))
    }

    /// Asks about the shop's rows of a list, in its newest generation; 0 where there is none yet.
    fn count(&self, role: &str, list: &str, question: &str) -> Result<u64> {
        let store = self.open(role)?;
        let collection = store
            .query_row(
                "SELECT id FROM collections WHERE (name = ?1 OR name LIKE ?1 || '.%') AND cleared = 0
                 ORDER BY id DESC LIMIT 1",
                [list],
                |row| row.get::<_, i64>(0),
            )
            .optional()?;
        let shop = store
            .query_row("SELECT id FROM names WHERE name = ?1", [self.shop], |row| row.get::<_, i64>(0))
            .optional()?;
        let (Some(collection), Some(shop)) = (collection, shop) else { return Ok(0) };
        number(&store, question, params![collection, shop])
    }
}

fn open(role: &Path) -> Result<Connection> {
    let path = role.join(FILE);
    let store = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    store.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(store)
}

/// The one number that is asked for; 0 where there is none.
fn number(store: &Connection, question: &str, parameters: impl rusqlite::Params) -> Result<u64> {
    let found: Option<i64> = store.query_row(question, parameters, |row| row.get(0))?;
    Ok(u64::try_from(found.unwrap_or(0))?)
}
