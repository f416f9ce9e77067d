use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use catalog_contract::{CatalogEvent, LifeHash, ShopDefinedV1, ShopDirectory, ShopLife, UnknownLife};
use journal::{Reader, Row, RowOrder, RowQuery, StoreError};
use kernel::{DecodeError, Published, Recorded, ShopKey};
use runtime::Turn;
use uuid::Uuid;

const COLLECTION: &str = "shop-events";
const PAGE_ROWS: usize = 500;

/// The shops that have been heard of, kept as rows so that a restart knows them again.
///
/// Clones share one memory: the writer folds, the routes look.
#[derive(Debug, Clone, Default)]
pub struct Shops(Arc<RwLock<ShopDirectory>>);

impl Shops {
    /// Takes one of the catalog's events in. Only lives matter here, menus do not.
    pub(crate) fn hear(&self, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), DecodeError> {
        let heard = event.decode::<CatalogEvent>()?;
        if let CatalogEvent::ShopDefined(defined) = &heard {
            turn.put_row(row_of(event, defined));
            self.write().apply(&heard);
        }
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

/// One row per life; told again, it moves behind the others and is the shop's current one.
fn row_of(event: &Recorded, defined: &ShopDefinedV1) -> Row {
    let name = format!("{}/{}", defined.life.key, defined.hash);
    Row {
        collection: COLLECTION.into(),
        id: Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()),
        shop: defined.life.key.clone(),
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
