use journal::{Generations, IdempotencyOutcome, IdempotencyRecord, IdempotencyWrite, StoreError};
use kernel::{Hash, OrderId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Statement, params};

use super::Held;
use crate::checksum::{self, Checksum};
use crate::codec;
use crate::failure::Failure;
use crate::heights::Heights;

/// The bits of a place that tell records of one millisecond apart.
const TAG_BITS: u32 = 20;

/// The last millisecond that a place can tell: in the year 2248.
const MILLIS_MAX: i64 = (1 << (63 - TAG_BITS)) - 1;

/// Writes the records of a batch.
pub(crate) fn write_in_transaction(
    connection: &Connection,
    recent: &mut RecentKeys,
    heights: &mut Heights,
    writes: &[IdempotencyWrite],
) -> Result<(), Failure> {
    let mut find = Held::new(connection, FIND);
    let mut insert = Held::new(connection, INSERT);
    let mut update = Held::new(connection, UPDATE);
    for write in writes {
        match write {
            IdempotencyWrite::Put(record) => {
                let known = recent.take(&record.scope).map(|(place, _)| place);
                let former = match known {
                    Some(place) => Some(place),
                    None if heights.is_new_key(connection, tag(&record.scope))? => None,
                    None => place_of(find.get()?, &record.scope)?,
                };
                let place = match former {
                    Some(former) if former >> TAG_BITS == record.at.millis() => {
                        execute(update.get()?, former, record)?;
                        former
                    }
                    Some(former) => {
                        remove(connection, former)?;
                        insert_one(insert.get()?, record)?
                    }
                    None => insert_one(insert.get()?, record)?,
                };
                heights.put_key(tag(&record.scope));
                let kept = (place, record.clone());
                if known.is_none() && former.is_some() {
                    recent.put_back(record.scope, kept);
                } else {
                    recent.put(record.scope, kept);
                }
            }
            IdempotencyWrite::Remove { scope } => {
                recent.take(scope);
                if let Some(place) = place_of(find.get()?, scope)? {
                    remove(connection, place)?;
                }
            }
            IdempotencyWrite::Forget { before } => {
                recent.clear();
                heights.settle();
                forget(connection, *before)?;
            }
        }
    }
    Ok(())
}

/// An update leaves the tag's index alone.
const UPDATE: &str = "UPDATE idempotency SET body_hash = ?4, order_id = ?5, status = ?6, version = ?7, body = ?8, \
     checksum = ?9 WHERE place = ?1";
const INSERT: &str = "INSERT INTO idempotency (place, tag, scope, body_hash, order_id, status, version, body, checksum) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (place) DO NOTHING";

/// Puts a record at the first free place of its millisecond, from where its tag points to on and round.
fn insert_one(insert: &mut Statement<'_>, record: &IdempotencyRecord) -> Result<i64, Failure> {
    let first = first_place(record)?;
    let (millis, low) = (first >> TAG_BITS, first & ((1 << TAG_BITS) - 1));
    for step in 0..1 << TAG_BITS {
        let place = (millis << TAG_BITS) | ((low + step) & ((1 << TAG_BITS) - 1));
        if execute(insert, place, record)? == 1 {
            return Ok(place);
        }
    }
    Err(StoreError::Unavailable("too many idempotency records of one millisecond".to_owned()).into())
}

/// Executes [`INSERT`] or [`UPDATE`]: how many records it wrote.
fn execute(statement: &mut Statement<'_>, place: i64, record: &IdempotencyRecord) -> Result<usize, Failure> {
    let outcome = record.outcome.as_ref();
    let version = outcome.map(|outcome| codec::integer(outcome.version)).transpose()?;
    Ok(statement.execute(params![
        place,
        tag(&record.scope),
        record.scope,
        record.body_hash,
        record.order.0.as_bytes(),
        outcome.map(|outcome| outcome.status),
        version,
        outcome.map(|outcome| &outcome.body),
        sum(record),
    ])?)
}

/// Keys that this writer has put lately, with their places: others are looked up.
pub(crate) type RecentKeys = Generations<Hash, (i64, IdempotencyRecord)>;

fn remove(connection: &Connection, place: i64) -> Result<(), Failure> {
    connection.prepare_cached("DELETE FROM idempotency WHERE place = ?1")?.execute([place])?;
    Ok(())
}

fn forget(connection: &Connection, before: Timestamp) -> Result<(), Failure> {
    let millis = before.millis().clamp(-MILLIS_MAX, MILLIS_MAX);
    connection.prepare_cached("DELETE FROM idempotency WHERE place < ?1")?.execute([millis << TAG_BITS])?;
    Ok(())
}

/// What became of a client's key.
pub(crate) fn read(connection: &Connection, scope: &Hash) -> Result<Option<IdempotencyRecord>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT place, scope, body_hash, order_id, status, version, body, checksum FROM idempotency \
         WHERE tag = ?1 AND scope = ?2",
    )?;
    let mut rows = statement.query(params![tag(scope), scope])?;
    rows.next()?.map(read_one).transpose()
}

pub(crate) fn audit(connection: &Connection, found: &mut Vec<Failure>) -> Result<(), Failure> {
    let mut statement = connection.prepare(
        "SELECT place, scope, body_hash, order_id, status, version, body, checksum FROM idempotency",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        found.extend(read_one(row).err());
    }
    Ok(())
}

const FIND: &str = "SELECT place FROM idempotency WHERE tag = ?1 AND scope = ?2";

fn place_of(find: &mut Statement<'_>, scope: &Hash) -> Result<Option<i64>, Failure> {
    Ok(find.query_row(params![tag(scope), scope], |row| row.get(0)).optional()?)
}

/// The place that a record takes when nobody has it.
fn first_place(record: &IdempotencyRecord) -> Result<i64, Failure> {
    let millis = record.at.millis();
    if !(-MILLIS_MAX..=MILLIS_MAX).contains(&millis) {
        let reason =
            format!("expected the time of an idempotency record before the year 2248, not {}", record.at);
        return Err(StoreError::Unfit(reason).into());
    }
    Ok((millis << TAG_BITS) | (tag(&record.scope) & ((1 << TAG_BITS) - 1)))
}

/// Scopes whose keys say their time are in its order by this: the index grows at its end.
pub(crate) fn tag(scope: &Hash) -> i64 {
    let mut first = [0; 8];
    first.copy_from_slice(&scope[..8]);
    i64::from_le_bytes(first)
}

fn read_one(row: &Row<'_>) -> Result<IdempotencyRecord, Failure> {
    let place: i64 = row.get(0)?;
    let status: Option<u16> = row.get(4)?;
    let outcome = match status {
        None => None,
        Some(status) => {
            Some(IdempotencyOutcome { status, version: codec::natural(row, 5)?, body: row.get(6)? })
        }
    };
    let record = IdempotencyRecord {
        scope: row.get(1)?,
        body_hash: row.get(2)?,
        order: OrderId(codec::id(row, 3)?),
        at: Timestamp::from_millis(place >> TAG_BITS),
        outcome,
    };
    checksum::verify(row.get(7)?, sum(&record), || format!("idempotency at {place}"))?;
    Ok(record)
}

fn sum(record: &IdempotencyRecord) -> i64 {
    let mut sum = Checksum::of("idempotency");
    sum.bytes(&record.scope).bytes(&record.body_hash).id(&record.order.0).at(record.at);
    match &record.outcome {
        None => sum.number(0),
        Some(outcome) => sum.number(outcome.status.into()).number(outcome.version).bytes(&outcome.body),
    }
    .finish()
}
