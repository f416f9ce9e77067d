//! What a cycle does, from the seed: the same seed kills after the same times and asks for the
//! same things. When exactly a kill meets the program is the machine's.

use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// How long people are served before the kill, in milliseconds.
const SERVED_MILLIS: std::ops::RangeInclusive<u64> = 20..=250;
/// How long a program that is not to become ready lives, in milliseconds.
const STILLBORN_MILLIS: std::ops::RangeInclusive<u64> = 0..=60;
/// Percent of cycles that kill it while it starts.
const STILLBORN_PERCENT: u32 = 20;

/// One cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// How long each start is left alone before it is killed, before the one that serves.
    pub stillborn: Vec<Duration>,
    /// How long people are served.
    pub served: Duration,
}

impl Plan {
    /// The plan of a cycle.
    #[must_use]
    pub fn of(seed: u64, cycle: u64) -> Self {
        let mut chance = chance(seed, cycle, 0);
        let times =
            if chance.random_range(0..100) < STILLBORN_PERCENT { chance.random_range(1..=3) } else { 0 };
        let millis = |chance: &mut SmallRng, range| Duration::from_millis(chance.random_range(range));
        let stillborn = (0..times).map(|_| millis(&mut chance, STILLBORN_MILLIS)).collect();
        Self { stillborn, served: millis(&mut chance, SERVED_MILLIS) }
    }
}

/// The chance of somebody in a cycle: 0 is the plan's own.
#[must_use]
pub fn chance(seed: u64, cycle: u64, who: u64) -> SmallRng {
    let mixed = seed
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(cycle.wrapping_mul(0xbf58_476d_1ce4_e5b9))
        .wrapping_add(who.wrapping_mul(0x94d0_49bb_1331_11eb));
    SmallRng::seed_from_u64(mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_plans_the_same() {
        assert_eq!(Plan::of(7, 3), Plan::of(7, 3));
        assert_ne!(Plan::of(7, 3), Plan::of(8, 3));
    }

    #[test]
    fn some_cycles_kill_it_while_it_starts_and_most_do_not() {
        let stillborn = (0..1_000).filter(|cycle| !Plan::of(1, *cycle).stillborn.is_empty()).count();
        assert!((120..280).contains(&stillborn), "{stillborn}");
    }
}
