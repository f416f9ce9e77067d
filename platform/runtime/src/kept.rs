use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::HashMap;
use uuid::Uuid;

use crate::{Change, Waiters};

/// What was made of committed rows, kept until the writer beside it changes one of them: what is read
/// over and over is read and written out once.
///
/// Never older than what the writer has answered: it forgets before anybody is answered. Two halves:
/// when the young one is full it becomes the old one, and what the old one held is forgotten.
pub struct Kept<K, V>(Arc<Inner<K, V>>);

impl<K, V> Clone for Kept<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

struct Inner<K, V> {
    bytes_max: usize,
    /// Counts changes: what was read before one is not kept behind it.
    changes: AtomicU64,
    halves: Mutex<Halves<K, V>>,
}

struct Halves<K, V> {
    young: HashMap<K, (V, usize)>,
    old: HashMap<K, (V, usize)>,
    young_bytes: usize,
}

impl<K, V> Default for Halves<K, V> {
    fn default() -> Self {
        Self { young: HashMap::default(), old: HashMap::default(), young_bytes: 0 }
    }
}

/// When something was read: to be asked for before.
#[derive(Debug, Clone, Copy)]
pub struct Seen(u64);

impl<V: Clone + Send + 'static> Kept<Uuid, V> {
    /// What is made of one row each, by the row's id.
    #[must_use]
    pub fn of_rows(waiters: &Waiters, bytes_max: usize) -> Self {
        Self::listening(waiters, bytes_max, |halves, change| {
            if change.rows_gone {
                *halves = Halves::default();
            }
            for row in &change.rows {
                halves.remove(&row.id);
            }
        })
    }
}

impl<V: Clone + Send + 'static> Kept<String, V> {
    /// What is made of many rows, by whatever names it: kept while no row changes at all.
    #[must_use]
    pub fn of_pages(waiters: &Waiters, bytes_max: usize) -> Self {
        Self::listening(waiters, bytes_max, |halves, change| {
            if change.rows_gone || !change.rows.is_empty() {
                *halves = Halves::default();
            }
        })
    }
}

impl<K: Hash + Eq + Send + 'static, V: Clone + Send + 'static> Kept<K, V> {
    fn listening(
        waiters: &Waiters,
        bytes_max: usize,
        forget: impl Fn(&mut Halves<K, V>, &Change) + Send + Sync + 'static,
    ) -> Self {
        let inner = Inner { bytes_max, changes: AtomicU64::new(0), halves: Mutex::default() };
        let kept = Self(Arc::new(inner));
        let listening = Arc::downgrade(&kept.0);
        waiters.listen(Box::new(move |change| {
            let Some(inner) = listening.upgrade() else { return };
            inner.changes.fetch_add(1, Ordering::SeqCst);
            let mut halves = inner.lock();
            match change {
                Some(change) => forget(&mut halves, change),
                None => *halves = Halves::default(),
            }
        }));
        kept
    }

    /// To be asked for before what is to be kept is read.
    #[must_use]
    pub fn look(&self) -> Seen {
        Seen(self.0.changes.load(Ordering::SeqCst))
    }

    /// What is kept.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<V> {
        let halves = self.0.lock();
        halves.young.get(key).or_else(|| halves.old.get(key)).map(|(value, _)| value.clone())
    }

    /// Keeps something of so many bytes, unless anything changed since it was seen.
    pub fn put(&self, key: K, seen: Seen, value: V, bytes: usize) {
        let half_max = self.0.bytes_max / 2;
        let mut halves = self.0.lock();
        // Asked under the lock: a change that is told later forgets it again.
        if self.look().0 != seen.0 || bytes > half_max {
            return;
        }
        halves.remove(&key);
        if halves.young_bytes + bytes > half_max {
            halves.old = std::mem::take(&mut halves.young);
            halves.young_bytes = 0;
        }
        halves.young_bytes += bytes;
        halves.young.insert(key, (value, bytes));
    }
}

impl<K: Hash + Eq, V> Halves<K, V> {
    fn remove(&mut self, key: &K) {
        if let Some((_, bytes)) = self.young.remove(key) {
            self.young_bytes -= bytes;
        }
        self.old.remove(key);
    }
}

impl<K, V> Inner<K, V> {
    fn lock(&self) -> MutexGuard<'_, Halves<K, V>> {
        self.halves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use journal::Row;
    use kernel::{ShopKey, Timestamp};

    const ID: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);

    fn change_of(id: Uuid) -> Change {
        let row = Row {
            collection: "orders".into(),
            id,
            shop: ShopKey::from("cafe"),
            number: 1,
            customer: None,
            state: "".into(),
            at: Timestamp::default(),
            search: String::new(),
            version: 2,
            hidden: false,
            body: Vec::new(),
        };
        Change { rows: vec![Arc::new(row)], ..Change::default() }
    }

    #[test]
    fn what_changes_is_forgotten_and_nothing_else() {
        let waiters = Waiters::default();
        let kept = Kept::of_rows(&waiters, 1_000);
        kept.put(ID, kept.look(), "one", 10);
        kept.put(OTHER, kept.look(), "other", 10);

        waiters.tell(&change_of(ID));

        assert_eq!((kept.get(&ID), kept.get(&OTHER)), (None, Some("other")));
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_behind_it() {
        let waiters = Waiters::default();
        let kept = Kept::of_rows(&waiters, 1_000);
        let seen = kept.look();

        waiters.tell(&change_of(ID));
        kept.put(ID, seen, "old", 10);

        assert_eq!(kept.get(&ID), None);
    }

    #[test]
    fn where_rows_are_taken_away_or_the_outcome_is_unknown_nothing_is_kept() {
        let waiters = Waiters::default();
        let kept = Kept::of_rows(&waiters, 1_000);
        kept.put(ID, kept.look(), "one", 10);
        waiters.tell(&Change { rows_gone: true, ..Change::default() });
        assert_eq!(kept.get(&ID), None);

        kept.put(ID, kept.look(), "one", 10);
        waiters.forget();
        assert_eq!(kept.get(&ID), None);
    }

    #[test]
    fn pages_are_kept_while_no_row_changes() {
        let waiters = Waiters::default();
        let kept = Kept::of_pages(&waiters, 1_000);
        kept.put("latest".to_owned(), kept.look(), 1, 10);
        waiters.tell(&Change::default());
        assert_eq!(kept.get(&"latest".to_owned()), Some(1));

        waiters.tell(&change_of(ID));

        assert_eq!(kept.get(&"latest".to_owned()), None);
    }

    #[test]
    fn it_holds_no_more_than_it_may() {
        let kept = Kept::of_rows(&Waiters::default(), 100);
        for id in 0..1_000 {
            kept.put(Uuid::from_u128(id), kept.look(), id, 10);
        }

        let held = (0..1_000).filter(|id| kept.get(&Uuid::from_u128(*id)).is_some()).count();

        assert!((5..=10).contains(&held), "{held}");
        assert_eq!(kept.get(&Uuid::from_u128(999)), Some(999));
    }
}
