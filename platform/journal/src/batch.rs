use std::borrow::Cow;
use std::sync::Arc;

use kernel::{
    Actor, Causation, Hash, OrderId, PersonalPart, Recorded, ShopKey, StreamId, Subject, Timestamp,
};
use uuid::Uuid;

use crate::JournalIdentity;

/// Everything that a writer commits at once.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// The batch's own id: looked up where the outcome of a commit is unknown. Used once: a store
    /// refuses a batch whose id it holds.
    pub id: Uuid,
    /// The writer's time.
    pub at: Timestamp,
    /// New events, in order. They take consecutive positions behind the head.
    pub events: Vec<NewEvent>,
    /// Rows of own lists.
    pub rows: Vec<RowWrite>,
    /// Lines appended to logs: timelines, audit.
    pub entries: Vec<Entry>,
    /// Timers set and cancelled.
    pub timers: Vec<TimerWrite>,
    /// Idempotency records.
    pub idempotency: Vec<IdempotencyWrite>,
    /// How far each source has been applied.
    pub positions: Vec<(Cow<'static, str>, SourcePosition)>,
    /// Events parked and released.
    pub parked: Vec<ParkedWrite>,
    /// Snapshots of long streams.
    pub snapshots: Vec<Snapshot>,
    /// Counters and their new values.
    pub counters: Vec<CounterValue>,
}

impl Batch {
    /// Whether there is nothing to commit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
            && self.rows.is_empty()
            && self.entries.is_empty()
            && self.timers.is_empty()
            && self.idempotency.is_empty()
            && self.positions.is_empty()
            && self.parked.is_empty()
            && self.snapshots.is_empty()
            && self.counters.is_empty()
    }
}

/// An event on its way into the journal. Its hashes are made by [`crate::chain::event_hash`].
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Its stream.
    pub stream: StreamId,
    /// Its version; the stream must stand at `version - 1`.
    pub version: u64,
    /// Such as `order-paid.v1`.
    pub event_type: &'static str,
    /// What it is about.
    pub subject: Subject,
    /// What caused it.
    pub causation: Causation,
    /// Who wished it.
    pub actor: Actor,
    /// The payload, JSON.
    pub data: Vec<u8>,
    /// The payload's personal part.
    pub personal: Option<PersonalPart>,
    /// The hash of the stream's last event.
    pub previous_hash: Hash,
    /// Its own hash.
    pub hash: Hash,
}

/// A row of an own list (orders, payments, tickets, stock, a view).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The list, such as `orders`.
    pub collection: Cow<'static, str>,
    /// The row's id within its collection.
    pub id: Uuid,
    /// The shop.
    pub shop: ShopKey,
    /// The row's human number, within shop and collection.
    pub number: u64,
    /// Whose row it is, where it is somebody's.
    pub customer: Option<String>,
    /// The word that lists filter by.
    pub state: Cow<'static, str>,
    /// The time that lists filter by.
    pub at: Timestamp,
    /// Text that a search looks into (item names, call number).
    pub search: String,
    /// The version of the aggregate behind it: the row's entity tag.
    pub version: u64,
    /// Whether lists and reads by number leave it out (an order not yet paid, a refused one).
    pub hidden: bool,
    /// The row, JSON, ready to be shown.
    pub body: Vec<u8>,
}

/// A change of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowWrite {
    /// Puts the row in place of the one with its collection and id.
    Put(Arc<Row>),
    /// Takes it away.
    Delete {
        /// The list.
        collection: Cow<'static, str>,
        /// The row.
        id: Uuid,
    },
    /// Takes a whole list away (a view's old generation).
    Clear {
        /// The list; its log entries go too.
        collection: Cow<'static, str>,
    },
}

/// A line of a log that only grows: `(collection, id, sequence)` is its key; putting the same key
/// again replaces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The log, such as `timeline.1` or `audit`.
    pub collection: Cow<'static, str>,
    /// Whose log.
    pub id: Uuid,
    /// Its place, from 1.
    pub sequence: u64,
    /// The line, JSON.
    pub body: Vec<u8>,
}

/// A timer: at its time the writer is told. It survives restarts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// Its key: setting a key again moves the timer.
    pub key: String,
    /// What to do, such as `expire-order`; the runtime's own kinds begin with `effect:`.
    pub kind: Cow<'static, str>,
    /// When.
    pub at: Timestamp,
    /// The order it is about.
    pub order: Option<OrderId>,
    /// How often it has fired.
    pub attempt: u32,
    /// What the kind needs to know, JSON.
    pub payload: Vec<u8>,
}

/// A change of a timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimerWrite {
    /// Sets or moves it.
    Set(Timer),
    /// Takes it away; none there is fine.
    Cancel {
        /// Its key.
        key: String,
    },
}

/// What a client was answered, without storing it twice: the status, and the version of the
/// aggregate that the answer showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyOutcome {
    /// HTTP status.
    pub status: u16,
    /// The version of the stream that the answer showed.
    pub version: u64,
    /// For refusals: the problem, JSON, as it was answered.
    pub body: Vec<u8>,
}

/// A client's key and what became of it. Running = there, without an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// Hash of subject, route and key.
    pub scope: Hash,
    /// Hash of the body that came with it.
    pub body_hash: Hash,
    /// The order it made.
    pub order: OrderId,
    /// When it was first seen.
    pub at: Timestamp,
    /// What was answered.
    pub outcome: Option<IdempotencyOutcome>,
}

/// A change of an idempotency record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdempotencyWrite {
    /// Puts the record in place of the one with its scope.
    Put(IdempotencyRecord),
    /// Takes it away (the attempt came to nothing and the key may be used again).
    Remove {
        /// Its scope.
        scope: Hash,
    },
    /// Takes away every record first seen before a time.
    Forget {
        /// The time.
        before: Timestamp,
    },
}

/// How far a source has been applied, and which journal that was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourcePosition {
    /// The journal read.
    pub identity: JournalIdentity,
    /// The last position applied.
    pub position: u64,
}

/// An event that could not be applied, or that waits behind one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedEvent {
    /// The role whose journal it came from.
    pub source: Cow<'static, str>,
    /// What it blocks: the order, or its stream where it has no order.
    pub blocks: Uuid,
    /// Why it waits; the first of a block carries the cause, later ones wait behind it.
    pub cause: Option<String>,
    /// When it was parked.
    pub at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// The event as it was read.
    pub event: Recorded,
}

/// A change of the parked events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParkedWrite {
    /// Parks it; its key is (source, position).
    Park(Box<ParkedEvent>),
    /// Takes it out: applied, or resolved.
    Release {
        /// The role it came from.
        source: Cow<'static, str>,
        /// Its position there.
        position: u64,
    },
}

/// A state of a long stream, so that it need not be folded from the beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The stream.
    pub stream: StreamId,
    /// The version it stands at.
    pub version: u64,
    /// The version of `evolve` that made it.
    pub evolve_version: u32,
    /// The hash of the event at that version.
    pub last_hash: Hash,
    /// The state.
    pub state: Vec<u8>,
}

/// A counter and its new value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterValue {
    /// Its name, such as `orders/cafe`.
    pub name: String,
    /// Its new value.
    pub value: u64,
}
