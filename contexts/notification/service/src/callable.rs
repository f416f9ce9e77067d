use std::collections::BTreeMap;

use journal::{Reader, RowQuery, StoreError};
use kernel::ShopKey;

use crate::views::WEBHOOKS;

/// More than all shops together may have.
const ROWS_MAX: usize = 100_000;

/// How many webhooks each shop has: known without a look into the store.
#[derive(Debug, Clone, Default)]
pub(crate) struct Callable(BTreeMap<ShopKey, usize>);

impl Callable {
    /// Whether a shop has any.
    pub(crate) fn any(&self, shop: &ShopKey) -> bool {
        self.0.get(shop).is_some_and(|count| *count > 0)
    }

    /// Takes one in.
    pub(crate) fn add(&mut self, shop: &ShopKey) {
        *self.0.entry(shop.clone()).or_default() += 1;
    }

    /// Takes one out.
    pub(crate) fn remove(&mut self, shop: &ShopKey) {
        if let Some(count) = self.0.get_mut(shop) {
            *count = count.saturating_sub(1);
        }
    }

    /// Counts them again.
    pub(crate) fn reload(&mut self, store: &mut dyn Reader) -> Result<(), StoreError> {
        let query = RowQuery { collection: WEBHOOKS.to_owned(), limit: ROWS_MAX, ..RowQuery::default() };
        self.0.clear();
        for row in store.rows(&query)? {
            self.add(&row.shop);
        }
        Ok(())
    }
}
