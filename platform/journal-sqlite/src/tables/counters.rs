use journal::CounterValue;
use rusqlite::{Connection, Row, params};

use crate::checksum::{self, Checksum};
use crate::codec;
use crate::failure::Failure;

pub(crate) fn write_in_transaction(connection: &Connection, counter: &CounterValue) -> Result<(), Failure> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO counters (name, value, checksum) VALUES (?1, ?2, ?3)")?
        .execute(params![counter.name, codec::integer(counter.value)?, sum(&counter.name, counter.value)])?;
    Ok(())
}

pub(crate) fn value(connection: &Connection, name: &str) -> Result<u64, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT name, value, checksum FROM counters WHERE name = ?1")?;
    let mut rows = statement.query([name])?;
    rows.next()?.map_or(Ok(0), read_one)
}

pub(crate) fn audit(connection: &Connection, found: &mut Vec<Failure>) -> Result<(), Failure> {
    let mut statement = connection.prepare("SELECT name, value, checksum FROM counters")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        found.extend(read_one(row).err());
    }
    Ok(())
}

fn read_one(row: &Row<'_>) -> Result<u64, Failure> {
    let (name, value) = (codec::text(row, 0)?, codec::natural(row, 1)?);
    checksum::verify(row.get(2)?, sum(name, value), || format!("counters at {name}"))?;
    Ok(value)
}

fn sum(name: &str, value: u64) -> i64 {
    Checksum::of("counters").text(name).number(value).finish()
}
