use std::borrow::Cow;

use journal::Entry;
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::Held;
use super::collections::Collections;
use crate::checksum::{self, Checksum};
use crate::codec;
use crate::failure::Failure;

/// Writes the lines of a batch.
pub(crate) fn write_in_transaction(
    connection: &Connection,
    collections: &mut Collections,
    entries: &[Entry],
) -> Result<(), Failure> {
    let mut insert = Held::new(
        connection,
        "INSERT OR REPLACE INTO entries (collection, id, sequence, body, checksum) VALUES (?1, ?2, ?3, ?4, ?5)",
    );
    for entry in entries {
        let collection = collections.id(connection, &entry.collection)?;
        let sequence = codec::integer(entry.sequence)?;
        insert.get()?.execute(params![collection, entry.id.as_bytes(), sequence, entry.body, sum(entry)])?;
    }
    Ok(())
}

/// Up to `limit` lines of a log after a sequence.
pub(crate) fn read(
    connection: &Connection,
    collection: &str,
    id: Uuid,
    after: u64,
    limit: usize,
) -> Result<Vec<Entry>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT id, sequence, body, checksum FROM entries \
         WHERE collection = (SELECT id FROM collections WHERE name = ?1 AND cleared = 0) \
         AND id = ?2 AND sequence > ?3 ORDER BY sequence LIMIT ?4",
    )?;
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![collection, id.as_bytes(), after, limit])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(read_one(row, collection)?);
    }
    Ok(entries)
}

pub(crate) fn audit(connection: &Connection, found: &mut Vec<Failure>) -> Result<(), Failure> {
    let mut statement = connection.prepare(
        "SELECT entries.id, sequence, body, checksum, name FROM entries \
         JOIN collections ON collections.id = entries.collection WHERE cleared = 0",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        found.extend(read_one(row, codec::text(row, 4)?).err());
    }
    Ok(())
}

fn read_one(row: &Row<'_>, collection: &str) -> Result<Entry, Failure> {
    let entry = Entry {
        collection: Cow::Owned(collection.to_owned()),
        id: codec::id(row, 0)?,
        sequence: codec::natural(row, 1)?,
        body: row.get(2)?,
    };
    checksum::verify(row.get(3)?, sum(&entry), || {
        format!("log {} of {} at {}", entry.collection, entry.id, entry.sequence)
    })?;
    Ok(entry)
}

fn sum(entry: &Entry) -> i64 {
    Checksum::of("entries")
        .text(&entry.collection)
        .id(&entry.id)
        .number(entry.sequence)
        .bytes(&entry.body)
        .finish()
}
