//! The timers of the last batches. Most are cancelled within milliseconds of being set: they stand in
//! the row of their batch and in the writer's memory, and only those that are still set some batches
//! later come into the table of timers, where each costs two trees.

use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use journal::{Timer, TimerWrite};
use kernel::{OrderId, Timestamp};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::timers::{self, Ripe};
use crate::checksum::{self, Checksum};
use crate::codec;
use crate::failure::Failure;
use crate::names::Names;

/// For so many batches a timer is young.
const BATCHES: u64 = 64;

/// Up to so many keys of the table are known; where there are more it is asked.
const KNOWN_RIPE_MAX: usize = 4_096;

/// The young timers as the writer knows them. No key is both here and in the table.
#[derive(Default)]
pub(crate) struct YoungTimers {
    /// Whether the rest is what the disk says.
    known: bool,
    by_key: HashMap<Arc<str>, Young>,
    by_time: BTreeSet<(Timestamp, Arc<str>)>,
    /// What each batch has set, the oldest first.
    by_batch: VecDeque<(u64, Vec<Arc<str>>)>,
    /// The keys of the table; nothing where they are too many.
    ripe: Option<HashSet<Arc<str>>>,
}

struct Young {
    /// Of the batch that set it.
    sequence: u64,
    timer: Timer,
}

impl YoungTimers {
    /// What it knew is not known any more.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Reads them, where they are not known; `last` is the last batch.
    pub(crate) fn find(&mut self, connection: &Connection, last: u64) -> Result<(), Failure> {
        if self.known {
            return Ok(());
        }
        self.forget();
        self.read(connection, last)?;
        let ripe = timers::keys(connection, KNOWN_RIPE_MAX + 1)?;
        self.ripe = (ripe.len() <= KNOWN_RIPE_MAX).then(|| ripe.into_iter().map(Arc::from).collect());
        self.known = true;
        Ok(())
    }

    fn read(&mut self, connection: &Connection, last: u64) -> Result<(), Failure> {
        for_each_batch(connection, last, |sequence, write| match write {
            TimerWrite::Cancel { key } => drop(self.remove(&key)),
            TimerWrite::Set(timer) => {
                self.remove(&timer.key);
                self.insert(sequence, timer);
            }
        })
    }

    /// Writes what a batch does to timers.
    pub(crate) fn write_in_transaction(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        sequence: u64,
        writes: Vec<TimerWrite>,
    ) -> Result<(), Failure> {
        self.find(connection, sequence - 1)?;
        self.ripen_in_transaction(connection, names, sequence)?;
        let mut body = Vec::new();
        let mut table = Ripe::of(connection);
        for write in writes {
            let key = match &write {
                TimerWrite::Set(timer) => &timer.key,
                TimerWrite::Cancel { key } => key,
            };
            let was_young = self.remove(key).is_some();
            if !was_young && self.forget_ripe(key) {
                table.cancel_in_transaction(key)?;
            }
            if was_young || matches!(write, TimerWrite::Set(_)) {
                encode(&write, &mut body);
            }
            if let TimerWrite::Set(timer) = write {
                self.insert(sequence, timer);
            }
        }
        if body.is_empty() {
            return Ok(());
        }
        let mut statement = connection.prepare_cached(
            "INSERT OR REPLACE INTO young_timers (slot, sequence, body, checksum) VALUES (?1, ?2, ?3, ?4)",
        )?;
        let slot = codec::integer(sequence % BATCHES)?;
        statement.execute(params![slot, codec::integer(sequence)?, body, sum(sequence, &body)])?;
        Ok(())
    }

    /// Moves what is young no longer into the table.
    fn ripen_in_transaction(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        sequence: u64,
    ) -> Result<(), Failure> {
        let mut table = Ripe::of(connection);
        while self.by_batch.front().is_some_and(|(set, _)| set + BATCHES <= sequence) {
            let Some((set, keys)) = self.by_batch.pop_front() else { break };
            for key in keys {
                if self.by_key.get(&key).is_some_and(|young| young.sequence == set)
                    && let Some(timer) = self.remove(&key)
                {
                    table.set_in_transaction(names, &timer)?;
                    if let Some(ripe) = &mut self.ripe {
                        ripe.insert(key);
                    }
                }
            }
        }
        if self.ripe.as_ref().is_some_and(|ripe| ripe.len() > KNOWN_RIPE_MAX) {
            self.ripe = None;
        }
        Ok(())
    }

    /// Whether a key may be in the table, from which it is to be taken then.
    fn forget_ripe(&mut self, key: &str) -> bool {
        self.ripe.as_mut().is_none_or(|ripe| ripe.remove(key))
    }

    fn insert(&mut self, sequence: u64, timer: Timer) {
        let key: Arc<str> = timer.key.as_str().into();
        match self.by_batch.back_mut() {
            Some((last, keys)) if *last == sequence => keys.push(key.clone()),
            _ => self.by_batch.push_back((sequence, vec![key.clone()])),
        }
        self.by_time.insert((timer.at, key.clone()));
        self.by_key.insert(key, Young { sequence, timer });
    }

    fn remove(&mut self, key: &str) -> Option<Timer> {
        let (key, Young { timer, .. }) = self.by_key.remove_entry(key)?;
        self.by_time.remove(&(timer.at, key));
        Some(timer)
    }

    /// Timers due at `now`, young and ripe, earliest first.
    pub(crate) fn due(
        &self,
        connection: &Connection,
        names: &mut Names,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Timer>, Failure> {
        let mut due = timers::due(connection, names, now, limit)?;
        let young = self.by_time.iter().take_while(|(at, _)| *at <= now).take(limit);
        due.extend(young.filter_map(|(_, key)| Some(self.by_key.get(key)?.timer.clone())));
        in_order(&mut due);
        due.truncate(limit);
        Ok(due)
    }

    /// When the earliest timer is due, young or ripe.
    pub(crate) fn next_at(&self, connection: &Connection) -> Result<Option<Timestamp>, Failure> {
        let any_ripe = self.ripe.as_ref().is_none_or(|ripe| !ripe.is_empty());
        let ripe = if any_ripe { timers::next_at(connection)? } else { None };
        let young = self.by_time.first().map(|(at, _)| *at);
        Ok(ripe.into_iter().chain(young).min())
    }
}

/// Every timer, young or ripe, by time, as any connection sees them; `last` is the last batch.
pub(crate) fn all(connection: &Connection, names: &mut Names, last: u64) -> Result<Vec<Timer>, Failure> {
    let mut young = YoungTimers::default();
    young.read(connection, last)?;
    let mut all = timers::all(connection, names)?;
    all.extend(young.by_key.into_values().map(|young| young.timer));
    in_order(&mut all);
    Ok(all)
}

/// Planted bug B14.
pub(crate) fn lose_all(connection: &Connection) -> Result<(), Failure> {
    connection.execute("DELETE FROM young_timers", [])?;
    timers::lose_all(connection)
}

pub(crate) fn audit(connection: &Connection, last: u64, found: &mut Vec<Failure>) {
    found.extend(for_each_batch(connection, last, |_, _| ()).err());
}

fn in_order(timers: &mut [Timer]) {
    timers.sort_unstable_by(|one, other| (one.at, &one.key).cmp(&(other.at, &other.key)));
}

/// What the batches did whose timers are young behind the last one, in their order.
fn for_each_batch(
    connection: &Connection,
    last: u64,
    mut hear: impl FnMut(u64, TimerWrite),
) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT sequence, body, checksum FROM young_timers WHERE sequence > ?1 ORDER BY sequence",
    )?;
    let mut rows = statement.query([codec::integer(last.saturating_sub(BATCHES))?])?;
    while let Some(row) = rows.next()? {
        let (sequence, body) = (codec::natural(row, 0)?, codec::bytes(row, 1)?);
        let place = || format!("timers of batch {sequence}");
        checksum::verify(row.get(2)?, sum(sequence, body), place)?;
        let mut rest = body;
        while !rest.is_empty() {
            let write = decode(&mut rest).ok_or_else(|| Failure::damaged(place(), "it breaks off"))?;
            hear(sequence, write);
        }
    }
    Ok(())
}

fn sum(sequence: u64, body: &[u8]) -> i64 {
    Checksum::of("young_timers").number(sequence).bytes(body).finish()
}

const CANCELLED: u8 = 0;
const SET: u8 = 1;
const SET_OF_ORDER: u8 = 2;

fn encode(write: &TimerWrite, body: &mut Vec<u8>) {
    match write {
        TimerWrite::Cancel { key } => {
            body.push(CANCELLED);
            put(key.as_bytes(), body);
        }
        TimerWrite::Set(timer) => {
            body.push(if timer.order.is_some() { SET_OF_ORDER } else { SET });
            put(timer.key.as_bytes(), body);
            put(timer.kind.as_bytes(), body);
            body.extend_from_slice(&timer.at.millis().to_le_bytes());
            body.extend_from_slice(&timer.attempt.to_le_bytes());
            if let Some(order) = &timer.order {
                body.extend_from_slice(order.0.as_bytes());
            }
            put(&timer.payload, body);
        }
    }
}

fn put(bytes: &[u8], body: &mut Vec<u8>) {
    body.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    body.extend_from_slice(bytes);
}

fn decode(rest: &mut &[u8]) -> Option<TimerWrite> {
    let kind_of_write = rest.split_off_first()?;
    let key = take_text(rest)?;
    if *kind_of_write == CANCELLED {
        return Some(TimerWrite::Cancel { key });
    }
    let kind = Cow::Owned(take_text(rest)?);
    let at = Timestamp::from_millis(i64::from_le_bytes(take_some(rest)?));
    let attempt = u32::from_le_bytes(take_some(rest)?);
    let order = match *kind_of_write {
        SET => None,
        SET_OF_ORDER => Some(OrderId(Uuid::from_bytes(take_some(rest)?))),
        _ => return None,
    };
    let payload = take(rest)?.to_vec();
    Some(TimerWrite::Set(Timer { key, kind, at, order, attempt, payload }))
}

fn take_text(rest: &mut &[u8]) -> Option<String> {
    String::from_utf8(take(rest)?.to_vec()).ok()
}

fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(u64::from_le_bytes(take_some(rest)?)).ok()?;
    rest.split_off(..length)
}

fn take_some<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    rest.split_off(..N)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_of_timers_is_read_again_and_nothing_is_made_of_less() {
        let timer = Timer {
            key: "effect:ask-payment/1".to_owned(),
            kind: "effect:ask-payment".into(),
            at: Timestamp::from_millis(-7),
            order: None,
            attempt: 3,
            payload: b"{}".to_vec(),
        };
        let of_order = Timer { order: Some(OrderId(Uuid::from_u128(9))), ..timer.clone() };
        let writes =
            [TimerWrite::Set(timer), TimerWrite::Cancel { key: "a".to_owned() }, TimerWrite::Set(of_order)];
        let mut body = Vec::new();
        let ends = writes.each_ref().map(|write| {
            encode(write, &mut body);
            body.len()
        });

        for length in 0..=body.len() {
            let (mut rest, mut read) = (&body[..length], Vec::new());
            while let Some(write) = decode(&mut rest) {
                read.push(write);
            }
            let whole = ends.iter().filter(|end| **end <= length).count();
            assert_eq!(read, writes[..whole], "{length} of {} bytes", body.len());
        }
    }
}
