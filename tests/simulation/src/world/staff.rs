//! Staff: they look at a ticket now and then, and take its next step.

use catalog_contract::DeliveryStarts;
use catalog_contract::{Accept, Handover, Prepare};
use delivery_contract::{DeliveryEvent, DeliveryState};
use delivery_service::{DeliveryRefusal, DeliveryReply, DeliveryStep};
use edge::etag::IfMatch;
use kernel::{Actor, Money, OrderId};
use kitchen_contract::{KitchenEvent, TicketState};
use kitchen_service::{KitchenCommand, KitchenRefusal, KitchenReply, Step};
use payment_service::{Command, RefundWish};
use runtime::Outputs;
use uuid::Uuid;

use super::World;
use crate::role::Role;

#[derive(Debug)]
pub(crate) enum Happening {
    /// Somebody looks at a ticket.
    Look { order: Uuid },
    /// Somebody looks at a delivery.
    LookOut { order: Uuid },
    /// Somebody gives money back: some of it, or all that is left.
    Refund { order: Uuid, amount: Option<i64> },
}

/// How many orders the shop does not take on.
const REJECTED: f64 = 0.12;
/// How many orders get money back from staff.
const REFUNDED: f64 = 0.06;
/// How many attempts to deliver fail.
const FAILED: f64 = 0.3;
const LOOK_MIN_MILLIS: f64 = 500.0;
const LOOK_MAX_MILLIS: f64 = 600_000.0;

pub(super) fn staff() -> Actor {
    Actor::parse("staff:kim").unwrap_or_else(|_| Actor::system())
}

impl World {
    /// New tickets are seen.
    pub(super) fn kitchen_stepped(&mut self, outputs: &Outputs<KitchenReply, KitchenRefusal>) {
        for event in &outputs.change.events {
            if matches!(event.decode(), Ok(KitchenEvent::Opened(_))) {
                self.look_later(event.stream_id);
            }
        }
    }

    /// New deliveries are seen.
    pub(super) fn delivery_stepped(&mut self, outputs: &Outputs<DeliveryReply, DeliveryRefusal>) {
        for event in &outputs.change.events {
            if matches!(event.decode(), Ok(DeliveryEvent::Requested(_))) {
                self.look_out_later(event.stream_id);
            }
        }
    }

    /// Every ticket is looked at: some may have been opened while nobody could tell.
    pub(super) fn look_at_all(&mut self) {
        let open: Vec<Uuid> =
            self.checker.cases.iter().filter(|(_, case)| case.ticket.is_some()).map(|(id, _)| *id).collect();
        for order in open {
            self.schedule.after(1, super::Happening::Staff(Happening::Look { order }));
        }
        let on_their_way = self.checker.cases.iter().filter(|(_, case)| case.delivery.is_some());
        let on_their_way: Vec<Uuid> = on_their_way.map(|(id, _)| *id).collect();
        for order in on_their_way {
            self.schedule.after(1, super::Happening::Staff(Happening::LookOut { order }));
        }
    }

    fn look_later(&mut self, order: Uuid) {
        let wait = self.chances.staff.spread(LOOK_MIN_MILLIS, LOOK_MAX_MILLIS);
        self.schedule.after(wait as u64, super::Happening::Staff(Happening::Look { order }));
    }

    fn look_out_later(&mut self, order: Uuid) {
        let wait = self.chances.staff.spread(LOOK_MIN_MILLIS, LOOK_MAX_MILLIS);
        self.schedule.after(wait as u64, super::Happening::Staff(Happening::LookOut { order }));
    }

    /// Some customers are not happy.
    pub(super) fn may_refund(&mut self, order: Uuid) {
        if !self.chances.staff.hits(REFUNDED) {
            return;
        }
        for _ in 0..self.chances.staff.between(1, 2) {
            let some = self.chances.staff.between(1, 3_000) as i64;
            let amount = (!self.chances.staff.hits(0.2)).then_some(some);
            let wait = self.chances.staff.spread(LOOK_MIN_MILLIS, LOOK_MAX_MILLIS);
            let refund = Happening::Refund { order, amount };
            self.schedule.after(wait as u64, super::Happening::Staff(refund));
        }
    }

    fn refund(&mut self, order: Uuid, amount: Option<i64>) {
        let Some(placed) = self.checker.cases.get(&order).and_then(|case| case.placed.as_ref()) else {
            return;
        };
        let currency = placed.order.total.currency;
        let wish = RefundWish {
            order: OrderId(order),
            shop: placed.shop.clone(),
            amount: amount.map(|amount| Money::new(amount, currency)),
            reason: "cold coffee".to_owned(),
            if_match: None,
            key: None,
        };
        let (ticket, causation) = (self.ticket(), self.causation());
        if self.payment.is_up() {
            self.payment.bring_command(ticket, Command::Refund(wish), staff(), causation);
            self.wake_after(Role::Payment, 1);
        }
    }

    pub(super) fn staff_happens(&mut self, happening: Happening) {
        match happening {
            Happening::Look { order } => self.staff_looks(order),
            Happening::LookOut { order } => self.staff_look_out(order),
            Happening::Refund { order, amount } => self.refund(order, amount),
        }
    }

    fn staff_looks(&mut self, order: Uuid) {
        let Some(case) = self.checker.cases.get(&order) else {
            return;
        };
        let (Some(placed), Some(life)) = (&case.placed, case.life()) else {
            return;
        };
        let rejects = self.chances.staff.hits(REJECTED);
        let step = match case.ticket {
            Some(TicketState::Open) if life.accept == Accept::Staff && rejects => {
                Step::Reject { reason: "closing soon".to_owned() }
            }
            Some(TicketState::Open) if life.accept == Accept::Staff => Step::Accept,
            Some(TicketState::Accepted) if life.prepare.by == Prepare::Staff => Step::Start,
            Some(TicketState::Started) => Step::Complete,
            Some(TicketState::Finished) if life.handover == Handover::Pickup => Step::HandOver,
            _ => return,
        };
        let command = KitchenCommand {
            shop: placed.shop.clone(),
            order: OrderId(order),
            step,
            if_match: IfMatch::default(),
            key: None,
        };
        let (ticket, causation) = (self.ticket(), self.causation());
        if self.kitchen.is_up() {
            self.kitchen.bring_command(ticket, command, staff(), causation);
            self.wake_after(Role::Kitchen, 1);
        }
        self.look_later(order);
    }

    /// Staff and couriers: who brings it, whether it got there.
    fn staff_look_out(&mut self, order: Uuid) {
        let Some(case) = self.checker.cases.get(&order) else {
            return;
        };
        let (Some(placed), Some(rule)) = (&case.placed, case.life().and_then(|life| life.delivery.as_ref()))
        else {
            return;
        };
        let (shop, delivery) = (placed.shop.clone(), case.delivery);
        let by_staff = rule.starts == DeliveryStarts::Staff;
        let (needs_courier, is_counted) = (rule.needs_courier, rule.delivered_after_millis.is_some());
        let fails = self.chances.staff.hits(FAILED);
        // Where a delivery counts as done by itself, some are left to that.
        let is_left = is_counted && self.chances.staff.hits(0.5);
        let step = match delivery {
            Some(DeliveryState::Requested) if needs_courier => {
                Some(delivery_service::Step::Assign { courier: "lee".to_owned() })
            }
            Some(DeliveryState::Requested | DeliveryState::Assigned) if by_staff => {
                Some(delivery_service::Step::Start)
            }
            Some(DeliveryState::Started) if is_left => None,
            Some(DeliveryState::Started) if fails => {
                Some(delivery_service::Step::Fail { reason: "nobody at home".to_owned() })
            }
            Some(DeliveryState::Started) => Some(delivery_service::Step::Complete),
            Some(DeliveryState::Requested | DeliveryState::Assigned | DeliveryState::Failed) => None,
            _ => return,
        };
        if let Some(step) = step {
            let command =
                DeliveryStep { shop, order: OrderId(order), step, if_match: IfMatch::default(), key: None };
            let (ticket, causation) = (self.ticket(), self.causation());
            if self.delivery.is_up() {
                self.delivery.bring_command(ticket, command, staff(), causation);
                self.wake_after(Role::Delivery, 1);
            }
        }
        self.look_out_later(order);
    }
}
