//! What the behaviours begin with: events, rows, batches. Nothing here is drawn by chance.

use std::borrow::Cow;
use std::collections::BTreeMap;

use kernel::{Actor, Causation, Hash, OrderId, PersonalPart, ShopKey, StreamId, Subject, Timestamp};
use uuid::Uuid;

use crate::{
    Batch, IdempotencyOutcome, IdempotencyRecord, NewEvent, ParkedEvent, Row, SourcePosition, Timer, chain,
};

/// Writes events that fit behind each other, and batches with ids of their own.
#[derive(Debug, Clone, Default)]
pub struct Pen {
    heads: BTreeMap<Uuid, (u64, Hash)>,
    batches: u64,
}

impl Pen {
    /// The next event of a stream.
    pub fn event(&mut self, stream: StreamId, data: &str) -> NewEvent {
        self.event_with(stream, data, |_| ())
    }

    /// The next event of a stream, changed before its hash is made.
    pub fn event_with(
        &mut self,
        stream: StreamId,
        data: &str,
        change: impl FnOnce(&mut NewEvent),
    ) -> NewEvent {
        let (version, previous_hash) = self.heads.get(&stream.id).copied().unwrap_or_default();
        let mut event = NewEvent {
            stream,
            version: version + 1,
            event_type: "thing-happened.v1",
            subject: Subject::order(ShopKey::from("cafe"), OrderId(stream.id), 7),
            causation: Causation::command(id(99)),
            actor: Actor::system(),
            data: data.as_bytes().to_vec(),
            personal: None,
            previous_hash,
            hash: Hash::default(),
        };
        change(&mut event);
        event.hash = chain::event_hash(&event);
        self.heads.insert(stream.id, (event.version, event.hash));
        event
    }

    /// An empty batch with an id and a time of its own.
    pub fn batch(&mut self) -> Batch {
        self.batches += 1;
        Batch {
            id: Uuid::from_u128(0xBA7C_0000 + u128::from(self.batches)),
            at: at(i64::try_from(self.batches).unwrap_or_default()),
            ..Batch::default()
        }
    }

    /// A batch with the next event of each stream.
    pub fn batch_of(&mut self, streams: &[StreamId]) -> Batch {
        let events = streams.iter().map(|stream| self.event(*stream, r#"{"a":1}"#)).collect();
        Batch { events, ..self.batch() }
    }
}

/// An id.
#[must_use]
pub const fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A moment.
#[must_use]
pub const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// The stream of an order.
#[must_use]
pub const fn order(number: u128) -> StreamId {
    StreamId::new("order", id(number))
}

/// A hash that stands for something else.
#[must_use]
pub const fn hash(byte: u8) -> Hash {
    [byte; 16]
}

/// A personal part.
#[must_use]
pub fn personal(text: &str) -> PersonalPart {
    PersonalPart { key_id: None, algorithm: "none", bytes: text.as_bytes().to_vec() }
}

/// A row of a shop's orders.
#[must_use]
pub fn row(shop: &str, number: u64) -> Row {
    Row {
        collection: Cow::Borrowed("orders"),
        id: id(0x1000 + u128::from(number)),
        shop: ShopKey::from(shop),
        number,
        customer: Some("customer:1".to_owned()),
        state: Cow::Borrowed("paid"),
        at: at(i64::try_from(number).unwrap_or_default() * 10),
        search: format!("americano {number}"),
        version: 1,
        hidden: false,
        body: format!(r#"{{"number":{number}}}"#).into_bytes(),
    }
}

/// A timer.
#[must_use]
pub fn timer(key: &str, millis: i64) -> Timer {
    Timer {
        key: key.to_owned(),
        kind: Cow::Borrowed("expire-order"),
        at: at(millis),
        order: Some(OrderId(id(1))),
        attempt: 2,
        payload: br#"{"why":"unpaid"}"#.to_vec(),
    }
}

/// An idempotency record that is still running.
#[must_use]
pub fn running(scope: u8, millis: i64) -> IdempotencyRecord {
    IdempotencyRecord {
        scope: hash(scope),
        body_hash: hash(scope.wrapping_add(1)),
        order: OrderId(id(u128::from(scope))),
        at: at(millis),
        outcome: None,
    }
}

/// An idempotency record with its answer.
#[must_use]
pub fn answered(scope: u8, millis: i64) -> IdempotencyRecord {
    let outcome =
        IdempotencyOutcome { status: 409, version: 3, body: br#"{"type":"out-of-stock"}"#.to_vec() };
    IdempotencyRecord { outcome: Some(outcome), ..running(scope, millis) }
}

/// How far a source has been applied.
#[must_use]
pub const fn source_position(journal: u128, epoch: u32, position: u64) -> SourcePosition {
    SourcePosition { identity: crate::JournalIdentity { journal: id(journal), epoch }, position }
}

/// A parked event as it was read from a neighbour.
#[must_use]
pub fn parked(source: &'static str, position: u64) -> ParkedEvent {
    let mut pen = Pen::default();
    let event = pen.event_with(order(position.into()), "not json", |event| {
        event.personal = Some(PersonalPart { key_id: Some(id(5)), ..personal("\u{00ff}{phone}") });
    });
    ParkedEvent {
        source: Cow::Borrowed(source),
        blocks: event.stream.id,
        cause: Some("malformed order-paid.v1: expected value".to_owned()),
        at: at(5),
        attempts: 1,
        event: kernel::Recorded {
            position,
            stream_kind: event.stream.kind.into(),
            stream_id: event.stream.id,
            version: event.version,
            event_type: event.event_type.into(),
            at: at(4),
            subject: event.subject,
            causation: event.causation,
            actor: event.actor,
            data: event.data,
            personal: event.personal,
            previous_hash: event.previous_hash,
            hash: event.hash,
        },
    }
}
