use std::borrow::Cow;

use journal::Timer;
use kernel::{OrderId, Timestamp};
use rusqlite::{Connection, Params, Row, params};
use uuid::Uuid;

use super::Held;
use crate::checksum::{self, Checksum};
use crate::codec;
use crate::failure::Failure;
use crate::names::Names;

macro_rules! select_timers {
    ($rest:literal) => {
        concat!("SELECT key, kind, at, order_id, attempt, payload, checksum FROM timers ", $rest)
    };
}

/// The table while a batch writes into it.
pub(crate) struct Ripe<'c> {
    connection: &'c Connection,
    set: Held<'c>,
    cancel: Held<'c>,
}

impl<'c> Ripe<'c> {
    pub(crate) const fn of(connection: &'c Connection) -> Self {
        Self {
            connection,
            set: Held::new(
                connection,
                "INSERT OR REPLACE INTO timers (key, kind, at, order_id, attempt, payload, checksum) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            ),
            cancel: Held::new(connection, "DELETE FROM timers WHERE key = ?1"),
        }
    }

    /// Puts a timer in the table.
    pub(crate) fn set_in_transaction(&mut self, names: &mut Names, timer: &Timer) -> Result<(), Failure> {
        let kind = names.id(self.connection, &timer.kind)?;
        self.set.get()?.execute(params![
            timer.key,
            kind,
            timer.at.millis(),
            timer.order.as_ref().map(|order| order.0.as_bytes()),
            timer.attempt,
            timer.payload,
            sum(timer),
        ])?;
        Ok(())
    }

    /// Takes one out, where it is there.
    pub(crate) fn cancel_in_transaction(&mut self, key: &str) -> Result<(), Failure> {
        self.cancel.get()?.execute([key])?;
        Ok(())
    }
}

/// Every timer of the table, by time.
pub(crate) fn all(connection: &Connection, names: &mut Names) -> Result<Vec<Timer>, Failure> {
    read(connection, names, select_timers!("ORDER BY at, key"), [])
}

/// Timers of the table due at `now`, earliest first.
pub(crate) fn due(
    connection: &Connection,
    names: &mut Names,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Timer>, Failure> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = select_timers!("WHERE at <= ?1 ORDER BY at, key LIMIT ?2");
    read(connection, names, sql, (now.millis(), limit))
}

/// The keys of the table, up to `limit` of them.
pub(crate) fn keys(connection: &Connection, limit: usize) -> Result<Vec<String>, Failure> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached("SELECT key FROM timers LIMIT ?1")?;
    let keys = statement.query_map([limit], |row| row.get(0))?;
    Ok(keys.collect::<rusqlite::Result<_>>()?)
}

/// When the earliest timer of the table is due.
pub(crate) fn next_at(connection: &Connection) -> Result<Option<Timestamp>, Failure> {
    let at: Option<i64> =
        connection.prepare_cached("SELECT min(at) FROM timers")?.query_row([], |row| row.get(0))?;
    Ok(at.map(Timestamp::from_millis))
}

pub(crate) fn lose_all(connection: &Connection) -> Result<(), Failure> {
    connection.execute("DELETE FROM timers", [])?;
    Ok(())
}

pub(crate) fn audit(
    connection: &Connection,
    names: &mut Names,
    found: &mut Vec<Failure>,
) -> Result<(), Failure> {
    let mut statement = connection.prepare(select_timers!(""))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        found.extend(read_one(connection, names, row).err());
    }
    Ok(())
}

fn read(
    connection: &Connection,
    names: &mut Names,
    sql: &str,
    params: impl Params,
) -> Result<Vec<Timer>, Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut timers = Vec::new();
    while let Some(row) = rows.next()? {
        timers.push(read_one(connection, names, row)?);
    }
    Ok(timers)
}

fn read_one(connection: &Connection, names: &mut Names, row: &Row<'_>) -> Result<Timer, Failure> {
    let timer = Timer {
        key: row.get(0)?,
        kind: Cow::Owned(names.text(connection, row.get(1)?)?.to_string()),
        at: codec::moment(row, 2)?,
        order: codec::optional_id(row, 3)?.map(OrderId),
        attempt: codec::small(row, 4)?,
        payload: row.get(5)?,
    };
    checksum::verify(row.get(6)?, sum(&timer), || format!("timers at {}", timer.key))?;
    Ok(timer)
}

fn sum(timer: &Timer) -> i64 {
    let order = timer.order.as_ref().map(|order: &OrderId| Uuid::as_bytes(&order.0).as_slice());
    Checksum::of("timers")
        .text(&timer.key)
        .text(&timer.kind)
        .at(timer.at)
        .optional(order)
        .number(timer.attempt.into())
        .bytes(&timer.payload)
        .finish()
}
