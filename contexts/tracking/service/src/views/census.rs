use std::collections::BTreeMap;

use journal::{Reader, Row, RowOrder, RowQuery, StoreError};
use kernel::ShopKey;
use runtime::Turn;
use tracking_domain::Census;
use uuid::Uuid;

use crate::views::Generation;

/// The row of each shop's census, per generation.
pub(crate) const CENSUS: &str = "census";

/// Rows read at once.
const PAGE: usize = 1_000;

/// What a batch adds to the census of each shop.
pub(crate) type CensusHeard = BTreeMap<ShopKey, Census>;

/// Adds what a batch heard: each shop's row once.
pub(crate) fn write_census(
    turn: &mut Turn<'_>,
    generation: Generation,
    heard: CensusHeard,
) -> Result<(), StoreError> {
    for (shop, heard) in heard.into_iter().filter(|(_, heard)| *heard != Census::default()) {
        let id = census_id(&shop);
        let former = turn.row(&generation.census(), id)?;
        let mut census = former.as_ref().map(read).transpose()?.unwrap_or_default();
        census.merge(&heard);
        let at = turn.now();
        turn.put_row(Row {
            collection: generation.census(),
            id,
            shop,
            number: 1,
            customer: None,
            state: "".into(),
            at,
            search: String::new(),
            version: 1,
            hidden: false,
            body: serde_json::to_vec(&census).unwrap_or_default(),
        });
    }
    Ok(())
}

/// The census of a shop in a generation.
pub(crate) fn census_of(
    store: &mut dyn Reader,
    generation: Generation,
    shop: &ShopKey,
) -> Result<Census, StoreError> {
    let row = store.row(&generation.census(), census_id(shop))?;
    Ok(row.as_ref().map(read).transpose()?.unwrap_or_default())
}

/// The census of every shop in a generation.
///
/// # Errors
/// When the store cannot be read.
pub fn all_censuses(
    store: &mut dyn Reader,
    generation: Generation,
) -> Result<BTreeMap<ShopKey, Census>, StoreError> {
    let query = RowQuery {
        collection: generation.census().into_owned(),
        order: RowOrder::OldestFirst,
        limit: PAGE,
        ..RowQuery::default()
    };
    let mut all = BTreeMap::new();
    let mut after = None;
    loop {
        let rows = store.rows(&RowQuery { after, ..query.clone() })?;
        let Some(last) = rows.last() else { return Ok(all) };
        after = Some((last.number, last.id));
        for row in &rows {
            all.insert(row.shop.clone(), read(row)?);
        }
    }
}

fn census_id(shop: &ShopKey) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("census/{shop}").as_bytes())
}

fn read(row: &Row) -> Result<Census, StoreError> {
    serde_json::from_slice(&row.body).map_err(|error| StoreError::Damaged {
        place: format!("{} row {}", row.collection, row.id),
        detail: error.to_string(),
    })
}
