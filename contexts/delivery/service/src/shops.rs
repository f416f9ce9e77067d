use std::sync::Arc;

use catalog_contract::{CatalogEvent, LifeHash, ShopDirectory, ShopLife, UnknownLife};
use journal::{Reader, StoreError};
use kernel::{DecodeError, Recorded, ShopKey};
use runtime::{Heard, Turn};

const COLLECTION: &str = "shop-events";

/// The shops that have been heard of. Clones share one memory: the writer folds, the routes look.
#[derive(Debug, Clone, Default)]
pub struct Shops(Heard<ShopDirectory>);

impl Shops {
    /// Takes one of the catalog's events in. Only lives matter here, menus do not.
    pub(crate) fn hear(&self, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), DecodeError> {
        let heard = event.decode::<CatalogEvent>()?;
        if let CatalogEvent::ShopDefined(defined) = &heard {
            let name = format!("{}/{}", defined.life.key, defined.hash);
            self.0.keep(COLLECTION, &name, event, turn, |shops| shops.apply(&heard));
        }
        Ok(())
    }

    /// Reads everything back that was heard.
    pub(crate) fn reload(&self, store: &mut dyn Reader) -> Result<(), StoreError> {
        self.0.reload(COLLECTION, store, ShopDirectory::apply)
    }

    /// The life that new orders of a shop begin with.
    #[must_use]
    pub fn current(&self, shop: &ShopKey) -> Option<Arc<ShopLife>> {
        self.0.now().current(shop).map(|(_, life)| life.clone())
    }

    /// The life that an order is pinned to.
    ///
    /// # Errors
    /// [`UnknownLife`] until the catalog has told of it.
    pub fn pinned(&self, hash: &LifeHash) -> Result<Arc<ShopLife>, UnknownLife> {
        self.0.now().pinned(hash).cloned()
    }
}
