use std::collections::BTreeMap;

use journal::{Entry, ParkedEvent};
use kernel::{Actor, Timestamp};
use serde::Serialize;
use uuid::Uuid;

/// The parked events, as the writer knows them: an order whose event waits here lets its later
/// events wait behind it, and no other order's.
#[derive(Default)]
pub(crate) struct Parking {
    by_block: BTreeMap<Uuid, BTreeMap<(String, u64), ParkedEvent>>,
}

impl Parking {
    pub(crate) fn load(parked: Vec<ParkedEvent>) -> Self {
        let mut parking = Self::default();
        for event in parked {
            parking.insert(event);
        }
        parking
    }

    pub(crate) fn insert(&mut self, parked: ParkedEvent) {
        let key = (parked.source.clone().into_owned(), parked.event.position);
        self.by_block.entry(parked.blocks).or_default().insert(key, parked);
    }

    pub(crate) fn blocks(&self, id: &Uuid) -> bool {
        self.by_block.contains_key(id)
    }

    /// What waits behind an order, each source in its order.
    pub(crate) fn waiting(&self, id: &Uuid) -> Vec<ParkedEvent> {
        self.by_block.get(id).map(|events| events.values().cloned().collect()).unwrap_or_default()
    }

    pub(crate) fn find(&self, source: &str, position: u64) -> Option<&ParkedEvent> {
        self.by_block.values().find_map(|events| events.get(&(source.to_owned(), position)))
    }

    pub(crate) fn release(&mut self, parked: &ParkedEvent) {
        if let Some(events) = self.by_block.get_mut(&parked.blocks) {
            events.remove(&(parked.source.clone().into_owned(), parked.event.position));
            if events.is_empty() {
                self.by_block.remove(&parked.blocks);
            }
        }
    }
}

#[derive(Serialize)]
struct AuditLine<'a> {
    at: Timestamp,
    actor: &'a str,
    action: &'a str,
    source: &'a str,
    position: u64,
    event_type: &'a str,
    note: &'a str,
}

/// The audit line of an operator's action on a parked event.
pub(crate) fn audit(
    now: Timestamp,
    sequence: u64,
    actor: &Actor,
    action: &str,
    parked: &ParkedEvent,
    note: &str,
) -> Entry {
    let line = AuditLine {
        at: now,
        actor: actor.as_str(),
        action,
        source: &parked.source,
        position: parked.event.position,
        event_type: &parked.event.event_type,
        note,
    };
    Entry {
        collection: "audit".into(),
        id: parked.blocks,
        sequence,
        body: serde_json::to_vec(&line).unwrap_or_default(),
    }
}
