use std::borrow::Cow;

use journal::{ParkedEvent, ParkedWrite};
use kernel::{Actor, Causation, OrderId, PersonalPart, Recorded, ShopKey, Subject};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::checksum::{self, Checksum};
use crate::codec;
use crate::failure::Failure;

pub(crate) fn write_in_transaction(connection: &Connection, write: &ParkedWrite) -> Result<(), Failure> {
    match write {
        ParkedWrite::Park(parked) => park(connection, parked),
        ParkedWrite::Release { source, position } => {
            connection
                .prepare_cached("DELETE FROM parked WHERE source = ?1 AND position = ?2")?
                .execute(params![source, codec::integer(*position)?])?;
            Ok(())
        }
    }
}

fn park(connection: &Connection, parked: &ParkedEvent) -> Result<(), Failure> {
    let event = &parked.event;
    let personal = event.personal.as_ref();
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO parked (source, position, blocks, cause, at, attempts, stream_kind, stream_id, \
         version, event_type, event_at, shop, order_id, order_number, causation, actor, data, personal, \
         personal_key, personal_algorithm, previous_hash, hash, checksum) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, \
         ?22, ?23)",
    )?;
    statement.execute(params![
        parked.source,
        codec::integer(event.position)?,
        parked.blocks.as_bytes(),
        parked.cause,
        parked.at.millis(),
        parked.attempts,
        event.stream_kind,
        event.stream_id.as_bytes(),
        codec::integer(event.version)?,
        event.event_type,
        event.at.millis(),
        event.subject.shop.as_str(),
        event.subject.order.as_ref().map(|order| order.0.as_bytes()),
        codec::integer(event.subject.order_number)?,
        event.causation.as_str(),
        event.actor.as_str(),
        event.data,
        personal.map(|part| &part.bytes),
        personal.and_then(|part| part.key_id.as_ref()).map(Uuid::as_bytes),
        personal.map(|part| part.algorithm),
        event.previous_hash,
        event.hash,
        sum(parked),
    ])?;
    Ok(())
}

/// Every parked event, by source and position.
pub(crate) fn all(connection: &Connection) -> Result<Vec<ParkedEvent>, Failure> {
    let mut parked = Vec::new();
    each(connection, |one| {
        parked.push(one?);
        Ok(())
    })?;
    Ok(parked)
}

pub(crate) fn audit(connection: &Connection, found: &mut Vec<Failure>) -> Result<(), Failure> {
    each(connection, |one| {
        found.extend(one.err());
        Ok(())
    })
}

fn each(
    connection: &Connection,
    mut visit: impl FnMut(Result<ParkedEvent, Failure>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT source, position, blocks, cause, at, attempts, stream_kind, stream_id, version, event_type, \
         event_at, shop, order_id, order_number, causation, actor, data, personal, personal_key, \
         personal_algorithm, previous_hash, hash, checksum FROM parked ORDER BY source, position",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        visit(read_one(row))?;
    }
    Ok(())
}

fn read_one(row: &Row<'_>) -> Result<ParkedEvent, Failure> {
    let parked = ParkedEvent {
        source: Cow::Owned(row.get(0)?),
        blocks: codec::id(row, 2)?,
        cause: row.get(3)?,
        at: codec::moment(row, 4)?,
        attempts: codec::small(row, 5)?,
        event: event(row)?,
    };
    checksum::verify(row.get(22)?, sum(&parked), || {
        format!("parked events at {}/{}", parked.source, parked.event.position)
    })?;
    Ok(parked)
}

fn event(row: &Row<'_>) -> Result<Recorded, Failure> {
    let actor = Actor::parse(codec::text(row, 15)?)
        .map_err(|error| Failure::damaged("the actor of a parked event", error.to_string()))?;
    Ok(Recorded {
        position: codec::natural(row, 1)?,
        stream_kind: row.get(6)?,
        stream_id: codec::id(row, 7)?,
        version: codec::natural(row, 8)?,
        event_type: row.get(9)?,
        at: codec::moment(row, 10)?,
        subject: Subject {
            shop: ShopKey::from(codec::text(row, 11)?),
            order: codec::optional_id(row, 12)?.map(OrderId),
            order_number: codec::natural(row, 13)?,
        },
        causation: Causation::from_text(codec::text(row, 14)?),
        actor,
        data: row.get(16)?,
        personal: personal(row)?,
        previous_hash: row.get(20)?,
        hash: row.get(21)?,
    })
}

fn personal(row: &Row<'_>) -> Result<Option<PersonalPart>, Failure> {
    let Some(bytes) = row.get::<_, Option<Vec<u8>>>(17)? else { return Ok(None) };
    Ok(Some(PersonalPart {
        key_id: codec::optional_id(row, 18)?,
        algorithm: codec::forever(codec::text(row, 19)?),
        bytes,
    }))
}

fn sum(parked: &ParkedEvent) -> i64 {
    let event = &parked.event;
    let personal = event.personal.as_ref();
    let key_id = personal.and_then(|part| part.key_id);
    let order = event.subject.order.map(|order| order.0);
    Checksum::of("parked")
        .text(&parked.source)
        .number(event.position)
        .id(&parked.blocks)
        .optional(parked.cause.as_deref().map(str::as_bytes))
        .at(parked.at)
        .number(parked.attempts.into())
        .text(&event.stream_kind)
        .id(&event.stream_id)
        .number(event.version)
        .text(&event.event_type)
        .at(event.at)
        .text(event.subject.shop.as_str())
        .optional(order.as_ref().map(|id| id.as_bytes().as_slice()))
        .number(event.subject.order_number)
        .text(event.causation.as_str())
        .text(event.actor.as_str())
        .bytes(&event.data)
        .optional(personal.map(|part| part.bytes.as_slice()))
        .optional(key_id.as_ref().map(|id| id.as_bytes().as_slice()))
        .optional(personal.map(|part| part.algorithm.as_bytes()))
        .bytes(&event.previous_hash)
        .bytes(&event.hash)
        .finish()
}
