//! Pages of own lists: which rows, by which index, in which order.

use journal::{Row, RowOrder, RowQuery};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::rows::{read_one, select_rows};
use crate::failure::Failure;
use crate::names::Names;

/// The rows of a page.
pub(crate) fn page(
    connection: &Connection,
    names: &mut Names,
    query: &RowQuery,
) -> Result<Vec<Row>, Failure> {
    if query.shop.is_some() || query.customer.is_some() {
        return match Search::of(connection, names, query)? {
            Some(search) => search.after(query).page(connection, names, query, query.skip, query.limit),
            None => Ok(Vec::new()),
        };
    }
    page_of_every_shop(connection, names, query)
}

/// How many rows a query finds without its page.
pub(crate) fn count(connection: &Connection, names: &mut Names, query: &RowQuery) -> Result<u64, Failure> {
    let Some(search) = Search::of(connection, names, query)? else { return Ok(0) };
    let sql = ["SELECT count(*) FROM rows ", &search.conditions].concat();
    let count: i64 =
        connection.prepare_cached(&sql)?.query_row(params_from_iter(search.values), |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Lists run along an index per shop; the pages of all shops are merged.
fn page_of_every_shop(
    connection: &Connection,
    names: &mut Names,
    query: &RowQuery,
) -> Result<Vec<Row>, Failure> {
    let skip = usize::try_from(query.skip).unwrap_or(usize::MAX);
    let mut rows = Vec::new();
    for shop in shops(connection, names, &query.collection)? {
        let of_shop = RowQuery { shop: Some(shop), ..query.clone() };
        if let Some(search) = Search::of(connection, names, &of_shop)? {
            let limit = skip.saturating_add(query.limit);
            rows.extend(search.after(query).page(connection, names, query, 0, limit)?);
        }
    }
    rows.sort_by_key(|row| (row.number, row.id));
    if query.order == RowOrder::NewestFirst {
        rows.reverse();
    }
    Ok(rows.into_iter().skip(skip).take(query.limit).collect())
}

/// The shops that have rows in a collection: one step of the index for each.
fn shops(connection: &Connection, names: &mut Names, collection: &str) -> Result<Vec<String>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT min(shop) FROM rows INDEXED BY rows_by_number \
         WHERE collection = (SELECT id FROM collections WHERE name = ?1 AND cleared = 0) AND shop > ?2",
    )?;
    let (mut shops, mut last) = (Vec::new(), -1);
    while let Some(next) = statement.query_row((collection, last), |row| row.get::<_, Option<i64>>(0))? {
        shops.push(names.text(connection, next)?.to_string());
        last = next;
    }
    Ok(shops)
}

/// The conditions of a query, and their values in order. Only fixed pieces are put together; every
/// value is bound.
struct Search {
    conditions: String,
    values: Vec<Value>,
}

impl Search {
    /// `None` where a name in it was never written: nothing can be found.
    fn of(connection: &Connection, names: &mut Names, query: &RowQuery) -> Result<Option<Self>, Failure> {
        let mut search = Self::begin(query);
        for (name, condition) in [(&query.shop, " AND shop = ?"), (&query.state, " AND state = ?")] {
            let Some(name) = name else { continue };
            match names.find(connection, name)? {
                Some(id) => search.add(condition, Value::Integer(id)),
                None => return Ok(None),
            }
        }
        if let Some(number) = query.number {
            match i64::try_from(number) {
                Ok(number) => search.add(" AND number = ?", Value::Integer(number)),
                Err(_) => return Ok(None),
            }
        }
        search.add_filters(query);
        Ok(Some(search))
    }

    fn begin(query: &RowQuery) -> Self {
        let index = match query {
            RowQuery { customer: Some(_), .. } => "INDEXED BY rows_by_customer ",
            RowQuery { shop: Some(_), number: Some(_), .. } => "INDEXED BY rows_by_number ",
            RowQuery { shop: Some(_), state: Some(_), .. } => "INDEXED BY rows_by_state ",
            _ => "INDEXED BY rows_by_number ",
        };
        let collection = "WHERE collection = (SELECT id FROM collections WHERE name = ? AND cleared = 0)";
        Self { conditions: [index, collection].concat(), values: vec![Value::Text(query.collection.clone())] }
    }

    fn add(&mut self, condition: &'static str, value: Value) {
        self.conditions.push_str(condition);
        self.values.push(value);
    }

    fn add_filters(&mut self, query: &RowQuery) {
        if let Some(customer) = &query.customer {
            self.add(" AND customer = ?", Value::Text(customer.clone()));
        }
        if let Some(from) = query.from {
            self.add(" AND at >= ?", Value::Integer(from.millis()));
        }
        if let Some(until) = query.until {
            self.add(" AND at < ?", Value::Integer(until.millis()));
        }
        if let Some(text) = &query.search {
            self.add(" AND instr(search, ?) > 0", Value::Text(text.clone()));
        }
        if !query.hidden {
            self.conditions.push_str(" AND hidden = 0");
        }
    }

    /// Behind the row where the page before ended.
    fn after(mut self, query: &RowQuery) -> Self {
        let Some((number, id)) = query.after else { return self };
        self.conditions.push_str(match query.order {
            RowOrder::NewestFirst => " AND (number, id) < (?, ?)",
            RowOrder::OldestFirst => " AND (number, id) > (?, ?)",
        });
        self.values.push(Value::Integer(i64::try_from(number).unwrap_or(i64::MAX)));
        self.values.push(Value::Blob(id.as_bytes().to_vec()));
        self
    }

    /// Rows by number, and by id where several have the same. Few lists have such rows, and the
    /// index tells nothing of ids: they are sorted only where the page shows that they have to be.
    fn page(
        &self,
        connection: &Connection,
        names: &mut Names,
        query: &RowQuery,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<Row>, Failure> {
        if skip == 0 {
            let by_number = match query.order {
                RowOrder::NewestFirst => " ORDER BY number DESC LIMIT ? OFFSET ?",
                RowOrder::OldestFirst => " ORDER BY number LIMIT ? OFFSET ?",
            };
            // One more: the page may end between two of the same number.
            let mut rows = self.read(connection, names, query, by_number, (0, limit.saturating_add(1)))?;
            if rows.windows(2).all(|two| two[0].number != two[1].number) {
                rows.truncate(limit);
                return Ok(rows);
            }
        }
        let by_number_and_id = match query.order {
            RowOrder::NewestFirst => " ORDER BY number DESC, id DESC LIMIT ? OFFSET ?",
            RowOrder::OldestFirst => " ORDER BY number, id LIMIT ? OFFSET ?",
        };
        self.read(connection, names, query, by_number_and_id, (skip, limit))
    }

    fn read(
        &self,
        connection: &Connection,
        names: &mut Names,
        query: &RowQuery,
        order: &str,
        (skip, limit): (u64, usize),
    ) -> Result<Vec<Row>, Failure> {
        let sql = [select_rows!(""), &self.conditions, order].concat();
        let mut statement = connection.prepare_cached(&sql)?;
        let page = [i64::try_from(limit).unwrap_or(i64::MAX), i64::try_from(skip).unwrap_or(i64::MAX)];
        let values = self.values.iter().cloned().chain(page.map(Value::Integer));
        let mut found = statement.query(params_from_iter(values))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            rows.push(read_one(connection, names, row, &query.collection)?);
        }
        Ok(rows)
    }
}
