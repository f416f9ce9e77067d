use std::sync::{Arc, PoisonError, RwLock};

use catalog_contract::{CatalogEvent, ShopDirectory};

/// The shops that tracking has heard of, for the writer and for requests.
#[derive(Clone, Default)]
pub struct SharedShops(Arc<RwLock<Arc<ShopDirectory>>>);

impl SharedShops {
    /// The shops as they are now.
    #[must_use]
    pub fn now(&self) -> Arc<ShopDirectory> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn replace(&self, shops: ShopDirectory) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shops);
    }

    pub(crate) fn apply(&self, event: &CatalogEvent) {
        let mut shops = self.0.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut shops).apply(event);
    }
}
