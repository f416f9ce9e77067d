//! The shops that payment has heard of, kept as rows so that a restart reads them back.

use catalog_contract::{CatalogEvent, LifeHash, PaymentTime, ShopDirectory, WhenUnavailable};
use jiff::civil::Date;
use journal::{Reader, StoreError};
use kernel::{Currency, Recorded, ShopKey, Timestamp};
use runtime::{Heard, Turn};

const COLLECTION: &str = "shop-events";

/// The shops, shared between the writer and the routes.
#[derive(Debug, Clone, Default)]
pub struct Shops(Heard<ShopDirectory>);

impl Shops {
    /// Whether a shop is known.
    #[must_use]
    pub fn knows(&self, shop: &ShopKey) -> bool {
        self.0.now().current(shop).is_some()
    }

    /// The currency of a shop that is paid from deposits.
    #[must_use]
    pub fn deposit_currency(&self, shop: &ShopKey) -> Option<Currency> {
        let directory = self.0.now();
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
        let directory = self.0.now();
        directory.pinned(life).is_ok_and(|life| {
            let payment = &life.payment;
            payment.unavailable == WhenUnavailable::Defer || payment.when == PaymentTime::ByCustomer
        })
    }

    /// The most that one person gives back of a payment alone, minor units; any amount where the shop
    /// does not say.
    #[must_use]
    pub fn refund_alone_max(&self, shop: &ShopKey) -> Option<i64> {
        self.0.now().current(shop).and_then(|(_, life)| life.payment.refund_alone_max)
    }

    /// From when to when a day of a shop is.
    #[must_use]
    pub fn bounds_of(&self, shop: &ShopKey, day: Date) -> Option<(Timestamp, Timestamp)> {
        self.0.now().current(shop).map(|(_, life)| life.bounds_of(day))
    }

    /// Takes a shop's definition in, and keeps it for the next start. Menus do not matter here.
    pub(crate) fn take(&self, recorded: &Recorded, event: &CatalogEvent, turn: &mut Turn<'_>) {
        let CatalogEvent::ShopDefined(defined) = event else {
            return;
        };
        let name = format!("{}/{}", defined.life.key, defined.hash);
        self.0.keep(COLLECTION, &name, recorded, turn, |shops| shops.apply(event));
    }

    pub(crate) fn reload(&self, store: &mut dyn Reader) -> Result<(), StoreError> {
        self.0.reload(COLLECTION, store, ShopDirectory::apply)
    }
}
