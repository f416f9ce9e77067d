use std::sync::Arc;

use edge::actor::ActorHeader;
use edge::idempotency::{Fingerprints, IdempotencyKey};
use edge::problem::{Problem, ProblemKind, echo};
use journal::{Reader, Row, StoreError};
use kernel::{Actor, Causation, Clock, IdSource, ShopKey};
use runtime::{Handle, Readers};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use super::callbacks::CallbackDoors;
use super::problems::{broken, no_such_payment, not_called};
use crate::command::{Command, Reply};
use crate::service::PaymentService;
use crate::shops::Shops;
use crate::views::PAYMENTS;
use runtime::KeyUse;

/// How long a step waits for a payment that is on its way.
const STEP_WAIT: Duration = Duration::from_secs(1);

/// What the routes need: the door to the writer, readers beside it, the shops.
#[derive(Clone)]
pub struct PaymentApi {
    /// The door to the writer.
    pub handle: Handle<PaymentService>,
    /// Readers of the same store.
    pub readers: Readers,
    /// The shops that the writer has heard of ([`PaymentService::shops`]).
    pub shops: Shops,
    /// Who may call back, and what they sign with.
    pub callbacks: Arc<CallbackDoors>,
    /// Makes fingerprints of keys and bodies.
    pub fingerprints: Arc<Fingerprints>,
    /// Where ids of commands come from.
    pub ids: Arc<dyn IdSource>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
}

impl PaymentApi {
    /// Brings a command to the writer and waits until it is decided and kept.
    pub(super) async fn call(&self, actor: &ActorHeader, command: Command) -> Result<Reply, Problem> {
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

    /// The payment of an order that is named by its id or by its number in the shop.
    pub(super) async fn payment(&self, shop: &ShopKey, order: &str) -> Result<Row, Problem> {
        let (shop, order) = (shop.clone(), order.to_owned());
        let found = self.read(move |store| match (Uuid::try_parse(&order), order.parse::<u64>()) {
            (Ok(id), _) => Ok(store.row(PAYMENTS, id)?.filter(|row| row.shop == shop)),
            (_, Ok(number)) => store.row_by_number(PAYMENTS, shop.as_str(), number),
            _ => Ok(None),
        });
        found.await?.ok_or_else(no_such_payment)
    }

    /// The same for a step that is typed right behind the order: waits until the payment is asked for.
    pub(super) async fn payment_when_there(&self, shop: &ShopKey, order: &str) -> Result<Row, Problem> {
        let deadline = Instant::now() + STEP_WAIT;
        // Ids of orders are UUIDv7: another id names no order that may still come.
        let may_come = Uuid::try_parse(order).map_or(true, |id| id.get_version_num() == 7);
        let mut commits = self.handle.waiters().commits();
        loop {
            commits.mark_unchanged();
            let found = self.payment(shop, order).await;
            if found.is_ok() || !may_come || timeout_at(deadline, commits.changed()).await.is_err() {
                return found;
            }
        }
    }

    /// The shop, where it is open here.
    pub(super) fn shop(&self, shop: String) -> Result<ShopKey, Problem> {
        let shop = ShopKey::from(shop);
        if self.shops.knows(&shop) {
            return Ok(shop);
        }
        let detail = format!("no shop {} is open here", echo(shop.as_str()));
        Err(Problem::of(ProblemKind::ShopUnknown).detail(detail))
    }

    /// The key as it is kept, for this actor, this route and all that came with it.
    pub(super) fn request_key(
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
