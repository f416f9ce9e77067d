//! Many seeds, over some threads: each seed is a world of its own.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::coverage::Coverage;
use crate::plan::Smaller;
use crate::run::{Report, run};

/// Every so many seeds are run twice: the same seed, the same end (I29).
const TWICE_EVERY: u64 = 100;

/// What came of many seeds.
#[derive(Debug, Default, Clone)]
pub struct Sweep {
    /// Seeds that were run.
    pub seeds: u64,
    /// Seeds that were run twice.
    pub twice: u64,
    /// Reports of seeds that failed, by seed.
    pub failed: Vec<Report>,
    /// What was counted over all of them.
    pub coverage: Coverage,
    /// How many things happened.
    pub steps: u64,
    /// How much virtual time passed, milliseconds.
    pub virtual_millis: u64,
}

/// Runs seeds `from..until`; with `stop_at_failure` none is begun after one has failed.
#[must_use]
pub fn sweep(from: u64, until: u64, threads: usize, stop_at_failure: bool) -> Sweep {
    let next = AtomicU64::new(from);
    let sum = Mutex::new(Sweep::default());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= until {
                        return;
                    }
                    let report = run_checked(seed);
                    let has_failed = !report.violations.is_empty();
                    sum.lock().unwrap_or_else(PoisonError::into_inner).take(report);
                    if has_failed && stop_at_failure {
                        next.store(until, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let mut sum = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    sum.failed.sort_by_key(|report| report.seed);
    sum
}

fn run_checked(seed: u64) -> Report {
    let all = Smaller::default();
    let mut report = run(seed, &all, false);
    if is_run_twice(seed) && report.violations.is_empty() {
        let again = run(seed, &all, false);
        if again.digest != report.digest {
            report.differs_from(&again);
        }
    }
    report
}

const fn is_run_twice(seed: u64) -> bool {
    seed.is_multiple_of(TWICE_EVERY)
}

impl Sweep {
    fn take(&mut self, report: Report) {
        self.seeds += 1;
        self.twice += u64::from(is_run_twice(report.seed));
        self.steps += report.steps;
        self.virtual_millis += report.virtual_millis;
        self.coverage.add(&report.coverage);
        if !report.violations.is_empty() {
            self.failed.push(report);
        }
    }
}
