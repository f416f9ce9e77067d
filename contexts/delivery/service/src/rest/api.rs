use std::sync::Arc;
use std::time::Duration;

use edge::idempotency::Fingerprints;
use edge::problem::Problem;
use journal::{Reader, Row, StoreError};
use kernel::{Clock, IdSource, OrderId, ShopKey};
use runtime::{Handle, Readers};
use uuid::Uuid;

use super::problems::{broken, problem};
use crate::command::DeliveryRefusal;
use crate::service::DeliveryService;
use crate::shops::Shops;
use crate::views::DELIVERIES;

/// What the routes need: the door to the writer, readers beside it, the shops.
#[derive(Clone)]
pub struct DeliveryApi {
    /// The door to the writer.
    pub handle: Handle<DeliveryService>,
    /// Readers of the same store.
    pub readers: Readers,
    /// The shops that the writer has heard of ([`DeliveryService::shops`]).
    pub shops: Shops,
    /// Makes fingerprints of keys and bodies.
    pub fingerprints: Arc<Fingerprints>,
    /// Where ids of commands come from.
    pub ids: Arc<dyn IdSource>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// How long a step waits for its delivery ([`crate::STEP_WAIT_MILLIS`]).
    pub step_wait: Duration,
}

/// A delivery as an address names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DeliveryName {
    /// By the order's id.
    Id(OrderId),
    /// By the order's number in the shop.
    Number(u64),
}

impl DeliveryName {
    /// Reads an id or a number; anything else names no delivery.
    pub(super) fn read(text: &str) -> Option<Self> {
        match (Uuid::try_parse(text), text.parse::<u64>()) {
            (Ok(id), _) => Some(Self::Id(OrderId(id))),
            (_, Ok(number)) => Some(Self::Number(number)),
            _ => None,
        }
    }
}

impl DeliveryApi {
    /// Reads what is committed.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.readers.read(work).await.map_err(|error| broken(&error))
    }

    /// The row of a delivery, where there is one in that shop.
    pub(super) async fn row(&self, shop: &ShopKey, name: DeliveryName) -> Result<Option<Row>, Problem> {
        let shop = shop.clone();
        self.read(move |store| match name {
            DeliveryName::Id(order) => Ok(store.row(DELIVERIES, order.0)?.filter(|row| row.shop == shop)),
            DeliveryName::Number(number) => store.row_by_number(DELIVERIES, shop.as_str(), number),
        })
        .await
    }

    /// The shop, where it is open.
    pub(super) fn shop(&self, shop: String) -> Result<ShopKey, Problem> {
        let shop = ShopKey::from(shop);
        if self.shops.current(&shop).is_none() {
            return Err(problem(&DeliveryRefusal::ShopUnknown(shop)));
        }
        Ok(shop)
    }
}
