//! The shops that payment has heard of, kept as rows so that a restart reads them back.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use catalog_contract::{CatalogEvent, LifeHash, PaymentTime, ShopDefinedV1, ShopDirectory, WhenUnavailable};
use jiff::civil::Date;
use journal::{Reader, Row, RowOrder, RowQuery, StoreError, chain};
use kernel::{Currency, Recorded, ShopKey, Timestamp};
use runtime::Turn;
use uuid::Uuid;

const COLLECTION: &str = "shop-events";
const PAGE: usize = 200;

/// The shops, shared between the writer and the routes.
#[derive(Debug, Clone, Default)]
pub struct Shops(Arc<RwLock<ShopDirectory>>);

impl Shops {
    /// Whether a shop is known.
    #[must_use]
    pub fn knows(&self, shop: &ShopKey) -> bool {
        self.read().current(shop).is_some()
    }

    /// The currency of a shop that is paid from deposits.
    #[must_use]
    pub fn deposit_currency(&self, shop: &ShopKey) -> Option<Currency> {
        let directory = self.read();
        let (_, life) = directory.current(shop)?;
        life.payment.deposit.as_ref().map(|_| life.currency)
    }

    /// Whether a shop is paid from deposits.
    #[must_use]
    pub fn keeps_deposits(&self, shop: &ShopKey) -> bool {
        self.deposit_currency(shop).is_some()
    }

    /// Whether a life takes orders before anybody has asked for their money, or while nobody can.
    #[must_use]
    pub fn take_orders_before_money(&self, life: &LifeHash) -> bool {
        let directory = self.read();
        directory.pinned(life).is_ok_and(|life| {
            let payment = &life.payment;
            payment.unavailable == WhenUnavailable::Defer || payment.when == PaymentTime::ByCustomer
        })
    }

    /// The most that one person gives back of a payment alone, minor units; any amount where the shop
    /// does not say.
    #[must_use]
    pub fn refund_alone_max(&self, shop: &ShopKey) -> Option<i64> {
        self.read().current(shop).and_then(|(_, life)| life.payment.refund_alone_max)
    }

    /// From when to when a day of a shop is.
    #[must_use]
    pub fn bounds_of(&self, shop: &ShopKey, day: Date) -> Option<(Timestamp, Timestamp)> {
        self.read().current(shop).map(|(_, life)| life.bounds_of(day))
    }

    /// Takes a shop's definition in, and keeps it for the next start. Menus do not matter here.
    pub(crate) fn take(&self, recorded: &Recorded, event: &CatalogEvent, turn: &mut Turn<'_>) {
        let CatalogEvent::ShopDefined(defined) = event else {
            return;
        };
        turn.put_row(row_of(recorded, defined));
        self.write().apply(event);
    }

    pub(crate) fn reload(&self, store: &mut dyn Reader) -> Result<(), StoreError> {
        let mut directory = ShopDirectory::default();
        let mut query = RowQuery {
            collection: COLLECTION.to_owned(),
            order: RowOrder::OldestFirst,
            limit: PAGE,
            ..RowQuery::default()
        };
        loop {
            let rows = store.rows(&query)?;
            for row in &rows {
                directory.apply(&CatalogEvent::ShopDefined(read(row)?));
            }
            match rows.last() {
                Some(last) if rows.len() == PAGE => query.after = Some((last.number, last.id)),
                _ => break,
            }
        }
        *self.write() = directory;
        Ok(())
    }

    fn read(&self) -> RwLockReadGuard<'_, ShopDirectory> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, ShopDirectory> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One row per life; the latest definition of a life stands last.
fn row_of(recorded: &Recorded, defined: &ShopDefinedV1) -> Row {
    let life = chain::digest(format!("{}/{}", defined.life.key, defined.hash).as_bytes());
    Row {
        collection: COLLECTION.into(),
        id: Uuid::from_bytes(life),
        shop: defined.life.key.clone(),
        number: recorded.position,
        customer: None,
        state: "defined".into(),
        at: recorded.at,
        search: String::new(),
        version: recorded.version,
        hidden: false,
        body: serde_json::to_vec(defined).unwrap_or_default(),
    }
}

fn read(row: &Row) -> Result<ShopDefinedV1, StoreError> {
    serde_json::from_slice(&row.body).map_err(|error| StoreError::Damaged {
        place: format!("{COLLECTION} row {}", row.id),
        detail: error.to_string(),
    })
}
