use std::collections::BTreeMap;

use journal::{Row, RowWrite};
use tracking_service::Generation;
use uuid::Uuid;

use super::Checker;
use crate::disk::Committed;
use crate::role::Role;

/// Own lists: the list of each role whose rows show a stream, with the streams' kind.
const LISTS: [(Role, &str, &str); 5] = [
    (Role::Ordering, "orders", "order"),
    (Role::Payment, "payments", "payment"),
    (Role::Inventory, "stock", "stock-item"),
    (Role::Kitchen, "tickets", "ticket"),
    (Role::Delivery, "deliveries", "delivery"),
];

/// Rows beside events: I8, I12.
impl Checker {
    pub(super) fn rows(&mut self, role: Role, batch: &Committed) {
        let puts: BTreeMap<(&str, Uuid), &Row> = batch
            .batch
            .rows
            .iter()
            .filter_map(|write| match write {
                RowWrite::Put(row) => Some(((row.collection.as_ref(), row.id), row.as_ref())),
                _ => None,
            })
            .collect();
        for (_, list, kind) in LISTS.iter().filter(|(of, _, _)| *of == role) {
            self.rows_and_events(role, batch, &puts, list, kind);
        }
        if role == Role::Tracking {
            self.stories(&puts);
        }
    }

    /// I12: a story's row is the fold of the order's own events as far as the view has come.
    fn stories(&mut self, puts: &BTreeMap<(&str, Uuid), &Row>) {
        let switched = puts.values().find(|row| row.state == "live" && row.body.is_empty());
        if let Some(switched) = switched {
            self.live_stories = Generation(switched.number).collection();
        }
        // A rebuilt story may be ahead of a parked event.
        if self.mirror(Role::Tracking).parked() > 0 {
            return;
        }
        let live = self.live_stories.clone();
        for ((_, id), row) in puts.iter().filter(|((list, _), _)| *list == live) {
            let applied = self.mirror(Role::Tracking).last_applied("ordering", *id);
            let expected = self.cases.get(id).and_then(|case| {
                let reached = case.states.iter().take_while(|(position, _)| *position <= applied);
                reached.last().map(|(_, state)| state.as_str())
            });
            if row.state != expected.unwrap_or("") {
                let what = format!("its story says {:?}, its events {expected:?}", row.state);
                self.violation("I12", Some(*id), what);
            }
        }
    }

    /// I8: a change of state, its event and its row are one transaction.
    fn rows_and_events(
        &mut self,
        role: Role,
        batch: &Committed,
        puts: &BTreeMap<(&str, Uuid), &Row>,
        list: &str,
        kind: &str,
    ) {
        let mut last: BTreeMap<Uuid, u64> = BTreeMap::new();
        for event in batch.events.iter().filter(|event| *event.stream_kind == *kind) {
            last.insert(event.stream_id, event.version);
        }
        for (id, version) in &last {
            let row = puts.get(&(list, *id)).map(|row| row.version);
            // An order that gave up before it asked has a payment that is shown nowhere.
            let nothing_to_show = self.cases.get(id).is_some_and(|case| match role {
                Role::Ordering => row.is_none() && case.waits_unseen(),
                Role::Payment => case.payment.requested.is_none(),
                _ => false,
            });
            if row != Some(*version) && !nothing_to_show {
                let what = format!("{role} wrote version {version} of {kind} {id} with row {row:?}");
                self.violation("I8", Some(*id), what);
            }
        }
        for ((of, id), row) in puts.iter().filter(|((of, _), _)| *of == list) {
            let known = last.get(id).copied().or_else(|| self.version_of(role, *id));
            if known != Some(row.version) {
                let what = format!("{role} put {of} row of version {} without its event", row.version);
                self.violation("I8", Some(*id), what);
            }
        }
    }

    fn version_of(&self, role: Role, id: Uuid) -> Option<u64> {
        match role {
            Role::Ordering => self.cases.get(&id).map(|case| case.version),
            Role::Payment => self.cases.get(&id).map(|case| case.payment.version),
            Role::Kitchen => self.cases.get(&id).map(|case| case.ticket_version),
            Role::Delivery => self.cases.get(&id).map(|case| case.delivery_version),
            Role::Inventory => self.items.get(&id).map(|item| item.version),
            Role::Catalog | Role::Tracking | Role::Notification => None,
        }
    }
}
