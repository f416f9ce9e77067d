//! What the worker commits: drawn from a seed, so that whoever knows the seed knows what a store
//! must hold after any number of batches.

use std::collections::{BTreeMap, BTreeSet};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// An event of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptedEvent {
    /// Which order, from 1.
    pub order: u32,
    /// Its place in the order's stream, from 1.
    pub version: u64,
    /// What it says.
    pub payload: String,
}

/// A batch: its events, and with them in one transaction the row of each order touched, a timer
/// and an idempotency record for each new order, and the position of a neighbour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its number, from 1.
    pub batch: u64,
    /// Its events.
    pub events: Vec<ScriptedEvent>,
}

/// After this many events an order is done and its timer is gone.
pub const EVENTS_PER_ORDER: u64 = 4;

/// An order as a store holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderContents {
    /// The payloads of its events, in order.
    pub events: Vec<String>,
    /// The version that its row speaks of, and the payload that it repeats.
    pub row: Option<(u64, String)>,
}

/// Everything a store holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// The last batch, as the store's counter has it.
    pub last_batch: u64,
    /// How far the neighbour has been applied: the batch's number again.
    pub neighbour_position: u64,
    /// The orders.
    pub orders: BTreeMap<u32, OrderContents>,
    /// The orders with a timer.
    pub timers: BTreeSet<u32>,
    /// The orders with an idempotency record.
    pub keys: BTreeSet<u32>,
}

impl Contents {
    /// Adds what a batch adds.
    pub fn apply(&mut self, step: &Step) {
        self.last_batch = step.batch;
        self.neighbour_position = step.batch;
        for event in &step.events {
            let order = self.orders.entry(event.order).or_default();
            order.events.push(event.payload.clone());
            order.row = Some((event.version, event.payload.clone()));
            self.keys.insert(event.order);
            if event.version < EVENTS_PER_ORDER {
                self.timers.insert(event.order);
            } else {
                self.timers.remove(&event.order);
            }
        }
    }

    /// How many events there are.
    #[must_use]
    pub fn event_count(&self) -> u64 {
        self.orders.values().map(|order| order.events.len() as u64).sum()
    }

    /// The first order whose row does not speak of its last event (I8).
    #[must_use]
    pub fn event_without_its_effect(&self) -> Option<u32> {
        let fits = |order: &OrderContents| match (&order.row, order.events.last()) {
            (Some((version, body)), Some(payload)) => {
                *version == order.events.len() as u64 && body == payload
            }
            (None, None) => true,
            _ => false,
        };
        self.orders.iter().find(|(_, order)| !fits(order)).map(|(id, _)| *id)
    }
}

/// The batches of one run.
#[derive(Debug, Clone)]
pub struct Script {
    steps: Vec<Step>,
}

impl Script {
    /// The first `batches` batches of a seed. More of the same seed begin with the same.
    #[must_use]
    pub fn new(seed: u64, batches: u64) -> Self {
        let mut chance = StdRng::seed_from_u64(seed);
        let mut versions: BTreeMap<u32, u64> = BTreeMap::new();
        let mut open: Vec<u32> = Vec::new();
        let steps = (1..=batches)
            .map(|batch| Step { batch, events: draw_events(&mut chance, &mut versions, &mut open) })
            .collect();
        Self { steps }
    }

    /// The batches behind the `last`-th.
    #[must_use]
    pub fn after(&self, last: u64) -> &[Step] {
        self.steps.get(last as usize..).unwrap_or_default()
    }

    /// What a store holds after the `last`-th batch.
    #[must_use]
    pub fn contents(&self, last: u64) -> Contents {
        let mut contents = Contents::default();
        for step in self.steps.iter().take(last as usize) {
            contents.apply(step);
        }
        contents
    }
}

fn draw_events(
    chance: &mut StdRng,
    versions: &mut BTreeMap<u32, u64>,
    open: &mut Vec<u32>,
) -> Vec<ScriptedEvent> {
    let count = if chance.random_bool(0.2) { chance.random_range(5..12) } else { chance.random_range(1..4) };
    (0..count).map(|_| draw_event(chance, versions, open)).collect()
}

fn draw_event(chance: &mut StdRng, versions: &mut BTreeMap<u32, u64>, open: &mut Vec<u32>) -> ScriptedEvent {
    if open.is_empty() || chance.random_bool(0.4) {
        let order = versions.len() as u32 + 1;
        versions.insert(order, 0);
        open.push(order);
    }
    let place = chance.random_range(0..open.len());
    let order = open[place];
    let version = versions.entry(order).or_default();
    *version += 1;
    if *version == EVENTS_PER_ORDER {
        open.swap_remove(place);
    }
    // Now and then a payload that needs overflow pages.
    let length = if chance.random_bool(0.05) {
        chance.random_range(2_000..9_000)
    } else {
        chance.random_range(10..200)
    };
    let filler: String = (0..length).map(|_| char::from(chance.random_range(b'a'..=b'z'))).collect();
    ScriptedEvent { order, version: *version, payload: format!(r#"{{"order":{order},"note":"{filler}"}}"#) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_script_begins_with_the_shorter_one() {
        let (short, long) = (Script::new(7, 10), Script::new(7, 30));
        assert_eq!(short.after(0), &long.after(0)[..10]);
        assert_ne!(short.after(0), Script::new(8, 10).after(0));
    }

    #[test]
    fn a_row_that_lags_behind_its_events_is_seen() {
        let mut contents = Script::new(7, 10).contents(10);
        assert_eq!(contents.event_without_its_effect(), None);
        let (id, order) =
            contents.orders.iter_mut().next().map(|(id, order)| (*id, order)).expect("an order");
        order.row = None;
        assert_eq!(contents.event_without_its_effect(), Some(id));
    }
}
