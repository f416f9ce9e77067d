use journal::Snapshot;
use kernel::StreamId;
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::checksum::{self, Checksum};
use crate::codec;
use crate::failure::Failure;

pub(crate) fn write_in_transaction(connection: &Connection, snapshot: &Snapshot) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO snapshots (stream_id, stream_kind, version, evolve_version, last_hash, state, checksum) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    statement.execute(params![
        snapshot.stream.id.as_bytes(),
        snapshot.stream.kind,
        codec::integer(snapshot.version)?,
        snapshot.evolve_version,
        snapshot.last_hash,
        snapshot.state,
        sum(snapshot),
    ])?;
    Ok(())
}

/// A stream's snapshot, where there is one.
pub(crate) fn read(connection: &Connection, stream_id: Uuid) -> Result<Option<Snapshot>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT stream_id, stream_kind, version, evolve_version, last_hash, state, checksum FROM snapshots \
         WHERE stream_id = ?1",
    )?;
    let mut rows = statement.query([stream_id.as_bytes()])?;
    rows.next()?.map(read_one).transpose()
}

pub(crate) fn audit(connection: &Connection, found: &mut Vec<Failure>) -> Result<(), Failure> {
    let mut statement = connection.prepare(
        "SELECT stream_id, stream_kind, version, evolve_version, last_hash, state, checksum FROM snapshots",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        found.extend(read_one(row).err());
    }
    Ok(())
}

fn read_one(row: &Row<'_>) -> Result<Snapshot, Failure> {
    let snapshot = Snapshot {
        stream: StreamId::new(codec::forever(codec::text(row, 1)?), codec::id(row, 0)?),
        version: codec::natural(row, 2)?,
        evolve_version: codec::small(row, 3)?,
        last_hash: row.get(4)?,
        state: row.get(5)?,
    };
    checksum::verify(row.get(6)?, sum(&snapshot), || format!("snapshots at {}", snapshot.stream))?;
    Ok(snapshot)
}

fn sum(snapshot: &Snapshot) -> i64 {
    Checksum::of("snapshots")
        .id(&snapshot.stream.id)
        .text(snapshot.stream.kind)
        .number(snapshot.version)
        .number(snapshot.evolve_version.into())
        .bytes(&snapshot.last_hash)
        .bytes(&snapshot.state)
        .finish()
}
