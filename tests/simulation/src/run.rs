use crate::check::Violation;
use crate::coverage::Coverage;
use crate::interposed::INJECTED_PANIC;
use crate::plan::{Plan, Smaller};
use crate::world::World;

/// What became of a run.
#[derive(Debug, Clone)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// What the seed planned, in words.
    pub plan: String,
    /// What does not hold; empty where all is well.
    pub violations: Vec<Violation>,
    /// The hash of the end.
    pub digest: String,
    /// Which faults fired where.
    pub coverage: Coverage,
    /// How many things happened.
    pub steps: u64,
    /// How much virtual time passed, milliseconds.
    pub virtual_millis: u64,
}

/// Runs a seed, made smaller where a replay says so; with `trace` everything that happens is
/// printed.
#[must_use]
pub fn run(seed: u64, smaller: &Smaller, trace: bool) -> Report {
    silence_injected_panics();
    let plan = Plan::of(seed, smaller, trace);
    let text = plan.to_string();
    let mut world = World::new(plan);
    world.run();
    Report {
        seed,
        plan: text,
        violations: world.checker.found().to_vec(),
        digest: world.digest(),
        steps: world.steps(),
        virtual_millis: world.now().0,
        coverage: world.coverage,
    }
}

/// Panics that a run injects are caught by the product; printing them would drown what matters.
fn silence_injected_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if panic.payload().downcast_ref::<&str>() != Some(&INJECTED_PANIC) {
                print(panic);
            }
        }));
    });
}

impl Report {
    /// I29: the same seed has ended otherwise.
    pub(crate) fn differs_from(&mut self, again: &Self) {
        self.violations.push(Violation {
            invariant: "I29",
            order: None,
            what: format!("the run ended at {} and then at {}", self.digest, again.digest),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_end_and_another_another() {
        let end = |seed| run(seed, &Smaller::default(), false).digest;
        assert_eq!(end(3), end(3));
        assert_ne!(end(3), end(4));
    }

    #[test]
    fn a_few_seeds_hold_every_invariant() {
        for seed in 0..20 {
            let report = run(seed, &Smaller::default(), false);
            assert_eq!(report.violations, [], "seed {seed}: {}", report.plan);
        }
    }

    #[test]
    fn an_overload_sheds_and_is_survived() {
        let without: Vec<_> =
            crate::Fault::ALL.into_iter().filter(|fault| *fault != crate::Fault::F21).collect();
        let smaller = Smaller { without, without_races: true, ..Smaller::default() };
        let overloaded = |seed: &u64| Plan::of(*seed, &smaller, false).to_string().contains("F21");
        let seed = (0..1_000).find(overloaded).expect("one of fifty runs has an overload");
        let report = run(seed, &smaller, false);
        assert_eq!(report.violations, [], "seed {seed}: {}", report.plan);
        assert!(report.coverage.count(crate::Fault::F21) > 100, "{}", report.coverage.table());
    }

    #[test]
    fn a_smaller_run_has_fewer_orders_and_lacks_what_is_left_out() {
        let without = crate::Fault::ALL.to_vec();
        let smaller = Smaller { orders: Some(1), without, without_races: true };
        let report = run(5, &smaller, false);
        assert_eq!(report.violations, []);
        assert!(report.plan.starts_with("1 orders"), "{}", report.plan);
        assert!(report.plan.ends_with("faults: "), "{}", report.plan);
    }
}
