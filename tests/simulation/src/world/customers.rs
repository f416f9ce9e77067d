//! Customers: they order, hang up, come back with the same key, change their minds.

use std::collections::BTreeMap;
use std::sync::Arc;

use edge::idempotency::Fingerprints;
use kernel::{Actor, ManualClock, OrderId, Recorded, Timestamp};
use ordering_service::effects::PaymentGate;
use ordering_service::{CancelOrder, OrderingCommand};
use uuid::Uuid;

use super::door::{Asked, Request};
use super::intents::Intent;
use super::{OPENS_MILLIS, World, staff};
use crate::check::Answered;
use crate::clock::WallClock;
use crate::fault::Fault;
use crate::moment::Moment;
use crate::role::Role;

#[derive(Debug)]
pub(crate) enum Happening {
    /// A customer sends an intent's request, for the first time or again.
    Send { intent: usize, sockets: u64 },
    /// The same key comes with another body.
    SendOther { intent: usize },
    /// A customer hangs up.
    HangUp { ticket: u64 },
    /// The door's patience with payment is over.
    PatienceEnds { ticket: u64 },
    /// Somebody wishes to cancel.
    Cancel { order: Uuid, by_staff: bool },
    /// Somebody wishes it brought elsewhere.
    Readdress { order: Uuid, address: String, key: Option<String> },
}

/// Everybody who orders, what they wish, and what waits for an answer.
pub(crate) struct Customers {
    pub(super) intents: Vec<Intent>,
    pub(super) requests: BTreeMap<u64, Request>,
    pub(super) asked: BTreeMap<u64, Asked>,
    pub(super) gate: PaymentGate,
    pub(super) clock: Arc<ManualClock>,
    pub(super) fingerprints: Fingerprints,
}

const CANCELS: f64 = 0.3;
const ASKS_AGAIN: f64 = 0.25;
const OTHER_BODY: f64 = 0.05;
const STORM_MAX_MILLIS: f64 = 1_200_000.0;
/// How much rarer than hanging up it is that news of an order brings its request again.
const STORMS_AT_NEWS: f64 = 0.1;
/// Sooner than anybody else does anything about the news: steps that pass quickly are met too.
const NEWS_MAX_MILLIS: u64 = 2;
const NEWS_SOCKETS_MAX: u64 = 5;
const MIND_MIN_MILLIS: f64 = 1.0;
const MIND_MAX_MILLIS: f64 = 1_200_000.0;

impl Customers {
    pub(super) fn new(clock: WallClock) -> Self {
        let clock = Arc::new(ManualClock::at(clock.read(Moment(0))));
        Self {
            intents: Vec::new(),
            requests: BTreeMap::new(),
            asked: BTreeMap::new(),
            gate: PaymentGate::new(clock.clone()),
            clock,
            fingerprints: Fingerprints::new(b"simulation"),
        }
    }

    /// Ordering has started again: its gate has forgotten what it knew.
    pub(super) fn open_gate(&mut self, now: Timestamp) {
        self.clock.set(now);
        self.gate = PaymentGate::new(self.clock.clone());
    }
}

impl World {
    pub(super) fn plan_customers(&mut self) {
        let mut orders_of = BTreeMap::new();
        for intent in 0..self.plan.orders {
            let customer = self.chances.customers.between(1, self.plan.customers);
            let nth = orders_of.entry(customer).or_insert(0u32);
            *nth += 1;
            // Customers count their orders alike: keys of different subjects are often the same.
            let key = format!("order-{nth}");
            let until = OPENS_MILLIS + self.plan.chaos_millis;
            let at = self.chances.customers.between(OPENS_MILLIS, until);
            let intent_of = self.intent(customer, key, at);
            self.customers.intents.push(intent_of);
            let index = usize::try_from(intent).unwrap_or(0);
            self.plan_send(Moment(at), index, 1);
        }
        self.plan_rush();
    }

    /// Many at the same moment: the last cups, the same millisecond.
    fn plan_rush(&mut self) {
        if !self.chances.customers.hits(0.3) {
            return;
        }
        let at = Moment(self.chances.customers.between(OPENS_MILLIS, OPENS_MILLIS + self.plan.chaos_millis));
        let many = self.plan.orders.min(12);
        for index in 0..many {
            self.plan_send(at, usize::try_from(index).unwrap_or(0), 1);
        }
    }

    pub(super) fn plan_send(&mut self, at: Moment, intent: usize, sockets: u64) {
        let send = Happening::Send { intent, sockets };
        self.schedule.at(at, super::Happening::Customer(send));
    }

    fn send_after(&mut self, millis: u64, intent: usize, sockets: u64) {
        self.plan_send(self.schedule.now().plus(millis), intent, sockets);
    }

    pub(super) fn customer(&mut self, happening: Happening) {
        match happening {
            Happening::Send { intent, sockets } => self.send(intent, sockets),
            Happening::SendOther { intent } => self.send_other(intent),
            Happening::HangUp { ticket } => self.hang_up(ticket),
            Happening::PatienceEnds { ticket } => self.patience_ends(ticket),
            Happening::Cancel { order, by_staff } => self.cancel(order, by_staff),
            Happening::Readdress { order, address, key } => self.readdress(order, address, key),
        }
    }

    fn send(&mut self, intent: usize, sockets: u64) {
        self.customers.intents[intent].tries += 1;
        self.customers.intents[intent].planned = false;
        let (wish, body) = {
            let intent = &self.customers.intents[intent];
            (intent.wish.clone(), intent.body.clone())
        };
        if sockets > 1 {
            self.count_storm(intent);
        }
        for _ in 0..sockets {
            self.request(intent, wish.clone(), &body);
        }
    }

    /// The same key from many sockets at once, wherever its order stands by now.
    fn count_storm(&mut self, intent: usize) {
        self.coverage.fired(Fault::F22);
        let orders = self.customers.intents[intent].orders.iter();
        let steps: Vec<_> = orders.filter_map(|order| self.checker.cases.get(order)?.last_step).collect();
        steps.into_iter().for_each(|step| self.coverage.met(Fault::F22, step));
    }

    /// Clients that follow their order send its request again as they hear of it.
    pub(super) fn customers_see(&mut self, events: &[Arc<Recorded>]) {
        let rate = self.swarm.rate(Fault::F22) * STORMS_AT_NEWS;
        if !self.rough || rate <= 0.0 {
            return;
        }
        for event in events {
            let Some(OrderId(order)) = event.subject.order else { continue };
            if !self.chances.news.hits(rate) {
                continue;
            }
            let of_order = |intent: &Intent| intent.orders.contains(&order);
            if let Some(intent) = self.customers.intents.iter().position(of_order) {
                let sockets = self.chances.news.between(2, NEWS_SOCKETS_MAX);
                let soon = self.chances.news.between(0, NEWS_MAX_MILLIS);
                self.send_after(soon, intent, sockets);
            }
        }
    }

    fn send_other(&mut self, intent: usize) {
        let mut wish = self.customers.intents[intent].wish.clone();
        wish.lines[0].quantity += 1;
        let body = serde_json::to_vec(&wish).unwrap_or_default();
        self.request(intent, wish, &body);
    }

    /// A customer's request is under way: they may hang up before it is answered, or open many
    /// sockets for it.
    pub(super) fn may_hang_up(&mut self, ticket: u64, intent: usize) {
        if !self.rough || !self.chances.customers.hits(self.swarm.rate(Fault::F22)) {
            return;
        }
        let after = self.chances.customers.spread(1.0, 2_000.0) as u64;
        let hang_up = super::Happening::Customer(Happening::HangUp { ticket });
        self.schedule.after(after, hang_up);
        let stormed = &mut self.customers.intents[intent].stormed;
        if !std::mem::replace(stormed, true) && self.chances.customers.hits(0.3) {
            let sockets = self.chances.customers.between(2, 50);
            let again = self.chances.customers.spread(1.0, STORM_MAX_MILLIS) as u64;
            self.send_after(again, intent, sockets);
        }
    }

    fn hang_up(&mut self, ticket: u64) {
        let Some(request) = self.customers.requests.get_mut(&ticket) else {
            return;
        };
        request.connected = false;
        self.coverage.fired(Fault::F22);
        let (intent, order) = (request.intent, request.waits_on);
        let step = order.and_then(|order| self.checker.cases.get(&order)?.last_step);
        if let Some(step) = step {
            self.coverage.met(Fault::F22, step);
        }
        self.try_again(intent);
    }

    /// The customer knows nothing final: the same again later.
    pub(super) fn try_again(&mut self, intent: usize) {
        let of = &self.customers.intents[intent];
        if of.done || of.planned {
            return;
        }
        if of.tries >= of.patience {
            self.customers.intents[intent].done = true;
            return;
        }
        let most = if self.rough { 120_000.0 } else { 10_000.0 };
        let wait = self.chances.customers.spread(50.0, most) as u64;
        self.customers.intents[intent].planned = true;
        self.send_after(wait, intent, 1);
    }

    /// A final answer was seen.
    pub(super) fn seen(&mut self, intent: usize, answer: &Answered) {
        let first = !std::mem::replace(&mut self.customers.intents[intent].done, true);
        if !first {
            return;
        }
        if self.chances.customers.hits(ASKS_AGAIN) {
            let later = self.chances.customers.spread(1.0, 600_000.0) as u64;
            self.send_after(later, intent, 1);
        }
        if self.chances.customers.hits(OTHER_BODY) {
            let later = self.chances.customers.spread(1.0, 60_000.0) as u64;
            let other = super::Happening::Customer(Happening::SendOther { intent });
            self.schedule.after(later, other);
        }
        if let (201, Some(order)) = (answer.status, answer.order) {
            self.may_cancel(order);
            self.may_readdress(order);
            self.may_refund(order);
        }
    }

    fn may_cancel(&mut self, order: Uuid) {
        if !self.chances.customers.hits(CANCELS) {
            return;
        }
        let after = self.chances.customers.spread(MIND_MIN_MILLIS, MIND_MAX_MILLIS) as u64;
        let twice = self.chances.customers.hits(0.2);
        for _ in 0..=u64::from(twice) {
            let by_staff = self.chances.customers.hits(0.3);
            let cancel = Happening::Cancel { order, by_staff };
            self.schedule.after(after, super::Happening::Customer(cancel));
        }
    }

    fn cancel(&mut self, order: Uuid, by_staff: bool) {
        let Some(placed) = self.checker.cases.get(&order).and_then(|case| case.placed.as_ref()) else {
            return;
        };
        let customer = placed.order.customer.as_ref().map(ToString::to_string);
        let actor = match customer {
            Some(customer) if !by_staff => Actor::parse(&format!("customer:{customer}")).ok(),
            _ => None,
        };
        if !self.ordering.is_up() {
            return;
        }
        let command =
            OrderingCommand::Cancel(CancelOrder { order: OrderId(order), text: None, if_version: None });
        let (ticket, causation) = (self.ticket(), self.causation());
        let actor = actor.unwrap_or_else(staff::staff);
        if !self.ordering.bring_command(ticket, command, actor, causation) {
            return;
        }
        self.customers.asked.insert(ticket, Asked { order, address: None });
        let soon = self.chances.customers.between(1, 3);
        self.wake_after(Role::Ordering, soon);
    }

    /// Customers without an answer try once more, now that everything is well.
    pub(super) fn customers_try_again(&mut self) {
        for intent in 0..self.customers.intents.len() {
            let of = &mut self.customers.intents[intent];
            if !of.done && of.tries > 0 {
                of.tries = of.tries.min(of.patience / 2);
                self.try_again(intent);
            }
        }
    }

    /// I24: customers that still wait.
    pub(super) fn customers_wait(&self) -> Option<String> {
        let waiting = self.customers.intents.iter().find(|intent| !intent.done)?;
        Some(format!("{} waits for key {}", waiting.subject, waiting.key))
    }
}
