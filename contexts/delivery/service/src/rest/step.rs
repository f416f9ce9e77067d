use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use delivery_domain::DeliveryRejection;
use edge::actor::ActorHeader;
use edge::etag::IfMatch;
use edge::idempotency::IdempotencyKey;
use edge::params::StrictPath;
use edge::problem::Problem;
use kernel::{Actor, Causation, OrderId, ShopKey};
use runtime::CallError;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

use super::answers::answer;
use super::api::{DeliveryApi, DeliveryName};
use super::problems::{not_called, problem};
use crate::command::{DeliveryRefusal, DeliveryReply, DeliveryStep, Step};
use runtime::KeyUse;

/// How often a delivery that is named by its number is looked for, while it is on its way.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Everything about a step but the step itself, out of the request's head.
pub(super) struct StepRequest {
    shop: String,
    delivery: String,
    actor: ActorHeader,
    if_match: IfMatch,
    key: Option<IdempotencyKey>,
}

impl<S: Send + Sync> FromRequestParts<S> for StepRequest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let StrictPath((shop, delivery)) = StrictPath::from_request_parts(parts, state).await?;
        Ok(Self {
            shop,
            delivery,
            actor: ActorHeader::of_request(parts)?,
            if_match: IfMatch::from_request_parts(parts, state).await?,
            key: IdempotencyKey::from_headers(&parts.headers)?,
        })
    }
}

/// Takes a step. A step typed right after the order waits until its delivery is there, before it is
/// refused: the order is prepared elsewhere, and its request may be on its way.
pub(super) async fn take(
    api: &DeliveryApi,
    request: StepRequest,
    route: &str,
    step: Step,
    body: &[u8],
) -> Result<Response, Problem> {
    let deadline = Instant::now() + api.step_wait;
    let key = api.key_use(&request, route, body);
    let StepRequest { shop, delivery, actor, if_match, .. } = request;
    let shop = api.shop(shop)?;
    let name = DeliveryName::read(&delivery).ok_or_else(no_delivery)?;
    let order = api.order_of(&shop, name, deadline).await?;
    let command = DeliveryStep { shop, order, step, if_match, key };
    api.call_when_there(&actor, command, deadline).await.map(answer)
}

impl DeliveryApi {
    /// The order that a name means; waits for a number that is not there yet.
    async fn order_of(
        &self,
        shop: &ShopKey,
        name: DeliveryName,
        deadline: Instant,
    ) -> Result<OrderId, Problem> {
        if let DeliveryName::Id(order) = name {
            return Ok(order);
        }
        loop {
            match self.row(shop, name).await? {
                Some(row) => return Ok(OrderId(row.id)),
                None if Instant::now() >= deadline => return Err(no_delivery()),
                None => sleep(LOOK_EVERY).await,
            }
        }
    }

    /// Brings the step to the writer, again whenever there is news of the order, until its delivery
    /// is there or the time is over.
    async fn call_when_there(
        &self,
        actor: &ActorHeader,
        command: DeliveryStep,
        deadline: Instant,
    ) -> Result<DeliveryReply, Problem> {
        let actor = Actor::parse(actor.as_str()).unwrap_or_else(|_| Actor::anonymous());
        let may_come = may_come(command.order);
        // Watched before it is asked: what happens in between is not missed.
        let mut news = self.handle.waiters().watch(command.order.0);
        loop {
            let causation = Causation::command(self.ids.next_id(self.clock.now()));
            match self.handle.call(command.clone(), actor.clone(), causation).await {
                Err(CallError::Refused(DeliveryRefusal::Delivery(DeliveryRejection::NoDelivery)))
                    if may_come => {}
                other => return other.map_err(not_called),
            }
            if !matches!(timeout_at(deadline, news.next()).await, Ok(Some(_))) {
                return Err(no_delivery());
            }
        }
    }

    /// The key as it is kept, for this actor, this route and all that came with it.
    fn key_use(&self, request: &StepRequest, route: &str, body: &[u8]) -> Option<KeyUse> {
        let key = request.key.as_ref()?;
        let sent = [request.shop.as_bytes(), request.delivery.as_bytes(), body];
        Some(KeyUse {
            scope: self.fingerprints.scope(request.actor.as_str(), route, key),
            body_hash: self.fingerprints.body(&sent.join(&b'\n')),
        })
    }
}

/// Ids of orders are UUIDv7: another id names no order that may still come.
fn may_come(order: OrderId) -> bool {
    order.0.get_version_num() == 7
}

pub(super) fn no_delivery() -> Problem {
    problem(&DeliveryRefusal::Delivery(DeliveryRejection::NoDelivery))
}
