use std::borrow::Cow;

use journal::{Generations, Row, RowWrite};
use kernel::ShopKey;
use rusqlite::{Connection, Statement, params};
use uuid::Uuid;

use super::Held;
use super::collections::Collections;
use crate::checksum::{self, Checksum};
use crate::codec;
use crate::failure::Failure;
use crate::heights::Heights;
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

/// Writes the rows of a batch.
pub(crate) struct RowWriter<'c> {
    connection: &'c Connection,
    former: Held<'c>,
    insert: Held<'c>,
    update: Held<'c>,
    update_state: Held<'c>,
}

impl<'c> RowWriter<'c> {
    pub(crate) const fn new(connection: &'c Connection) -> Self {
        Self {
            connection,
            former: Held::new(connection, FORMER),
            insert: Held::new(connection, INSERT),
            update: Held::new(connection, UPDATE),
            update_state: Held::new(connection, UPDATE_STATE),
        }
    }

    pub(crate) fn write_in_transaction(
        &mut self,
        names: &mut Names,
        collections: &mut Collections,
        recent: &mut RecentRows,
        heights: &mut Heights,
        write: &RowWrite,
    ) -> Result<(), Failure> {
        match write {
            RowWrite::Put(row) => self.put(names, collections, recent, heights, row),
            RowWrite::Clear { collection } => {
                recent.clear();
                heights.settle();
                collections.clear(self.connection, collection)
            }
            RowWrite::Delete { collection, id } => {
                if let Some(collection) = collections.find(self.connection, collection)? {
                    recent.take(&(collection, *id));
                    self.connection
                        .prepare_cached("DELETE FROM rows WHERE collection = ?1 AND id = ?2")?
                        .execute(params![collection, id.as_bytes()])?;
                }
                Ok(())
            }
        }
    }

    fn put(
        &mut self,
        names: &mut Names,
        collections: &mut Collections,
        recent: &mut RecentRows,
        heights: &mut Heights,
        row: &Row,
    ) -> Result<(), Failure> {
        let collection = collections.id(self.connection, &row.collection)?;
        let shop = names.id(self.connection, row.shop.as_str())?;
        let state = names.id(self.connection, &row.state)?;
        let number = codec::integer(row.number)?;
        let place = (collection, row.id);
        let known = recent.take(&place);
        let is_remembered = known.is_some();
        let former = match known {
            Some(former) => Some(former),
            None if heights.is_new_row(self.connection, &row.collection, row.id)? => None,
            None => former(self.former.get()?, collection, row.id)?,
        };
        let is_read_back = former.is_some() && !is_remembered;
        let key = match former {
            None => self.insert(collection, shop, state, row)?,
            Some(former) => {
                if (former.shop, former.number) != (shop, number) || former.customer != row.customer {
                    self.connection
                        .prepare_cached(
                            "UPDATE rows SET shop = ?2, number = ?3, customer = ?4 WHERE key = ?1",
                        )?
                        .execute(params![former.key, shop, number, row.customer])?;
                }
                self.update(former.key, (former.state != state).then_some(state), row)?;
                former.key
            }
        };
        heights.put_row(&row.collection, row.id);
        let former = Former { key, shop, number, customer: row.customer.clone(), state };
        if is_read_back {
            recent.put_back(place, former);
        } else {
            recent.put(place, former);
        }
        Ok(())
    }

    fn insert(&mut self, collection: i64, shop: i64, state: i64, row: &Row) -> Result<i64, Failure> {
        self.insert.get()?.execute(params![
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
        Ok(self.connection.last_insert_rowid())
    }

    /// Writes what stands in no index, and the state where that has changed.
    fn update(&mut self, key: i64, state: Option<i64>, row: &Row) -> Result<(), Failure> {
        let (at, version, sum) = (row.at.millis(), codec::integer(row.version)?, sum(row));
        match state {
            Some(state) => self
                .update_state
                .get()?
                .execute(params![key, at, row.search, version, row.hidden, row.body, sum, state])?,
            None => self
                .update
                .get()?
                .execute(params![key, at, row.search, version, row.hidden, row.body, sum])?,
        };
        Ok(())
    }
}

const FORMER: &str = "SELECT key, shop, number, customer, state FROM rows WHERE collection = ?1 AND id = ?2";
const INSERT: &str = "INSERT INTO rows (collection, id, shop, number, customer, state, at, search, version, \
     hidden, body, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
const UPDATE: &str = "UPDATE rows SET at = ?2, search = ?3, version = ?4, hidden = ?5, body = ?6, \
     checksum = ?7 WHERE key = ?1";
const UPDATE_STATE: &str = "UPDATE rows SET at = ?2, search = ?3, version = ?4, hidden = ?5, body = ?6, \
     checksum = ?7, state = ?8 WHERE key = ?1";

/// What of a row stands in indexes: an update touches only those that change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Former {
    key: i64,
    shop: i64,
    number: i64,
    customer: Option<String>,
    state: i64,
}

/// Rows that this writer has put lately, as their indexes know them: others are looked up.
pub(crate) type RecentRows = Generations<(i64, Uuid), Former>;

fn former(find: &mut Statement<'_>, collection: i64, id: Uuid) -> Result<Option<Former>, Failure> {
    let mut rows = find.query(params![collection, id.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Former {
        key: row.get(0)?,
        shop: row.get(1)?,
        number: row.get(2)?,
        customer: row.get(3)?,
        state: row.get(4)?,
    }))
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
