use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use edge::actor::ActorHeader;
use edge::etag::IfMatch;
use edge::idempotency::IdempotencyKey;
use edge::params::StrictPath;
use edge::problem::Problem;
use kernel::{Actor, Causation, OrderId, ShopKey};
use kitchen_domain::TicketRejection;
use runtime::CallError;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

use super::answers::answer;
use super::api::{KitchenApi, TicketName};
use super::problems::{not_called, problem};
use crate::command::{KitchenCommand, KitchenRefusal, KitchenReply, Step};
use runtime::KeyUse;

/// How often a ticket that is named by its number is looked for, while it is on its way.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Everything about a step but the step itself, out of the request's head.
pub(super) struct StepRequest {
    shop: String,
    ticket: String,
    actor: ActorHeader,
    if_match: IfMatch,
    key: Option<IdempotencyKey>,
}

impl<S: Send + Sync> FromRequestParts<S> for StepRequest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let StrictPath((shop, ticket)) = StrictPath::from_request_parts(parts, state).await?;
        Ok(Self {
            shop,
            ticket,
            actor: ActorHeader::of_request(parts)?,
            if_match: IfMatch::from_request_parts(parts, state).await?,
            key: IdempotencyKey::from_headers(&parts.headers)?,
        })
    }
}

/// Takes a step. A step typed right after the order waits until its ticket is there, before it is
/// refused: the order is confirmed elsewhere, and its ticket may be on its way.
pub(super) async fn take(
    api: &KitchenApi,
    request: StepRequest,
    route: &str,
    step: Step,
    body: &[u8],
) -> Result<Response, Problem> {
    let deadline = Instant::now() + api.step_wait;
    let key = api.key_use(&request, route, body);
    let StepRequest { shop, ticket, actor, if_match, .. } = request;
    let shop = api.shop(shop)?;
    let name = TicketName::read(&ticket).ok_or_else(no_ticket)?;
    let order = api.order_of(&shop, name, deadline).await?;
    let command = KitchenCommand { shop, order, step, if_match, key };
    api.call_when_there(&actor, command, deadline).await.map(answer)
}

impl KitchenApi {
    /// The order that a name means; waits for a number that is not there yet.
    async fn order_of(
        &self,
        shop: &ShopKey,
        name: TicketName,
        deadline: Instant,
    ) -> Result<OrderId, Problem> {
        if let TicketName::Id(order) = name {
            return Ok(order);
        }
        loop {
            match self.row(shop, name).await? {
                Some(row) => return Ok(OrderId(row.id)),
                None if Instant::now() >= deadline => return Err(no_ticket()),
                None => sleep(LOOK_EVERY).await,
            }
        }
    }

    /// Brings the step to the writer, again whenever there is news of the order, until its ticket
    /// is there or the time is over.
    async fn call_when_there(
        &self,
        actor: &ActorHeader,
        command: KitchenCommand,
        deadline: Instant,
    ) -> Result<KitchenReply, Problem> {
        let actor = Actor::parse(actor.as_str()).unwrap_or_else(|_| Actor::anonymous());
        let may_come = may_come(command.order);
        // Watched before it is asked: what happens in between is not missed.
        let mut news = self.handle.waiters().watch(command.order.0);
        loop {
            let causation = Causation::command(self.ids.next_id(self.clock.now()));
            match self.handle.call(command.clone(), actor.clone(), causation).await {
                Err(CallError::Refused(KitchenRefusal::Ticket(TicketRejection::NoTicket))) if may_come => {}
                other => return other.map_err(not_called),
            }
            if !matches!(timeout_at(deadline, news.next()).await, Ok(Some(_))) {
                return Err(no_ticket());
            }
        }
    }

    /// The key as it is kept, for this actor, this route and all that came with it.
    fn key_use(&self, request: &StepRequest, route: &str, body: &[u8]) -> Option<KeyUse> {
        let key = request.key.as_ref()?;
        let sent = [request.shop.as_bytes(), request.ticket.as_bytes(), body];
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

pub(super) fn no_ticket() -> Problem {
    problem(&KitchenRefusal::Ticket(TicketRejection::NoTicket))
}
