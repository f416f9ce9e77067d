use std::borrow::Cow;
use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt};
use journal::{
    Batch, Entry, IdempotencyRecord, IdempotencyWrite, Row, RowWrite, Snapshot, Timer, TimerWrite,
};
use kernel::{Hash, Subject};
use uuid::Uuid;

use crate::EffectStart;

/// What one turn wishes to commit; kept or dropped as a whole.
#[derive(Default)]
pub(crate) struct Staging {
    pub(crate) events: Vec<journal::NewEvent>,
    pub(crate) rows: Vec<RowWrite>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) timers: Vec<TimerWrite>,
    pub(crate) idempotency: Vec<IdempotencyWrite>,
    pub(crate) snapshots: Vec<Snapshot>,
    pub(crate) counters: BTreeMap<String, u64>,
    pub(crate) sums: Vec<(String, i64)>,
    pub(crate) effects: Vec<EffectStart>,
    /// Aggregates that the turn moved: forgotten again where the turn is dropped.
    pub(crate) touched: Vec<(Uuid, Subject)>,
}

/// The batch that kept turns are gathered into. What is put twice is written once.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) batch: Batch,
    pub(crate) effects: Vec<EffectStart>,
    pub(crate) counters: BTreeMap<String, u64>,
    pub(crate) sums: BTreeMap<String, Added>,
    pub(crate) touched: BTreeMap<Uuid, Subject>,
    /// The last write of a row's id.
    rows: HashMap<Uuid, usize>,
    /// Beside every write of a row: the one before it of the same id, which is of another list.
    former_rows: Vec<Option<usize>>,
    /// The lists that were cleared, and at which write.
    cleared: Vec<(Cow<'static, str>, usize)>,
    timers: HashMap<String, usize>,
    idempotency: HashMap<Hash, usize>,
}

/// What turns have added to a sum, and how often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Added {
    /// All of it together, as far as it can be told.
    pub amount: i64,
    /// By how many additions.
    pub times: u64,
}

impl Added {
    fn add(&mut self, amount: i64) {
        self.amount = self.amount.saturating_add(amount);
        self.times += 1;
    }
}

/// How much a batch came to: the next one makes room for as much.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Room {
    events: usize,
    rows: usize,
    timers: usize,
    idempotency: usize,
    effects: usize,
}

impl Gathered {
    /// One that need not grow where it comes to no more than a former one.
    pub(crate) fn with_room(room: Room) -> Self {
        Self {
            batch: Batch {
                events: Vec::with_capacity(room.events),
                rows: Vec::with_capacity(room.rows),
                timers: Vec::with_capacity(room.timers),
                idempotency: Vec::with_capacity(room.idempotency),
                ..Batch::default()
            },
            effects: Vec::with_capacity(room.effects),
            rows: HashMap::with_capacity(room.rows),
            former_rows: Vec::with_capacity(room.rows),
            timers: HashMap::with_capacity(room.timers),
            idempotency: HashMap::with_capacity(room.idempotency),
            ..Self::default()
        }
    }

    pub(crate) const fn room(&self) -> Room {
        Room {
            events: self.batch.events.len(),
            rows: self.batch.rows.len(),
            timers: self.batch.timers.len(),
            idempotency: self.batch.idempotency.len(),
            effects: self.effects.len(),
        }
    }

    /// Takes in what a turn has staged, and leaves it empty.
    pub(crate) fn keep(&mut self, staging: &mut Staging) {
        self.batch.events.append(&mut staging.events);
        self.batch.entries.append(&mut staging.entries);
        self.batch.snapshots.append(&mut staging.snapshots);
        self.counters.append(&mut staging.counters);
        for (sum, amount) in staging.sums.drain(..) {
            self.sums.entry(sum).or_default().add(amount);
        }
        self.effects.append(&mut staging.effects);
        self.touched.extend(staging.touched.drain(..));
        for write in staging.rows.drain(..) {
            self.keep_row(write);
        }
        for write in staging.timers.drain(..) {
            let key = match &write {
                TimerWrite::Set(timer) => timer.key.clone(),
                TimerWrite::Cancel { key } => key.clone(),
            };
            replace(&mut self.batch.timers, &mut self.timers, key, write);
        }
        for write in staging.idempotency.drain(..) {
            let scope = match &write {
                IdempotencyWrite::Put(record) => record.scope,
                IdempotencyWrite::Remove { scope } => *scope,
                IdempotencyWrite::Forget { .. } => {
                    self.batch.idempotency.push(write);
                    continue;
                }
            };
            replace(&mut self.batch.idempotency, &mut self.idempotency, scope, write);
        }
    }

    fn keep_row(&mut self, write: RowWrite) {
        let (collection, id) = match &write {
            RowWrite::Put(row) => (&row.collection, row.id),
            RowWrite::Delete { collection, id } => (collection, *id),
            RowWrite::Clear { collection } => {
                // What was put before the clearing is cleared; what follows stays.
                self.cleared.push((collection.clone(), self.batch.rows.len()));
                self.former_rows.push(None);
                self.batch.rows.push(write);
                return;
            }
        };
        if let Some(place) = self.place_of_row(collection, id) {
            self.batch.rows[place] = write;
            return;
        }
        let former = self.rows.insert(id, self.batch.rows.len());
        self.former_rows.push(former);
        self.batch.rows.push(write);
    }

    /// Where the standing write of a row is.
    fn place_of_row(&self, collection: &str, id: Uuid) -> Option<usize> {
        let mut place = self.rows.get(&id).copied();
        while let Some(at) = place {
            let of = match &self.batch.rows[at] {
                RowWrite::Put(row) => &row.collection,
                RowWrite::Delete { collection, .. } | RowWrite::Clear { collection } => collection,
            };
            if of == collection {
                let cleared = self.cleared.iter().any(|(list, since)| list == collection && at < *since);
                return (!cleared).then_some(at);
            }
            place = self.former_rows[at];
        }
        None
    }

    /// The row as kept so far; `Some(None)` where it is deleted.
    pub(crate) fn row(&self, collection: &str, id: Uuid) -> Option<Option<&Row>> {
        match self.place_of_row(collection, id) {
            Some(place) => match &self.batch.rows[place] {
                RowWrite::Put(row) => Some(Some(row)),
                RowWrite::Delete { .. } | RowWrite::Clear { .. } => Some(None),
            },
            None => self.cleared.iter().any(|(list, _)| list == collection).then_some(None),
        }
    }

    pub(crate) fn idempotency(&self, scope: &Hash) -> Option<Option<&IdempotencyRecord>> {
        self.idempotency.get(scope).map(|&index| match &self.batch.idempotency[index] {
            IdempotencyWrite::Put(record) => Some(record),
            IdempotencyWrite::Remove { .. } | IdempotencyWrite::Forget { .. } => None,
        })
    }

    pub(crate) fn timer(&self, key: &str) -> Option<Option<&Timer>> {
        self.timers.get(key).map(|&index| match &self.batch.timers[index] {
            TimerWrite::Set(timer) => Some(timer),
            TimerWrite::Cancel { .. } => None,
        })
    }
}

pub(crate) fn find_row<'a>(rows: &'a [RowWrite], collection: &str, id: Uuid) -> Option<Option<&'a Row>> {
    rows.iter().rev().find_map(|write| match write {
        RowWrite::Put(row) if row.id == id && row.collection == collection => Some(Some(row.as_ref())),
        RowWrite::Delete { collection: of, id: gone } if *gone == id && of == collection => Some(None),
        RowWrite::Clear { collection: of } if of == collection => Some(None),
        _ => None,
    })
}

pub(crate) fn find_idempotency<'a>(
    writes: &'a [IdempotencyWrite],
    scope: &Hash,
) -> Option<Option<&'a IdempotencyRecord>> {
    writes.iter().rev().find_map(|write| match write {
        IdempotencyWrite::Put(record) if record.scope == *scope => Some(Some(record)),
        IdempotencyWrite::Remove { scope: gone } if gone == scope => Some(None),
        _ => None,
    })
}

fn replace<K: std::hash::Hash + Eq, W>(writes: &mut Vec<W>, index: &mut HashMap<K, usize>, key: K, write: W) {
    match index.entry(key) {
        std::collections::hash_map::Entry::Occupied(at) => writes[*at.get()] = write,
        std::collections::hash_map::Entry::Vacant(free) => {
            free.insert(writes.len());
            writes.push(write);
        }
    }
}
