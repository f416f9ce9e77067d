use journal::{JournalIdentity, SourcePosition};
use rusqlite::{Connection, Row, params};

use crate::checksum::{self, Checksum};
use crate::codec;
use crate::failure::Failure;

pub(crate) fn write_in_transaction(
    connection: &Connection,
    source: &str,
    position: SourcePosition,
) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO positions (source, journal, epoch, position, checksum) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    statement.execute(params![
        source,
        position.identity.journal.as_bytes(),
        position.identity.epoch,
        codec::integer(position.position)?,
        sum(source, position),
    ])?;
    Ok(())
}

/// How far each source has been applied, by source.
pub(crate) fn all(connection: &Connection) -> Result<Vec<(String, SourcePosition)>, Failure> {
    let mut statement = connection
        .prepare_cached("SELECT source, journal, epoch, position, checksum FROM positions ORDER BY source")?;
    let mut rows = statement.query([])?;
    let mut positions = Vec::new();
    while let Some(row) = rows.next()? {
        positions.push(read_one(row)?);
    }
    Ok(positions)
}

fn read_one(row: &Row<'_>) -> Result<(String, SourcePosition), Failure> {
    let source: String = row.get(0)?;
    let identity = JournalIdentity { journal: codec::id(row, 1)?, epoch: codec::small(row, 2)? };
    let position = SourcePosition { identity, position: codec::natural(row, 3)? };
    checksum::verify(row.get(4)?, sum(&source, position), || format!("positions at {source}"))?;
    Ok((source, position))
}

fn sum(source: &str, position: SourcePosition) -> i64 {
    Checksum::of("positions")
        .text(source)
        .id(&position.identity.journal)
        .number(position.identity.epoch.into())
        .number(position.position)
        .finish()
}
