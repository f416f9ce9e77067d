use std::collections::BTreeMap;
use std::sync::Arc;

use journal::{Batch, NewEvent, Position, StoreError, chain};
use kernel::{Hash, Recorded, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::End;
use crate::codec;
use crate::failure::Failure;
use crate::names::Names;

/// The version and hash of a stream's last event.
fn stream_end(connection: &Connection, stream_id: Uuid) -> Result<(u64, Hash), Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT version, hash FROM events WHERE stream_id = ?1 ORDER BY version DESC LIMIT 1",
    )?;
    let end = statement
        .query_row([stream_id.as_bytes()], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))
        .optional()?;
    Ok(end.map_or_else(Default::default, |(version, hash)| (version.unsigned_abs(), hash)))
}

/// Appends the batch's events behind `end` and seals them. Returns them as recorded, and the new end.
pub(crate) fn append_in_transaction(
    connection: &Connection,
    names: &mut Names,
    batch: &mut Batch,
    end: End,
) -> Result<(Vec<Arc<Recorded>>, End), Failure> {
    let events = std::mem::take(&mut batch.events);
    if events.is_empty() {
        return Ok((Vec::new(), end));
    }
    check_versions(connection, &events)?;
    let hashes = events.iter().map(|event| &event.hash);
    let seal = chain::batch_hash(&end.seal, batch.at.millis(), end.head + 1, hashes);
    let last_position = end.head + events.len() as u64;
    let mut recorded = Vec::with_capacity(events.len());
    for (position, event) in (end.head + 1..).zip(events) {
        let seal = (position == last_position).then_some(&seal);
        insert(connection, names, position, batch.at, &event, seal)?;
        recorded.push(Arc::new(into_recorded(connection, names, position, batch.at, event)?));
    }
    Ok((recorded, End { head: last_position, seal }))
}

/// Holds every event against the end of its stream, which may lie in the batch itself.
fn check_versions(connection: &Connection, events: &[NewEvent]) -> Result<(), Failure> {
    let mut ends: BTreeMap<Uuid, (u64, Hash)> = BTreeMap::new();
    for event in events {
        let (version, hash) = match ends.get(&event.stream.id) {
            Some(end) => *end,
            None => stream_end(connection, event.stream.id)?,
        };
        if event.version != version + 1 || event.previous_hash != hash {
            let stream = event.stream.to_string();
            return Err(StoreError::Conflict { stream, expected: event.version }.into());
        }
        if chain::event_hash(event) != event.hash {
            let place = format!("new event {} of {}", event.version, event.stream);
            return Err(Failure::damaged(place, "it does not fit its hash"));
        }
        ends.insert(event.stream.id, (event.version, event.hash));
    }
    Ok(())
}

fn insert(
    connection: &Connection,
    names: &mut Names,
    position: Position,
    at: Timestamp,
    event: &NewEvent,
    seal: Option<&Hash>,
) -> Result<(), Failure> {
    let personal = event.personal.as_ref();
    let algorithm = personal.map(|part| names.id(connection, part.algorithm)).transpose()?;
    let kind = names.id(connection, event.stream.kind)?;
    let event_type = names.id(connection, event.event_type)?;
    let shop = names.id(connection, event.subject.shop.as_str())?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO events (position, stream_id, version, stream_kind, event_type, at, shop, order_id, \
         order_number, causation, actor, data, personal, personal_key, personal_algorithm, personal_hash, \
         previous_hash, hash, seal) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    )?;
    statement.execute(params![
        codec::integer(position)?,
        event.stream.id.as_bytes(),
        codec::integer(event.version)?,
        kind,
        event_type,
        at.millis(),
        shop,
        codec::order_column(event.subject.order, event.stream.id),
        codec::integer(event.subject.order_number)?,
        codec::causation_column(&event.causation),
        event.actor.as_str(),
        event.data,
        personal.map(|part| &part.bytes),
        personal.and_then(|part| part.key_id.as_ref()).map(Uuid::as_bytes),
        algorithm,
        personal.map(|part| chain::digest(&part.bytes)),
        event.previous_hash,
        event.hash,
        seal,
    ])?;
    Ok(())
}

fn into_recorded(
    connection: &Connection,
    names: &mut Names,
    position: Position,
    at: Timestamp,
    event: NewEvent,
) -> Result<Recorded, Failure> {
    Ok(Recorded {
        position,
        stream_kind: names.kept(connection, event.stream.kind)?,
        stream_id: event.stream.id,
        version: event.version,
        event_type: names.kept(connection, event.event_type)?,
        at,
        subject: event.subject,
        causation: event.causation,
        actor: event.actor,
        data: event.data,
        personal: event.personal,
        previous_hash: event.previous_hash,
        hash: event.hash,
    })
}
