mod append;
mod audit;

use std::collections::BTreeMap;
use std::sync::Arc;

use journal::{Position, Stretch, chain};
use kernel::{Actor, Hash, PersonalPart, Recorded, ShopKey, Subject, event_name};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::codec;
use crate::failure::Failure;
use crate::names::Names;

pub(crate) use append::{StreamEnds, append_in_transaction};
pub(crate) use audit::audit;

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

use select_events;

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

/// The same for somebody who hears only events of some names: of the others only the type is read.
pub(crate) fn read_heard_after(
    connection: &Connection,
    names: &mut Names,
    after: Position,
    limit: usize,
    hears: &dyn Fn(&str) -> bool,
) -> Result<Stretch, Failure> {
    let mut look = connection.prepare_cached(
        "SELECT position, event_type FROM events WHERE position > ?1 ORDER BY position LIMIT ?2",
    )?;
    let mut read = connection.prepare_cached(select_events!("WHERE position = ?1"))?;
    let bound = i64::try_from(after).unwrap_or(i64::MAX);
    let mut rows = look.query(params![bound, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let (mut stretch, mut heard, mut expected) = (Stretch::default(), BTreeMap::new(), after);
    while let Some(row) = rows.next()? {
        let (position, event_type): (i64, i64) = (row.get(0)?, row.get(1)?);
        expected += 1;
        if position.unsigned_abs() != expected {
            return Err(Failure::damaged(place(expected), "the event is gone"));
        }
        let is_heard = match heard.get(&event_type) {
            Some(known) => *known,
            None => {
                let is_heard = hears(event_name(&names.text(connection, event_type)?));
                *heard.entry(event_type).or_insert(is_heard)
            }
        };
        if !is_heard {
            stretch.pass_by(expected);
            continue;
        }
        let mut whole = read.query([position])?;
        let row = whole.next()?.ok_or_else(|| Failure::damaged(place(expected), "the event is gone"))?;
        stretch.events.push(Arc::new(read_one(connection, names, row)?.event));
    }
    Ok(stretch)
}

/// An event and the seal on it, where it is its batch's last.
struct Sealed {
    event: Recorded,
    seal: Option<Hash>,
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

fn place(position: Position) -> String {
    format!("events at position {position}")
}

fn at_place(failure: Failure, position: Position) -> Failure {
    Failure::Store(failure.while_reading(&place(position)))
}
