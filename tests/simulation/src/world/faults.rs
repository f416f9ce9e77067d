//! What strikes the roles themselves: kills, commits that fail, clocks, poison.

use std::sync::Arc;

use kernel::Recorded;
use runtime::Service;

use super::{OPENS_MILLIS, World, with_node};
use crate::disk::Strike;
use crate::fault::Fault;
use crate::interposed::Poison;
use crate::moment::Moment;
use crate::node::Stepped;
use crate::role::Role;
use crate::saga::SagaStep;

#[derive(Debug)]
pub(crate) enum Happening {
    /// One role dies, or all do.
    Kill(Fault, Option<Role>),
    /// It is started again.
    Start(Role),
    /// One of its next commits fails.
    Arm(Role),
    /// Its clock jumps or changes its pace.
    Clock(Role),
}

/// So many of a fault strike a run at most.
const STRIKES_MAX: f64 = 30.0;
const DOWN_MIN_MILLIS: f64 = 20.0;
const DOWN_MAX_MILLIS: f64 = 600_000.0;
const HOUR_MILLIS: i64 = 3_600_000;
const APART_MILLIS: i64 = 300_000;

impl World {
    pub(super) fn plan_faults(&mut self) {
        let kills = |role| Happening::Kill(Fault::F2, Some(role));
        self.plan_strikes(Fault::F1, |_| Happening::Kill(Fault::F1, None));
        self.plan_strikes(Fault::F2, kills);
        self.plan_strikes(Fault::F2, Happening::Arm);
        self.plan_strikes(Fault::F15, Happening::Arm);
        self.plan_strikes(Fault::F20, Happening::Clock);
        if self.swarm.rate(Fault::F20) > 0.0 {
            for role in Role::ALL {
                let apart = self.between(-APART_MILLIS, APART_MILLIS);
                with_node!(self, role, node => node.clock.jump(Moment(0), apart));
            }
        }
    }

    fn plan_strikes(&mut self, fault: Fault, strike: impl Fn(Role) -> Happening) {
        let rate = self.swarm.rate(fault);
        if rate <= 0.0 {
            return;
        }
        let most = (rate * STRIKES_MAX).ceil() as u64;
        for _ in 0..self.chances.faults.between(1, most) {
            let role = *self.chances.faults.pick(&Role::ALL);
            let until = OPENS_MILLIS + self.plan.chaos_millis;
            let at = Moment(self.chances.faults.between(1_500, until));
            self.schedule.at(at, super::Happening::Fault(strike(role)));
        }
    }

    pub(super) fn strike(&mut self, happening: Happening) {
        match happening {
            Happening::Start(role) => {
                let up = with_node!(self, role, node => node.is_up());
                if !up {
                    self.start(role);
                }
            }
            _ if !self.rough => {}
            Happening::Kill(fault, role) => {
                self.count_everywhere(fault);
                match role {
                    Some(role) => self.kill(role),
                    None => Role::ALL.into_iter().for_each(|role| self.kill(role)),
                }
            }
            Happening::Arm(role) => {
                let commits = u32::try_from(self.chances.faults.between(1, 3)).unwrap_or(1);
                let strike = *self.chances.faults.pick(&[
                    Strike::DiesBefore,
                    Strike::DiesAfter,
                    Strike::FailsBefore,
                    Strike::FailsAfter,
                ]);
                with_node!(self, role, node => node.disk.arm(commits, strike));
            }
            Happening::Clock(role) => self.disturb_clock(role),
        }
    }

    fn disturb_clock(&mut self, role: Role) {
        self.count_everywhere(Fault::F20);
        let now = self.schedule.now();
        with_node!(self, role, node => node.follow_clock(now));
        if self.chances.faults.hits(0.5) {
            let by = self.between(-HOUR_MILLIS, HOUR_MILLIS);
            with_node!(self, role, node => node.clock.jump(now, by));
        } else {
            let pace = self.between(900, 1_100);
            with_node!(self, role, node => node.clock.run_at(now, pace));
        }
        // Whatever is due by the new time is due now.
        self.wake_after(role, 1);
        self.plan_waking(role);
    }

    /// A role dies and is started again some time later.
    pub(super) fn kill(&mut self, role: Role) {
        let was_up = with_node!(self, role, node => {
            let was_up = node.is_up();
            node.kill();
            was_up
        });
        if !was_up {
            return;
        }
        match role {
            Role::Ordering => self.door_closed(),
            Role::Payment => self.asks_failed(),
            _ => {}
        }
        self.start_later(role);
    }

    pub(super) fn start_later(&mut self, role: Role) {
        let down = self.chances.faults.spread(DOWN_MIN_MILLIS, DOWN_MAX_MILLIS) as u64;
        let start = super::Happening::Fault(Happening::Start(role));
        self.schedule.after(down, start);
    }

    /// Counts a commit that failed, at the steps it was about.
    pub(super) fn count_strike<S: Service>(&mut self, role: Role, stepped: &Stepped<S>) {
        let Some(strike) = stepped.struck else {
            return;
        };
        let fault = if strike.kills() { Fault::F2 } else { Fault::F15 };
        self.coverage.fired(fault);
        let committed = stepped.committed.iter().flat_map(|batch| &batch.events);
        let handed = stepped.handed.iter().flat_map(|(_, events)| events);
        for event in committed.chain(handed) {
            if let Some(step) = SagaStep::of(&event.event_type) {
                self.coverage.met(fault, step);
            }
            if strike.kills() {
                // The position was not saved either, or nobody knows.
                self.count_event(Fault::F15, event);
            }
        }
        if strike.kills() {
            self.struck.push(role);
        }
    }

    /// Lets a role die whose commit killed it, once what it had said is said.
    pub(super) fn after_strike(&mut self, role: Role) {
        if self.struck.contains(&role) {
            self.struck.retain(|struck| *struck != role);
            self.kill(role);
        }
    }

    /// Some of the new events will be poison to somebody.
    pub(super) fn poison_some(&mut self, role: Role, events: &[Arc<Recorded>]) {
        let rate = self.swarm.rate(Fault::F19) * 0.1;
        // Nobody follows what customers are told.
        if !self.rough || rate <= 0.0 || matches!(role, Role::Catalog | Role::Notification) {
            return;
        }
        for event in events {
            if event.subject.order.is_none() || !self.chances.faults.hits(rate) {
                continue;
            }
            let poison =
                *self.chances.faults.pick(&[Poison::Garbage, Poison::UnknownVersion, Poison::Panics]);
            let followers: Vec<Role> = Role::ALL
                .into_iter()
                .filter(|reader| {
                    with_node!(self, *reader, node => {
                        node.links.iter().any(|link| link.source == Some(role))
                    })
                })
                .collect();
            let reader = *self.chances.faults.pick(&followers);
            with_node!(self, reader, node => {
                node.interposition.poison(role.name(), event.position, poison);
            });
            self.count_event(Fault::F19, event);
        }
    }

    fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = most.abs_diff(least);
        least.saturating_add_unsigned(self.chances.faults.between(0, span))
    }
}
