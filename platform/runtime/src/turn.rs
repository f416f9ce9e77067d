use std::borrow::Cow;
use std::fmt::Debug;

use journal::{
    Entry, IdempotencyOutcome, IdempotencyRecord, IdempotencyWrite, Journal, NewEvent, Reader, Row, RowWrite,
    Snapshot, StoreError, Timer, TimerWrite, chain,
};
use kernel::{
    Actor, Aggregate, Causation, Hash, IdSource, OrderId, PersonalPart, Published, StreamId, Subject,
    Timestamp,
};
use uuid::Uuid;

use crate::cache::{Cache, Cached};
use crate::cause::Cause;
use crate::effect::{EFFECT_KIND_PREFIX, EffectStart};
use crate::service::Failure;
use crate::staging::{Added, Gathered, Staging, find_idempotency, find_row};

/// Long streams get a snapshot every so many events.
const SNAPSHOT_EVERY: u64 = 100;

/// What is known of an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remembered {
    /// Never seen: go on.
    New,
    /// Seen with another body: 422.
    OtherBody,
    /// Seen, not answered yet: 409.
    Running(IdempotencyRecord),
    /// Seen and answered: the same again.
    Answered(IdempotencyRecord, IdempotencyOutcome),
}

/// What an aggregate decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executed<E> {
    /// The new facts; none where the wish was already true.
    pub events: Vec<E>,
    /// The stream's version now.
    pub version: u64,
}

/// One input's unit of work: all of it is committed with the batch, or none of it.
pub struct Turn<'a> {
    pub(crate) now: Timestamp,
    pub(crate) actor: Actor,
    pub(crate) cause: Cause<'a>,
    pub(crate) ids: &'a dyn IdSource,
    pub(crate) store: &'a mut dyn Journal,
    pub(crate) cache: &'a mut Cache,
    pub(crate) gathered: &'a Gathered,
    pub(crate) staging: Staging,
}

impl Turn<'_> {
    /// The writer's time.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Who wishes.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What causes this turn.
    #[must_use]
    pub fn causation(&self) -> &Causation {
        self.cause.get()
    }

    /// A new id.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        self.ids.next_id(self.now)
    }

    /// The store, for reads that see committed state only.
    pub fn store(&mut self) -> &mut dyn Journal {
        self.store
    }

    /// An aggregate's state, with everything decided so far in this batch.
    ///
    /// # Errors
    /// When its stream cannot be read.
    pub fn state<A: Aggregate>(&mut self, id: Uuid) -> Result<&A, StoreError> {
        let cached = self.cached::<A>(id)?;
        Ok(state_of(cached))
    }

    /// The version of an aggregate's stream; 0 where there is none.
    ///
    /// # Errors
    /// When its stream cannot be read.
    pub fn version<A: Aggregate>(&mut self, id: Uuid) -> Result<u64, StoreError> {
        Ok(self.cached::<A>(id)?.version)
    }

    /// The aggregates that the batch has moved so far, and what they are about.
    #[must_use]
    pub fn moved(&self) -> Vec<(Uuid, Subject)> {
        let kept = self.gathered.touched.iter().map(|(id, subject)| (*id, subject.clone()));
        kept.chain(self.staging.touched.iter().cloned()).collect()
    }

    /// What an aggregate is about, where the batch has moved it.
    #[must_use]
    pub fn moved_subject(&self, id: Uuid) -> Option<Subject> {
        let staged = self.staging.touched.iter().find(|(moved, _)| *moved == id).map(|(_, subject)| subject);
        staged.or_else(|| self.gathered.touched.get(&id)).cloned()
    }

    /// What an aggregate's first stored event is about; `None` where there is none.
    ///
    /// # Errors
    /// When its stream cannot be read.
    pub fn stored_subject(&mut self, id: Uuid) -> Result<Option<Subject>, StoreError> {
        Ok(self.store.load(id, 0)?.into_iter().next().map(|event| event.subject))
    }

    /// Lets an aggregate decide, and stages the facts.
    ///
    /// # Errors
    /// [`Failure::Refused`] when the state forbids the wish; [`Failure::Broken`] when the stream
    /// cannot be read.
    pub fn execute<A: Aggregate>(
        &mut self,
        id: Uuid,
        subject: &Subject,
        command: A::Command,
    ) -> Result<Executed<A::Event>, Failure<A::Rejection>> {
        let cached = self.cached::<A>(id)?;
        let events = state_of::<A>(cached).decide(command).map_err(Failure::Refused)?;
        let version = self.append::<A>(id, subject, &events)?;
        Ok(Executed { events, version })
    }

    fn append<A: Aggregate>(
        &mut self,
        id: Uuid,
        subject: &Subject,
        events: &[A::Event],
    ) -> Result<u64, StoreError> {
        if events.is_empty() {
            return Ok(self.cached::<A>(id)?.version);
        }
        let (actor, causation) = (self.actor.clone(), self.cause.get().clone());
        let mut staged = Vec::with_capacity(events.len());
        self.staging.touched.push((id, subject.clone()));
        let cached = self.cached::<A>(id)?;
        let mut state = std::mem::take(state_mut::<A>(cached));
        for event in events {
            let encoded = event.encode();
            let personal =
                encoded.personal.map(|bytes| PersonalPart { key_id: None, algorithm: "none", bytes });
            let mut new = NewEvent {
                stream: StreamId::new(A::KIND, id),
                version: cached.version + 1,
                event_type: event.event_type(),
                subject: subject.clone(),
                causation: causation.clone(),
                actor: actor.clone(),
                data: encoded.data,
                personal,
                previous_hash: cached.last_hash,
                hash: Hash::default(),
            };
            new.hash = chain::event_hash(&new);
            cached.version = new.version;
            cached.last_hash = new.hash;
            state = state.evolve(event);
            staged.push(new);
        }
        let mut snapshot = None;
        if A::HAS_SNAPSHOTS
            && cached.version - cached.snapshot_version >= SNAPSHOT_EVERY
            && let Some(bytes) = state.to_snapshot()
        {
            cached.snapshot_version = cached.version;
            snapshot = Some(Snapshot {
                stream: StreamId::new(A::KIND, id),
                version: cached.version,
                evolve_version: A::EVOLVE_VERSION,
                last_hash: cached.last_hash,
                state: bytes,
            });
        }
        *state_mut::<A>(cached) = state;
        let version = cached.version;
        self.staging.events.extend(staged);
        self.staging.snapshots.extend(snapshot);
        Ok(version)
    }

    fn cached<A: Aggregate>(&mut self, id: Uuid) -> Result<&mut Cached, StoreError> {
        if self.cache.get_mut(&id).is_none() {
            let mut loaded = load::<A>(self.store, id)?;
            let was_there = loaded.version > 0;
            if self.gathered.touched.contains_key(&id) {
                // A dropped turn threw it out of the cache: the batch so far is folded again.
                fold_gathered::<A>(&mut loaded, id, &self.gathered.batch.events)?;
            }
            if was_there { self.cache.put_back(id, loaded) } else { self.cache.put(id, loaded) }
        }
        self.cache.get_mut(&id).ok_or_else(|| StoreError::Unavailable("the aggregate left the cache".into()))
    }

    /// Puts a row of an own list in place.
    pub fn put_row(&mut self, row: Row) {
        self.staging.rows.push(RowWrite::Put(row.into()));
    }

    /// Takes a row away.
    pub fn delete_row(&mut self, collection: impl Into<Cow<'static, str>>, id: Uuid) {
        self.staging.rows.push(RowWrite::Delete { collection: collection.into(), id });
    }

    /// Takes a whole list away, with its log entries.
    pub fn clear_rows(&mut self, collection: impl Into<Cow<'static, str>>) {
        self.staging.rows.push(RowWrite::Clear { collection: collection.into() });
    }

    /// A row, with everything put so far in this batch.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn row(&mut self, collection: &str, id: Uuid) -> Result<Option<Row>, StoreError> {
        if let Some(staged) = find_row(&self.staging.rows, collection, id) {
            return Ok(staged.cloned());
        }
        if let Some(kept) = self.gathered.row(collection, id) {
            return Ok(kept.cloned());
        }
        self.store.row(collection, id)
    }

    /// Appends a line to a log.
    pub fn append_entry(&mut self, entry: Entry) {
        self.staging.entries.push(entry);
    }

    /// Sets a timer; the same key moves it.
    pub fn set_timer(&mut self, timer: Timer) {
        self.staging.timers.push(TimerWrite::Set(timer));
    }

    /// Takes a timer away; none there is fine.
    pub fn cancel_timer(&mut self, key: impl Into<String>) {
        self.staging.timers.push(TimerWrite::Cancel { key: key.into() });
    }

    /// Starts an effect after the commit, under a lease: where no result comes back before the
    /// lease ends it is started again.
    pub fn start_effect(
        &mut self,
        key: impl Into<String>,
        kind: &str,
        order: Option<OrderId>,
        payload: Vec<u8>,
        lease_millis: i64,
    ) {
        let key = key.into();
        self.set_timer(Timer {
            key: key.clone(),
            kind: format!("{EFFECT_KIND_PREFIX}{kind}").into(),
            at: self.now.plus_millis(lease_millis),
            order,
            attempt: 1,
            payload: payload.clone(),
        });
        self.staging.effects.push(EffectStart {
            key,
            kind: kind.to_owned(),
            order,
            attempt: 1,
            payload,
            causation: self.cause.get().clone(),
        });
    }

    /// Plans the next attempt of an effect for later: the lease is moved to `at`.
    pub fn retry_effect(
        &mut self,
        key: impl Into<String>,
        kind: &str,
        order: Option<OrderId>,
        payload: Vec<u8>,
        attempt: u32,
        at: Timestamp,
    ) {
        self.set_timer(Timer {
            key: key.into(),
            kind: format!("{EFFECT_KIND_PREFIX}{kind}").into(),
            at,
            order,
            attempt,
            payload,
        });
    }

    /// Ends the lease of an effect: its result is here.
    pub fn finish_effect(&mut self, key: impl Into<String>) {
        self.cancel_timer(key);
    }

    /// The next value of a counter, from 1.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_number(&mut self, counter: &str) -> Result<u64, StoreError> {
        self.next_numbers(counter, 1)
    }

    /// Takes as many values of a counter; the last of them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_numbers(&mut self, counter: &str, count: u64) -> Result<u64, StoreError> {
        let present = match self.staging.counters.get(counter).or_else(|| self.gathered.counters.get(counter))
        {
            Some(&value) => value,
            None => self.store.counter(counter)?,
        };
        self.staging.counters.insert(counter.to_owned(), present + count);
        Ok(present + count)
    }

    /// Adds to a sum of the batch. What many turns add to one thing need be written only once, at the batch's end
    /// ([`crate::Service::on_batch_end`]): it is lost there unless it is taken with [`Self::sums`].
    pub fn add(&mut self, sum: impl Into<String>, amount: i64) {
        self.staging.sums.push((sum.into(), amount));
    }

    /// What the turns of the batch have added, by sum; without this turn's own.
    #[must_use]
    pub fn sums(&self) -> Vec<(String, Added)> {
        self.gathered.sums.iter().map(|(sum, added)| (sum.clone(), *added)).collect()
    }

    /// What is known of an idempotency key.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn remembered(&mut self, scope: &Hash, body_hash: &Hash) -> Result<Remembered, StoreError> {
        let record = match find_idempotency(&self.staging.idempotency, scope) {
            Some(staged) => staged.cloned(),
            None => match self.gathered.idempotency(scope) {
                Some(kept) => kept.cloned(),
                None => self.store.idempotency(scope)?,
            },
        };
        Ok(match record {
            None => Remembered::New,
            Some(record) if record.body_hash != *body_hash => Remembered::OtherBody,
            Some(record) => match record.outcome.clone() {
                None => Remembered::Running(record),
                Some(outcome) => Remembered::Answered(record, outcome),
            },
        })
    }

    /// Keeps what became of a key.
    pub fn remember(&mut self, record: IdempotencyRecord) {
        self.staging.idempotency.push(IdempotencyWrite::Put(record));
    }

    /// Lets a key be used again.
    pub fn forget(&mut self, scope: Hash) {
        self.staging.idempotency.push(IdempotencyWrite::Remove { scope });
    }

    /// Lets every key first seen before a time be used again.
    pub fn forget_before(&mut self, before: Timestamp) {
        self.staging.idempotency.push(IdempotencyWrite::Forget { before });
    }
}

fn state_of<A: Aggregate>(cached: &Cached) -> &A {
    cached.state.downcast_ref().unwrap_or_else(|| unreachable!("a stream id names one kind of aggregate"))
}

fn state_mut<A: Aggregate>(cached: &mut Cached) -> &mut A {
    cached.state.downcast_mut().unwrap_or_else(|| unreachable!("a stream id names one kind of aggregate"))
}

fn load<A: Aggregate>(store: &mut (impl Reader + ?Sized), id: Uuid) -> Result<Cached, StoreError> {
    let snapshot = if A::HAS_SNAPSHOTS { store.snapshot(id)? } else { None };
    let snapshot = snapshot
        .filter(|snapshot| snapshot.evolve_version == A::EVOLVE_VERSION)
        .and_then(|snapshot| A::from_snapshot(&snapshot.state).map(|state| (snapshot, state)));
    let (mut state, mut version, mut last_hash) = match snapshot {
        Some((snapshot, state)) => (state, snapshot.version, snapshot.last_hash),
        None => (A::default(), 0, Hash::default()),
    };
    let snapshot_version = version;
    for recorded in store.load(id, version)? {
        let event = recorded.decode::<A::Event>().map_err(|error| damaged(&recorded, &error))?;
        state = state.evolve(&event);
        version = recorded.version;
        last_hash = recorded.hash;
    }
    Ok(Cached { version, last_hash, snapshot_version, state: Box::new(state) })
}

fn fold_gathered<A: Aggregate>(loaded: &mut Cached, id: Uuid, events: &[NewEvent]) -> Result<(), StoreError> {
    for event in events.iter().filter(|event| event.stream.id == id) {
        let personal = event.personal.as_ref().map(|part| part.bytes.as_slice());
        let decoded = A::Event::decode(event.event_type, &event.data, personal).map_err(|error| {
            StoreError::Unfit(format!("an event that was just written cannot be read: {error}"))
        })?;
        let state = std::mem::take(state_mut::<A>(loaded));
        *state_mut::<A>(loaded) = state.evolve(&decoded);
        loaded.version = event.version;
        loaded.last_hash = event.hash;
    }
    Ok(())
}

fn damaged(recorded: &kernel::Recorded, error: &impl Debug) -> StoreError {
    StoreError::Damaged {
        place: format!("events at position {}", recorded.position),
        detail: format!("{error:?}"),
    }
}
