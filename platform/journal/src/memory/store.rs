use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kernel::planted::{self, Bug};
use kernel::{Hash, Recorded};
use uuid::Uuid;

use super::Failure;
use super::events::{BatchSeal, StoredEvent};
use super::idempotency::Records;
use super::lists::Lists;
use super::timers::Timers;
use crate::{Batch, JournalIdentity, ParkedEvent, ParkedWrite, Position, Snapshot, SourcePosition};

/// Everything that a journal holds.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) identity: JournalIdentity,
    /// By position, from 1.
    pub(super) events: Vec<StoredEvent>,
    /// The positions of each stream's events, by version from 1.
    pub(super) streams: BTreeMap<Uuid, Vec<Position>>,
    /// Kinds and event types, each text held once.
    pub(super) names: BTreeMap<&'static str, Arc<str>>,
    pub(super) batch_ids: BTreeSet<Uuid>,
    /// One for each batch that brought events.
    pub(super) seals: Vec<BatchSeal>,
    pub(super) lists: Lists,
    pub(super) timers: Timers,
    pub(super) idempotency: Records,
    pub(super) positions: BTreeMap<Cow<'static, str>, SourcePosition>,
    pub(super) parked: BTreeMap<(Cow<'static, str>, Position), Box<ParkedEvent>>,
    pub(super) snapshots: BTreeMap<Uuid, Snapshot>,
    pub(super) counters: BTreeMap<String, u64>,
    /// Whether somebody changed it behind the journal's back: memory does not rot by itself, so
    /// reads verify from then on only.
    pub(super) suspect: bool,
    pub(super) shedding: bool,
    pub(super) failure: Option<Arc<Failure>>,
    /// Planted bug B9: a position that becomes visible late.
    pub(super) late: Option<Position>,
}

impl Store {
    pub(super) fn new(identity: JournalIdentity) -> Self {
        Self {
            identity,
            events: Vec::new(),
            streams: BTreeMap::new(),
            names: BTreeMap::new(),
            batch_ids: BTreeSet::new(),
            seals: Vec::new(),
            lists: Lists::default(),
            timers: Timers::default(),
            idempotency: Records::default(),
            positions: BTreeMap::new(),
            parked: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            counters: BTreeMap::new(),
            suspect: false,
            shedding: false,
            failure: None,
            late: None,
        }
    }

    /// Takes in a batch that was checked.
    pub(super) fn apply(&mut self, mut batch: Batch) -> Vec<Arc<Recorded>> {
        let recorded = self.apply_events(&mut batch);
        self.apply_positions(&mut batch);
        self.apply_rest(batch);
        recorded
    }

    /// What a failing commit leaves when a bug is planted that splits the transaction; else nothing.
    pub(super) fn apply_planted_half(&mut self, mut batch: Batch) {
        if planted::is(Bug::B3) {
            self.apply_events(&mut batch);
        }
        if planted::is(Bug::B5) {
            self.apply_events(&mut batch);
            self.apply_rest(batch);
        }
    }

    fn apply_positions(&mut self, batch: &mut Batch) {
        self.positions.extend(std::mem::take(&mut batch.positions));
    }

    fn apply_rest(&mut self, batch: Batch) {
        self.batch_ids.insert(batch.id);
        batch.rows.into_iter().for_each(|write| self.lists.write(write));
        batch.entries.into_iter().for_each(|entry| self.lists.append(entry));
        batch.timers.into_iter().for_each(|write| self.timers.write(write));
        batch.idempotency.into_iter().for_each(|write| self.idempotency.write(write));
        batch.parked.into_iter().for_each(|write| self.park(write));
        self.snapshots.extend(batch.snapshots.into_iter().map(|snapshot| (snapshot.stream.id, snapshot)));
        self.counters.extend(batch.counters.into_iter().map(|counter| (counter.name, counter.value)));
    }

    fn park(&mut self, write: ParkedWrite) {
        match write {
            ParkedWrite::Park(parked) => {
                self.parked.insert((parked.source.clone(), parked.event.position), parked);
            }
            ParkedWrite::Release { source, position } => {
                self.parked.remove(&(source, position));
            }
        }
    }

    /// The hash of a stream's last event; zeros where there is none.
    pub(super) fn last_hash(&self, stream_id: Uuid) -> Hash {
        self.streams
            .get(&stream_id)
            .and_then(|positions| positions.last())
            .and_then(|position| self.stored(*position))
            .map_or_else(Hash::default, |stored| stored.event.hash)
    }
}
