use std::sync::Arc;

use catalog_contract::StockMode;
use edge::actor::ActorHeader;
use edge::idempotency::{Fingerprints, IdempotencyKey};
use edge::problem::{Problem, ProblemKind};
use journal::{Reader, StoreError};
use kernel::{Actor, Causation, Clock, IdSource, ShopKey};
use runtime::{Handle, Readers};

use super::problems::{broken, not_called, problem};
use crate::command::{InventoryCommand, InventoryRefusal, InventoryReply};
use crate::service::InventoryService;
use crate::shops::Shops;
use runtime::KeyUse;

/// What the routes need: the door to the writer, readers beside it, the shops.
#[derive(Clone)]
pub struct InventoryApi {
    /// The door to the writer.
    pub handle: Handle<InventoryService>,
    /// Readers of the same store.
    pub readers: Readers,
    /// The shops that the writer has heard of ([`InventoryService::shops`]).
    pub shops: Shops,
    /// Makes fingerprints of keys and bodies.
    pub fingerprints: Arc<Fingerprints>,
    /// Where ids of commands come from.
    pub ids: Arc<dyn IdSource>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
}

impl InventoryApi {
    /// Brings a command to the writer and waits until it is decided and kept.
    pub(super) async fn call(
        &self,
        actor: &ActorHeader,
        command: InventoryCommand,
    ) -> Result<InventoryReply, Problem> {
        let actor = Actor::parse(actor.as_str()).unwrap_or_else(|_| Actor::anonymous());
        let causation = Causation::command(self.ids.next_id(self.clock.now()));
        self.handle.call(command, actor, causation).await.map_err(not_called)
    }

    /// Reads what is committed.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.readers.read(work).await.map_err(|error| broken(&error))
    }

    /// The shop, where it keeps stock.
    pub(super) fn shop_with_stock(&self, shop: String) -> Result<ShopKey, Problem> {
        let shop = ShopKey::from(shop);
        match self.shops.current(&shop).map(|life| life.stock.mode) {
            Some(StockMode::Reserve) => Ok(shop),
            Some(StockMode::None) => {
                Err(Problem::of(ProblemKind::NotFound).detail(format!("the shop {shop} keeps no stock")))
            }
            None => Err(problem(&InventoryRefusal::ShopUnknown(shop))),
        }
    }

    /// The key as it is kept, for this actor, this route and all that came with it.
    pub(super) fn key_use(
        &self,
        actor: &ActorHeader,
        route: &str,
        key: Option<&IdempotencyKey>,
        sent: &[&[u8]],
    ) -> Option<KeyUse> {
        let key = key?;
        Some(KeyUse {
            scope: self.fingerprints.scope(actor.as_str(), route, key),
            body_hash: self.fingerprints.body(&sent.join(&b'\n')),
        })
    }
}
