use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};

use crate::failure::Failure;

/// The numbers of standing collections, as the writer holds them.
#[derive(Debug, Default)]
pub(crate) struct Collections {
    numbers: BTreeMap<String, i64>,
    /// Whether it is known that no cleared one is left.
    is_swept: bool,
}

impl Collections {
    /// The number of a collection that stands.
    pub(crate) fn find(&mut self, connection: &Connection, name: &str) -> Result<Option<i64>, Failure> {
        if let Some(id) = self.numbers.get(name) {
            return Ok(Some(*id));
        }
        let id: Option<i64> = connection
            .prepare_cached("SELECT id FROM collections WHERE name = ?1 AND cleared = 0")?
            .query_row([name], |row| row.get(0))
            .optional()?;
        if let Some(id) = id {
            self.numbers.insert(name.to_owned(), id);
        }
        Ok(id)
    }

    /// The number of a collection; it is begun when there is none.
    pub(crate) fn id(&mut self, connection: &Connection, name: &str) -> Result<i64, Failure> {
        if let Some(id) = self.find(connection, name)? {
            return Ok(id);
        }
        connection
            .prepare_cached("INSERT INTO collections (name, cleared) VALUES (?1, 0)")?
            .execute([name])?;
        let id = connection.last_insert_rowid();
        self.numbers.insert(name.to_owned(), id);
        Ok(id)
    }

    /// Takes a whole collection away: at once for readers, its rows are swept away later.
    pub(crate) fn clear(&mut self, connection: &Connection, name: &str) -> Result<(), Failure> {
        self.numbers.remove(name);
        self.is_swept = false;
        connection
            .prepare_cached("UPDATE collections SET cleared = 1 WHERE name = ?1 AND cleared = 0")?
            .execute([name])?;
        Ok(())
    }

    /// The transaction was rolled back: what was held may not be there.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Whether rows of cleared collections wait to be swept away. Only this writer clears any: where none
    /// was left, nobody is asked until it does.
    pub(crate) fn any_cleared(&mut self, connection: &Connection) -> Result<bool, Failure> {
        if !self.is_swept {
            let any = connection.prepare_cached("SELECT 1 FROM collections WHERE cleared = 1")?.exists([])?;
            self.is_swept = !any;
        }
        Ok(!self.is_swept)
    }
}

/// Sweeps up to `limit` rows and as many lines of a cleared collection away; the collection itself
/// when it is empty.
pub(crate) fn sweep_in_transaction(connection: &Connection, limit: u32) -> Result<(), Failure> {
    let id: i64 = connection
        .prepare_cached("SELECT id FROM collections WHERE cleared = 1 LIMIT 1")?
        .query_row([], |row| row.get(0))?;
    let rows = connection
        .prepare_cached(
            "DELETE FROM rows WHERE key IN (SELECT key FROM rows WHERE collection = ?1 LIMIT ?2)",
        )?
        .execute((id, limit))?;
    let entries = connection
        .prepare_cached(
            "DELETE FROM entries WHERE (collection, id, sequence) IN \
             (SELECT collection, id, sequence FROM entries WHERE collection = ?1 LIMIT ?2)",
        )?
        .execute((id, limit))?;
    if rows == 0 && entries == 0 {
        connection.prepare_cached("DELETE FROM collections WHERE id = ?1")?.execute([id])?;
    }
    Ok(())
}
