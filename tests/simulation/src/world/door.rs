//! The door of ordering: what stands between a client's socket and the writer. The product's own
//! gate, keys and answers, without sockets.

use std::sync::Arc;

use catalog_contract::{PaymentTime, ShopLife, WhenUnavailable};
use edge::idempotency::IdempotencyKey;
use journal::{Reader as _, Row};
use kernel::{Causation, OrderId};
use ordering_contract::{OrderEvent, OrderState, RefusalReason};
use ordering_service::effects::Waiting;
use ordering_service::{
    NewOrder, ORDERS, OrderingCommand, OrderingRefusal, OrderingReply, PlaceOrder, PlaceReply,
};
use runtime::{Answer, Failure, Outputs};
use uuid::Uuid;

use super::World;
use super::customers::Happening;
use crate::check::{Answered, Requested};
use crate::moment::Moment;
use crate::role::Role;

/// Beyond the shop's own bound, before the answer is "not known yet".
const PATIENCE_MILLIS: u64 = 200;

/// I27: nobody waits at the door for longer.
const WAITS_MAX_MILLIS: u64 = 900_000;

/// A request that waits at the door.
pub(crate) struct Request {
    pub(super) intent: usize,
    pub(super) requested: Requested,
    life: Arc<ShopLife>,
    place: Option<Waiting>,
    pub(super) waits_on: Option<Uuid>,
    pub(super) connected: bool,
    since: Moment,
}

/// A cancel, or a change of the address, that waits for its answer.
pub(crate) struct Asked {
    pub(super) order: Uuid,
    pub(super) address: Option<String>,
}

/// What a client gets.
enum Reply {
    /// To be remembered: the same again for the same key.
    Final(Answered),
    /// Nothing final: ask again with the same key.
    Again,
    /// Refused before anything was kept.
    Refused,
}

impl World {
    /// A client's request reaches the door.
    pub(super) fn request(&mut self, intent: usize, wish: NewOrder, body: &[u8]) {
        let of = &self.customers.intents[intent];
        let (subject, shop, key) = (of.subject.clone(), of.shop.clone(), of.key.clone());
        let now = self.ordering.clock.read(self.schedule.now());
        self.customers.clock.set(now);
        let known = self.shop_at_door(&shop);
        let (true, Some(life)) = (self.ordering.is_up(), known) else {
            return self.try_again(intent);
        };
        let Ok(idempotency_key) = IdempotencyKey::try_new(&key) else {
            return;
        };
        let fingerprints = &self.customers.fingerprints;
        let client_key = ordering_service::client_key(fingerprints, &subject, &shop, &idempotency_key, body);
        let mut place = if life.payment.when == PaymentTime::AtOrder {
            match self.customers.gate.enter(&life) {
                Ok(place) => Some(place),
                Err(_) => return self.try_again(intent),
            }
        } else {
            None
        };
        let order = self.new_id();
        let requested = Requested {
            subject: subject.clone(),
            shop: shop.clone(),
            key,
            body: client_key.body,
            items: wish.lines.iter().map(|line| (line.item.clone(), line.quantity)).collect(),
            quotes: wish.lines.iter().map(|line| line.unit_price).collect(),
        };
        let command = OrderingCommand::Place(Box::new(PlaceOrder {
            order: OrderId(order),
            shop,
            wish,
            key: Some(client_key),
        }));
        let ticket = self.ticket();
        if !self.ordering.bring_command(ticket, command, subject, Causation::command(order)) {
            not_asked(&mut place);
            return self.shed(intent);
        }
        self.customers.intents[intent].orders.push(order);
        self.checker.log.sent(order, requested.clone());
        let since = self.schedule.now();
        let request = Request { intent, requested, life, place, waits_on: None, connected: true, since };
        self.customers.requests.insert(ticket, request);
        let soon = self.chances.customers.between(1, 3);
        self.wake_after(Role::Ordering, soon);
        self.may_hang_up(ticket, intent);
    }

    /// The shop as the door knows it: from what ordering has stored of the catalog's events.
    fn shop_at_door(&mut self, shop: &kernel::ShopKey) -> Option<Arc<ShopLife>> {
        self.ordering
            .service()
            .and_then(|service| service.shops().now().current(shop).map(|(_, life)| life.clone()))
    }

    /// Answers whoever waits for what ordering has committed.
    pub(super) fn ordering_stepped(&mut self, outputs: Outputs<OrderingReply, OrderingRefusal>) {
        let mut answered = Vec::new();
        for answer in outputs.answers {
            self.order_answered(answer, &outputs.change.rows, &mut answered);
        }
        for event in &outputs.change.events {
            if let Ok(told) = event.decode::<OrderEvent>() {
                self.told(event.stream_id, &told, &outputs.change.rows, &mut answered);
            }
        }
        for (ticket, reply) in answered {
            self.reply(ticket, reply);
        }
        for effect in outputs.effects {
            self.start_asking(effect);
        }
    }

    fn order_answered(
        &mut self,
        answer: Answer<OrderingReply, OrderingRefusal>,
        rows: &[Arc<Row>],
        answered: &mut Vec<(u64, Reply)>,
    ) {
        if let Some(asked) = self.customers.asked.remove(&answer.ticket) {
            return self.cancel_answered(&asked, answer);
        }
        let Some(request) = self.customers.requests.get_mut(&answer.ticket) else {
            return;
        };
        let reply = match answer.result {
            Ok(OrderingReply::Placed(PlaceReply::Waits { order })) => {
                request.waits_on = Some(order.0);
                let bound = u64::try_from(request.life.payment.timeout_millis).unwrap_or(0);
                let ends = Happening::PatienceEnds { ticket: answer.ticket };
                let ends = super::Happening::Customer(ends);
                self.schedule.after(bound + PATIENCE_MILLIS, ends);
                return;
            }
            Ok(OrderingReply::Placed(PlaceReply::Decided { order, .. })) => stands(order.0, rows),
            Ok(OrderingReply::Placed(PlaceReply::Again { order, outcome })) => {
                not_asked(&mut request.place);
                let body = if outcome.status == 201 {
                    let store = &mut self.stores[Role::Ordering as usize];
                    ordering_service::replay_body(store, order, outcome.version).unwrap_or_default()
                } else {
                    outcome.body
                };
                Reply::Final(Answered {
                    status: outcome.status,
                    order: (outcome.status == 201).then_some(order.0),
                    body,
                })
            }
            Ok(_) => Reply::Again,
            Err(failure) => {
                not_asked(&mut request.place);
                match failure {
                    Failure::Broken(_)
                    | Failure::Refused(OrderingRefusal::StillRunning | OrderingRefusal::OutcomeUnknown) => {
                        Reply::Again
                    }
                    Failure::Refused(OrderingRefusal::KeyReused) => {
                        Reply::Final(Answered { status: 422, order: None, body: Vec::new() })
                    }
                    // Busy, or closed until some time: the customer comes back.
                    Failure::Refused(OrderingRefusal::NotOpen(not_open))
                        if not_open.wanted_at.is_none() && not_open.opening.until.is_some() =>
                    {
                        Reply::Again
                    }
                    Failure::Refused(_) => Reply::Refused,
                }
            }
        };
        answered.push((answer.ticket, reply));
    }

    /// I21: who is told that the order is cancelled, or brought elsewhere, finds it so.
    fn cancel_answered(&mut self, asked: &Asked, answer: Answer<OrderingReply, OrderingRefusal>) {
        if let Some(address) = &asked.address {
            return self.readdress_answered(asked.order, address, answer);
        }
        let told =
            matches!(answer.result, Ok(OrderingReply::Cancel(ordering_service::CancelReply::Cancelled)));
        let state = self.checker.cases.get(&asked.order).and_then(|case| case.state);
        if told && !matches!(state, Some(OrderState::Cancelled | OrderState::Refunded)) {
            let what = format!("somebody was told that it is cancelled, it is {state:?}");
            self.checker.violation("I21", Some(asked.order), what);
        }
    }

    /// What an order's events say to requests that wait for it.
    fn told(&mut self, order: Uuid, event: &OrderEvent, rows: &[Arc<Row>], answered: &mut Vec<(u64, Reply)>) {
        let waiting: Vec<u64> = self
            .customers
            .requests
            .iter()
            .filter(|(_, request)| request.waits_on == Some(order))
            .map(|(ticket, _)| *ticket)
            .collect();
        for ticket in waiting {
            if answered.iter().any(|(of, _)| *of == ticket) {
                continue;
            }
            let decides = matches!(
                event,
                OrderEvent::Confirmed(_)
                    | OrderEvent::Scheduled(_)
                    | OrderEvent::Cancelled(_)
                    | OrderEvent::Refused(_)
            );
            let defers = self
                .customers
                .requests
                .get(&ticket)
                .is_some_and(|request| request.life.payment.unavailable == WhenUnavailable::Defer);
            let reply = match event {
                _ if decides && defers => self.kept_answer(order),
                OrderEvent::Confirmed(_) | OrderEvent::Scheduled(_) => stands(order, rows),
                OrderEvent::Cancelled(_) => self.kept_answer(order),
                OrderEvent::Refused(refused) => match refused.reason {
                    RefusalReason::PaymentDeclined => refused_with(402, &self.outcome_body(order)),
                    RefusalReason::OutOfStock => refused_with(409, &self.outcome_body(order)),
                    _ => Reply::Again,
                },
                OrderEvent::PaymentAbandoned(_) => Reply::Again,
                _ => continue,
            };
            if !matches!(event, OrderEvent::PaymentAbandoned(_))
                && let Some(request) = self.customers.requests.get_mut(&ticket)
                && let Some(place) = request.place.take()
            {
                place.answered();
            }
            answered.push((ticket, reply));
        }
    }

    /// The problem that is remembered for an order's key.
    fn outcome_body(&mut self, order: Uuid) -> Vec<u8> {
        let scope = self
            .checker
            .cases
            .get(&order)
            .and_then(|case| case.placed.as_ref())
            .and_then(|placed| placed.scope);
        let store = &mut self.stores[Role::Ordering as usize];
        let record = scope.and_then(|scope| store.idempotency(&scope).ok().flatten());
        record.and_then(|record| record.outcome).map(|outcome| outcome.body).unwrap_or_default()
    }

    fn reply(&mut self, ticket: u64, reply: Reply) {
        let Some(request) = self.customers.requests.remove(&ticket) else {
            return;
        };
        if !request.connected {
            return;
        }
        match reply {
            Reply::Final(answer) => {
                self.note(|| format!("{} is answered {}", request.requested.key, answer.status));
                self.checker.answered(&request.requested, answer.clone());
                if answer.status != 422 {
                    self.seen(request.intent, &answer);
                }
            }
            Reply::Again => self.try_again(request.intent),
            Reply::Refused => self.customers.intents[request.intent].done = true,
        }
    }

    pub(super) fn patience_ends(&mut self, ticket: u64) {
        let Some(request) = self.customers.requests.get(&ticket) else {
            return;
        };
        let reply = match (request.life.payment.unavailable, request.waits_on) {
            (WhenUnavailable::Defer, Some(order)) => self.kept_answer(order),
            _ => Reply::Again,
        };
        self.reply(ticket, reply);
    }

    /// What the order's key is to be answered, where that is decided.
    fn kept_answer(&mut self, order: Uuid) -> Reply {
        let case = self.checker.cases.get(&order);
        let scope = case.and_then(|case| case.placed.as_ref()).and_then(|placed| placed.scope);
        let store = &mut self.stores[Role::Ordering as usize];
        let record = scope.and_then(|scope| store.idempotency(&scope).ok().flatten());
        match record.and_then(|record| record.outcome) {
            Some(outcome) if outcome.status == 201 => {
                let body = ordering_service::replay_body(store, OrderId(order), outcome.version);
                Reply::Final(Answered { status: 201, order: Some(order), body: body.unwrap_or_default() })
            }
            Some(outcome) => refused_with(outcome.status, &outcome.body),
            None => Reply::Again,
        }
    }

    /// The writer could not commit: nothing is known to have happened.
    pub(super) fn door_failed(&mut self) {
        self.customers.asked.clear();
        let undecided: Vec<u64> = self
            .customers
            .requests
            .iter()
            .filter(|(_, request)| request.waits_on.is_none())
            .map(|(ticket, _)| *ticket)
            .collect();
        for ticket in undecided {
            if let Some(request) = self.customers.requests.get_mut(&ticket) {
                not_asked(&mut request.place);
            }
            self.reply(ticket, Reply::Again);
        }
    }

    /// I27: a request that nobody will ever answer.
    pub(super) fn forgotten_at_door(&self) -> Option<String> {
        let now = self.schedule.now();
        let forgotten =
            self.customers.requests.values().find(|request| request.since.plus(WAITS_MAX_MILLIS) < now)?;
        Some(format!(
            "the request under key {} waits at the door since {}",
            forgotten.requested.key, forgotten.since
        ))
    }

    /// Ordering is gone, and every connection with it.
    pub(super) fn door_closed(&mut self) {
        self.customers.asked.clear();
        for (_, request) in std::mem::take(&mut self.customers.requests) {
            if request.connected {
                self.try_again(request.intent);
            }
        }
    }
}

fn stands(order: Uuid, rows: &[Arc<Row>]) -> Reply {
    match rows.iter().find(|row| row.id == order && row.collection == ORDERS) {
        Some(row) => Reply::Final(Answered { status: 201, order: Some(order), body: row.body.clone() }),
        None => Reply::Again,
    }
}

fn refused_with(status: u16, body: &[u8]) -> Reply {
    Reply::Final(Answered { status, order: None, body: body.to_vec() })
}

fn not_asked(place: &mut Option<Waiting>) {
    if let Some(place) = place.take() {
        place.not_asked();
    }
}
