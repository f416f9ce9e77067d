use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use catalog_contract::{CatalogEvent, LifeHash, ShopDirectory, ShopLife, Text, UnknownLife, menu_item_id};
use journal::{Reader, Row, RowOrder, RowQuery, StoreError};
use kernel::{DecodeError, Published, Recorded, ShopKey};
use runtime::Turn;
use uuid::Uuid;

const COLLECTION: &str = "shop-events";
const PAGE_ROWS: usize = 500;

/// What of the catalog's events concerns messages; the rest passes by unread. What is no longer on a
/// menu keeps its name.
const HEARD: &[&str] = &["shop-defined", "menu-item-defined"];

/// The shops that have been heard of, kept as rows so that a restart knows them again.
///
/// Clones share one memory: the writer folds, the routes look.
#[derive(Debug, Clone, Default)]
pub struct Shops(Arc<RwLock<ShopDirectory>>);

impl Shops {
    /// Takes one of the catalog's events in. Lives matter here, and the names on menus.
    pub(crate) fn hear(&self, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), DecodeError> {
        if !HEARD.contains(&event.name()) {
            return Ok(());
        }
        let heard = event.decode::<CatalogEvent>()?;
        turn.put_row(row_of(event, &heard));
        self.write().apply(&heard);
        Ok(())
    }

    /// Reads everything back that was heard.
    pub(crate) fn reload(&self, store: &mut dyn Reader) -> Result<(), StoreError> {
        let mut heard = ShopDirectory::default();
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
                heard.apply(&read_row(row)?);
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
        self.read().current(shop).map(|(_, life)| life.clone())
    }

    /// The name of an item on the menu of a shop, as it is now.
    pub(crate) fn name_of(&self, shop: &ShopKey, item: &str) -> Option<Text> {
        self.read().item(shop, item).map(|item| item.name.clone())
    }

    /// The life that an order is pinned to.
    ///
    /// # Errors
    /// [`UnknownLife`] until the catalog has told of it.
    pub fn pinned(&self, hash: &LifeHash) -> Result<Arc<ShopLife>, UnknownLife> {
        self.read().pinned(hash).cloned()
    }

    fn read(&self) -> RwLockReadGuard<'_, ShopDirectory> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, ShopDirectory> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One row per life and per item of a menu; told again, it moves behind the others: the last life is
/// the shop's current one.
fn row_of(event: &Recorded, told: &CatalogEvent) -> Row {
    let shop = event.subject.shop.clone();
    let id = match told {
        CatalogEvent::MenuItemDefined(defined) => menu_item_id(&shop, &defined.item.key),
        CatalogEvent::ShopDefined(defined) => {
            Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{shop}/{}", defined.hash).as_bytes())
        }
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
