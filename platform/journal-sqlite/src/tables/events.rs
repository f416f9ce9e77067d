use std::collections::BTreeMap;
use std::sync::Arc;

use journal::{Batch, NewEvent, Position, StoreError, chain};
use kernel::{Actor, Hash, PersonalPart, Recorded, ShopKey, Subject, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::codec;
use crate::failure::Failure;
use crate::names::Names;

/// Selects events as [`read_one`] reads them.
macro_rules! select_events {
    ($rest:literal) => {
        concat!(
            "SELECT position, stream_id, version, stream_kind, event_type, at, shop, order_id, ",
            "order_number, causation, actor, data, personal, personal_key, personal_algorithm, ",
            "personal_hash, previous_hash, hash, seal FROM events ",
            $rest
        )
    };
}

/// Where a journal ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) head: Position,
    /// The hash of the last batch that brought events.
    pub(crate) seal: Hash,
}

/// The last position.
pub(crate) fn head(connection: &Connection) -> Result<Position, Failure> {
    connection
        .prepare_cached("SELECT ifnull(max(position), 0) FROM events")?
        .query_row([], |row| Ok(codec::natural(row, 0)))?
}

/// Where the events end, and the seal on the last one.
pub(crate) fn end(connection: &Connection) -> Result<End, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT position, seal FROM events ORDER BY position DESC LIMIT 1")?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(End::default()) };
    let seal: Option<Hash> = row.get(1)?;
    let head = codec::natural(row, 0)?;
    let seal = seal.ok_or_else(|| Failure::damaged(place(head), "the last batch is cut short"))?;
    Ok(End { head, seal })
}

/// The events of a stream after a version, their chain verified.
pub(crate) fn load(
    connection: &Connection,
    names: &mut Names,
    stream_id: Uuid,
    after_version: u64,
) -> Result<Vec<Recorded>, Failure> {
    let mut statement = connection
        .prepare_cached(select_events!("WHERE stream_id = ?1 AND version > ?2 ORDER BY version"))?;
    let after = i64::try_from(after_version).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![stream_id.as_bytes(), after])?;
    let mut events: Vec<Recorded> = Vec::new();
    while let Some(row) = rows.next()? {
        let event = read_one(connection, names, row)?.event;
        check_link(&event, events.last(), after_version)?;
        events.push(event);
    }
    Ok(events)
}

/// Up to `limit` events after a position, without holes.
pub(crate) fn read_after(
    connection: &Connection,
    names: &mut Names,
    after: Position,
    limit: usize,
) -> Result<Vec<Arc<Recorded>>, Failure> {
    let mut statement =
        connection.prepare_cached(select_events!("WHERE position > ?1 ORDER BY position LIMIT ?2"))?;
    let bound = i64::try_from(after).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![bound, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let mut events = Vec::new();
    let mut expected = after;
    while let Some(row) = rows.next()? {
        let event = read_one(connection, names, row)?.event;
        expected += 1;
        if event.position != expected {
            return Err(Failure::damaged(place(expected), "the event is gone"));
        }
        events.push(Arc::new(event));
    }
    Ok(events)
}

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

/// An event and the seal on it, where it is its batch's last.
pub(crate) struct Sealed {
    pub(crate) event: Recorded,
    pub(crate) seal: Option<Hash>,
}

/// Reads an event and holds it against its hashes.
fn read_one(connection: &Connection, names: &mut Names, row: &Row<'_>) -> Result<Sealed, Failure> {
    let position = codec::natural(row, 0)?;
    let event = assemble(connection, names, row, position).map_err(|failure| at_place(failure, position))?;
    let personal_hash: Option<Hash> = row.get(15)?;
    if chain::recorded_hash(&event, personal_hash) != event.hash {
        return Err(Failure::damaged(place(position), "the event does not fit its hash"));
    }
    let personal = event.personal.as_ref().map_or(&[][..], |part| &part.bytes);
    if !personal.is_empty() && personal_hash != Some(chain::digest(personal)) {
        return Err(Failure::damaged(place(position), "the personal part does not fit its hash"));
    }
    Ok(Sealed { event, seal: row.get(18)? })
}

fn assemble(
    connection: &Connection,
    names: &mut Names,
    row: &Row<'_>,
    position: Position,
) -> Result<Recorded, Failure> {
    let stream_id = codec::id(row, 1)?;
    let shop = names.text(connection, row.get(6)?)?;
    let actor = Actor::parse(codec::text(row, 10)?)
        .map_err(|error| Failure::damaged(place(position), error.to_string()))?;
    Ok(Recorded {
        position,
        stream_kind: names.text(connection, row.get(3)?)?,
        stream_id,
        version: codec::natural(row, 2)?,
        event_type: names.text(connection, row.get(4)?)?,
        at: codec::moment(row, 5)?,
        subject: Subject {
            shop: ShopKey::from(&*shop),
            order: codec::order(row, 7, stream_id)?,
            order_number: codec::natural(row, 8)?,
        },
        causation: codec::causation(row, 9)?,
        actor,
        data: codec::bytes(row, 11)?.to_vec(),
        personal: personal(connection, names, row)?,
        previous_hash: row.get(16)?,
        hash: row.get(17)?,
    })
}

fn personal(
    connection: &Connection,
    names: &mut Names,
    row: &Row<'_>,
) -> Result<Option<PersonalPart>, Failure> {
    let Some(bytes) = row.get::<_, Option<Vec<u8>>>(12)? else { return Ok(None) };
    let algorithm = names.text(connection, row.get(14)?)?;
    Ok(Some(PersonalPart {
        key_id: codec::optional_id(row, 13)?,
        algorithm: codec::forever(&algorithm),
        bytes,
    }))
}

fn check_link(event: &Recorded, previous: Option<&Recorded>, after_version: u64) -> Result<(), Failure> {
    let (version, hash) = match previous {
        Some(previous) => (previous.version, Some(previous.hash)),
        None if after_version == 0 => (0, Some(Hash::default())),
        None => (after_version, None),
    };
    if event.version == version + 1 && hash.is_none_or(|hash| hash == event.previous_hash) {
        return Ok(());
    }
    let place = format!("stream {}/{} at version {}", event.stream_kind, event.stream_id, version + 1);
    Err(Failure::damaged(place, "the chain is broken"))
}

/// Reads every event: its hash, its place, its batch's seal, its stream's chain.
pub(crate) fn audit(
    connection: &Connection,
    names: &mut Names,
    found: &mut Vec<Failure>,
) -> Result<End, Failure> {
    audit_streams(connection, found)?;
    audit_seals(connection, names, found)
}

fn audit_streams(connection: &Connection, found: &mut Vec<Failure>) -> Result<(), Failure> {
    let mut statement = connection.prepare(
        "SELECT event.position FROM events AS event LEFT JOIN events AS former \
         ON former.stream_id = event.stream_id AND former.version = event.version - 1 \
         WHERE event.previous_hash IS NOT CASE event.version WHEN 1 THEN zeroblob(16) ELSE former.hash END",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let place = place(codec::natural(row, 0)?);
        found.push(Failure::damaged(place, "the chain of its stream is broken"));
    }
    Ok(())
}

fn audit_seals(connection: &Connection, names: &mut Names, found: &mut Vec<Failure>) -> Result<End, Failure> {
    let mut statement = connection.prepare(select_events!("ORDER BY position"))?;
    let mut rows = statement.query([])?;
    let (mut end, mut hashes, mut last) = (End::default(), Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let position = codec::natural(row, 0)?;
        if position != last + 1 {
            found.push(Failure::damaged(place(last + 1), "the event is gone"));
        }
        last = position;
        let (hash, seal, at) = match read_one(connection, names, row) {
            Ok(Sealed { event, seal }) => (event.hash, seal, event.at),
            Err(failure) => {
                found.push(failure);
                (row.get(17)?, row.get(18)?, codec::moment(row, 5)?)
            }
        };
        hashes.push(hash);
        let Some(seal) = seal else { continue };
        if chain::batch_hash(&end.seal, at.millis(), end.head + 1, hashes.iter()) != seal {
            let place = format!("the batch at positions {} to {position}", end.head + 1);
            found.push(Failure::damaged(place, "the batch does not fit its seal"));
        }
        hashes.clear();
        end = End { head: position, seal };
    }
    if last != end.head {
        found.push(Failure::damaged(place(last), "the last batch is cut short"));
    }
    Ok(end)
}

fn place(position: Position) -> String {
    format!("events at position {position}")
}

fn at_place(failure: Failure, position: Position) -> Failure {
    Failure::Store(failure.while_reading(&place(position)))
}
