use std::sync::Arc;

use catalog_contract::shop_id;
use edge::actor::ActorHeader;
use edge::problem::{Problem, ProblemKind, echo};
use journal::{Reader, Row, StoreError};
use kernel::{Actor, Causation, Clock, IdSource, ShopKey};
use runtime::{Handle, Readers};

use super::menu::MenuCache;
use super::problems::{broken, not_called};
use crate::command::{CatalogCommand, CatalogReply};
use crate::service::CatalogService;
use crate::views::SHOPS;

/// What the routes need: the door to the writer, readers beside it.
#[derive(Clone)]
pub struct CatalogApi {
    pub(super) handle: Handle<CatalogService>,
    pub(super) readers: Readers,
    pub(super) ids: Arc<dyn IdSource>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) menus: MenuCache,
}

impl CatalogApi {
    /// Behind a writer's door, reading the same store.
    #[must_use]
    pub fn new(
        handle: Handle<CatalogService>,
        readers: Readers,
        ids: Arc<dyn IdSource>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { handle, readers, ids, clock, menus: MenuCache::default() }
    }

    /// Brings a command to the writer and waits until it is decided and kept.
    pub(super) async fn call(
        &self,
        actor: &ActorHeader,
        command: CatalogCommand,
    ) -> Result<CatalogReply, Problem> {
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

    /// The row of a shop, which must be known.
    pub(super) async fn shop(&self, shop: &ShopKey) -> Result<Row, Problem> {
        let id = shop_id(shop);
        let row = self.read(move |store| store.row(SHOPS, id)).await?;
        row.ok_or_else(|| shop_unknown(shop))
    }
}

/// There is no such shop.
pub(super) fn shop_unknown(shop: &ShopKey) -> Problem {
    Problem::of(ProblemKind::ShopUnknown).detail(format!("no shop {} is open here", echo(shop.as_str())))
}

/// The menu has no such item.
pub(super) fn item_unknown(item: &str) -> Problem {
    Problem::of(ProblemKind::NotFound).detail(format!("there is no item {} on the menu", echo(item)))
}
