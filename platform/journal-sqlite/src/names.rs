use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::HashMap;
use rusqlite::{Connection, OptionalExtension};

use crate::failure::Failure;

/// The texts that repeat, each kept once: kinds, event types, shops, states. A name never changes
/// and never goes, so what was read once may be kept.
#[derive(Default)]
pub(crate) struct Names {
    by_id: BTreeMap<i64, Arc<str>>,
    by_text: HashMap<Arc<str>, i64>,
    /// Written by the transaction under way.
    fresh: Vec<i64>,
}

impl Names {
    /// The text behind a number.
    pub(crate) fn text(&mut self, connection: &Connection, id: i64) -> Result<Arc<str>, Failure> {
        if let Some(text) = self.by_id.get(&id) {
            return Ok(Arc::clone(text));
        }
        let text: Option<Arc<str>> = connection
            .prepare_cached("SELECT name FROM names WHERE id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        let text = text.ok_or_else(|| Failure::damaged(format!("names at {id}"), "the name is gone"))?;
        self.keep(id, Arc::clone(&text));
        Ok(text)
    }

    /// The number of a text, where it was ever written.
    pub(crate) fn find(&mut self, connection: &Connection, text: &str) -> Result<Option<i64>, Failure> {
        if let Some(id) = self.by_text.get(text) {
            return Ok(Some(*id));
        }
        let id: Option<i64> = connection
            .prepare_cached("SELECT id FROM names WHERE name = ?1")?
            .query_row([text], |row| row.get(0))
            .optional()?;
        if let Some(id) = id {
            self.keep(id, text.into());
        }
        Ok(id)
    }

    /// The number of a text; it is written when it is new.
    pub(crate) fn id(&mut self, connection: &Connection, text: &str) -> Result<i64, Failure> {
        if let Some(id) = self.find(connection, text)? {
            return Ok(id);
        }
        connection.prepare_cached("INSERT INTO names (name) VALUES (?1)")?.execute([text])?;
        let id = connection.last_insert_rowid();
        self.keep(id, text.into());
        self.fresh.push(id);
        Ok(id)
    }

    /// A text that was written, as it is kept.
    pub(crate) fn kept(&mut self, connection: &Connection, text: &str) -> Result<Arc<str>, Failure> {
        match self.by_text.get_key_value(text) {
            Some((kept, _)) => Ok(Arc::clone(kept)),
            None => {
                let id = self.id(connection, text)?;
                self.text(connection, id)
            }
        }
    }

    /// The transaction was committed.
    pub(crate) fn settle(&mut self) {
        self.fresh.clear();
    }

    /// The transaction was rolled back: its names are not there.
    pub(crate) fn forget_fresh(&mut self) {
        for id in std::mem::take(&mut self.fresh) {
            if let Some(text) = self.by_id.remove(&id) {
                self.by_text.remove(&text);
            }
        }
    }

    fn keep(&mut self, id: i64, text: Arc<str>) {
        self.by_text.insert(Arc::clone(&text), id);
        self.by_id.insert(id, text);
    }
}
