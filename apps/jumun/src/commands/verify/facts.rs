//! What the journals say, order by order, in one pass over each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context, Result};
use catalog_contract::ShopDirectory;
use delivery_contract::{DeliveryEvent, DeliveryState};
use delivery_domain::Delivery;
use inventory_contract::InventoryEvent;
use inventory_domain::StockItem;
use journal::{Reader, SourceState};
use journal_sqlite::{Cut, SqliteReader};
use kernel::{Aggregate, OrderId, Recorded, ShopKey};
use kitchen_contract::KitchenEvent;
use ordering_contract::{CancelReason, OrderEvent};
use ordering_domain::Order;
use payment_service::audit::PaymentAudit;
use payment_service::provider::sandbox::OurBook;
use uuid::Uuid;

/// Events read at once.
const PAGE: usize = 4_096;

/// Everything that the checks look at.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) orders: BTreeMap<OrderId, OrderFacts>,
    pub(super) tickets: BTreeMap<OrderId, TicketFacts>,
    pub(super) deliveries: BTreeMap<OrderId, DeliveryFacts>,
    pub(super) reservations: BTreeMap<OrderId, Held>,
    pub(super) items: BTreeMap<Uuid, StockItem>,
    pub(super) shops: ShopDirectory,
    pub(super) money: PaymentAudit,
    pub(super) our_book: OurBook,
    pub(super) paid_for: BTreeSet<OrderId>,
    /// Orders with a timer or an effect under way, in any role.
    pub(super) under_way: BTreeSet<OrderId>,
    /// Orders whose later events wait behind a parked one.
    pub(super) parked: BTreeSet<Uuid>,
    /// Whether every role has heard everything.
    pub(super) caught_up: bool,
}

/// An order, as its stream tells it.
#[derive(Default)]
pub(super) struct OrderFacts {
    pub(super) state: Order,
    pub(super) version: u64,
    pub(super) shop: Option<ShopKey>,
    pub(super) number: u64,
    pub(super) confirmations: u32,
    pub(super) refunds: u32,
    pub(super) cancelled: Option<(CancelReason, bool)>,
    /// Steps that must not have come where they came.
    pub(super) out_of_order: Vec<String>,
}

/// A ticket, as its stream tells it.
#[derive(Default)]
pub(super) struct TicketFacts {
    pub(super) shop: Option<ShopKey>,
    pub(super) number: u64,
    pub(super) opened: u32,
    pub(super) live: bool,
    pub(super) started: bool,
    pub(super) out_of_order: Vec<String>,
}

/// A delivery, as its stream tells it.
#[derive(Default)]
pub(super) struct DeliveryFacts {
    pub(super) shop: Option<ShopKey>,
    pub(super) number: u64,
    pub(super) requested: u32,
    pub(super) state: Delivery,
    /// Where it is to go; it stays from the first time that it sets out.
    pub(super) address: Option<String>,
    pub(super) out_of_order: Vec<String>,
}

impl DeliveryFacts {
    /// Whether its way has ended without its customer.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self.state.state(), Some(DeliveryState::Released | DeliveryState::Returned))
    }
}

/// What a reservation holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// Something, for the order.
    Reserved,
    /// Nothing any longer, or never.
    Nothing,
}

impl Facts {
    pub(super) fn gather(cut: &mut Cut, sources: &[SourceState]) -> Result<Self> {
        let mut facts = Self { caught_up: caught_up(sources), ..Self::default() };
        for reader in cut.readers() {
            let role = reader.role().to_owned();
            // What customers are told holds no order back.
            if role == notification_contract::ROLE {
                continue;
            }
            facts.note_waiting(reader).with_context(|| format!("{role} cannot be read"))?;
            for_each(reader, |event| facts.take(&role, event))?;
        }
        Ok(facts)
    }

    /// Whether nothing about an order is still on its way.
    pub(super) fn at_rest(&self, order: &OrderId) -> bool {
        self.caught_up && !self.under_way.contains(order) && !self.parked.contains(&order.0)
    }

    fn note_waiting(&mut self, reader: &mut SqliteReader) -> Result<()> {
        self.under_way.extend(
            reader
                .timers()?
                .into_iter()
                .filter(|timer| timer.kind != "complete-order")
                .filter_map(|timer| timer.order),
        );
        self.parked.extend(reader.parked()?.into_iter().map(|parked| parked.blocks));
        Ok(())
    }

    fn take(&mut self, role: &str, event: &Arc<Recorded>) -> Result<()> {
        match role {
            "catalog" => {
                self.shops.apply(&event.decode()?);
                Ok(())
            }
            "ordering" => self.take_order(event),
            "payment" => {
                self.money.take(event);
                self.our_book.take(event);
                self.paid_for.extend(event.subject.order);
                Ok(())
            }
            "inventory" => self.take_stock(event),
            "kitchen" => self.take_ticket(event),
            "delivery" => self.take_delivery(event),
            _ => Ok(()),
        }
    }

    fn take_order(&mut self, event: &Recorded) -> Result<()> {
        let decoded: OrderEvent = event.decode()?;
        let facts = self.orders.entry(OrderId(event.stream_id)).or_default();
        facts.shop.get_or_insert_with(|| event.subject.shop.clone());
        facts.number = event.subject.order_number;
        let ended = matches!(facts.state, Order::Refused { .. } | Order::Cancelled { .. });
        if ended && !matches!(decoded, OrderEvent::Refunded(_)) {
            facts.out_of_order.push(format!("{} after its end", event.event_type));
        }
        match &decoded {
            OrderEvent::Placed(_) if facts.version > 0 => facts.out_of_order.push("placed twice".into()),
            OrderEvent::Confirmed(_) => {
                facts.confirmations += 1;
                let due = facts.state.placed().and_then(|placed| placed.later).map(|time| time.due_at);
                if due.is_some_and(|due| event.at < due) {
                    facts.out_of_order.push("confirmed before it was due".into());
                }
            }
            OrderEvent::Cancelled(cancelled) => {
                facts.cancelled = Some((cancelled.reason, cancelled.calls_money_back));
            }
            OrderEvent::Refunded(_) => facts.refunds += 1,
            _ => {}
        }
        facts.version = event.version;
        facts.state = std::mem::take(&mut facts.state).evolve(&decoded);
        Ok(())
    }

    fn take_ticket(&mut self, event: &Recorded) -> Result<()> {
        let decoded: KitchenEvent = event.decode()?;
        let facts = self.tickets.entry(OrderId(event.stream_id)).or_default();
        facts.shop.get_or_insert_with(|| event.subject.shop.clone());
        facts.number = event.subject.order_number;
        if facts.opened > 0 && !facts.live && !matches!(decoded, KitchenEvent::CancelDenied(_)) {
            facts.out_of_order.push(format!("{} after the ticket's end", event.event_type));
        }
        match decoded {
            KitchenEvent::Opened(_) => {
                facts.opened += 1;
                facts.live = true;
            }
            KitchenEvent::Started(_) => facts.started = true,
            KitchenEvent::Released(_) | KitchenEvent::Rejected(_) | KitchenEvent::HandedOver(_) => {
                facts.live = false
            }
            KitchenEvent::Accepted(_) | KitchenEvent::Finished(_) | KitchenEvent::CancelDenied(_) => {}
        }
        Ok(())
    }

    fn take_delivery(&mut self, event: &Recorded) -> Result<()> {
        let decoded: DeliveryEvent = event.decode()?;
        let facts = self.deliveries.entry(OrderId(event.stream_id)).or_default();
        facts.shop.get_or_insert_with(|| event.subject.shop.clone());
        facts.number = event.subject.order_number;
        if facts.is_gone() && !matches!(decoded, DeliveryEvent::CancelDenied(_)) {
            facts.out_of_order.push(format!("{} after the delivery's end", event.event_type));
        }
        match &decoded {
            DeliveryEvent::Requested(asked) => {
                facts.requested += 1;
                facts.address = asked.personal.reveal().and_then(|to| to.address.clone());
            }
            DeliveryEvent::AddressChanged(changed) => {
                if facts.state.attempts() > 0 {
                    facts.out_of_order.push(format!("{} after it set out", event.event_type));
                }
                facts.address = changed.personal.reveal().map(|to| to.address.clone());
            }
            _ => {}
        }
        facts.state = std::mem::take(&mut facts.state).evolve(&decoded);
        Ok(())
    }

    fn take_stock(&mut self, event: &Recorded) -> Result<()> {
        let decoded: InventoryEvent = event.decode()?;
        let held = match &decoded {
            InventoryEvent::StockReserved(reserved) if reserved.uses.is_empty() => Some(Held::Nothing),
            InventoryEvent::StockReserved(_) => Some(Held::Reserved),
            InventoryEvent::StockShort(_)
            | InventoryEvent::StockConsumed(_)
            | InventoryEvent::StockReleased(_) => Some(Held::Nothing),
            _ => None,
        };
        match (held, event.subject.order) {
            (Some(held), Some(order)) => {
                self.reservations.insert(order, held);
            }
            _ => {
                let item = self.items.entry(event.stream_id).or_default();
                *item = std::mem::take(item).evolve(&decoded);
            }
        }
        Ok(())
    }
}

fn caught_up(sources: &[SourceState]) -> bool {
    let notifies = |state: &&SourceState| state.role == notification_contract::ROLE;
    sources.iter().filter(|state| !notifies(state)).all(|state| {
        state.positions.iter().all(|(role, applied)| {
            sources
                .iter()
                .find(|source| source.role == *role)
                .is_none_or(|source| source.head == applied.position)
        })
    })
}

pub(super) fn for_each(
    reader: &mut SqliteReader,
    mut take: impl FnMut(&Arc<Recorded>) -> Result<()>,
) -> Result<()> {
    let mut after = 0;
    loop {
        let events = reader.read_after(after, PAGE)?;
        for event in &events {
            take(event).with_context(|| format!("{} at position {}", event.event_type, event.position))?;
        }
        match events.last() {
            Some(last) => after = last.position,
            None => return Ok(()),
        }
    }
}
