use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use rusqlite::{Connection, params};

use crate::clock::{Instant, millis_since_1970};
use crate::request::Chance;

/// Orders in one transaction.
const BATCH: u64 = 512;
/// What an order and its event weigh here.
const ORDER: [u8; 320] = [b'o'; 320];
const EVENT: [u8; 240] = [b'e'; 240];

/// The yardstick Y2: orders per second that SQLite takes as three rows each (order, event, key), in
/// batches of 512, every batch synced.
pub(crate) fn raw_inserts_per_second(folder: &Path, lasting: Duration) -> Result<f64> {
    std::fs::create_dir_all(folder)?;
    let mut connection = Connection::open(folder.join("raw.db"))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE orders (id BLOB PRIMARY KEY, number INTEGER, body BLOB) WITHOUT ROWID, STRICT;
         CREATE TABLE events (position INTEGER PRIMARY KEY, body BLOB) STRICT;
         CREATE TABLE keys (key BLOB PRIMARY KEY, body_hash BLOB) WITHOUT ROWID, STRICT;",
    )?;
    let mut chance = Chance(1);
    let mut orders = 0;
    let begin = Instant::now();
    while begin.elapsed() < lasting {
        insert_batch(&mut connection, orders, &mut chance)?;
        orders += BATCH;
    }
    let per_second = orders as f64 / begin.elapsed().as_secs_f64();
    drop(connection);
    std::fs::remove_dir_all(folder)?;
    Ok(per_second)
}

fn insert_batch(connection: &mut Connection, first: u64, chance: &mut Chance) -> Result<()> {
    let transaction = connection.transaction()?;
    {
        let mut order = transaction.prepare_cached("INSERT INTO orders VALUES (?1, ?2, ?3)")?;
        let mut event = transaction.prepare_cached("INSERT INTO events (body) VALUES (?1)")?;
        let mut key = transaction.prepare_cached("INSERT INTO keys VALUES (?1, ?2)")?;
        for number in first..first + BATCH {
            let id = u128::from(millis_since_1970()) << 80 | u128::from(number) << 16;
            order.execute(params![id.to_be_bytes(), number.cast_signed(), ORDER])?;
            event.execute(params![EVENT])?;
            let unforeseen = id | u128::from(chance.next() & 0xffff);
            key.execute(params![unforeseen.to_be_bytes(), id.to_le_bytes()])?;
        }
    }
    transaction.commit()?;
    Ok(())
}
