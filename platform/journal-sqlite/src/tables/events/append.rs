use std::sync::Arc;

use journal::{Batch, Generations, NewEvent, Position, StoreError, chain};
use kernel::{Hash, Recorded, Timestamp};
use rusqlite::{Connection, OptionalExtension, Statement, params};
use uuid::Uuid;

use super::End;
use crate::codec;
use crate::failure::Failure;
use crate::names::Names;
use crate::tables::Held;

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
    ends: &mut StreamEnds,
    batch: &mut Batch,
    end: End,
) -> Result<(Vec<Arc<Recorded>>, End), Failure> {
    let events = std::mem::take(&mut batch.events);
    if events.is_empty() {
        return Ok((Vec::new(), end));
    }
    check_versions(connection, ends, &events)?;
    let hashes = events.iter().map(|event| &event.hash);
    let seal = chain::batch_hash(&end.seal, batch.at.millis(), end.head + 1, hashes);
    let last_position = end.head + events.len() as u64;
    let mut insert = Held::new(connection, INSERT);
    let mut recorded = Vec::with_capacity(events.len());
    for (position, event) in (end.head + 1..).zip(events) {
        let seal = (position == last_position).then_some(&seal);
        write(insert.get()?, connection, names, position, batch.at, &event, seal)?;
        recorded.push(Arc::new(into_recorded(connection, names, position, batch.at, event)?));
    }
    Ok((recorded, End { head: last_position, seal }))
}

/// Where streams end that this writer has written lately: the end of one that it has not is read.
pub(crate) type StreamEnds = Generations<Uuid, (u64, Hash)>;

/// Where the stream of an event ends before it.
fn end_before(
    connection: &Connection,
    ends: &mut StreamEnds,
    event: &NewEvent,
) -> Result<(u64, Hash), Failure> {
    let id = event.stream.id;
    if let Some(end) = ends.get_mut(&id) {
        return Ok(*end);
    }
    // That a new stream is new is said by the key of the table.
    if event.version == 1 {
        return Ok(Default::default());
    }
    let end = stream_end(connection, id)?;
    ends.put_back(id, end);
    Ok(end)
}

/// Holds every event against the end of its stream, which may lie in the batch itself.
fn check_versions(
    connection: &Connection,
    ends: &mut StreamEnds,
    events: &[NewEvent],
) -> Result<(), Failure> {
    for event in events {
        let (version, hash) = end_before(connection, ends, event)?;
        if event.version != version + 1 || event.previous_hash != hash {
            return Err(conflict(event).into());
        }
        // Whoever makes events seals them: what is held against it here is our own work.
        if cfg!(debug_assertions) && chain::event_hash(event) != event.hash {
            let place = format!("new event {} of {}", event.version, event.stream);
            return Err(Failure::damaged(place, "it does not fit its hash"));
        }
        ends.put(event.stream.id, (event.version, event.hash));
    }
    Ok(())
}

fn conflict(event: &NewEvent) -> StoreError {
    StoreError::Conflict { stream: event.stream.to_string(), expected: event.version }
}

const INSERT: &str = "INSERT INTO events (position, stream_id, version, stream_kind, event_type, at, shop, order_id, \
     order_number, causation, actor, data, personal, personal_key, personal_algorithm, personal_hash, \
     previous_hash, hash, seal) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)";

fn write(
    insert: &mut Statement<'_>,
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
    let inserted = insert.execute(params![
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
    ]);
    match inserted {
        Err(error) if is_taken(&error) => Err(conflict(event).into()),
        other => Ok(other.map(|_| ())?),
    }
}

/// Whether the stream has this version already.
fn is_taken(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE)
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
