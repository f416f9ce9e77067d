use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

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
    pub(crate) touched: BTreeMap<Uuid, Subject>,
    rows: HashMap<Uuid, Vec<(Cow<'static, str>, usize)>>,
    cleared: Vec<Cow<'static, str>>,
    timers: HashMap<String, usize>,
    idempotency: HashMap<Hash, usize>,
}

impl Gathered {
    pub(crate) fn keep(&mut self, staging: Staging) {
        self.batch.events.extend(staging.events);
        self.batch.entries.extend(staging.entries);
        self.batch.snapshots.extend(staging.snapshots);
        self.counters.extend(staging.counters);
        self.effects.extend(staging.effects);
        self.touched.extend(staging.touched);
        for write in staging.rows {
            self.keep_row(write);
        }
        for write in staging.timers {
            let key = match &write {
                TimerWrite::Set(timer) => timer.key.clone(),
                TimerWrite::Cancel { key } => key.clone(),
            };
            replace(&mut self.batch.timers, &mut self.timers, key, write);
        }
        for write in staging.idempotency {
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
            RowWrite::Put(row) => (row.collection.clone(), row.id),
            RowWrite::Delete { collection, id } => (collection.clone(), *id),
            RowWrite::Clear { collection } => {
                // What was put before the clearing is cleared; what follows stays.
                for places in self.rows.values_mut() {
                    places.retain(|(of, _)| of != collection);
                }
                self.cleared.push(collection.clone());
                self.batch.rows.push(write);
                return;
            }
        };
        let places = self.rows.entry(id).or_default();
        match places.iter().find(|(of, _)| *of == collection) {
            Some((_, index)) => self.batch.rows[*index] = write,
            None => {
                places.push((collection, self.batch.rows.len()));
                self.batch.rows.push(write);
            }
        }
    }

    /// The row as kept so far; `Some(None)` where it is deleted.
    pub(crate) fn row(&self, collection: &str, id: Uuid) -> Option<Option<&Row>> {
        let place = self.rows.get(&id).and_then(|places| places.iter().find(|(of, _)| of == collection));
        match place {
            Some((_, index)) => match &self.batch.rows[*index] {
                RowWrite::Put(row) => Some(Some(row)),
                RowWrite::Delete { .. } | RowWrite::Clear { .. } => Some(None),
            },
            None => self.cleared.iter().any(|of| of == collection).then_some(None),
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
