use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use catalog_contract::{ShopDirectory, ShopLife, Stage};
use journal::{Reader, StoreError};
use kernel::{OrderId, Recorded, ShopKey, Timestamp};
use ordering_contract::{LaterTime, OrderEvent};
use ordering_domain::{Order, Pace, Progress};

/// How many of its own last events ordering reads back at its start: what a shop's pace is there. A
/// shop whose orders lie further back promises by its own figures until enough is measured again.
const EVENTS_READ: u64 = 20_000;
const PAGE_EVENTS: usize = 1_000;

/// The measured paces of the shops, for the writer and for quotes. They are memory only, folded again
/// from ordering's own events at a start.
#[derive(Clone, Default)]
pub struct SharedPaces(Arc<RwLock<BTreeMap<ShopKey, Pace>>>);

impl SharedPaces {
    /// When an order of a shop that is placed now will be there: what is for later, at its time at the
    /// earliest. Nothing where the shop promises nothing.
    #[must_use]
    pub fn promise(&self, life: &ShopLife, now: Timestamp, later: Option<LaterTime>) -> Option<Timestamp> {
        let rule = life.promise.as_ref()?;
        let paces = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let promised = match paces.get(&life.key) {
            Some(pace) => pace.promise(rule, now),
            None => Pace::default().promise(rule, now),
        };
        Some(later.map_or(promised, |time| promised.max(time.wanted_at)))
    }

    /// Follows an order to where a batch has taken it.
    pub(crate) fn follow(&self, life: &ShopLife, order: OrderId, state: &Order, now: Timestamp) {
        if life.promise.is_none() {
            return;
        }
        if let Some(progress) = progress_of(state) {
            let promised_at = state.placed().and_then(|placed| placed.promised_at);
            let mut paces = self.0.write().unwrap_or_else(PoisonError::into_inner);
            step(&mut paces, life, order, progress, promised_at, now);
        }
    }

    /// Measures again what ordering's own last events tell.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn reload(&self, store: &mut dyn Reader, shops: &ShopDirectory) -> Result<(), StoreError> {
        let mut paces = BTreeMap::new();
        let mut promised = BTreeMap::new();
        let mut after = store.head()?.saturating_sub(EVENTS_READ);
        loop {
            let events = store.read_after(after, PAGE_EVENTS)?;
            let Some(last) = events.last() else { break };
            after = last.position;
            for event in &events {
                remember(&mut paces, &mut promised, shops, event);
            }
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = paces;
        Ok(())
    }
}

/// How far an order has come, where it has just come there: what was missed is not guessed.
fn progress_of(state: &Order) -> Option<Progress> {
    match state {
        // What is for later is in nobody's queue before it is due.
        Order::Nothing | Order::Waiting { .. } | Order::Abandoned { .. } | Order::Scheduled { .. } => None,
        Order::Refused { .. } | Order::Cancelled { .. } => Some(Progress::Gone),
        Order::Standing { placed, stage, .. } => match stage {
            Stage::Confirmed => Some(Progress::Making),
            Stage::Prepared if placed.delivers => Some(Progress::Bringing),
            Stage::Prepared | Stage::Delivered | Stage::Completed => Some(Progress::There),
            _ => None,
        },
    }
}

/// The same, by an event's name.
fn progress_by_name(name: &str, delivers: bool) -> Option<Progress> {
    Some(match name {
        "order-confirmed" => Progress::Making,
        "order-prepared" if delivers => Progress::Bringing,
        "order-prepared" | "order-delivered" | "order-completed" => Progress::There,
        "order-cancelled" | "order-refused" => Progress::Gone,
        _ => return None,
    })
}

fn remember(
    paces: &mut BTreeMap<ShopKey, Pace>,
    promised: &mut BTreeMap<OrderId, Timestamp>,
    shops: &ShopDirectory,
    event: &Recorded,
) {
    let Some(order) = event.subject.order else { return };
    let Some((_, life)) = shops.current(&event.subject.shop) else { return };
    let Some(rule) = &life.promise else { return };
    if event.name() == "order-placed" {
        if let Ok(OrderEvent::Placed(placed)) = event.decode() {
            promised.extend(placed.promised_at.map(|at| (order, at)));
        }
    } else if let Some(progress) = progress_by_name(event.name(), rule.deliver_millis.is_some()) {
        step(paces, life, order, progress, promised.get(&order).copied(), event.at);
    }
}

fn step(
    paces: &mut BTreeMap<ShopKey, Pace>,
    life: &ShopLife,
    order: OrderId,
    progress: Progress,
    promised_at: Option<Timestamp>,
    now: Timestamp,
) {
    let Some(rule) = &life.promise else { return };
    if let Some(pace) = paces.get_mut(&life.key) {
        pace.follow(rule, order, progress, promised_at, now);
    } else {
        paces.entry(life.key.clone()).or_default().follow(rule, order, progress, promised_at, now);
    }
}
