use std::sync::Arc;

use edge::actor::ActorHeader;
use edge::idempotency::{Fingerprints, IdempotencyKey};
use edge::problem::{Problem, ProblemKind};
use journal::{Reader, StoreError};
use kernel::{Actor, Causation, Clock, IdSource, ShopKey};
use runtime::{Handle, Readers};

use super::problems::{broken, not_called, problem};
use crate::channels::Reach;
use crate::command::{NotificationCommand, NotificationRefusal, NotificationReply};
use crate::service::NotificationService;
use crate::shops::Shops;
use runtime::KeyUse;

/// What the routes need: the door to the writer, readers beside it, the shops.
#[derive(Clone)]
pub struct NotificationApi {
    /// The door to the writer.
    pub handle: Handle<NotificationService>,
    /// Readers of the same store.
    pub readers: Readers,
    /// The shops that the writer has heard of ([`NotificationService::shops`]).
    pub shops: Shops,
    /// Makes fingerprints of keys and bodies.
    pub fingerprints: Arc<Fingerprints>,
    /// Where ids of webhooks and commands come from.
    pub ids: Arc<dyn IdSource>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where secrets come from: bytes that nobody can guess.
    pub fresh_secret: fn() -> [u8; 32],
    /// How far calls of webhooks may go.
    pub reach: Reach,
}

impl NotificationApi {
    /// Reads what is committed.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.readers.read(work).await.map_err(|error| broken(&error))
    }

    /// The shop, where it is open.
    pub(super) fn shop(&self, shop: String) -> Result<ShopKey, Problem> {
        let shop = ShopKey::from(shop);
        if self.shops.current(&shop).is_none() {
            return Err(problem(&NotificationRefusal::ShopUnknown(shop)));
        }
        Ok(shop)
    }

    /// Brings a wish about a webhook to the writer.
    pub(super) async fn wish(
        &self,
        actor: &ActorHeader,
        command: NotificationCommand,
    ) -> Result<NotificationReply, Problem> {
        let actor = Actor::parse(actor.as_str()).unwrap_or_else(|_| Actor::anonymous());
        let causation = Causation::command(self.ids.next_id(self.clock.now()));
        match self.handle.call(command, actor, causation).await.map_err(not_called)? {
            NotificationReply::RefusedAgain(body) => {
                Err(Problem::from_json(&body).unwrap_or_else(|_| Problem::of(ProblemKind::Internal)))
            }
            reply => Ok(reply),
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
