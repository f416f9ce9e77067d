use journal::chain;
use rusqlite::Connection;

use super::{End, Sealed, place, read_one, select_events};
use crate::codec;
use crate::failure::Failure;
use crate::names::Names;

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
