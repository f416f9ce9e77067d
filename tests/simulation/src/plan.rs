use std::fmt;

use crate::chance::Chance;
use crate::fault::{Fault, Swarm};

/// What a run does, drawn from its seed.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    /// How many orders customers wish.
    pub(crate) orders: u64,
    /// How many customers there are.
    pub(crate) customers: u64,
    /// How long faults strike, milliseconds.
    pub(crate) chaos_millis: u64,
    pub(crate) swarm: Swarm,
    pub(crate) trace: bool,
}

/// What a replay may change to make a story smaller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Smaller {
    /// At most so many orders.
    pub orders: Option<u64>,
    /// Faults that are left out.
    pub without: Vec<Fault>,
}

impl fmt::Display for Smaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(orders) = self.orders {
            write!(f, " --orders {orders}")?;
        }
        for fault in &self.without {
            write!(f, " --without {fault}")?;
        }
        Ok(())
    }
}

impl Plan {
    /// The plan of a seed.
    pub(crate) fn of(seed: u64, smaller: &Smaller, trace: bool) -> Self {
        let mut chance = Chance::of(seed, "plan");
        let crowded = chance.hits(0.03);
        let (least, most) = if crowded { (60.0, 200.0) } else { (2.0, 24.0) };
        let orders = chance.spread(least, most) as u64;
        let customers = chance.between(1, 20);
        let chaos_millis = chance.spread(20_000.0, 7_200_000.0) as u64;
        let mut swarm = Swarm::draw(&mut chance);
        smaller.without.iter().for_each(|fault| swarm.without(*fault));
        Self {
            seed,
            orders: smaller.orders.map_or(orders, |most| orders.min(most)),
            customers,
            chaos_millis,
            swarm,
            trace,
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} orders of {} customers in {} s; faults: {}",
            self.orders,
            self.customers,
            self.chaos_millis / 1_000,
            self.swarm
        )
    }
}
