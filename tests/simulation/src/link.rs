use std::sync::Arc;

use journal::{MemoryJournal, Reader};
use kernel::Recorded;

use crate::chance::Chance;
use crate::coverage::Coverage;
use crate::fault::{Fault, Swarm};
use crate::moment::Moment;
use crate::role::Role;
use crate::saga::SagaStep;

/// A subscription: how a role hears a neighbour.
pub(crate) struct Link {
    pub(crate) source: Option<Role>,
    /// Nothing comes through before.
    pub(crate) closed_until: Moment,
    pub(crate) met: bool,
    pub(crate) stalls: u32,
    pub(crate) head_at_start: u64,
}

impl Link {
    pub(crate) const fn new(source: Option<Role>) -> Self {
        Self { source, closed_until: Moment(0), met: false, stalls: 0, head_at_start: 0 }
    }

    /// As after a restart of the subscriber.
    pub(crate) const fn reopen(&mut self) {
        self.met = false;
        self.stalls = 0;
    }

    pub(crate) fn is_open(&self, now: Moment) -> bool {
        self.closed_until <= now
    }
}

/// What may happen to events between a journal and a subscriber.
pub(crate) struct LinkWeather<'a> {
    pub(crate) chance: &'a mut Chance,
    pub(crate) swarm: &'a Swarm,
    pub(crate) coverage: &'a mut Coverage,
    /// Off once the run heals.
    pub(crate) rough: bool,
}

/// How far back a repeated delivery begins, at most.
const REPEAT_MAX: u64 = 8;
/// Delays by the source: up to an hour, most of them short.
const DELAY_MAX_MILLIS: f64 = 3_600_000.0;

impl LinkWeather<'_> {
    /// What arrives of what was read.
    pub(crate) fn pass(
        &mut self,
        link: &Link,
        mut events: Vec<Arc<Recorded>>,
        store: &mut MemoryJournal,
        _now: Moment,
    ) -> Vec<Arc<Recorded>> {
        if !self.rough || link.source.is_none() {
            return events;
        }
        if self.chance.hits(self.swarm.rate(Fault::F13)) {
            events = self.repeat(events, store);
        }
        if self.chance.hits(self.swarm.rate(Fault::F15)) {
            let lost = usize::try_from(self.chance.between(0, events.len() as u64 - 1)).unwrap_or(0);
            let event = events.remove(lost);
            self.count(Fault::F15, &event);
        }
        events
    }

    /// Delivers some of the events before them again, and one of them twice in a row.
    fn repeat(&mut self, events: Vec<Arc<Recorded>>, store: &mut MemoryJournal) -> Vec<Arc<Recorded>> {
        let first = events.first().map_or(1, |event| event.position);
        let back = self.chance.between(0, REPEAT_MAX).min(first - 1);
        let before =
            store.read_after(first - 1 - back, usize::try_from(back).unwrap_or(0)).unwrap_or_default();
        let twice = usize::try_from(self.chance.between(0, events.len() as u64 - 1)).unwrap_or(0);
        let mut delivered = before.clone();
        for (index, event) in events.into_iter().enumerate() {
            if index == twice {
                self.count(Fault::F13, &event);
                delivered.push(event.clone());
            }
            delivered.push(event);
        }
        before.iter().for_each(|event| self.count(Fault::F13, event));
        delivered
    }

    /// How long the next events of a source take to a subscriber.
    pub(crate) fn delay_millis(&mut self, events: &[Arc<Recorded>]) -> u64 {
        if self.rough && self.chance.hits(self.swarm.rate(Fault::F14)) {
            events.iter().for_each(|event| self.count(Fault::F14, event));
            return self.chance.spread(20.0, DELAY_MAX_MILLIS) as u64;
        }
        self.chance.between(0, 3)
    }

    fn count(&mut self, fault: Fault, event: &Recorded) {
        self.coverage.fired(fault);
        if let Some(step) = SagaStep::of(&event.event_type) {
            self.coverage.met(fault, step);
        }
    }
}
