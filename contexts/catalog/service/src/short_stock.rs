use std::collections::BTreeMap;

use inventory_contract::stock_item_id;
use journal::{Reader, Row, RowQuery, StoreError};
use kernel::ShopKey;
use runtime::Turn;
use serde::{Deserialize, Serialize};

const COLLECTION: &str = "short-stock";

/// What inventory said to be short, shop by shop; of all else there is enough. Kept as rows, so that a
/// restart knows it again.
#[derive(Debug, Clone, Default)]
pub(crate) struct ShortStock(BTreeMap<ShopKey, BTreeMap<String, u64>>);

/// How many of a stock item can be had, where that is too few.
#[derive(Serialize, Deserialize)]
struct Short {
    item: String,
    available: u64,
}

impl ShortStock {
    /// How many can be had of what is short in a shop.
    pub(crate) fn of(&self, shop: &ShopKey) -> BTreeMap<String, u64> {
        self.0.get(shop).cloned().unwrap_or_default()
    }

    /// Takes in how many of an item can be had; `None` where there are enough.
    pub(crate) fn note(&mut self, turn: &mut Turn<'_>, shop: &ShopKey, item: &str, available: Option<u64>) {
        let of_shop = self.0.entry(shop.clone()).or_default();
        let id = stock_item_id(shop, item);
        let Some(available) = available else {
            of_shop.remove(item);
            return turn.delete_row(COLLECTION, id);
        };
        of_shop.insert(item.to_owned(), available);
        turn.put_row(Row {
            collection: COLLECTION.into(),
            id,
            shop: shop.clone(),
            number: 0,
            customer: None,
            state: "short".into(),
            at: turn.now(),
            search: String::new(),
            version: 1,
            hidden: true,
            // A text and a number: writing them cannot fail.
            body: serde_json::to_vec(&Short { item: item.to_owned(), available }).unwrap_or_default(),
        });
    }

    /// Reads everything back.
    pub(crate) fn reload(&mut self, store: &mut dyn Reader) -> Result<(), StoreError> {
        let query = RowQuery {
            collection: COLLECTION.to_owned(),
            hidden: true,
            limit: usize::MAX >> 1,
            ..RowQuery::default()
        };
        self.0.clear();
        for row in store.rows(&query)? {
            let short: Short = serde_json::from_slice(&row.body).map_err(|error| StoreError::Damaged {
                place: format!("{COLLECTION} row {}", row.id),
                detail: error.to_string(),
            })?;
            self.0.entry(row.shop).or_default().insert(short.item, short.available);
        }
        Ok(())
    }
}
