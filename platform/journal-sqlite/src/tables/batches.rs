use std::collections::{BTreeSet, VecDeque};

use kernel::Hash;
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::events::{self, End};
use crate::checksum::{self, Checksum};
use crate::codec;
use crate::failure::Failure;
use crate::identity::Holder;

/// So many batches are remembered by their id: an unknown outcome is asked for at once.
const SLOTS: u64 = 1024;

/// The last batches, as the writer holds them.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    /// Whose batches they are: the log of another journal must not pass for this one's.
    pub(crate) journal: Uuid,
    ids: BTreeSet<Uuid>,
    in_order: VecDeque<Uuid>,
    pub(crate) sequence: u64,
}

impl Recent {
    /// Reads the ring; refuses a journal whose events end elsewhere than its batches say.
    pub(crate) fn read(connection: &Connection) -> Result<(Self, End), Failure> {
        let journal = Holder::read_known(connection)?.identity.journal;
        let mut recent = Self { journal, ..Self::default() };
        let mut last = End::default();
        let mut statement = connection.prepare_cached(
            "SELECT slot, sequence, id, head, seal, checksum FROM batches ORDER BY sequence",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (sequence, id, end) = read_one(row, journal)?;
            recent.remember(sequence, id);
            last = end;
        }
        let end = events::end(connection)?;
        if end == last {
            return Ok((recent, end));
        }
        let detail = format!("the last batch ended at {}, the events end at {}", last.head, end.head);
        Err(Failure::damaged("the journal's end", detail))
    }

    pub(crate) fn holds(&self, id: Uuid) -> bool {
        self.ids.contains(&id)
    }

    pub(crate) fn remember(&mut self, sequence: u64, id: Uuid) {
        self.sequence = sequence;
        self.ids.insert(id);
        self.in_order.push_back(id);
        if self.in_order.len() as u64 > SLOTS
            && let Some(oldest) = self.in_order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }
}

/// Writes a batch into the slot of its sequence.
pub(crate) fn write_in_transaction(
    connection: &Connection,
    journal: Uuid,
    sequence: u64,
    id: Uuid,
    end: End,
) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO batches (slot, sequence, id, head, seal, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    statement.execute(params![
        codec::integer(sequence % SLOTS)?,
        codec::integer(sequence)?,
        id.as_bytes(),
        codec::integer(end.head)?,
        end.seal,
        sum(journal, sequence, id, end),
    ])?;
    Ok(())
}

/// Whether a batch is there, by what the disk says.
pub(crate) fn holds(connection: &Connection, id: Uuid) -> Result<bool, Failure> {
    Ok(connection.prepare_cached("SELECT 1 FROM batches WHERE id = ?1")?.exists([id.as_bytes()])?)
}

/// The sequence of the last batch; 0 where there is none.
pub(crate) fn last_sequence(connection: &Connection) -> Result<u64, Failure> {
    let mut statement = connection.prepare_cached("SELECT ifnull(max(sequence), 0) FROM batches")?;
    statement.query_row([], |row| Ok(codec::natural(row, 0)))?
}

/// Holds the ring against its checksums, and the journal's end against the events'.
pub(crate) fn audit(connection: &Connection, end: End, found: &mut Vec<Failure>) -> Result<(), Failure> {
    let journal = Holder::read_known(connection)?.identity.journal;
    let mut statement = connection
        .prepare("SELECT slot, sequence, id, head, seal, checksum FROM batches ORDER BY sequence")?;
    let mut rows = statement.query([])?;
    let mut last = End::default();
    while let Some(row) = rows.next()? {
        match read_one(row, journal) {
            Ok((_, _, end)) => last = end,
            Err(failure) => found.push(failure),
        }
    }
    if end != last {
        let detail = format!("the last batch ended at {}, the events end at {}", last.head, end.head);
        found.push(Failure::damaged("the journal's end", detail));
    }
    Ok(())
}

fn read_one(row: &Row<'_>, journal: Uuid) -> Result<(u64, Uuid, End), Failure> {
    let (slot, sequence) = (codec::natural(row, 0)?, codec::natural(row, 1)?);
    let (id, head) = (codec::id(row, 2)?, codec::natural(row, 3)?);
    let seal: Hash = row.get(4)?;
    let end = End { head, seal };
    checksum::verify(row.get(5)?, sum(journal, sequence, id, end), || format!("batches at slot {slot}"))?;
    Ok((sequence, id, end))
}

fn sum(journal: Uuid, sequence: u64, id: Uuid, end: End) -> i64 {
    Checksum::of("batches").id(&journal).number(sequence).id(&id).number(end.head).bytes(&end.seal).finish()
}
