//! What the writer knows is not there without looking. Ids of orders and clients' keys say their time,
//! so what is new stands above everything in its tree: most of what a writer looks for in vain.

use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::failure::Failure;

/// Ids above this one say no time before the year 2248: streams of shops and accounts, whose ids are
/// hashes, lie mostly there.
const TIMES_END: Uuid = Uuid::from_u128(8 << 124);

/// So many hashes are passed on the way down to the highest id that says its time. Behind more than that
/// every stream is looked for.
const HASHES_PASSED_MAX: usize = 1_024;

/// How high the trees stand in which the writer looks for what may be new.
#[derive(Debug, Default)]
pub(crate) struct Heights {
    streams: Height<Uuid>,
    keys: Height<i64>,
    /// By the names of the few lists that there are.
    rows: Vec<(String, Height<Uuid>)>,
}

impl Heights {
    /// Nothing of a batch that came to nothing is true.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Whether there can be no event of a stream.
    pub(crate) fn is_new_stream(&mut self, connection: &Connection, id: Uuid) -> Result<bool, Failure> {
        Ok(says_its_time(id) && self.streams.is_below(id, || highest_stream(connection))?)
    }

    /// Events of a stream were appended.
    pub(crate) fn put_stream(&mut self, id: Uuid) {
        if says_its_time(id) {
            self.streams.raise(id);
        }
    }

    /// Whether there can be no record with the tag of a client's key.
    pub(crate) fn is_new_key(&mut self, connection: &Connection, tag: i64) -> Result<bool, Failure> {
        self.keys.is_below(tag, || {
            let mut highest = connection.prepare_cached("SELECT max(tag) FROM idempotency")?;
            Ok(highest.query_row([], |row| row.get(0))?)
        })
    }

    /// A record was put.
    pub(crate) fn put_key(&mut self, tag: i64) {
        self.keys.raise(tag);
    }

    /// Whether there can be no row of an id in a standing list.
    pub(crate) fn is_new_row(
        &mut self,
        connection: &Connection,
        collection: &str,
        id: Uuid,
    ) -> Result<bool, Failure> {
        self.of_rows(collection).is_below(id, || {
            let mut highest = connection.prepare_cached(
                "SELECT max(id) FROM rows \
                 WHERE collection = (SELECT id FROM collections WHERE name = ?1 AND cleared = 0)",
            )?;
            let id: Option<[u8; 16]> = highest.query_row([collection], |row| row.get(0))?;
            Ok(id.map(Uuid::from_bytes))
        })
    }

    /// A row was put.
    pub(crate) fn put_row(&mut self, collection: &str, id: Uuid) {
        self.of_rows(collection).raise(id);
    }

    /// What was put until now may be looked for again: the batch is over, or what it remembers was forgotten.
    pub(crate) fn settle(&mut self) {
        self.streams.settle();
        self.keys.settle();
        self.rows.iter_mut().for_each(|(_, height)| height.settle());
    }

    fn of_rows(&mut self, collection: &str) -> &mut Height<Uuid> {
        let known = self.rows.iter().position(|(name, _)| name == collection);
        let at = known.unwrap_or_else(|| {
            self.rows.push((collection.to_owned(), Height::default()));
            self.rows.len() - 1
        });
        &mut self.rows[at].1
    }
}

/// The highest key of a tree. It may stand higher than the tree, never lower.
#[derive(Debug)]
struct Height<K> {
    /// As of the last time it was settled; nothing before the tree was looked at.
    settled: Option<Top<K>>,
    /// Of what was put since.
    fresh: Option<K>,
}

/// What a tree's highest key is, where it has any.
type Top<K> = Option<K>;

impl<K> Default for Height<K> {
    fn default() -> Self {
        Self { settled: None, fresh: None }
    }
}

impl<K: Ord + Copy> Height<K> {
    /// Whether a key is above everything that was there when the height was settled.
    fn is_below(&mut self, key: K, read: impl FnOnce() -> Result<Top<K>, Failure>) -> Result<bool, Failure> {
        let top = match self.settled {
            Some(top) => top,
            None => *self.settled.insert(read()?),
        };
        Ok(top.is_none_or(|top| key > top))
    }

    fn raise(&mut self, key: K) {
        self.fresh = self.fresh.max(Some(key));
    }

    fn settle(&mut self) {
        let fresh = self.fresh.take();
        if let Some(top) = &mut self.settled {
            *top = (*top).max(fresh);
        }
    }
}

fn says_its_time(id: Uuid) -> bool {
    id.get_version_num() == 7 && id < TIMES_END
}

/// The highest stream whose id says its time.
fn highest_stream(connection: &Connection) -> Result<Option<Uuid>, Failure> {
    let mut below = connection
        .prepare("SELECT stream_id FROM events WHERE stream_id < ?1 ORDER BY stream_id DESC LIMIT 1")?;
    let mut bound = TIMES_END;
    for _ in 0..HASHES_PASSED_MAX {
        let next: Option<[u8; 16]> = below.query_row([bound.as_bytes()], |row| row.get(0)).optional()?;
        match next.map(Uuid::from_bytes) {
            Some(id) if !says_its_time(id) => bound = id,
            highest => return Ok(highest),
        }
    }
    Ok(Some(TIMES_END))
}
