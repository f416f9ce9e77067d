use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use delivery_contract::DeliveryEvent;
use inventory_contract::{InventoryEvent, StockItemView};
use journal::Row;
use kernel::{Hash, Money, OrderId, Recorded};
use kitchen_contract::KitchenEvent;
use ordering_contract::{OrderEvent, OrderState};
use payment_contract::DepositEvent;
use payment_service::audit::PaymentAudit;
use payment_service::provider::sandbox::OurBook;

use super::stores::Stores;
use crate::wish::{Leg, Step};

/// What the journals say, order by order, and what the lists show.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) orders: BTreeMap<OrderId, Order>,
    pub(super) shown: BTreeMap<OrderId, Shown>,
    pub(super) tickets: BTreeMap<OrderId, BTreeSet<Step>>,
    pub(super) deliveries: BTreeMap<OrderId, BTreeSet<Leg>>,
    /// Paid in, by shop and customer.
    pub(super) topped_up: BTreeMap<(String, String), i64>,
    /// Whose a deposit's stream is: its shop and customer.
    pub(super) deposits: BTreeMap<uuid::Uuid, (String, String)>,
    pub(super) money: PaymentAudit,
    pub(super) our_book: OurBook,
    /// By shop and item.
    pub(super) items: BTreeMap<(String, String), Item>,
    /// Units that are still held, by order.
    pub(super) held: BTreeMap<OrderId, i64>,
    pub(super) shelves: Vec<StockItemView>,
    /// What a stream of inventory is: its shop and item.
    pub(super) names: BTreeMap<uuid::Uuid, (String, String)>,
}

/// An order, by its events.
pub(super) struct Order {
    pub(super) shop: String,
    pub(super) number: u64,
    pub(super) customer: String,
    pub(super) key: Option<Hash>,
    pub(super) total: Money,
    pub(super) takes_money: bool,
    pub(super) state: OrderState,
    pub(super) cancel_wished: bool,
}

/// An order, as its list shows it.
pub(super) struct Shown {
    pub(super) state: String,
    pub(super) hidden: bool,
}

/// A stock item, by its events.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) received: u64,
    pub(super) available: i64,
    pub(super) reserved: i64,
    pub(super) consumed: i64,
    pub(super) was_negative: bool,
}

impl Order {
    pub(super) const fn is_cancelled(&self) -> bool {
        matches!(self.state, OrderState::Cancelled | OrderState::Refunded)
    }

    pub(super) const fn is_gone(&self) -> bool {
        self.is_cancelled() || matches!(self.state, OrderState::Refused)
    }
}

impl Facts {
    pub(super) fn gather(stores: &mut Stores) -> Result<Self> {
        let mut facts = Self::default();
        stores.events("ordering", |event| facts.take_order(event))?;
        stores.events("kitchen", |event| facts.take_ticket(event))?;
        stores.events("delivery", |event| facts.take_delivery(event))?;
        stores.events("inventory", |event| facts.take_stock(event))?;
        stores.events("payment", |event| {
            facts.money.take(event);
            facts.take_deposit(event);
            facts.our_book.take(event);
            Ok(())
        })?;
        for row in stores.rows("ordering", "orders")? {
            let Row { id, state, hidden, .. } = row;
            facts.shown.insert(OrderId(id), Shown { state: state.into_owned(), hidden });
        }
        for row in stores.rows("inventory", "stock")? {
            facts.shelves.push(serde_json::from_slice(&row.body)?);
        }
        Ok(facts)
    }

    fn take_order(&mut self, event: &Recorded) -> Result<()> {
        let order = OrderId(event.stream_id);
        let decoded = event.decode::<OrderEvent>()?;
        if let OrderEvent::Placed(placed) = &decoded {
            let customer = placed.customer.as_ref().map(ToString::to_string).unwrap_or_default();
            let of = Order {
                shop: event.subject.shop.to_string(),
                number: event.subject.order_number,
                customer,
                key: placed.client_key.map(|key| key.scope),
                total: placed.total,
                takes_money: placed.payment_method.is_some(),
                state: OrderState::Placed,
                cancel_wished: false,
            };
            self.orders.insert(order, of);
        }
        let Some(of) = self.orders.get_mut(&order) else {
            anyhow::bail!("{} before the order {order} was placed", event.event_type);
        };
        match decoded {
            OrderEvent::CancelRequested(_) => of.cancel_wished = true,
            OrderEvent::CancelDenied(_) | OrderEvent::Cancelled(_) | OrderEvent::Completed(_) => {
                of.cancel_wished = false;
            }
            _ => {}
        }
        of.state = after(of.state, &decoded);
        Ok(())
    }

    fn take_ticket(&mut self, event: &Recorded) -> Result<()> {
        let step = match event.decode::<KitchenEvent>()? {
            KitchenEvent::Accepted(_) => Step::Accept,
            KitchenEvent::Rejected(_) => Step::Reject,
            KitchenEvent::Started(_) => Step::Start,
            KitchenEvent::Finished(_) => Step::Complete,
            KitchenEvent::HandedOver(_) => Step::HandOver,
            _ => return Ok(()),
        };
        self.tickets.entry(OrderId(event.stream_id)).or_default().insert(step);
        Ok(())
    }

    fn take_delivery(&mut self, event: &Recorded) -> Result<()> {
        let leg = match event.decode::<DeliveryEvent>()? {
            DeliveryEvent::Assigned(_) => Leg::Assign,
            DeliveryEvent::Started(_) => Leg::Start,
            DeliveryEvent::Completed(_) => Leg::Complete,
            DeliveryEvent::Failed(_) => Leg::Fail,
            _ => return Ok(()),
        };
        self.deliveries.entry(OrderId(event.stream_id)).or_default().insert(leg);
        Ok(())
    }

    /// Events of orders' payments are on other streams, and pass by.
    fn take_deposit(&mut self, event: &Recorded) {
        match event.decode::<DepositEvent>() {
            Ok(DepositEvent::Opened(opened)) => {
                let customer = opened.customer.map(|customer| customer.to_string()).unwrap_or_default();
                self.deposits.insert(event.stream_id, (event.subject.shop.to_string(), customer));
            }
            Ok(DepositEvent::ToppedUp(paid_in)) => {
                let whose = self.deposits.get(&event.stream_id).cloned().unwrap_or_default();
                *self.topped_up.entry(whose).or_default() += paid_in.amount.amount;
            }
            _ => {}
        }
    }

    fn take_stock(&mut self, event: &Recorded) -> Result<()> {
        let decoded = event.decode::<InventoryEvent>()?;
        let (item_of, order, available, reserved, consumed) = match &decoded {
            InventoryEvent::StockReceived(received) => {
                let name = (event.subject.shop.to_string(), received.item.clone());
                self.names.insert(event.stream_id, name);
                (event.stream_id, None, whole(received.quantity), 0, 0)
            }
            InventoryEvent::UnitsReserved(units) => {
                let quantity = whole(units.quantity);
                (event.stream_id, Some((units.order, quantity)), -quantity, quantity, 0)
            }
            InventoryEvent::UnitsConsumed(units) => {
                let quantity = whole(units.quantity);
                (event.stream_id, Some((units.order, -quantity)), 0, -quantity, quantity)
            }
            InventoryEvent::UnitsReleased(units) => {
                let quantity = whole(units.quantity);
                (event.stream_id, Some((units.order, -quantity)), quantity, -quantity, 0)
            }
            _ => return Ok(()),
        };
        let Some(name) = self.names.get(&item_of) else {
            anyhow::bail!("{} before a unit of the item came in", event.event_type);
        };
        let item = self.items.entry(name.clone()).or_default();
        if let InventoryEvent::StockReceived(received) = &decoded {
            item.received += received.quantity;
        }
        item.available += available;
        item.reserved += reserved;
        item.consumed += consumed;
        item.was_negative |= item.available < 0 || item.reserved < 0;
        if let Some((order, quantity)) = order {
            *self.held.entry(order).or_default() += quantity;
        }
        Ok(())
    }
}

const fn after(state: OrderState, event: &OrderEvent) -> OrderState {
    match event {
        OrderEvent::Placed(_) => OrderState::Placed,
        OrderEvent::Paid(_) => OrderState::Paid,
        OrderEvent::Scheduled(_) => OrderState::Scheduled,
        OrderEvent::Confirmed(_) => OrderState::Confirmed,
        OrderEvent::Accepted(_) => OrderState::Accepted,
        OrderEvent::Started(_) => OrderState::Started,
        OrderEvent::Prepared(_) => OrderState::Prepared,
        OrderEvent::DeliveryStarted(_) => OrderState::DeliveryStarted,
        OrderEvent::Delivered(_) => OrderState::Delivered,
        OrderEvent::Completed(_) => OrderState::Completed,
        OrderEvent::Refused(_) => OrderState::Refused,
        OrderEvent::Cancelled(_) => OrderState::Cancelled,
        OrderEvent::Refunded(_) => OrderState::Refunded,
        OrderEvent::Reserved(_)
        | OrderEvent::DeliveryRequested(_)
        | OrderEvent::PaymentAbandoned(_)
        | OrderEvent::CancelRequested(_)
        | OrderEvent::CancelDenied(_)
        | OrderEvent::AddressChangeRequested(_)
        | OrderEvent::AddressChanged(_)
        | OrderEvent::AddressChangeDenied(_)
        | OrderEvent::StepWished(_) => state,
    }
}

fn whole(quantity: u64) -> i64 {
    i64::try_from(quantity).unwrap_or(i64::MAX)
}
