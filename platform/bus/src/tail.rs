use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use journal::{JournalIdentity, Position};
use kernel::Recorded;

use crate::Bell;

/// The last committed events of a journal, in memory, and the bells of who listens to it.
///
/// Only a shortcut: what it no longer holds is read from the store.
#[derive(Clone)]
pub struct Tail(Arc<Inner>);

struct Inner {
    capacity: usize,
    /// Whose it is.
    identity: OnceLock<JournalIdentity>,
    recent: Mutex<Recent>,
    bells: Mutex<Vec<Bell>>,
    followers: Mutex<Vec<Weak<Reading>>>,
}

/// Somebody who reads a journal in memory as it grows, until dropped.
pub(crate) struct Follower(Arc<Reading>);

/// How far somebody is.
struct Reading {
    /// What they have read, and will not read again; everything, as long as they have not begun.
    up_to: AtomicU64,
    is_waited_for: AtomicBool,
}

impl Follower {
    /// Notes up to where they have read, for good.
    pub(crate) fn has_read_up_to(&self, position: Position) {
        self.0.up_to.store(position, Ordering::Relaxed);
    }

    /// From now on the writer may wait for them.
    pub(crate) fn be_waited_for(&self) {
        self.0.is_waited_for.store(true, Ordering::Relaxed);
    }
}

/// What the tail holds.
#[derive(Default)]
struct Recent {
    /// The position behind which it holds every event there is, where it knows one.
    complete_after: Option<Position>,
    events: VecDeque<Arc<Recorded>>,
}

impl Tail {
    /// A tail that keeps so many events.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self(Arc::new(Inner {
            capacity,
            identity: OnceLock::new(),
            recent: Mutex::default(),
            bells: Mutex::default(),
            followers: Mutex::default(),
        }))
    }

    /// Adds a listener's bell.
    pub fn listen(&self, bell: Bell) {
        self.0.bells.lock().unwrap_or_else(PoisonError::into_inner).push(bell);
    }

    /// Adds somebody who has not read anything yet.
    pub(crate) fn follow(&self) -> Follower {
        let reading = Reading { up_to: AtomicU64::new(Position::MAX), is_waited_for: AtomicBool::new(false) };
        let follower = Follower(Arc::new(reading));
        let mut followers = self.0.followers.lock().unwrap_or_else(PoisonError::into_inner);
        followers.retain(|follower| follower.strong_count() > 0);
        followers.push(Arc::downgrade(&follower.0));
        follower
    }

    /// Whether somebody who follows is so far behind that what they read next will soon be here no longer:
    /// half of what is kept, and more.
    #[must_use]
    pub fn outruns_a_follower(&self) -> bool {
        let last = self.head().unwrap_or_default();
        let lead_max = self.0.capacity as Position / 2;
        let followers = self.0.followers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut waited_for = followers
            .iter()
            .filter_map(Weak::upgrade)
            .filter(|reading| reading.is_waited_for.load(Ordering::Relaxed));
        waited_for.any(|reading| last.saturating_sub(reading.up_to.load(Ordering::Relaxed)) > lead_max)
    }

    /// Up to where everybody who follows has read; nothing where nobody does.
    fn read_by_all(&self) -> Option<Position> {
        let followers = self.0.followers.lock().unwrap_or_else(PoisonError::into_inner);
        let read =
            followers.iter().filter_map(Weak::upgrade).map(|reading| reading.up_to.load(Ordering::Relaxed));
        read.min()
    }

    /// Says which journal it is, and where it ends before anything is published: who has read up to there
    /// need not ask the store whether there is more.
    pub fn begin_at(&self, identity: JournalIdentity, head: Position) {
        let _told_already = self.0.identity.set(identity);
        let mut recent = self.recent();
        if recent.complete_after.is_none() {
            recent.complete_after = Some(head);
        }
    }

    /// Which journal it is, where that has been said.
    #[must_use]
    pub fn identity(&self) -> Option<JournalIdentity> {
        self.0.identity.get().copied()
    }

    /// Where the journal ends, where that is known.
    #[must_use]
    pub fn head(&self) -> Option<Position> {
        let recent = self.recent();
        Some(recent.complete_after? + recent.events.len() as Position)
    }

    /// Takes committed events in and wakes the listeners.
    pub fn publish(&self, committed: &[Arc<Recorded>]) {
        let Some(last) = committed.last() else {
            return;
        };
        let read = self.read_by_all();
        {
            let mut recent = self.recent();
            // Nobody reads these again: what comes takes their place while it is still in the caches.
            let read = recent.events.partition_point(|event| read.is_some_and(|read| event.position <= read));
            recent.events.drain(..read);
            recent.events.extend(committed.iter().cloned());
            let surplus = recent.events.len().saturating_sub(self.0.capacity);
            recent.events.drain(..surplus);
            recent.complete_after = Some(last.position - recent.events.len() as Position);
        }
        self.ring();
    }

    /// Forgets what it holds, after a batch whose events were not handed to it: from here on the
    /// store is read, and nothing of it is missed.
    pub fn forget(&self) {
        *self.recent() = Recent::default();
        self.ring();
    }

    /// Wakes the listeners.
    pub fn ring(&self) {
        for bell in self.0.bells.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            bell.ring();
        }
    }

    /// Events after a position; `None` where the tail does not reach back that far.
    #[must_use]
    pub fn read_after(&self, after: Position, limit: usize) -> Option<Vec<Arc<Recorded>>> {
        let recent = self.recent();
        let complete_after = recent.complete_after?;
        let skip = usize::try_from(after.checked_sub(complete_after)?).unwrap_or(usize::MAX);
        Some(recent.events.iter().skip(skip).take(limit).cloned().collect())
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.0.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Actor, Causation, Subject, Timestamp};
    use uuid::Uuid;

    use super::*;

    const JOURNAL: JournalIdentity = JournalIdentity { journal: Uuid::nil(), epoch: 1 };

    fn events(positions: impl Iterator<Item = Position>) -> Vec<Arc<Recorded>> {
        let event = |position| Recorded {
            position,
            stream_kind: "jar".into(),
            stream_id: Uuid::nil(),
            version: position,
            event_type: "marbles-put.v1".into(),
            at: Timestamp::default(),
            subject: Subject::shop("toy".into()),
            causation: Causation::command(Uuid::nil()),
            actor: Actor::system(),
            data: Vec::new(),
            personal: None,
            previous_hash: Default::default(),
            hash: Default::default(),
        };
        positions.map(event).map(Arc::new).collect()
    }

    fn read(tail: &Tail, after: Position) -> Option<Vec<Position>> {
        Some(tail.read_after(after, 10)?.iter().map(|event| event.position).collect())
    }

    #[test]
    fn a_tail_that_nobody_told_where_it_begins_sends_readers_to_the_store() {
        let tail = Tail::new(4);

        assert_eq!(read(&tail, 0), None);
    }

    #[test]
    fn who_has_read_to_the_end_of_a_silent_journal_is_not_sent_to_the_store() {
        let tail = Tail::new(4);
        tail.begin_at(JOURNAL, 7);

        assert_eq!((read(&tail, 7), read(&tail, 6)), (Some(vec![]), None));
    }

    #[test]
    fn what_no_longer_fits_is_read_from_the_store() {
        let tail = Tail::new(2);
        tail.begin_at(JOURNAL, 7);
        tail.publish(&events(8..=10));

        assert_eq!((read(&tail, 8), read(&tail, 9)), (Some(vec![9, 10]), Some(vec![10])));
        assert_eq!((read(&tail, 10), read(&tail, 7)), (Some(vec![]), None));
    }

    #[test]
    fn what_all_who_follow_have_read_makes_room_and_nobody_misses_anything() {
        let tail = Tail::new(4);
        tail.begin_at(JOURNAL, 7);
        let (quick, slow) = (tail.follow(), tail.follow());
        tail.publish(&events(8..=9));
        quick.has_read_up_to(9);
        slow.has_read_up_to(8);

        tail.publish(&events(10..=10));
        assert_eq!((read(&tail, 8), read(&tail, 9)), (Some(vec![9, 10]), Some(vec![10])));
        assert_eq!(read(&tail, 7), None);

        slow.has_read_up_to(10);
        quick.has_read_up_to(10);
        tail.publish(&events(11..=11));
        assert_eq!((read(&tail, 10), read(&tail, 9)), (Some(vec![11]), None));
    }

    #[test]
    fn a_follower_who_is_behind_by_more_than_half_of_what_is_kept_is_outrun_while_they_follow() {
        let tail = Tail::new(4);
        tail.begin_at(JOURNAL, 7);
        let (quick, slow) = (tail.follow(), tail.follow());
        slow.be_waited_for();
        tail.publish(&events(8..=10));
        assert!(!tail.outruns_a_follower(), "who has not read yet is nowhere");

        quick.has_read_up_to(10);
        slow.has_read_up_to(7);
        assert!(tail.outruns_a_follower());
        slow.has_read_up_to(8);
        assert!(!tail.outruns_a_follower());

        slow.has_read_up_to(7);
        drop(slow);
        assert!(!tail.outruns_a_follower());
    }

    #[test]
    fn a_tail_that_forgot_knows_only_what_is_published_afterwards() {
        let tail = Tail::new(4);
        tail.begin_at(JOURNAL, 7);
        tail.publish(&events(8..=8));
        tail.forget();
        assert_eq!(read(&tail, 8), None);

        // Position 9 was committed, but its batch came back as failed.
        tail.publish(&events(10..=11));

        assert_eq!((read(&tail, 9), read(&tail, 8)), (Some(vec![10, 11]), None));
    }
}
