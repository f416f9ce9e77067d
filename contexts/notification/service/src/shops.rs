use std::sync::Arc;

use catalog_contract::{CatalogEvent, LifeHash, ShopDirectory, ShopLife, Text, UnknownLife};
use journal::{Reader, StoreError};
use kernel::{DecodeError, Recorded, ShopKey};
use runtime::{Heard, Turn};

const COLLECTION: &str = "shop-events";

/// What of the catalog's events concerns messages; the rest passes by unread.
const HEARD: &[&str] = &["shop-defined", "menu-item-defined"];

/// The shops that have been heard of. Clones share one memory: the writer folds, the routes look.
#[derive(Debug, Clone, Default)]
pub struct Shops(Heard<ShopDirectory>);

impl Shops {
    /// Whether one of the catalog's events, by its name, is something to know.
    pub(crate) fn hears(event: &str) -> bool {
        HEARD.contains(&event)
    }

    /// Takes one of the catalog's events in: lives, and the names on menus. What is no longer on a menu
    /// keeps its name.
    pub(crate) fn hear(&self, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), DecodeError> {
        let heard = event.decode::<CatalogEvent>()?;
        let name = match &heard {
            CatalogEvent::ShopDefined(defined) => format!("{}/{}", defined.life.key, defined.hash),
            CatalogEvent::MenuItemDefined(defined) => format!("menu/{}/{}", defined.shop, defined.item.key),
            _ => return Ok(()),
        };
        self.0.keep(COLLECTION, &name, event, turn, |shops| shops.apply(&heard));
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

    /// Whether a shop tells, or has ever told, its customers of their orders.
    pub(crate) fn tells(&self, shop: &ShopKey) -> bool {
        self.0.now().lives_of(shop).any(|life| life.messages.is_some())
    }

    /// The name of an item on the menu of a shop, as it is now.
    pub(crate) fn name_of(&self, shop: &ShopKey, item: &str) -> Option<Text> {
        self.0.now().item(shop, item).map(|item| item.name.clone())
    }

    /// The life that an order is pinned to.
    ///
    /// # Errors
    /// [`UnknownLife`] until the catalog has told of it.
    pub fn pinned(&self, hash: &LifeHash) -> Result<Arc<ShopLife>, UnknownLife> {
        self.0.now().pinned(hash).cloned()
    }
}
