//! The smallest story of a failing seed that is found quickly: faults and orders are left out as
//! long as the same invariant still breaks.

use crate::fault::Fault;
use crate::plan::Smaller;
use crate::run::{Report, run};

/// Leaves out what the failure does not need.
#[must_use]
pub fn minimise(failed: &Report) -> (Smaller, Report) {
    let mut least = (Smaller::default(), failed.clone());
    try_smaller(&mut least, Smaller { without_races: true, ..Smaller::default() });
    for fault in Fault::ALL {
        let mut smaller = least.0.clone();
        smaller.without.push(fault);
        try_smaller(&mut least, smaller);
    }
    for orders in [1, 2, 3, 5, 8, 13, 21] {
        let smaller = Smaller { orders: Some(orders), ..least.0.clone() };
        if try_smaller(&mut least, smaller) {
            break;
        }
    }
    least
}

fn try_smaller(least: &mut (Smaller, Report), smaller: Smaller) -> bool {
    let report = run(least.1.seed, &smaller, false);
    let broken = |report: &Report| report.violations.first().map(|found| found.invariant);
    let breaks_the_same = broken(&report).is_some() && broken(&report) == broken(&least.1);
    if breaks_the_same {
        *least = (smaller, report);
    }
    breaks_the_same
}
