//! The hashes that make damage visible: per event over its stream, per batch over the journal.

use kernel::{Hash, Recorded};

use crate::NewEvent;

/// The hash of an event: over the one before it and everything it says; of the personal bytes only
/// their own hash counts, so that erasing a person breaks no chain.
///
/// `at` and the position belong to the batch's hash ([`batch_hash`]), not to the event's.
#[must_use]
pub fn event_hash(event: &NewEvent) -> Hash {
    let personal = event.personal.as_ref().map(|part| digest(&part.bytes));
    hash_parts(
        &event.previous_hash,
        event.stream.kind,
        event.stream.id.as_bytes(),
        event.version,
        event.event_type,
        event.subject.shop.as_str(),
        event.subject.order.map(|order| order.0.into_bytes()),
        event.subject.order_number,
        event.causation.as_str(),
        event.actor.as_str(),
        &event.data,
        personal,
    )
}

/// The hash that a recorded event must have; `personal` is the stored hash of its personal part.
#[must_use]
pub fn recorded_hash(event: &Recorded, personal: Option<Hash>) -> Hash {
    hash_parts(
        &event.previous_hash,
        &event.stream_kind,
        event.stream_id.as_bytes(),
        event.version,
        &event.event_type,
        event.subject.shop.as_str(),
        event.subject.order.map(|order| order.0.into_bytes()),
        event.subject.order_number,
        event.causation.as_str(),
        event.actor.as_str(),
        &event.data,
        personal,
    )
}

/// The hash of a batch: over the batch before it, its time, its first position and its events.
#[must_use]
pub fn batch_hash<'a>(
    previous: &Hash,
    at_millis: i64,
    first_position: u64,
    events: impl Iterator<Item = &'a Hash>,
) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(previous);
    hasher.update(&at_millis.to_le_bytes());
    hasher.update(&first_position.to_le_bytes());
    for hash in events {
        hasher.update(hash);
    }
    truncate(&hasher)
}

/// The plain hash of some bytes.
#[must_use]
pub fn digest(bytes: &[u8]) -> Hash {
    let mut hash = Hash::default();
    hash.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
    hash
}

#[expect(clippy::too_many_arguments, reason = "everything that an event says, once, for both of its forms")]
fn hash_parts(
    previous: &Hash,
    kind: &str,
    id: &[u8; 16],
    version: u64,
    event_type: &str,
    shop: &str,
    order: Option<[u8; 16]>,
    order_number: u64,
    causation: &str,
    actor: &str,
    data: &[u8],
    personal: Option<Hash>,
) -> Hash {
    let texts = [
        kind.as_bytes(),
        event_type.as_bytes(),
        shop.as_bytes(),
        causation.as_bytes(),
        actor.as_bytes(),
        data,
    ];
    // One piece of memory, hashed at once: many small updates cost more than the hash itself.
    let mut said = Vec::with_capacity(160 + texts.iter().map(|text| text.len()).sum::<usize>());
    said.extend_from_slice(previous);
    said.extend_from_slice(id);
    said.extend_from_slice(&version.to_le_bytes());
    said.extend_from_slice(&order.unwrap_or_default());
    said.extend_from_slice(&order_number.to_le_bytes());
    said.extend_from_slice(&personal.unwrap_or_default());
    // Lengths keep neighbouring texts apart.
    for text in texts {
        said.extend_from_slice(&(text.len() as u64).to_le_bytes());
        said.extend_from_slice(text);
    }
    digest(&said)
}

fn truncate(hasher: &blake3::Hasher) -> Hash {
    let mut hash = Hash::default();
    hash.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    hash
}
