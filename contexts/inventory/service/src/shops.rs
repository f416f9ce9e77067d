use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use catalog_contract::{
    CatalogEvent, LifeHash, MenuItem, ShopDirectory, ShopLife, StockMode, UnknownLife, menu_item_id,
};
use inventory_domain::Watch;
use journal::{Reader, Row, RowOrder, RowQuery, StoreError};
use kernel::{DecodeError, Published, Recorded, ShopKey};
use runtime::Turn;
use uuid::Uuid;

const COLLECTION: &str = "shop-events";
const PAGE_ROWS: usize = 500;

/// What of the catalog's events concerns the stock; the rest passes by unread.
const HEARD: &[&str] = &["shop-defined", "menu-item-defined", "menu-item-removed"];

/// The shops that have been heard of, kept as rows so that a restart knows them again.
///
/// Clones share one memory: the writer folds, the routes look.
#[derive(Debug, Clone, Default)]
pub struct Shops(Arc<RwLock<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    directory: ShopDirectory,
    /// Under any of their lives.
    keep_stock: BTreeSet<ShopKey>,
}

impl Shops {
    /// Takes one of the catalog's events in, and tells of which stock items something may be said now
    /// that was not before. Lives matter here, and what menus use of the stock.
    pub(crate) fn hear(
        &self,
        event: &Recorded,
        turn: &mut Turn<'_>,
    ) -> Result<BTreeSet<String>, DecodeError> {
        if !HEARD.contains(&event.name()) {
            return Ok(BTreeSet::new());
        }
        let heard = event.decode::<CatalogEvent>()?;
        match &heard {
            CatalogEvent::MenuItemRemoved(removed) => {
                turn.delete_row(COLLECTION, menu_item_id(&removed.shop, &removed.item));
            }
            told => turn.put_row(row_of(event, told)),
        }
        let mut concerned = self.read().watched(&heard);
        self.write().fold(&heard);
        concerned.extend(self.read().watched(&heard));
        Ok(concerned)
    }

    /// Which counts of an item are too few, for its shop and its menu as they are now.
    pub(crate) fn watch(&self, shop: &ShopKey, item: &str) -> Watch {
        let heard = self.read();
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
        let mut heard = Heard::default();
        let mut query = RowQuery {
            collection: COLLECTION.to_owned(),
            hidden: true,
            order: RowOrder::OldestFirst,
            limit: PAGE_ROWS,
            ..RowQuery::default()
        };
        loop {
            let rows = store.rows(&query)?;
            for row in &rows {
                heard.fold(&read_row(row)?);
            }
            match rows.last() {
                Some(last) if rows.len() == PAGE_ROWS => query.after = Some((last.number, last.id)),
                _ => break,
            }
        }
        *self.write() = heard;
        Ok(())
    }

    /// The life that new orders of a shop begin with.
    #[must_use]
    pub fn current(&self, shop: &ShopKey) -> Option<Arc<ShopLife>> {
        self.read().directory.current(shop).map(|(_, life)| life.clone())
    }

    /// The life that an order is pinned to.
    ///
    /// # Errors
    /// [`UnknownLife`] until the catalog has told of it.
    pub fn pinned(&self, hash: &LifeHash) -> Result<Arc<ShopLife>, UnknownLife> {
        self.read().directory.pinned(hash).cloned()
    }

    /// Whether a shop holds stock, or did under an earlier life: orders pinned to it may.
    #[must_use]
    pub fn has_kept_stock(&self, shop: &ShopKey) -> bool {
        self.read().keep_stock.contains(shop)
    }

    fn read(&self) -> RwLockReadGuard<'_, Heard> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Heard> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heard {
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

/// One row per life and per item of a menu; told again, it moves behind the others: the last life is
/// the shop's current one.
fn row_of(event: &Recorded, told: &CatalogEvent) -> Row {
    let shop = event.subject.shop.clone();
    let id = match told {
        CatalogEvent::ShopDefined(defined) => {
            Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{shop}/{}", defined.hash).as_bytes())
        }
        CatalogEvent::MenuItemDefined(defined) => menu_item_id(&shop, &defined.item.key),
        _ => Uuid::from_u128(u128::from(event.position)),
    };
    Row {
        collection: COLLECTION.into(),
        id,
        shop,
        number: event.position,
        customer: None,
        state: event.event_type.to_string().into(),
        at: event.at,
        search: String::new(),
        version: event.version,
        hidden: true,
        body: event.data.clone(),
    }
}

/// The event as it was heard, lifted to its present version.
fn read_row(row: &Row) -> Result<CatalogEvent, StoreError> {
    CatalogEvent::decode(&row.state, &row.body, None).map_err(|error| StoreError::Damaged {
        place: format!("{COLLECTION} row {}", row.id),
        detail: error.to_string(),
    })
}
