use std::sync::{Arc, PoisonError, RwLock};

use catalog_contract::{CatalogEvent, ShopDirectory};
use journal::{Reader, RowOrder, RowQuery, StoreError, Timer};
use kernel::{DecodeError, Published, Recorded};
use runtime::{Failure, PolicyFailure, Service, Turn};

use crate::command::{OrderingCommand, OrderingRefusal, OrderingReply};
use crate::paces::SharedPaces;
use crate::{follow, policies, timers, use_cases};

/// The shops that ordering has heard of, for the writer and for requests.
#[derive(Clone, Default)]
pub struct SharedShops(Arc<RwLock<Arc<ShopDirectory>>>);

impl SharedShops {
    /// The shops as they are now.
    #[must_use]
    pub fn now(&self) -> Arc<ShopDirectory> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, shops: ShopDirectory) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shops);
    }

    pub(crate) fn apply(&self, event: &CatalogEvent) {
        let mut shops = self.now().as_ref().clone();
        shops.apply(event);
        self.replace(shops);
    }
}

/// The catalog's events that ordering has heard, as rows: its memory after a restart.
pub(crate) const SHOP_EVENTS: &str = "shop-events";

/// The ordering context behind its writer.
#[derive(Clone, Default)]
pub struct OrderingService {
    shops: SharedShops,
    paces: SharedPaces,
}

impl OrderingService {
    /// A service that has heard of no shop yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The shops it has heard of.
    #[must_use]
    pub fn shops(&self) -> &SharedShops {
        &self.shops
    }

    /// The paces it has measured.
    #[must_use]
    pub fn paces(&self) -> &SharedPaces {
        &self.paces
    }
}

impl Service for OrderingService {
    type Command = OrderingCommand;
    type Reply = OrderingReply;
    type Refusal = OrderingRefusal;

    fn role(&self) -> &'static str {
        ordering_contract::ROLE
    }

    fn sources(&self) -> &'static [&'static str] {
        &["catalog", "payment", "inventory", "kitchen", "delivery"]
    }

    /// A customer waits for payment and stock; what kitchen and couriers tell goes along with it.
    fn patience_millis(&self, source: &str) -> u64 {
        match source {
            "kitchen" | "delivery" => 2,
            _ => 0,
        }
    }

    fn reload(&mut self, store: &mut dyn Reader) -> Result<(), StoreError> {
        let mut shops = ShopDirectory::default();
        let query = RowQuery {
            collection: SHOP_EVENTS.into(),
            order: RowOrder::OldestFirst,
            hidden: true,
            limit: usize::MAX >> 1,
            ..RowQuery::default()
        };
        for row in store.rows(&query)? {
            shops.apply(&decode_shop_event(&row.search, &row.body).map_err(|error| StoreError::Damaged {
                place: format!("{SHOP_EVENTS} row {}", row.number),
                detail: error.to_string(),
            })?);
        }
        self.paces.reload(store, &shops)?;
        self.shops.replace(shops);
        Ok(())
    }

    fn on_command(
        &mut self,
        command: OrderingCommand,
        turn: &mut Turn<'_>,
    ) -> Result<OrderingReply, Failure<OrderingRefusal>> {
        let shops = self.shops.now();
        match command {
            OrderingCommand::Place(order) => {
                use_cases::place_order(turn, &shops, &self.paces, *order).map(OrderingReply::Placed)
            }
            OrderingCommand::Cancel(cancel) => {
                use_cases::cancel_order(turn, &shops, cancel).map(OrderingReply::Cancel)
            }
            OrderingCommand::ChangeAddress(change) => {
                use_cases::change_address(turn, &shops, change).map(OrderingReply::Address)
            }
            OrderingCommand::WishStep(wish) => use_cases::wish_step(turn, &shops, wish),
            OrderingCommand::AbandonPayment { order } => {
                use_cases::abandon_payment(turn, &shops, order)?;
                Ok(OrderingReply::Noted)
            }
        }
    }

    fn hears(&self, source: &str, event: &str) -> bool {
        policies::hears(source, event)
    }

    fn on_event(&mut self, source: &str, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        let shops = self.shops.now();
        match source {
            "catalog" => policies::on_catalog(turn, &self.shops, event),
            "payment" => policies::on_payment(turn, &shops, event),
            "inventory" => policies::on_inventory(turn, &shops, event),
            "kitchen" => policies::on_kitchen(turn, &shops, event),
            "delivery" => policies::on_delivery(turn, &shops, event),
            other => Err(PolicyFailure::Poison(format!("ordering does not follow {other}"))),
        }
    }

    fn on_batch_end(&mut self, turn: &mut Turn<'_>) -> Result<(), StoreError> {
        follow::write_moved(turn, &self.shops.now(), &self.paces)
    }

    fn on_timer(&mut self, timer: &Timer, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        let shops = self.shops.now();
        timers::fire(turn, &shops, timer)
    }
}

fn decode_shop_event(event_type: &str, data: &[u8]) -> Result<CatalogEvent, DecodeError> {
    CatalogEvent::decode(event_type, data, None)
}
