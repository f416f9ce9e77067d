use std::fmt;

use crate::chance::Chance;
use crate::fault::{Fault, Swarm};
use crate::race::Race;

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
    /// What is aimed to meet.
    pub(crate) races: Vec<Race>,
    /// How many orders races and overloads may bring beside.
    pub(crate) orders_beside: u64,
    pub(crate) trace: bool,
}

/// What a replay may change to make a story smaller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Smaller {
    /// At most so many orders.
    pub orders: Option<u64>,
    /// Faults that are left out.
    pub without: Vec<Fault>,
    /// Whether nothing is aimed to meet.
    pub without_races: bool,
}

impl fmt::Display for Smaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(orders) = self.orders {
            write!(f, " --orders {orders}")?;
        }
        for fault in &self.without {
            write!(f, " --without {fault}")?;
        }
        if self.without_races {
            f.write_str(" --without-races")?;
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
        let mut swarm = Swarm::draw(seed, &mut chance);
        smaller.without.iter().for_each(|fault| swarm.without(*fault));
        let mut apart = Chance::of(seed, "aims");
        let races = Race::ALL.into_iter().filter(|race| apart.between(1, 100) <= race.percent());
        let races = if smaller.without_races { Vec::new() } else { races.collect() };
        Self {
            seed,
            orders: smaller.orders.map_or(orders, |most| orders.min(most)),
            customers,
            chaos_millis,
            swarm,
            races,
            orders_beside: smaller.orders.unwrap_or(u64::MAX),
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
        )?;
        if !self.races.is_empty() {
            let races: Vec<_> = self.races.iter().map(ToString::to_string).collect();
            write!(f, "; races: {}", races.join(", "))?;
        }
        Ok(())
    }
}
