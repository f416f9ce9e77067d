use std::borrow::Cow;

use journal::{Timer, TimerWrite};
use kernel::{OrderId, Timestamp};
use rusqlite::{Connection, Params, Row, Statement, params};
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

/// Writes the timers of a batch.
pub(crate) fn write_in_transaction(
    connection: &Connection,
    names: &mut Names,
    writes: &[TimerWrite],
) -> Result<(), Failure> {
    let mut set_one = Held::new(
        connection,
        "INSERT OR REPLACE INTO timers (key, kind, at, order_id, attempt, payload, checksum) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    );
    let mut cancel = Held::new(connection, "DELETE FROM timers WHERE key = ?1");
    for write in writes {
        match write {
            TimerWrite::Set(timer) => set(set_one.get()?, names.id(connection, &timer.kind)?, timer)?,
            TimerWrite::Cancel { key } => {
                cancel.get()?.execute([key])?;
            }
        }
    }
    Ok(())
}

fn set(statement: &mut Statement<'_>, kind: i64, timer: &Timer) -> Result<(), Failure> {
    statement.execute(params![
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

/// Every timer, by time.
pub(crate) fn all(connection: &Connection, names: &mut Names) -> Result<Vec<Timer>, Failure> {
    read(connection, names, select_timers!("ORDER BY at, key"), [])
}

/// Timers due at `now`, earliest first.
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

/// When the earliest timer is due.
pub(crate) fn next_at(connection: &Connection) -> Result<Option<Timestamp>, Failure> {
    let at: Option<i64> =
        connection.prepare_cached("SELECT min(at) FROM timers")?.query_row([], |row| row.get(0))?;
    Ok(at.map(Timestamp::from_millis))
}

/// Planted bug B14.
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
