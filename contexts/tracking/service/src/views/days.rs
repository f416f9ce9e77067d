use std::collections::BTreeMap;

use jiff::civil::Date;
use journal::{Reader, Row, RowOrder, RowQuery, StoreError};
use kernel::{ShopKey, Timestamp};
use runtime::Turn;
use tracking_domain::DayTally;
use uuid::Uuid;

use crate::views::Generation;

/// The rows of days, per generation.
pub const DAYS: &str = "days";

/// Rows read at once.
const PAGE: usize = 1_000;

/// What a batch adds to the days of its shops.
pub(crate) type DaysHeard = BTreeMap<(ShopKey, Date), DayTally>;

/// Adds what a batch heard: each day's row once.
pub(crate) fn write_days(
    turn: &mut Turn<'_>,
    generation: Generation,
    heard: DaysHeard,
) -> Result<(), StoreError> {
    for ((shop, day), heard) in heard {
        let id = day_id(&shop, day);
        let mut tally = match turn.row(&generation.days(), id)? {
            Some(row) => day_of(&row)?,
            None => DayTally::default(),
        };
        tally.merge(heard);
        let at = turn.now();
        turn.put_row(row(generation, id, shop, day, &tally, at));
    }
    Ok(())
}

fn row(generation: Generation, id: Uuid, shop: ShopKey, day: Date, tally: &DayTally, at: Timestamp) -> Row {
    Row {
        collection: generation.days(),
        id,
        shop,
        number: day_number(day),
        customer: None,
        state: "".into(),
        at,
        search: day.to_string(),
        version: tally.facts(),
        hidden: false,
        body: serde_json::to_vec(tally).unwrap_or_default(),
    }
}

/// The id under which a day of a shop is kept.
pub(crate) fn day_id(shop: &ShopKey, day: Date) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("day/{shop}/{day}").as_bytes())
}

/// Days since 1970, by which lists of days are sorted.
pub(crate) fn day_number(day: Date) -> u64 {
    let days = day.since(Date::constant(1970, 1, 1)).map(|span| span.get_days());
    u64::try_from(days.unwrap_or_default()).unwrap_or(0)
}

/// Reads a day back from its row.
///
/// # Errors
/// [`StoreError::Damaged`] when the row holds no day.
pub fn day_of(row: &Row) -> Result<DayTally, StoreError> {
    serde_json::from_slice(&row.body).map_err(|error| damaged(row, &error.to_string()))
}

/// Which day a row is of.
pub(crate) fn date_of(row: &Row) -> Result<Date, StoreError> {
    row.search.parse().map_err(|error: jiff::Error| damaged(row, &error.to_string()))
}

fn damaged(row: &Row, detail: &str) -> StoreError {
    StoreError::Damaged { place: format!("{} row {}", row.collection, row.id), detail: detail.to_owned() }
}

/// Every day of every shop in a generation.
///
/// # Errors
/// When the store cannot be read.
pub fn all_days(
    store: &mut dyn Reader,
    generation: Generation,
) -> Result<BTreeMap<(ShopKey, Date), DayTally>, StoreError> {
    let query = RowQuery {
        collection: generation.days().into_owned(),
        order: RowOrder::OldestFirst,
        limit: PAGE,
        ..RowQuery::default()
    };
    let mut days = BTreeMap::new();
    let mut after = None;
    loop {
        let rows = store.rows(&RowQuery { after, ..query.clone() })?;
        let Some(last) = rows.last() else { return Ok(days) };
        after = Some((last.number, last.id));
        for row in &rows {
            days.insert((row.shop.clone(), date_of(row)?), day_of(row)?);
        }
    }
}
