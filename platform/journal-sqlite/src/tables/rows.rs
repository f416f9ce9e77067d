use std::borrow::Cow;

use journal::{Row, RowWrite};
use kernel::ShopKey;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::collections::Collections;
use crate::checksum::{self, Checksum};
use crate::codec;
use crate::failure::Failure;
use crate::names::Names;

/// Selects rows as [`read_one`] reads them, of the standing collection of name ?1.
macro_rules! select_rows {
    ($rest:literal) => {
        concat!(
            "SELECT id, shop, number, customer, state, at, search, version, hidden, body, checksum FROM rows ",
            $rest
        )
    };
}
pub(crate) use select_rows;

pub(crate) fn write_in_transaction(
    connection: &Connection,
    names: &mut Names,
    collections: &mut Collections,
    write: &RowWrite,
) -> Result<(), Failure> {
    match write {
        RowWrite::Put(row) => put(connection, names, collections, row),
        RowWrite::Clear { collection } => collections.clear(connection, collection),
        RowWrite::Delete { collection, id } => {
            if let Some(collection) = collections.find(connection, collection)? {
                connection
                    .prepare_cached("DELETE FROM rows WHERE collection = ?1 AND id = ?2")?
                    .execute(params![collection, id.as_bytes()])?;
            }
            Ok(())
        }
    }
}

/// What of a row stands in indexes: an update touches only those that change.
struct Former {
    key: i64,
    shop: i64,
    number: i64,
    customer: Option<String>,
    state: i64,
}

fn put(
    connection: &Connection,
    names: &mut Names,
    collections: &mut Collections,
    row: &Row,
) -> Result<(), Failure> {
    let collection = collections.id(connection, &row.collection)?;
    let shop = names.id(connection, row.shop.as_str())?;
    let state = names.id(connection, &row.state)?;
    let number = codec::integer(row.number)?;
    let Some(former) = former(connection, collection, row.id)? else {
        return insert(connection, collection, shop, state, row);
    };
    if (former.shop, former.number) != (shop, number) || former.customer != row.customer {
        connection
            .prepare_cached("UPDATE rows SET shop = ?2, number = ?3, customer = ?4 WHERE key = ?1")?
            .execute(params![former.key, shop, number, row.customer])?;
    }
    if former.state != state {
        connection
            .prepare_cached("UPDATE rows SET state = ?2 WHERE key = ?1")?
            .execute((former.key, state))?;
    }
    let mut statement = connection.prepare_cached(
        "UPDATE rows SET at = ?2, search = ?3, version = ?4, hidden = ?5, body = ?6, checksum = ?7 WHERE key = ?1",
    )?;
    statement.execute(params![
        former.key,
        row.at.millis(),
        row.search,
        codec::integer(row.version)?,
        row.hidden,
        row.body,
        sum(row),
    ])?;
    Ok(())
}

fn former(connection: &Connection, collection: i64, id: Uuid) -> Result<Option<Former>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT key, shop, number, customer, state FROM rows WHERE collection = ?1 AND id = ?2",
    )?;
    let mut rows = statement.query(params![collection, id.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Former {
        key: row.get(0)?,
        shop: row.get(1)?,
        number: row.get(2)?,
        customer: row.get(3)?,
        state: row.get(4)?,
    }))
}

fn insert(connection: &Connection, collection: i64, shop: i64, state: i64, row: &Row) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO rows (collection, id, shop, number, customer, state, at, search, version, hidden, body, checksum) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    statement.execute(params![
        collection,
        row.id.as_bytes(),
        shop,
        codec::integer(row.number)?,
        row.customer,
        state,
        row.at.millis(),
        row.search,
        codec::integer(row.version)?,
        row.hidden,
        row.body,
        sum(row),
    ])?;
    Ok(())
}

/// A row by its id.
pub(crate) fn by_id(
    connection: &Connection,
    names: &mut Names,
    collection: &str,
    id: Uuid,
) -> Result<Option<Row>, Failure> {
    let mut statement = connection.prepare_cached(select_rows!(
        "WHERE collection = (SELECT id FROM collections WHERE name = ?1 AND cleared = 0) AND id = ?2"
    ))?;
    let mut rows = statement.query(params![collection, id.as_bytes()])?;
    rows.next()?.map(|row| read_one(connection, names, row, collection)).transpose()
}

/// A row by shop and number; of several the one with the lowest id.
pub(crate) fn by_number(
    connection: &Connection,
    names: &mut Names,
    collection: &str,
    shop: &str,
    number: u64,
) -> Result<Option<Row>, Failure> {
    let (Some(shop), Ok(number)) = (names.find(connection, shop)?, i64::try_from(number)) else {
        return Ok(None);
    };
    let mut statement = connection.prepare_cached(select_rows!(
        "INDEXED BY rows_by_number \
         WHERE collection = (SELECT id FROM collections WHERE name = ?1 AND cleared = 0) \
         AND shop = ?2 AND number = ?3 ORDER BY id LIMIT 1"
    ))?;
    let mut rows = statement.query(params![collection, shop, number])?;
    rows.next()?.map(|row| read_one(connection, names, row, collection)).transpose()
}

pub(crate) fn audit(
    connection: &Connection,
    names: &mut Names,
    found: &mut Vec<Failure>,
) -> Result<(), Failure> {
    let mut statement = connection.prepare(
        "SELECT rows.id, shop, number, customer, state, at, search, version, hidden, body, checksum, name \
         FROM rows JOIN collections ON collections.id = rows.collection WHERE cleared = 0",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        found.extend(read_one(connection, names, row, codec::text(row, 11)?).err());
    }
    Ok(())
}

/// Reads a row and holds it against its checksum.
pub(crate) fn read_one(
    connection: &Connection,
    names: &mut Names,
    row: &rusqlite::Row<'_>,
    collection: &str,
) -> Result<Row, Failure> {
    let found = Row {
        collection: Cow::Owned(collection.to_owned()),
        id: codec::id(row, 0)?,
        shop: ShopKey::from(&*names.text(connection, row.get(1)?)?),
        number: codec::natural(row, 2)?,
        customer: row.get(3)?,
        state: Cow::Owned(names.text(connection, row.get(4)?)?.to_string()),
        at: codec::moment(row, 5)?,
        search: row.get(6)?,
        version: codec::natural(row, 7)?,
        hidden: row.get(8)?,
        body: row.get(9)?,
    };
    checksum::verify(row.get(10)?, sum(&found), || format!("list {} at {}", found.collection, found.id))?;
    Ok(found)
}

fn sum(row: &Row) -> i64 {
    Checksum::of("rows")
        .text(&row.collection)
        .id(&row.id)
        .text(row.shop.as_str())
        .number(row.number)
        .optional(row.customer.as_deref().map(str::as_bytes))
        .text(&row.state)
        .at(row.at)
        .text(&row.search)
        .number(row.version)
        .number(row.hidden.into())
        .bytes(&row.body)
        .finish()
}
