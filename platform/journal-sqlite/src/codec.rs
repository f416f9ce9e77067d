//! How values stand in columns.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use journal::StoreError;
use kernel::{Causation, OrderId, Timestamp};
use rusqlite::Row;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use uuid::Uuid;

use crate::failure::Failure;

/// A natural number as SQLite keeps it: below 2^63.
pub(crate) fn integer(number: u64) -> Result<i64, Failure> {
    i64::try_from(number)
        .map_err(|_| StoreError::Unfit(format!("expected a number below 2^63, not {number}")).into())
}

/// A natural number out of a column.
pub(crate) fn natural(row: &Row<'_>, column: usize) -> Result<u64, Failure> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number).into())
}

/// A small natural number out of a column.
pub(crate) fn small(row: &Row<'_>, column: usize) -> Result<u32, Failure> {
    let number: i64 = row.get(column)?;
    u32::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number).into())
}

/// An id out of a column.
pub(crate) fn id(row: &Row<'_>, column: usize) -> Result<Uuid, Failure> {
    Ok(Uuid::from_bytes(row.get(column)?))
}

/// An id that may be absent.
pub(crate) fn optional_id(row: &Row<'_>, column: usize) -> Result<Option<Uuid>, Failure> {
    let bytes: Option<[u8; 16]> = row.get(column)?;
    Ok(bytes.map(Uuid::from_bytes))
}

/// A moment out of a column.
pub(crate) fn moment(row: &Row<'_>, column: usize) -> Result<Timestamp, Failure> {
    Ok(Timestamp::from_millis(row.get(column)?))
}

/// Bytes out of a column, where they lie.
pub(crate) fn bytes<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a [u8], Failure> {
    let value = row.get_ref(column)?;
    value.as_blob().map_err(|_| wrong_type(column, value))
}

/// Text out of a column, where it lies.
pub(crate) fn text<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a str, Failure> {
    let value = row.get_ref(column)?;
    value.as_str().map_err(|_| wrong_type(column, value))
}

/// The order of an event: mostly its stream's own id, which is not written twice.
pub(crate) fn order_column(order: Option<OrderId>, stream_id: Uuid) -> Option<Vec<u8>> {
    order.map(|order| match order.0 == stream_id {
        true => Vec::new(),
        false => order.0.as_bytes().to_vec(),
    })
}

/// Reads what [`order_column`] wrote.
pub(crate) fn order(row: &Row<'_>, column: usize, stream_id: Uuid) -> Result<Option<OrderId>, Failure> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        ValueRef::Blob([]) => Ok(Some(OrderId(stream_id))),
        _ => Ok(Some(OrderId(id(row, column)?))),
    }
}

const COMMAND: &str = "command/";

/// A causation: mostly the id of a command, kept in 16 bytes.
pub(crate) fn causation_column(causation: &Causation) -> ToSqlOutput<'_> {
    let text = causation.as_str();
    let id = text.strip_prefix(COMMAND).and_then(|id| Uuid::try_parse(id).ok());
    match id {
        // Only what comes back as the same text.
        Some(id) if Causation::command(id).as_str() == text => {
            ToSqlOutput::Owned(Value::Blob(id.as_bytes().to_vec()))
        }
        _ => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
    }
}

/// Reads what [`causation_column`] wrote.
pub(crate) fn causation(row: &Row<'_>, column: usize) -> Result<Causation, Failure> {
    match row.get_ref(column)? {
        ValueRef::Blob(_) => Ok(Causation::command(id(row, column)?)),
        _ => Ok(Causation::from_text(text(row, column)?)),
    }
}

/// The same text for as long as the program runs. For the few names that programs give (kinds,
/// algorithms), never for what clients send.
pub(crate) fn forever(name: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    if name == "none" {
        return "none";
    }
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let name: &'static str = Box::leak(name.into());
    names.insert(name);
    name
}

fn wrong_type(column: usize, value: ValueRef<'_>) -> Failure {
    rusqlite::Error::InvalidColumnType(column, String::new(), value.data_type()).into()
}
