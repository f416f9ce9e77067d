use runtime::Quotas;

use super::Checker;
use crate::node::{Load, Pace};
use crate::role::Role;

/// What one input may touch at most: an order's reservation, and the items of its lines.
const AGGREGATES_PER_INPUT: usize = 8;
/// A link may bring some events of before again, and one of them twice.
const EVENTS_REPEATED: usize = 16;
/// Calls into the world that may come back at once, by order under way.
const RESULTS_PER_ORDER: usize = 8;
/// Timers of one order in one role, and those that are about no order.
const TIMERS_PER_ORDER: usize = 12;
const TIMERS_APART: usize = 32;

/// I27: what a role holds in memory, and what it keeps for later, stays under its caps.
impl Checker {
    /// Judges what a role had in memory at a step.
    pub(crate) fn bounded(&mut self, role: Role, load: &Load, quotas: Quotas, pace: Pace) {
        let orders = self.cases.len();
        let mirror = self.mirror(role);
        mirror.inputs_most = mirror.inputs_most.max(load.inputs + quotas.timers);
        let aggregates_max = 2 * (quotas.aggregates + AGGREGATES_PER_INPUT * mirror.inputs_most);
        // The pace may just have changed: what was let in before may still be there.
        let commands_max = pace.commands_max.max(mirror.commands_max);
        mirror.commands_max = pace.commands_max;
        let held = [
            ("commands wait", load.commands, commands_max),
            ("results of effects wait", load.results, RESULTS_PER_ORDER * (orders + 1)),
            ("events of one source are taken", load.events_of_one, quotas.events + EVENTS_REPEATED),
            ("aggregates are in memory", load.aggregates, aggregates_max),
            ("timers are set", mirror.timers_set(), TIMERS_PER_ORDER * orders + TIMERS_APART),
        ];
        for (what, found, most) in held {
            if found > most {
                self.violation("I27", None, format!("{found} {what} at {role}, expected at most {most}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOAD: Load = Load { commands: 1, results: 0, events_of_one: 1, inputs: 2, aggregates: 3 };

    fn found(load: Load) -> Vec<String> {
        let mut checker = Checker::new();
        let quotas = Quotas { events: 4, aggregates: 2, timers: 2, ..Quotas::default() };
        checker.bounded(Role::Ordering, &load, quotas, Pace::UNHURRIED);
        checker.found().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_under_its_caps_is_well() {
        assert_eq!(found(LOAD), Vec::<String>::new());
    }

    #[test]
    fn a_queue_a_page_and_a_memory_that_grow_beyond_their_caps_are_found() {
        let grown = [
            Load { commands: 257, ..LOAD },
            Load { results: 9, ..LOAD },
            Load { events_of_one: 21, ..LOAD },
            Load { aggregates: 1_000, ..LOAD },
        ];
        for load in grown {
            let found = found(load);
            assert!(found.len() == 1 && found[0].starts_with("I27"), "{load:?}: {found:?}");
        }
    }
}
