//! The end of a run: faults stop, everything is started, operators repair; then all must come to
//! rest.

use runtime::Admin;
use uuid::Uuid;

use super::{World, operator, with_node};
use crate::role::Role;

#[derive(Debug)]
pub(crate) enum Happening {
    /// Faults stop.
    Begin,
    /// An operator looks for parked events and retries them.
    Operate,
    /// Is everything at rest?
    Look { wait_millis: u64 },
}

/// I24: so long after the healing everything has come to rest.
const REST_BOUND_MILLIS: u64 = 30 * 3_600_000;
const LOOK_MAX_MILLIS: u64 = 600_000;
const OPERATE_MILLIS: u64 = 7_000;

impl World {
    pub(super) fn heal(&mut self, happening: Happening) {
        match happening {
            Happening::Begin => self.begin_healing(),
            Happening::Operate => self.operate(),
            Happening::Look { wait_millis } => self.look(wait_millis),
        }
    }

    fn begin_healing(&mut self) {
        let now = self.schedule.now();
        self.rough = false;
        self.healed_at = now;
        for role in Role::ALL {
            self.recover_on_a_copy(role);
            let is_up = with_node!(self, role, node => {
                node.clock.run_at(now, 1_000);
                node.interposition.heal();
                node.disk.disarm();
                for link in &mut node.links {
                    link.closed_until = now;
                }
                node.is_up()
            });
            if is_up {
                self.wake_after(role, 1);
            } else {
                self.start(role);
            }
        }
        self.end_overload();
        self.look_at_all();
        self.customers_try_again();
        self.plan(1, Happening::Operate);
        self.plan(1_000, Happening::Look { wait_millis: 1_000 });
    }

    /// I28: a start that is cut off and begun again leaves what one start leaves.
    fn recover_on_a_copy(&mut self, role: Role) {
        let now = self.schedule.now();
        let digests = [1, 2].map(|times| {
            let copy = with_node!(self, role, node => node.recover_on_a_copy(now, times));
            copy.map(|mut copy| crate::digest::of_store(&mut copy))
        });
        match digests {
            [Ok(once), Ok(twice)] if once == twice => {}
            [Ok(_), Ok(_)] => {
                let what = format!("{role} recovers to another state when it recovers twice");
                self.checker.violation("I28", None, what);
            }
            _ => self.checker.violation("I28", None, format!("{role} does not recover")),
        }
    }

    fn operate(&mut self) {
        let mut parked = 0;
        for role in Role::ALL {
            let blocks: Vec<Uuid> = with_node!(self, role, node => {
                let waiting = journal::Reader::parked(&mut node.disk).unwrap_or_default();
                let mut blocks: Vec<_> = waiting.iter().map(|parked| parked.blocks).collect();
                blocks.dedup();
                for block in &blocks {
                    node.bring_admin(operator(), Admin::RetryParked { blocks: *block });
                }
                blocks
            });
            parked += blocks.len();
            if !blocks.is_empty() {
                self.wake_after(role, 1);
            }
        }
        if parked > 0 || self.schedule.now() < self.healed_at.plus(OPERATE_MILLIS * 20) {
            self.plan(OPERATE_MILLIS, Happening::Operate);
        }
    }

    fn look(&mut self, wait_millis: u64) {
        if let Some(what) = self.forgotten_at_door() {
            self.checker.violation("I27", None, what);
        }
        let mut unsettled = self.checker.unsettled();
        if let Some(what) = self.customers_wait() {
            unsettled.push((None, what));
        }
        for role in Role::ALL {
            let behind = self.behind(role);
            unsettled.extend(behind.map(|what| (None, what)));
        }
        let Some((order, what)) = unsettled.into_iter().next() else {
            match self.plan_last_closings() {
                Some(wait_millis) => self.plan(wait_millis, Happening::Look { wait_millis: LOOK_MAX_MILLIS }),
                None => self.settled = true,
            }
            return;
        };
        if self.schedule.now() > self.healed_at.plus(REST_BOUND_MILLIS) {
            self.checker.violation("I24", order, what);
            return;
        }
        let wait_millis = (wait_millis * 2).min(LOOK_MAX_MILLIS);
        self.plan(wait_millis, Happening::Look { wait_millis });
    }

    /// A source that a role has not followed to its end.
    fn behind(&mut self, role: Role) -> Option<String> {
        let positions = self.checker.mirror(role).positions.clone();
        let sources: Vec<Role> = with_node!(self, role, node => {
            node.links.iter().filter_map(|link| link.source).collect()
        });
        sources.into_iter().find_map(|source| {
            let head = journal::Reader::head(&mut self.stores[source as usize]).unwrap_or(0);
            let position = positions.get(source.name()).copied().unwrap_or(0);
            (position < head).then(|| format!("{role} has followed {source} to {position} of {head}"))
        })
    }

    fn plan(&mut self, millis: u64, happening: Happening) {
        self.schedule.after(millis, super::Happening::Heal(happening));
    }
}
