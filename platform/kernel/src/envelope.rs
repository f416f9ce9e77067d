use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Actor, DecodeError, OrderId, Published, ShopKey, Timestamp};

/// The stream of one aggregate. Its id is unique within its service, whatever its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId {
    /// The aggregate's kind, such as `order`.
    pub kind: &'static str,
    /// The aggregate's id.
    pub id: Uuid,
}

impl StreamId {
    /// The stream of an aggregate kind and id.
    #[must_use]
    pub const fn new(kind: &'static str, id: Uuid) -> Self {
        Self { kind, id }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

/// What an event is about: the shop, and the order that is its correlation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The shop.
    pub shop: ShopKey,
    /// The order, where it belongs to one: the correlation id of every log line, trace and message.
    pub order: Option<OrderId>,
    /// The order's human number in its shop; 0 where there is no order.
    pub order_number: u64,
}

impl Subject {
    /// About an order.
    #[must_use]
    pub const fn order(shop: ShopKey, order: OrderId, order_number: u64) -> Self {
        Self { shop, order: Some(order), order_number }
    }

    /// About a shop.
    #[must_use]
    pub const fn shop(shop: ShopKey) -> Self {
        Self { shop, order: None, order_number: 0 }
    }
}

/// What caused an event: `ordering/123` (an event by its role and position), `command/UUID`,
/// `timer/KEY`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Causation(Arc<str>);

impl Causation {
    /// Caused by the event at a position of a role's journal.
    #[must_use]
    pub fn event(role: &str, position: u64) -> Self {
        Self(format!("{role}/{position}").into())
    }

    /// Caused by a command.
    #[must_use]
    pub fn command(id: Uuid) -> Self {
        Self(format!("command/{}", id.simple()).into())
    }

    /// Caused by a timer.
    #[must_use]
    pub fn timer(kind: &str) -> Self {
        Self(format!("timer/{kind}").into())
    }

    /// As written before.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(text.into())
    }

    /// The written form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Causation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Personal data of an event, kept apart so that it can be encrypted per person and erased.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonalPart {
    /// Which person's key; `None` with algorithm `none`.
    pub key_id: Option<Uuid>,
    /// How the bytes are written; `none` at first.
    pub algorithm: &'static str,
    /// The bytes; empty once erased.
    pub bytes: Vec<u8>,
}

/// Says that it is there, never what it is.
impl fmt::Debug for PersonalPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal]")
    }
}

/// Hash of 16 bytes (BLAKE3, truncated): enough to find damage and to chain.
pub type Hash = [u8; 16];

/// An event as a journal holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the journal, from 1, without holes.
    pub position: u64,
    /// The kind of its stream.
    pub stream_kind: Arc<str>,
    /// The id of its stream.
    pub stream_id: Uuid,
    /// Its place in its stream, from 1.
    pub version: u64,
    /// Such as `order-paid.v1`.
    pub event_type: Arc<str>,
    /// When it was committed, by the writer's clock.
    pub at: Timestamp,
    /// The shop and order it is about.
    pub subject: Subject,
    /// What caused it.
    pub causation: Causation,
    /// Who wished it.
    pub actor: Actor,
    /// The payload, JSON.
    pub data: Vec<u8>,
    /// The payload's personal part.
    pub personal: Option<PersonalPart>,
    /// The hash of the event before it in its stream; zeros before the first.
    pub previous_hash: Hash,
    /// Its own hash, over all of the above but the personal bytes, of which only the hash counts.
    pub hash: Hash,
}

/// An event's type without the version: `order-paid` of `order-paid.v1`.
#[must_use]
pub fn event_name(event_type: &str) -> &str {
    event_type.rsplit_once('.').map_or(event_type, |(name, _)| name)
}

impl Recorded {
    /// Its type without the version, such as `order-paid`: who follows only some of a neighbour's
    /// events leaves the others unread.
    #[must_use]
    pub fn name(&self) -> &str {
        event_name(&self.event_type)
    }

    /// The payload as the present event.
    ///
    /// # Errors
    /// [`DecodeError`] when the type is unknown or the bytes do not fit it.
    pub fn decode<E: Published>(&self) -> Result<E, DecodeError> {
        E::decode(&self.event_type, &self.data, self.personal.as_ref().map(|part| part.bytes.as_slice()))
    }
}
