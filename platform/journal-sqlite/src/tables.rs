//! One file per table: how it is written, how it is read, and what makes damage visible.

pub(crate) mod batches;
pub(crate) mod collections;
pub(crate) mod counters;
pub(crate) mod entries;
pub(crate) mod events;
pub(crate) mod idempotency;
pub(crate) mod lists;
pub(crate) mod parked;
pub(crate) mod positions;
pub(crate) mod rows;
pub(crate) mod snapshots;
pub(crate) mod timers;
pub(crate) mod young_timers;

use rusqlite::{CachedStatement, Connection};

use crate::failure::Failure;

/// A statement that a batch executes many times: looked up once, when it is first needed.
pub(crate) struct Held<'c> {
    connection: &'c Connection,
    sql: &'static str,
    statement: Option<CachedStatement<'c>>,
}

impl<'c> Held<'c> {
    pub(crate) const fn new(connection: &'c Connection, sql: &'static str) -> Self {
        Self { connection, sql, statement: None }
    }

    pub(crate) fn get(&mut self) -> Result<&mut CachedStatement<'c>, Failure> {
        match &mut self.statement {
            Some(statement) => Ok(statement),
            free => Ok(free.insert(self.connection.prepare_cached(self.sql)?)),
        }
    }
}
