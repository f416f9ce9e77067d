use inventory_contract::InventoryEvent;
use kernel::Recorded;
use uuid::Uuid;

use super::Checker;
use super::case::Reservation;

/// A stock item, by its own events.
#[derive(Debug, Default)]
pub(crate) struct Item {
    pub(crate) version: u64,
    pub(crate) available: i64,
    pub(crate) reserved: i64,
    pub(crate) consumed: i64,
    pub(crate) received: i64,
    pub(crate) adjusted: i64,
    /// Whether it was told that it runs low.
    pub(crate) low: bool,
    pub(crate) held_by: std::collections::BTreeMap<Uuid, i64>,
}

impl Item {
    /// Whether any unit of it has ever come in.
    pub(crate) const fn is_kept(&self) -> bool {
        self.received > 0
    }
}

/// Stock: I15, I16, I17.
impl Checker {
    pub(super) fn inventory_event(&mut self, event: &Recorded) {
        let decoded = match event.decode::<InventoryEvent>() {
            Ok(decoded) => decoded,
            Err(error) => return self.unreadable(event, &error),
        };
        match decoded {
            InventoryEvent::StockReserved(reserved) => {
                self.reservation(event, Reservation::Held);
                let uses = self
                    .cases
                    .get(&event.stream_id)
                    .and_then(|case| case.placed.as_ref())
                    .map(|placed| placed.order.uses.clone());
                let total = |uses: &[catalog_contract::StockUse]| {
                    uses.iter().map(|used| u64::from(used.quantity)).sum::<u64>()
                };
                if uses.is_some_and(|uses| total(&uses) != total(&reserved.uses)) {
                    let what = "what is held is not what the order uses".to_owned();
                    self.violation("I16", Some(event.stream_id), what);
                }
            }
            InventoryEvent::StockShort(_) => self.reservation(event, Reservation::Short),
            InventoryEvent::StockConsumed(_) => self.reservation(event, Reservation::Consumed),
            InventoryEvent::StockReleased(_) => self.reservation(event, Reservation::Released),
            units => self.item(event, &units),
        }
    }

    fn reservation(&mut self, event: &Recorded, next: Reservation) {
        let case = self.cases.entry(event.stream_id).or_default();
        let before = case.reservation;
        case.reservation = Some(next);
        case.reservation_version = event.version;
        let allowed = matches!(
            (before, next),
            (None, Reservation::Held | Reservation::Short | Reservation::Released)
                | (Some(Reservation::Held), Reservation::Consumed | Reservation::Released)
        );
        if !allowed {
            let what = format!("{} is not allowed in state {before:?}", event.event_type);
            self.violation("I17", Some(event.stream_id), what);
        }
        self.same_subject("reservation", event);
    }

    fn item(&mut self, event: &Recorded, told: &InventoryEvent) {
        let item = self.items.entry(event.stream_id).or_default();
        item.version = event.version;
        let mut of_order = None;
        match told {
            InventoryEvent::StockReceived(received) => {
                let quantity = whole(received.quantity);
                item.received += quantity;
                item.available += quantity;
            }
            InventoryEvent::StockAdjusted(adjusted) => {
                item.adjusted += adjusted.difference;
                item.available += adjusted.difference;
            }
            InventoryEvent::UnitsReserved(units) => {
                let quantity = whole(units.quantity);
                item.available -= quantity;
                item.reserved += quantity;
                *item.held_by.entry(units.order.0).or_default() += quantity;
                of_order = Some(units.order.0);
            }
            InventoryEvent::UnitsConsumed(units) => {
                let quantity = whole(units.quantity);
                item.reserved -= quantity;
                item.consumed += quantity;
                *item.held_by.entry(units.order.0).or_default() -= quantity;
                of_order = Some(units.order.0);
            }
            InventoryEvent::UnitsReleased(units) => {
                let quantity = whole(units.quantity);
                item.reserved -= quantity;
                item.available += quantity;
                *item.held_by.entry(units.order.0).or_default() -= quantity;
                of_order = Some(units.order.0);
            }
            InventoryEvent::StockLow(_) => item.low = true,
            InventoryEvent::StockLowEnded(_) => item.low = false,
            _ => {}
        }
        let held_wrongly = item.held_by.iter().find(|(_, held)| **held < 0).map(|(id, _)| *id);
        item.held_by.retain(|_, held| *held != 0);
        let broken = item.available < 0
            || item.reserved < 0
            || item.available + item.reserved + item.consumed != item.received + item.adjusted;
        if broken || held_wrongly.is_some() {
            let what = format!("after {} the item is {item:?}", event.event_type);
            self.violation("I15", held_wrongly.or(of_order), what);
        }
        if let Some(order) = of_order
            && event.subject.order.is_some_and(|named| named.0 != order)
        {
            let what = "units of an item are another order's".to_owned();
            self.violation("I16", Some(order), what);
        }
    }
}

fn whole(quantity: u64) -> i64 {
    i64::try_from(quantity).unwrap_or(i64::MAX)
}
