use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::Timestamp;

use crate::{Timer, TimerWrite};

/// Timers by time, then key.
#[derive(Clone, Default)]
pub(super) struct Timers {
    by_time: BTreeMap<(Timestamp, Arc<str>), Timer>,
    by_key: BTreeMap<Arc<str>, Timestamp>,
}

impl Timers {
    pub(super) fn write(&mut self, write: TimerWrite) {
        match write {
            TimerWrite::Set(timer) => self.set(timer),
            TimerWrite::Cancel { key } => self.cancel(&key),
        }
    }

    pub(super) fn all(&self) -> Vec<Timer> {
        self.by_time.values().cloned().collect()
    }

    pub(super) fn due(&self, now: Timestamp, limit: usize) -> Vec<Timer> {
        self.by_time.values().take_while(|timer| timer.at <= now).take(limit).cloned().collect()
    }

    pub(super) fn next_at(&self) -> Option<Timestamp> {
        self.by_time.keys().next().map(|(at, _)| *at)
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn set(&mut self, timer: Timer) {
        self.cancel(&timer.key);
        let key: Arc<str> = timer.key.as_str().into();
        self.by_key.insert(Arc::clone(&key), timer.at);
        self.by_time.insert((timer.at, key), timer);
    }

    fn cancel(&mut self, key: &str) {
        if let Some((key, at)) = self.by_key.remove_entry(key) {
            self.by_time.remove(&(at, key));
        }
    }
}
