//! Overload (F21): for a minute customers send ten times what ordering can take, then no more than
//! usual. What its lane cannot hold is shed, what it has taken keeps every promise, and once the
//! minute is over it finds back by itself: nobody is shed, and new orders are done in time.

use catalog_contract::ShopDirectory;
use ordering_contract::OrderState;
use ordering_service::NewLine;

use super::{OPENS_MILLIS, World};
use crate::fault::Fault;
use crate::moment::Moment;
use crate::node::Pace;
use crate::shops::{Shop, shops};

#[derive(Debug)]
pub(crate) enum Happening {
    /// It begins.
    Begin,
    /// A second of it, and how many are left.
    Second { left: u64 },
    /// An order is placed that must be done in time.
    Probe { number: u64 },
    /// Everything must be well again.
    Judge,
}

/// What there was of an overload.
#[derive(Default)]
pub(crate) struct Overload {
    /// Whether there was one.
    pub(super) has_been: bool,
    /// Customers that came with it.
    arrived: u64,
    /// Intents that must be done in time.
    probes: Vec<usize>,
}

/// One command a second, and eight may wait.
const SLOW: Pace = Pace { commands_max: 8, taken_max: 1, step_millis: 1_000 };
/// How many times as many come.
const TIMES: u64 = 10;
const LASTS_SECONDS: u64 = 60;
/// Customers of an overload lose their patience sooner.
pub(super) const TRIES: u32 = 3;
/// So long after the faults have stopped nobody is shed any longer.
const SHEDS_MILLIS: u64 = 1_000;
/// So long after the faults have stopped new orders are done.
const BOUND_MILLIS: u64 = 60_000;
const PROBES_AT_MILLIS: [u64; 3] = [10, 1_000, 10_000];

impl World {
    pub(super) fn plan_overload(&mut self) {
        if self.swarm.rate(Fault::F21) <= 0.0 {
            return;
        }
        // Half of them end where the faults end: what they leave must then be worked off in time.
        let heals = OPENS_MILLIS + self.plan.chaos_millis;
        let latest = heals.saturating_sub(LASTS_SECONDS * 1_000).max(OPENS_MILLIS);
        let is_last = self.chances.overload.hits(0.5);
        let at = if is_last { latest } else { self.chances.overload.between(OPENS_MILLIS, latest) };
        self.plan_overloaded(Moment(at), Happening::Begin);
    }

    fn plan_overloaded(&mut self, at: Moment, happening: Happening) {
        self.schedule.at(at, super::Happening::Overload(happening));
    }

    pub(super) fn overload(&mut self, happening: Happening) {
        match happening {
            Happening::Begin if self.rough => {
                self.ordering.pace = SLOW;
                self.overload.has_been = true;
                self.overloaded_second(LASTS_SECONDS);
            }
            Happening::Second { left } if self.rough && left > 0 => self.overloaded_second(left),
            Happening::Begin | Happening::Second { .. } => self.ordering.pace = Pace::UNHURRIED,
            Happening::Probe { number } => self.probe(number),
            Happening::Judge => self.judge_overload(),
        }
    }

    fn overloaded_second(&mut self, left: u64) {
        self.count_everywhere(Fault::F21);
        let now = self.schedule.now();
        for _ in 0..TIMES {
            let Some(intent) = self.one_more_drawn_intent(self.overload.arrived) else {
                break;
            };
            self.overload.arrived += 1;
            let within = self.chances.overload.between(0, 999);
            self.plan_send(now.plus(within), intent, 1);
        }
        self.plan_overloaded(now.plus(1_000), Happening::Second { left: left - 1 });
    }

    /// The faults have stopped, and with them the overload.
    pub(super) fn end_overload(&mut self) {
        self.ordering.pace = Pace::UNHURRIED;
        self.ordering.busy_until = self.schedule.now();
        if !self.overload.has_been {
            return;
        }
        for (number, after) in (0..).zip(PROBES_AT_MILLIS) {
            self.plan_overloaded(self.schedule.now().plus(after), Happening::Probe { number });
        }
        self.plan_overloaded(self.schedule.now().plus(BOUND_MILLIS), Happening::Judge);
    }

    /// Ordering has no room for a command: the client is told to come back.
    pub(super) fn shed(&mut self, intent: usize) {
        if self.overload.has_been {
            self.coverage.fired(Fault::F21);
        }
        if !self.rough && self.schedule.now() > self.healed_at.plus(SHEDS_MILLIS) {
            let what = "customers are shed although nothing is too much any longer".to_owned();
            self.checker.violation("I27", None, what);
        }
        self.try_again(intent);
    }

    fn probe(&mut self, number: u64) {
        let Some((shop, line)) = self.ordering.service().and_then(|service| {
            let known = service.shops().now();
            shops()
                .iter()
                .filter(|shop| runs_by_itself(shop))
                .find_map(|shop| Some((shop, to_be_had(&known, shop)?)))
        }) else {
            return;
        };
        let key = format!("probe-{number}");
        if let Some(intent) = self.one_more_intent(shop, key, vec![line]) {
            self.overload.probes.push(intent);
            self.plan_send(self.schedule.now(), intent, 1);
        }
    }

    fn judge_overload(&mut self) {
        if self.overload.probes.is_empty() && self.plan.orders_beside > 0 {
            let what = "nobody could order anything after an overload".to_owned();
            self.checker.violation("I24", None, what);
        }
        for probe in self.overload.probes.clone() {
            let intent = &self.customers.intents[probe];
            let states = intent.orders.iter().filter_map(|order| self.checker.cases.get(order)?.state);
            let states: Vec<_> = states.collect();
            if !states.contains(&OrderState::Completed) {
                let what = format!(
                    "a new order after an overload is not done within {} s: asked {} times, {states:?}",
                    BOUND_MILLIS / 1_000,
                    intent.tries
                );
                let order = intent.orders.last().copied();
                self.checker.violation("I24", order, what);
            }
        }
    }
}

/// Paid, made and done without anybody's hand, and nothing of it can be short.
pub(super) fn runs_by_itself(shop: &Shop) -> bool {
    shop.file.life.key.as_str() == "bench"
}

fn to_be_had(known: &ShopDirectory, shop: &Shop) -> Option<NewLine> {
    let items = shop.file.menu.iter();
    let item =
        items.filter_map(|item| known.item(&shop.file.life.key, &item.key)).find(|item| !item.sold_out)?;
    Some(NewLine { item: item.key.clone(), quantity: 1, options: Vec::new(), unit_price: None })
}
