//! The shipped store: `journal-sqlite`, used as the runtime uses it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use journal::{
    Batch, CounterValue, Entry, IdempotencyOutcome, IdempotencyRecord, IdempotencyWrite, Journal,
    JournalIdentity, NewEvent, Reader, Row, RowQuery, RowWrite, SourcePosition, StoreError, Timer,
    TimerWrite, chain,
};
use journal_sqlite::{Options, SqliteJournal};
use kernel::{Actor, Causation, Hash, OrderId, PersonalPart, Recorded, ShopKey, StreamId, Timestamp};
use uuid::Uuid;

use super::{Bookmark, Failure, Subject};
use crate::script::{Contents, EVENTS_PER_ORDER, OrderContents, ScriptedEvent, Step};

const ROLE: &str = "ordering";
const SHOP: &str = "cafe";
const ORDERS: &str = "orders";
const TIMELINE: &str = "timeline";
const COUNTER: &str = "batches";
const NEIGHBOUR: &str = "payment";
const EVENT_TYPE: &str = "order-noted.v1";

/// A cap that a run of a hundred batches reaches several times.
const LOG_CAP_BYTES: u64 = 256 << 10;

/// The journal, opened as its only writer.
pub(super) struct Product {
    journal: SqliteJournal,
    last_hashes: BTreeMap<u32, Hash>,
}

/// The journal's file in a data folder.
pub(super) fn database_file(folder: &Path) -> PathBuf {
    journal_sqlite::journal_path(folder, ROLE)
}

impl Product {
    pub(super) fn open(folder: &Path, checkpointer: bool) -> Result<Self, Failure> {
        let options = Options {
            log_cap_bytes: LOG_CAP_BYTES,
            checkpoint_bytes: LOG_CAP_BYTES / 4,
            checkpointer,
            ..Options::default()
        };
        let journal = SqliteJournal::open(&folder.join(ROLE), ROLE, options)?;
        Ok(Self { journal, last_hashes: BTreeMap::new() })
    }

    fn last_hash(&mut self, order: u32, version: u64) -> Result<Hash, Failure> {
        if version == 0 {
            return Ok(Hash::default());
        }
        if let Some(hash) = self.last_hashes.get(&order) {
            return Ok(*hash);
        }
        let stored = self.journal.load(order_id(order).0, version - 1)?;
        Ok(stored.last().map(|event| event.hash).unwrap_or_default())
    }

    fn new_event(&mut self, event: &ScriptedEvent) -> Result<NewEvent, Failure> {
        let order = order_id(event.order);
        let mut new = NewEvent {
            stream: StreamId::new("order", order.0),
            version: event.version,
            event_type: EVENT_TYPE,
            subject: kernel::Subject::order(ShopKey::from(SHOP), order, event.order.into()),
            causation: Causation::command(order.0),
            actor: Actor::system(),
            data: event.payload.clone().into_bytes(),
            personal: Some(personal_part(event.order)),
            previous_hash: self.last_hash(event.order, event.version - 1)?,
            hash: Hash::default(),
        };
        new.hash = chain::event_hash(&new);
        self.last_hashes.insert(event.order, new.hash);
        Ok(new)
    }

    fn batch_of(&mut self, step: &Step) -> Result<Batch, Failure> {
        let at = Timestamp::from_millis(1_700_000_000_000 + step.batch as i64 * 1_000);
        let mut batch =
            Batch { id: Uuid::from_u128((1 << 100) + u128::from(step.batch)), at, ..Batch::default() };
        for event in &step.events {
            let new = self.new_event(event)?;
            batch.events.push(new);
            batch.rows.push(RowWrite::Put(row_of(event).into()));
            batch.entries.push(entry_of(event));
            batch.timers.push(timer_of(event));
            if event.version == 1 {
                batch.idempotency.push(IdempotencyWrite::Put(key_of(event.order)));
            }
        }
        batch
            .positions
            .push((NEIGHBOUR.into(), SourcePosition { identity: neighbour(), position: step.batch }));
        batch.counters.push(CounterValue { name: COUNTER.into(), value: step.batch });
        Ok(batch)
    }

    fn read_events(&mut self) -> Result<BTreeMap<u32, OrderContents>, Failure> {
        let mut orders: BTreeMap<u32, OrderContents> = BTreeMap::new();
        let mut last = 0;
        loop {
            let events = self.journal.read_after(last, 500)?;
            let Some(end) = events.last() else {
                return Ok(orders);
            };
            last = end.position;
            for event in events {
                let order = order_number(event.stream_id);
                let text = self.text_of(&event, order)?;
                orders.entry(order).or_default().events.push(text);
            }
        }
    }

    /// The payload; with a remark behind it if what belongs to the event is not as it was written.
    fn text_of(&mut self, event: &Recorded, order: u32) -> Result<String, Failure> {
        let mut text = String::from_utf8_lossy(&event.data).into_owned();
        if event.personal != Some(personal_part(order)) {
            text.push_str(" with another personal part");
        }
        let entries = self.journal.entries(TIMELINE, event.stream_id, event.version - 1, 1)?;
        if entries.first().is_none_or(|entry| entry.sequence != event.version || entry.body != event.data) {
            text.push_str(" with another line in the timeline");
        }
        Ok(text)
    }

    fn read_rows(&mut self, orders: &mut BTreeMap<u32, OrderContents>) -> Result<(), Failure> {
        let query = RowQuery {
            collection: ORDERS.into(),
            hidden: true,
            limit: usize::from(u16::MAX),
            ..RowQuery::default()
        };
        for row in self.journal.rows(&query)? {
            let body = String::from_utf8_lossy(&row.body).into_owned();
            orders.entry(order_number(row.id)).or_default().row = Some((row.version, body));
        }
        Ok(())
    }

    fn read_keys(&mut self, orders: &BTreeMap<u32, OrderContents>) -> Result<BTreeSet<u32>, Failure> {
        let mut keys = BTreeSet::new();
        for order in orders.keys() {
            if self.journal.idempotency(&key_of(*order).scope)? == Some(key_of(*order)) {
                keys.insert(*order);
            }
        }
        Ok(keys)
    }
}

impl Subject for Product {
    fn commit(&mut self, step: &Step) -> Result<(), Failure> {
        let batch = self.batch_of(step)?;
        self.journal.commit(batch)?;
        Ok(())
    }

    fn tidy_up(&mut self) -> Result<(), Failure> {
        Ok(self.journal.tidy_up()?)
    }

    fn must_shed(&self) -> bool {
        self.journal.must_shed()
    }

    fn contents(&mut self) -> Result<Contents, Failure> {
        if let Some(damage) = self.journal.audit()?.into_iter().next() {
            return Err(damage.into());
        }
        let mut orders = self.read_events()?;
        self.read_rows(&mut orders)?;
        let keys = self.read_keys(&orders)?;
        let timers =
            self.journal.timers()?.iter().filter_map(|timer| Some(order_number(timer.order?.0))).collect();
        let positions = self.journal.positions()?;
        let neighbour_position = positions
            .iter()
            .find(|(source, position)| source == NEIGHBOUR && position.identity == neighbour())
            .map_or(0, |(_, position)| position.position);
        Ok(Contents { last_batch: self.journal.counter(COUNTER)?, neighbour_position, orders, timers, keys })
    }

    fn bookmark(&mut self) -> Result<Bookmark, Failure> {
        Ok(Bookmark { identity: format!("{:?}", self.journal.identity()?), position: self.journal.head()? })
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let text = error.to_string();
        match error {
            StoreError::Damaged { .. } => Self::Damaged(text),
            StoreError::Unfit(_) => Self::Refused(text),
            StoreError::Fatal(_) => Self::Stopped(text),
            StoreError::Conflict { .. } | StoreError::Unavailable(_) => Self::Other(text),
        }
    }
}

fn order_id(order: u32) -> OrderId {
    OrderId(Uuid::from_u128(order.into()))
}

fn order_number(id: Uuid) -> u32 {
    id.as_u128() as u32
}

fn neighbour() -> JournalIdentity {
    JournalIdentity { journal: Uuid::from_u128(77), epoch: 1 }
}

fn personal_part(order: u32) -> PersonalPart {
    PersonalPart {
        key_id: None,
        algorithm: "none",
        bytes: format!(r#"{{"phone":"010-{order:08}"}}"#).into_bytes(),
    }
}

fn row_of(event: &ScriptedEvent) -> Row {
    Row {
        collection: ORDERS.into(),
        id: order_id(event.order).0,
        shop: ShopKey::from(SHOP),
        number: event.order.into(),
        customer: Some(format!("customer-{}", event.order % 7)),
        state: if event.version < EVENTS_PER_ORDER { "open".into() } else { "done".into() },
        at: Timestamp::from_millis(i64::from(event.order)),
        search: format!("cup {}", event.order),
        version: event.version,
        hidden: event.version == 1,
        body: event.payload.clone().into_bytes(),
    }
}

fn entry_of(event: &ScriptedEvent) -> Entry {
    Entry {
        collection: TIMELINE.into(),
        id: order_id(event.order).0,
        sequence: event.version,
        body: event.payload.clone().into_bytes(),
    }
}

fn timer_of(event: &ScriptedEvent) -> TimerWrite {
    let key = format!("expire/{}", event.order);
    if event.version >= EVENTS_PER_ORDER {
        return TimerWrite::Cancel { key };
    }
    TimerWrite::Set(Timer {
        key,
        kind: "expire-order".into(),
        at: Timestamp::from_millis(event.version as i64),
        order: Some(order_id(event.order)),
        attempt: 0,
        payload: Vec::new(),
    })
}

fn key_of(order: u32) -> IdempotencyRecord {
    IdempotencyRecord {
        scope: chain::digest(&order.to_le_bytes()),
        body_hash: chain::digest(b"body"),
        order: order_id(order),
        at: Timestamp::from_millis(order.into()),
        outcome: Some(IdempotencyOutcome { status: 201, version: 1, body: Vec::new() }),
    }
}
