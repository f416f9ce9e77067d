//! Roles at work: when they wake, what a step left behind, and how it travels on.

use std::sync::Arc;

use journal::StoreError;
use kernel::Recorded;
use runtime::{Outputs, Service};

use super::{Happening, World, with_node};
use crate::check::StepFacts;
use crate::fault::Fault;
use crate::link::LinkWeather;
use crate::moment::Moment;
use crate::node::{Load, Stepped};
use crate::role::Role;

/// A store that cannot answer is asked again so long after.
const STORE_RETRY_MILLIS: u64 = 50;

/// Steps a node and judges the step; its outputs, where it committed.
macro_rules! step_node {
    ($world:expr, $node:ident) => {{
        let now = $world.schedule.now();
        let mut weather = LinkWeather {
            chance: &mut $world.chances.links,
            swarm: &$world.swarm,
            coverage: &mut $world.coverage,
            rough: $world.rough,
        };
        let stepped = $world.$node.step(now, &mut $world.stores, &mut weather);
        let role = $world.$node.role;
        let sources = $world.$node.links.iter().map(|link| link.source).collect::<Vec<_>>();
        $world.judge(role, &sources, stepped)
    }};
}

impl World {
    /// Lets a role step if it has something to do.
    pub(super) fn step(&mut self, role: Role) {
        let now = self.schedule.now();
        let planned = with_node!(self, role, node => node.wakes_at);
        if planned != Some(now) {
            return;
        }
        match role {
            Role::Catalog => drop(step_node!(self, catalog)),
            Role::Ordering => {
                if let Some(outputs) = step_node!(self, ordering) {
                    self.ordering_stepped(outputs);
                }
            }
            Role::Payment => {
                if let Some(outputs) = step_node!(self, payment) {
                    self.payment_stepped(outputs);
                }
            }
            Role::Inventory => drop(step_node!(self, inventory)),
            Role::Kitchen => {
                if let Some(outputs) = step_node!(self, kitchen) {
                    self.kitchen_stepped(&outputs);
                }
            }
            Role::Delivery => {
                if let Some(outputs) = step_node!(self, delivery) {
                    self.delivery_stepped(&outputs);
                }
            }
            Role::Tracking => drop(step_node!(self, tracking)),
            Role::Notification => {
                if let Some(outputs) = step_node!(self, notification) {
                    self.notification_stepped(outputs);
                }
            }
        }
        self.after_strike(role);
        self.plan_waking(role);
    }

    /// Judges a step by what it left on the disk, and carries it to whoever follows.
    fn judge<S: Service>(
        &mut self,
        role: Role,
        sources: &[Option<Role>],
        stepped: Result<Option<Stepped<S>>, StoreError>,
    ) -> Option<Outputs<S::Reply, S::Refusal>> {
        let stepped = match stepped {
            Ok(stepped) => stepped?,
            Err(error) => {
                self.checker.violation("I9", None, format!("{role}: {error}"));
                return None;
            }
        };
        let name = |source: usize| sources[source].map_or("", Role::name).to_owned();
        let outputs = stepped.outcome.as_ref().ok();
        let applied = outputs.map(|outputs| {
            let applied = outputs.applied.iter();
            applied.map(|(source, event)| (name(*source), event.position)).collect()
        });
        let timers = outputs
            .filter(|_| stepped.timers_fire && stepped.struck.is_none())
            .map(|outputs| (stepped.writer_time, outputs.timers_left));
        self.checker.stepped(&StepFacts {
            role,
            committed: &stepped.committed,
            told: &stepped.told,
            applied,
            timers,
        });
        self.checker.all_could_be_done(role, &stepped);
        self.bounded(role, &stepped.load);
        self.count_strike(role, &stepped);
        for batch in &stepped.committed {
            self.poison_some(role, &batch.events);
            self.carry(role, &batch.events);
            self.races_see(&batch.events);
            self.customers_see(&batch.events);
        }
        match stepped.outcome {
            Ok(outputs) => Some(outputs),
            Err(error) => {
                self.note(|| format!("{role} could not commit: {error}"));
                self.not_committed(role, &error);
                None
            }
        }
    }

    /// I27: what the role had in memory.
    fn bounded(&mut self, role: Role, load: &Load) {
        let (quotas, pace) = with_node!(self, role, node => (node.quotas(), node.pace));
        self.checker.bounded(role, load, quotas, pace);
    }

    /// A batch came to nothing, or nobody knows: whoever waits is told so.
    fn not_committed(&mut self, role: Role, error: &StoreError) {
        match error {
            StoreError::Unavailable(_) => {
                self.wake_after(role, STORE_RETRY_MILLIS);
                if role == Role::Ordering {
                    self.door_failed();
                }
                if role == Role::Payment {
                    self.asks_failed();
                }
            }
            StoreError::Fatal(_) => {}
            other => self.checker.violation("I8", None, format!("{role}: {other}")),
        }
    }

    /// New events travel to whoever follows the role.
    fn carry(&mut self, role: Role, events: &[Arc<Recorded>]) {
        if events.is_empty() {
            return;
        }
        let now = self.schedule.now();
        for follower in Role::ALL {
            let mut weather = LinkWeather {
                chance: &mut self.chances.links,
                swarm: &self.swarm,
                coverage: &mut self.coverage,
                rough: self.rough,
            };
            let open_at = with_node!(self, follower, node => {
                node.links.iter_mut().find(|link| link.source == Some(role)).map(|link| {
                    let delay = weather.delay_millis(events);
                    link.closed_until = link.closed_until.max(now.plus(delay));
                    link.closed_until
                })
            });
            if let Some(open_at) = open_at {
                self.wake_at(follower, open_at.max(now.plus(1)));
            }
        }
    }

    pub(super) fn wake_after(&mut self, role: Role, millis: u64) {
        self.wake_at(role, self.schedule.now().plus(millis));
    }

    pub(super) fn wake_at(&mut self, role: Role, at: Moment) {
        let sooner = with_node!(self, role, node => {
            // A role that is at a step begins the next one behind it.
            let at = at.max(node.busy_until);
            let sooner = node.is_up() && node.wakes_at.is_none_or(|planned| planned > at);
            sooner.then(|| {
                node.wakes_at = Some(at);
                at
            })
        });
        if let Some(at) = sooner {
            self.schedule.at(at, Happening::Wake(role));
        }
    }

    pub(super) fn plan_waking(&mut self, role: Role) {
        let now = self.schedule.now();
        let next = with_node!(self, role, node => node.next_waking(now, &mut self.stores));
        if let Some(at) = next {
            self.wake_at(role, at);
        }
    }

    pub(super) fn start(&mut self, role: Role) {
        let now = self.schedule.now();
        let started = with_node!(self, role, node => node.start(now));
        if let Err(error) = started {
            return self.not_started(role, &error);
        }
        if role == Role::Ordering {
            self.customers.open_gate(self.ordering.clock.read(now));
        }
        let (timers, committed) = with_node!(self, role, node => {
            (journal::Reader::timers(&mut node.disk).unwrap_or_default(), node.disk.committed())
        });
        self.checker.recovered(role, &timers, &committed);
        self.wake_after(role, 1);
    }

    /// A start that an injected failure cut off is begun again; no other start may fail.
    fn not_started(&mut self, role: Role, error: &StoreError) {
        let (struck, committed) = with_node!(self, role, node => {
            (node.disk.struck(), node.disk.committed())
        });
        self.checker.cut_off(role, &committed);
        if struck.is_some() {
            self.count_everywhere(Fault::F2);
            self.start_later(role);
        } else {
            self.checker.violation("I28", None, format!("{role} does not start: {error}"));
        }
    }
}
