use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_contract::{CatalogEvent, LifeHash, MenuItem, ShopDirectory, ShopLife, StockMode, UnknownLife};
use inventory_domain::Watch;
use journal::{Reader, StoreError};
use kernel::{DecodeError, Recorded, ShopKey};
use runtime::{Heard, Turn};

const COLLECTION: &str = "shop-events";

/// What of the catalog's events concerns the stock; the rest passes by unread.
const HEARD: &[&str] = &["shop-defined", "menu-item-defined", "menu-item-removed"];

/// The shops that have been heard of. Clones share one memory: the writer folds, the routes look.
#[derive(Debug, Clone, Default)]
pub struct Shops(Heard<Known>);

#[derive(Debug, Default)]
struct Known {
    directory: ShopDirectory,
    /// Under any of their lives.
    keep_stock: BTreeSet<ShopKey>,
}

impl Shops {
    /// Whether one of the catalog's events, by its name, is something to know.
    pub(crate) fn hears(event: &str) -> bool {
        HEARD.contains(&event)
    }

    /// Takes one of the catalog's events in, and tells of which stock items something may be said now
    /// that was not before. Lives matter here, and what menus use of the stock.
    pub(crate) fn hear(
        &self,
        event: &Recorded,
        turn: &mut Turn<'_>,
    ) -> Result<BTreeSet<String>, DecodeError> {
        let heard = event.decode::<CatalogEvent>()?;
        let mut concerned = self.0.now().watched(&heard);
        let fold = |known: &mut Known| known.fold(&heard);
        match &heard {
            CatalogEvent::ShopDefined(defined) => {
                let name = format!("{}/{}", defined.life.key, defined.hash);
                self.0.keep(COLLECTION, &name, event, turn, fold);
            }
            CatalogEvent::MenuItemDefined(defined) => {
                let name = item_name(&defined.shop, &defined.item.key);
                self.0.keep(COLLECTION, &name, event, turn, fold);
            }
            CatalogEvent::MenuItemRemoved(removed) => {
                self.0.forget(COLLECTION, &item_name(&removed.shop, &removed.item), turn, fold);
            }
            _ => {}
        }
        concerned.extend(self.0.now().watched(&heard));
        Ok(concerned)
    }

    /// Which counts of an item are too few, for its shop and its menu as they are now.
    pub(crate) fn watch(&self, shop: &ShopKey, item: &str) -> Watch {
        let heard = self.0.now();
        let Some((_, life)) = heard.directory.current(shop) else { return Watch::default() };
        if life.stock.mode == StockMode::None {
            return Watch::default();
        }
        let portions = heard.directory.menu(shop).map(|on_menu| on_menu.largest_portion(item));
        Watch {
            low: life.stock.low.get(item).copied(),
            portion: if life.stock.closes_the_menu() { portions.max().unwrap_or(0) } else { 0 },
        }
    }

    /// Reads everything back that was heard.
    pub(crate) fn reload(&self, store: &mut dyn Reader) -> Result<(), StoreError> {
        self.0.reload(COLLECTION, store, Known::fold)
    }

    /// The life that new orders of a shop begin with.
    #[must_use]
    pub fn current(&self, shop: &ShopKey) -> Option<Arc<ShopLife>> {
        self.0.now().directory.current(shop).map(|(_, life)| life.clone())
    }

    /// The life that an order is pinned to.
    ///
    /// # Errors
    /// [`UnknownLife`] until the catalog has told of it.
    pub fn pinned(&self, hash: &LifeHash) -> Result<Arc<ShopLife>, UnknownLife> {
        self.0.now().directory.pinned(hash).cloned()
    }

    /// Whether a shop holds stock, or did under an earlier life: orders pinned to it may.
    #[must_use]
    pub fn has_kept_stock(&self, shop: &ShopKey) -> bool {
        self.0.now().keep_stock.contains(shop)
    }
}

impl Known {
    /// The stock items of which something is told in the shop of an event: with a life, all that the
    /// shop and its menu name; with an item of the menu, all that it uses.
    fn watched(&self, event: &CatalogEvent) -> BTreeSet<String> {
        let (shop, key) = match event {
            CatalogEvent::ShopDefined(defined) => (&defined.life.key, None),
            CatalogEvent::MenuItemDefined(defined) => (&defined.shop, Some(&defined.item.key)),
            CatalogEvent::MenuItemRemoved(removed) => (&removed.shop, Some(&removed.item)),
            _ => return BTreeSet::new(),
        };
        let Some((_, life)) = self.directory.current(shop) else { return BTreeSet::new() };
        let follows = life.stock.closes_the_menu();
        let items =
            self.directory.menu(shop).filter(|item| follows && key.is_none_or(|key| item.key == *key));
        let mut watched: BTreeSet<String> =
            items.flat_map(MenuItem::stock_items).map(str::to_owned).collect();
        if key.is_none() {
            watched.extend(life.stock.low.keys().cloned());
        }
        watched
    }

    fn fold(&mut self, event: &CatalogEvent) {
        self.directory.apply(event);
        if let CatalogEvent::ShopDefined(defined) = event
            && defined.life.stock.mode == StockMode::Reserve
        {
            self.keep_stock.insert(defined.life.key.clone());
        }
    }
}

/// Under what an item of a menu is kept: told again, it moves behind the others.
fn item_name(shop: &ShopKey, item: &str) -> String {
    format!("menu/{shop}/{item}")
}
