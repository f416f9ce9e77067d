//! How long a shop takes, measured, and what it may promise of it: a promise that about nine orders in
//! ten keep.
//!
//! Time is measured in two legs, each over the last [`WINDOW`] orders: *making*, from confirmed to
//! prepared, and *bringing*, from prepared to delivered, where a courier brings it.
//!
//! ```text
//! load(ahead)  = max(1, (ahead + 1) / at_once)            how full the kitchen is
//! pace         = time that making took / load at its begin        per measured order
//! making       = load(ahead now) * P90(paces)
//! bringing     = P90(times that bringing took)
//! promise      = now + margin * (making + bringing), up to the next full minute
//! ```
//!
//! *P90* counts, besides what was measured, every order that has waited longer already than the P90
//! without it: a kitchen that has become slow is noticed before its orders are done. Where fewer than
//! [`ENOUGH`] orders were measured, the shop's own figure, half as long again, stands for each that is
//! missing. *margin* begins at 1 and learns from every promise: one that was broken widens it by 9.4 %,
//! one that was kept narrows it by 1 %, so that it rests where one in ten is broken; it stays within 1
//! and 2.5.

use std::collections::{BTreeMap, VecDeque};

use catalog_contract::PromiseRule;
use kernel::{OrderId, Timestamp};

/// How many measured orders are kept, the latest.
pub const WINDOW: usize = 24;
/// From so many measured orders on, the shop's own figure no longer counts.
pub const ENOUGH: usize = 8;

/// The share of orders that are to be there in time, in percent.
const KEPT_PERCENT: usize = 90;
/// The oldest orders under way that are looked at for one that waits too long.
const OLDEST: usize = 16;
/// An order that is under way for so many times the shop's own figure was forgotten, and is no queue.
const FORGOTTEN_TIMES: i64 = 24;
/// Orders under way that are remembered of one shop.
const UNDER_WAY_MAX: usize = 4_096;

const MARGIN_LEAST: i64 = 1_000;
const MARGIN_MOST: i64 = 2_500;
const MINUTE_MILLIS: i64 = 60_000;

/// How far an order has come, as its pace is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It is confirmed, and not made yet.
    Making,
    /// It is made, and a courier is to bring it.
    Bringing,
    /// The customer has it, or may come for it.
    There,
    /// It has ended otherwise: nothing was measured.
    Gone,
}

/// The measured pace of one shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    making: Leg,
    bringing: Leg,
    /// Thousandths.
    margin: i64,
}

/// One leg of an order's way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Leg {
    /// Milliseconds, the latest last.
    measured: VecDeque<i64>,
    under_way: BTreeMap<OrderId, UnderWay>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct UnderWay {
    since: Timestamp,
    /// How many others were under way when it began.
    ahead: i64,
    promised_at: Option<Timestamp>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { making: Leg::default(), bringing: Leg::default(), margin: MARGIN_LEAST }
    }
}

impl Pace {
    /// Follows an order to where it has come; told twice, nothing changes.
    pub fn follow(
        &mut self,
        rule: &PromiseRule,
        order: OrderId,
        progress: Progress,
        promised_at: Option<Timestamp>,
        now: Timestamp,
    ) {
        match progress {
            Progress::Making => {
                self.forget(rule, now);
                self.making.begin(order, promised_at, now);
            }
            Progress::Bringing => {
                let promised_at = self.made(rule, order, now).unwrap_or(promised_at);
                self.bringing.begin(order, promised_at, now);
            }
            Progress::There => {
                let made = self.made(rule, order, now);
                let brought = self.bringing.end(order);
                if let Some(brought) = &brought {
                    self.bringing.measured(now.millis_since(brought.since));
                }
                if let Some(promised_at) = brought.map(|brought| brought.promised_at).or(made).flatten() {
                    self.learn(now <= promised_at);
                }
            }
            Progress::Gone => {
                self.making.end(order);
                self.bringing.end(order);
            }
        }
    }

    /// When an order that is confirmed now will be there, by all that was measured; never before now.
    #[must_use]
    pub fn promise(&self, rule: &PromiseRule, now: Timestamp) -> Timestamp {
        let ahead = self.making.ahead();
        let pace = self.making.p90(rule.prepare_millis, now, |under_way, waited| {
            waited.saturating_mul(rule.at_once()) / load(rule, under_way.ahead)
        });
        let making = pace.saturating_mul(load(rule, ahead)) / rule.at_once();
        let bringing =
            rule.deliver_millis.map_or(0, |stated| self.bringing.p90(stated, now, |_, waited| waited));
        let length = making.saturating_add(bringing).saturating_mul(self.margin) / MARGIN_LEAST;
        let at = now.millis().saturating_add(length.max(0));
        Timestamp::from_millis(at.saturating_add(MINUTE_MILLIS - 1).div_euclid(MINUTE_MILLIS) * MINUTE_MILLIS)
    }

    /// Its making is over, where it was seen to begin: what it was promised.
    fn made(&mut self, rule: &PromiseRule, order: OrderId, now: Timestamp) -> Option<Option<Timestamp>> {
        let begun = self.making.end(order)?;
        let took = now.millis_since(begun.since).max(0);
        self.making.measured(took.saturating_mul(rule.at_once()) / load(rule, begun.ahead));
        Some(begun.promised_at)
    }

    fn learn(&mut self, was_kept: bool) {
        let moved = if was_kept { self.margin * 990 } else { self.margin * 1_094 } / 1_000;
        self.margin = moved.clamp(MARGIN_LEAST, MARGIN_MOST);
    }

    fn forget(&mut self, rule: &PromiseRule, now: Timestamp) {
        let stated = rule.prepare_millis.saturating_add(rule.deliver_millis.unwrap_or(0));
        let before = now.plus_millis(-stated.saturating_mul(FORGOTTEN_TIMES));
        for leg in [&mut self.making, &mut self.bringing] {
            while let Some(oldest) = leg.under_way.first_entry()
                && oldest.get().since < before
            {
                oldest.remove();
            }
        }
    }
}

impl Leg {
    fn ahead(&self) -> i64 {
        i64::try_from(self.under_way.len()).unwrap_or(i64::MAX)
    }

    fn begin(&mut self, order: OrderId, promised_at: Option<Timestamp>, since: Timestamp) {
        let ahead = self.ahead();
        self.under_way.entry(order).or_insert(UnderWay { since, ahead, promised_at });
        if self.under_way.len() > UNDER_WAY_MAX {
            self.under_way.pop_first();
        }
    }

    fn end(&mut self, order: OrderId) -> Option<UnderWay> {
        self.under_way.remove(&order)
    }

    fn measured(&mut self, millis: i64) {
        if self.measured.len() == WINDOW {
            self.measured.pop_front();
        }
        self.measured.push_back(millis.max(0));
    }

    /// What nine of ten were not longer than; see the module.
    fn p90(&self, stated: i64, now: Timestamp, pace: impl Fn(&UnderWay, i64) -> i64) -> i64 {
        let missing = ENOUGH.saturating_sub(self.measured.len());
        let stated = stated.saturating_add(stated / 2);
        let mut known: Vec<i64> =
            self.measured.iter().copied().chain(std::iter::repeat_n(stated, missing)).collect();
        known.sort_unstable();
        let expected = at_90(&known);
        let known_before = known.len();
        known.extend(
            self.under_way
                .values()
                .take(OLDEST)
                .map(|waiting| pace(waiting, now.millis_since(waiting.since).max(0)))
                .filter(|waited| *waited > expected),
        );
        if known.len() > known_before {
            known.sort_unstable();
        }
        at_90(&known)
    }
}

/// How full it is, times `at_once`: at least that, so that nobody is faster than alone.
fn load(rule: &PromiseRule, ahead: i64) -> i64 {
    ahead.saturating_add(1).max(rule.at_once())
}

fn at_90(sorted: &[i64]) -> i64 {
    let place = (sorted.len() * KEPT_PERCENT).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or(0)
}
