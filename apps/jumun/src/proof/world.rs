use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::Arc;

use catalog_contract::{LifeHash, PaymentTime, ShopLife, Stage, StockMode, StockUse};
use delivery_contract::DeliveryEvent;
use delivery_domain::Delivery;
use kernel::{Aggregate, Money, Personal, Published, Timestamp};
use kitchen_contract::KitchenEvent;
use kitchen_domain::Ticket;
use ordering_contract::{CancelReason, LaterTime, OrderEvent, OrderPlacedV1};
use ordering_domain::{Order, OrderCommand, Placement};

/// Wishes to cancel in one life of an order: more of them tell nothing new.
const CANCELS: u8 = 2;

/// Changes of its address, likewise.
const READDRESSES: u8 = 1;

/// Where the money of the order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Funds {
    /// Nobody has asked for it.
    Unasked,
    /// The provider, or the customer, is asked.
    Asked,
    /// With the shop.
    Captured,
    /// Never moved, and will not.
    Nowhere,
    /// Back with the customer.
    Returned,
}

/// Where the stock of the order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goods {
    /// Nobody has asked for it.
    Unasked,
    /// Inventory is asked.
    Asked,
    /// Inventory has answered.
    Answered,
}

/// What payment and inventory tell ordering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Approved,
    Declined,
    Voided,
    Refunded,
    Reserved,
    Short,
}

/// An order, everything that belongs to it, and every message on its way.
#[derive(Clone)]
pub(super) struct World {
    pub(super) life: Arc<ShopLife>,
    pub(super) order: Order,
    pub(super) ticket: Ticket,
    pub(super) delivery: Delivery,
    pub(super) funds: Funds,
    pub(super) goods: Goods,
    pub(super) cancels_left: u8,
    pub(super) readdresses_left: u8,
    pub(super) to_kitchen: VecDeque<OrderEvent>,
    pub(super) to_delivery: VecDeque<OrderEvent>,
    pub(super) to_payment: VecDeque<OrderEvent>,
    pub(super) from_kitchen: VecDeque<KitchenEvent>,
    pub(super) from_delivery: VecDeque<DeliveryEvent>,
    pub(super) from_payment: VecDeque<Told>,
    pub(super) from_inventory: VecDeque<Told>,
    /// What was decided on the way here from the state before, for tests that tell its story.
    #[cfg(test)]
    pub(super) decided: Vec<super::explained::Decided>,
}

impl World {
    /// A customer has placed an order, for now or for later.
    pub(super) fn new(life: &Arc<ShopLife>, later: Option<LaterTime>) -> Result<Self, String> {
        let mut world = Self {
            life: life.clone(),
            order: Order::default(),
            ticket: Ticket::default(),
            delivery: Delivery::default(),
            funds: Funds::Unasked,
            goods: Goods::Unasked,
            cancels_left: CANCELS,
            readdresses_left: READDRESSES,
            to_kitchen: VecDeque::new(),
            to_delivery: VecDeque::new(),
            to_payment: VecDeque::new(),
            from_kitchen: VecDeque::new(),
            from_delivery: VecDeque::new(),
            from_payment: VecDeque::new(),
            from_inventory: VecDeque::new(),
            #[cfg(test)]
            decided: Vec::new(),
        };
        let placement = Placement { placed: OrderPlacedV1 { later, ..placed(life) }, life: life.clone() };
        world.order_does(OrderCommand::Place(Box::new(placement)))?;
        if life.stock.mode == StockMode::Reserve {
            world.goods = Goods::Asked;
        } else {
            world.ask_for_money();
        }
        Ok(world)
    }

    /// Lets the order decide; what it says is on its way to everybody.
    pub(super) fn order_does(&mut self, command: OrderCommand) -> Result<bool, String> {
        let events = self.order.decide(command).map_err(|no| format!("ordering refuses a fact: {no}"))?;
        for event in &events {
            #[cfg(test)]
            self.decided.push(super::explained::Decided::of(event));
            self.order = std::mem::take(&mut self.order).evolve(event);
        }
        for event in events.iter().cloned() {
            match &event {
                OrderEvent::Confirmed(_) => self.to_kitchen.push_back(event),
                OrderEvent::CancelRequested(_) => {
                    self.to_kitchen.push_back(event.clone());
                    if self.life.delivery.is_some() {
                        self.to_delivery.push_back(event);
                    }
                }
                OrderEvent::DeliveryRequested(_) | OrderEvent::AddressChangeRequested(_) => {
                    self.to_delivery.push_back(event)
                }
                OrderEvent::PaymentAbandoned(_) => self.to_payment.push_back(event),
                OrderEvent::Cancelled(cancelled) if cancelled.calls_money_back => {
                    self.to_payment.push_back(event);
                }
                _ => {}
            }
        }
        Ok(!events.is_empty())
    }

    pub(super) fn ask_for_money(&mut self) {
        if self.life.payment.when != PaymentTime::None && self.funds == Funds::Unasked {
            self.funds = Funds::Asked;
        }
    }

    /// Whether nobody waits for anything any longer.
    pub(super) fn has_ended(&self) -> bool {
        self.order.has_ended() && self.is_quiet() && self.funds != Funds::Asked
    }

    /// Whether no message is on its way.
    pub(super) fn is_quiet(&self) -> bool {
        self.to_kitchen.is_empty()
            && self.to_delivery.is_empty()
            && self.to_payment.is_empty()
            && self.from_kitchen.is_empty()
            && self.from_delivery.is_empty()
            && self.from_payment.is_empty()
            && self.from_inventory.is_empty()
    }

    /// What must never be: an order whose life is over, without goods, whose money stays with the shop.
    pub(super) fn wrong(&self) -> Option<String> {
        if !self.has_ended() || self.funds != Funds::Captured {
            return None;
        }
        let keeps_returned = self.life.delivery.as_ref().is_some_and(|rule| !rule.refunds_returned);
        match &self.order {
            Order::Standing { .. } => None,
            // The shop's own rule for what could not be brought.
            Order::Cancelled { reason: CancelReason::DeliveryFailed, .. } if keeps_returned => None,
            other => Some(format!("an order was paid, is {} and gets no money back", other.state().as_str())),
        }
    }

    /// Everything that tells this state from another one.
    pub(super) fn key(&self) -> String {
        let mut key = String::with_capacity(160);
        let _ = match &self.order {
            Order::Nothing => write!(key, "nothing"),
            Order::Waiting { reserved, placed, .. } => {
                write!(key, "waiting {reserved} {}", placed.later.is_some())
            }
            Order::Abandoned { reason, .. } => write!(key, "abandoned {reason:?}"),
            Order::Scheduled { paid, .. } => write!(key, "scheduled {paid}"),
            Order::Standing { stage, paid, wish, address_wish, .. } => {
                let wish = wish.as_ref().map(|wish| wish.reason);
                write!(key, "standing {stage:?} {paid} {wish:?} {}", address_wish.is_some())
            }
            Order::Refused { reason, .. } => write!(key, "refused {reason:?}"),
            Order::Cancelled { reason, refunded, .. } => write!(key, "cancelled {reason:?} {refunded}"),
        };
        let _ = write!(
            key,
            "|{:?}|{:?}|{:?}|{:?}|{}|{}",
            self.ticket.state(),
            self.delivery,
            self.funds,
            self.goods,
            self.cancels_left,
            self.readdresses_left
        );
        for queue in [&self.to_kitchen, &self.to_delivery, &self.to_payment] {
            key.push('|');
            for event in queue {
                let asked = match event {
                    OrderEvent::CancelRequested(asked) => Some(asked.reason),
                    _ => None,
                };
                let _ = write!(key, "{}{asked:?},", event.event_type());
            }
        }
        key.push('|');
        self.from_kitchen.iter().for_each(|event| key.push_str(event.event_type()));
        key.push('|');
        self.from_delivery.iter().for_each(|event| key.push_str(event.event_type()));
        let _ = write!(key, "|{:?}|{:?}", self.from_payment, self.from_inventory);
        key
    }
}

/// The stage from which an order is closed.
pub(super) fn last_step(world: &World) -> Stage {
    if world.life.delivery.is_some() { Stage::Delivered } else { Stage::Prepared }
}

pub(super) fn price(life: &ShopLife) -> Money {
    Money::new(1_000, life.currency)
}

fn placed(life: &ShopLife) -> OrderPlacedV1 {
    let takes_money = life.payment.when != PaymentTime::None;
    let holds_stock = life.stock.mode == StockMode::Reserve;
    OrderPlacedV1 {
        life: LifeHash::from("proof"),
        customer: None,
        call_number: 1,
        lines: Vec::new(),
        uses: if holds_stock { vec![StockUse { item: "unit".to_owned(), quantity: 1 }] } else { Vec::new() },
        total: price(life),
        payment_method: takes_money.then(|| "some".to_owned()),
        placed_at: Timestamp::default(),
        promised_at: None,
        delivers: life.delivery.is_some(),
        later: None,
        table: None,
        client_key: None,
        personal: Personal::absent(),
    }
}
