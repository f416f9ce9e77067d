//! What is promised, against rushes that are replayed: who orders when, how many make it, how long
//! each takes, all drawn from a seed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use catalog_contract::PromiseRule;
use kernel::{OrderId, Timestamp};
use ordering_domain::{Pace, Progress};
use proptest::prelude::*;
use uuid::Uuid;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Half past something: whole minutes are rounded up to.
const OPENS: i64 = 1_800_000_030_000;

fn rule(prepare: i64, at_once: u32) -> PromiseRule {
    PromiseRule { prepare_millis: prepare, deliver_millis: None, at_once }
}

fn order(number: usize) -> OrderId {
    OrderId(Uuid::from_u128(number as u128 + 1))
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// A rush: what happens depends on the time since the shop opened, in milliseconds.
struct Rush {
    name: &'static str,
    rule: PromiseRule,
    hours: i64,
    /// Between two orders, on average.
    apart: fn(i64) -> i64,
    cooks: fn(i64) -> usize,
    /// What one takes to make, typically.
    takes: fn(i64) -> i64,
    /// What one takes to bring, typically.
    brings: Option<i64>,
}

const NOON: i64 = 2 * HOUR;

fn rushes() -> Vec<Rush> {
    let calm = Rush {
        name: "steady",
        rule: rule(5 * MINUTE, 2),
        hours: 6,
        apart: |_| 3 * MINUTE,
        cooks: |_| 2,
        takes: |_| 4 * MINUTE,
        brings: None,
    };
    let peak = |now: i64| if (NOON..NOON + HOUR).contains(&now) { 75_000 } else { 4 * MINUTE };
    let slow = |now: i64| if (NOON..2 * NOON).contains(&now) { 7 * MINUTE } else { 3 * MINUTE };
    let down = |now: i64| if (NOON..NOON + HOUR).contains(&now) { 2 } else { 3 };
    vec![
        Rush { name: "lunch peak", apart: peak, takes: |_| 3 * MINUTE, ..copy(&calm) },
        Rush { name: "slow kitchen", apart: |_| 4 * MINUTE, takes: slow, ..copy(&calm) },
        Rush {
            name: "one cook down",
            rule: rule(5 * MINUTE, 3),
            apart: |_| 2 * MINUTE,
            cooks: down,
            takes: |_| 280_000,
            ..copy(&calm)
        },
        Rush {
            name: "brought",
            rule: PromiseRule { deliver_millis: Some(30 * MINUTE), ..calm.rule.clone() },
            brings: Some(25 * MINUTE),
            ..copy(&calm)
        },
        Rush { name: "figures far too long", rule: rule(30 * MINUTE, 1), ..copy(&calm) },
        calm,
    ]
}

fn copy(of: &Rush) -> Rush {
    Rush { rule: of.rule.clone(), ..*of }
}

/// Numbers from a seed: SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Above 0, at most 1.
    fn part(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 1.0) / (1_u64 << 53) as f64
    }

    /// Arrivals that know nothing of each other.
    fn wait(&mut self, apart: i64) -> i64 {
        (-self.part().ln() * apart as f64) as i64
    }

    /// Around what is typical, sometimes twice as long.
    fn about(&mut self, typical: i64) -> i64 {
        let normal = (0..12).map(|_| self.part()).sum::<f64>() - 6.0;
        (typical as f64 * (normal * 0.4).exp()) as i64
    }
}

/// What was promised and what it took, order by order.
struct Replayed {
    lengths: Vec<(i64, i64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Ordered,
    Made,
    Brought,
}

fn replay(rush: &Rush, seed: u64) -> Replayed {
    let (mut dice, mut pace) = (Dice(seed), Pace::default());
    let mut steps = BinaryHeap::new();
    let mut arrives = 0;
    for number in 0.. {
        arrives += dice.wait((rush.apart)(arrives));
        if arrives > rush.hours * HOUR {
            break;
        }
        steps.push(Reverse((OPENS + arrives, Step::Ordered, number)));
    }
    let (mut waiting, mut busy) = (VecDeque::new(), 0);
    let mut promised = BTreeMap::new();
    let mut lengths = Vec::new();
    while let Some(Reverse((now, step, number))) = steps.pop() {
        let told = promised.get(&number).map(|(_, promise)| *promise);
        match step {
            Step::Ordered => {
                let promise = pace.promise(&rush.rule, at(now));
                assert!(promise >= at(now), "a promise in the past");
                promised.insert(number, (now, promise));
                pace.follow(&rush.rule, order(number), Progress::Making, Some(promise), at(now));
                waiting.push_back(number);
            }
            Step::Made => {
                busy -= 1;
                if let Some(brings) = rush.brings {
                    pace.follow(&rush.rule, order(number), Progress::Bringing, told, at(now));
                    steps.push(Reverse((now + dice.about(brings), Step::Brought, number)));
                }
            }
            Step::Brought => {}
        }
        let is_there = step == Step::Brought || step == Step::Made && rush.brings.is_none();
        if is_there && let Some((ordered, promise)) = promised.get(&number) {
            pace.follow(&rush.rule, order(number), Progress::There, told, at(now));
            lengths.push((promise.millis_since(at(*ordered)), now - ordered));
        }
        while busy < (rush.cooks)(now - OPENS)
            && let Some(next) = waiting.pop_front()
        {
            busy += 1;
            let takes = dice.about((rush.takes)(now - OPENS));
            steps.push(Reverse((now + takes, Step::Made, next)));
        }
    }
    Replayed { lengths }
}

impl Replayed {
    fn kept_percent(&self) -> usize {
        let kept = self.lengths.iter().filter(|(promised, took)| took <= promised).count();
        kept * 100 / self.lengths.len()
    }

    /// How many times as long as it took was promised, in percent: the middle one.
    fn slack_percent(&self) -> i64 {
        let mut slack: Vec<i64> =
            self.lengths.iter().map(|(promised, took)| promised * 100 / took.max(&1)).collect();
        slack.sort_unstable();
        slack[slack.len() / 2]
    }
}

const SEEDS: u64 = 40;

#[test]
fn in_every_rush_at_least_four_of_five_orders_are_there_in_time() {
    for rush in rushes() {
        for seed in 0..SEEDS {
            let replayed = replay(&rush, seed);
            assert!(replayed.lengths.len() > 50, "{}: too few orders to say anything", rush.name);
            let kept = replayed.kept_percent();
            assert!(kept >= 80, "{} {seed}: {kept} % of {} in time", rush.name, replayed.lengths.len());
        }
    }
}

#[test]
fn nobody_is_promised_a_time_that_is_absurdly_long() {
    for rush in rushes() {
        for seed in 0..SEEDS {
            let slack = replay(&rush, seed).slack_percent();
            assert!((100..=350).contains(&slack), "{} {seed}: {slack} % of what it took", rush.name);
        }
    }
}

#[test]
fn a_shop_that_has_measured_nothing_promises_its_own_figures_and_some_more() {
    let shop = PromiseRule { deliver_millis: Some(30 * MINUTE), ..rule(10 * MINUTE, 1) };
    let promise = Pace::default().promise(&shop, at(OPENS));
    // Half as long again, and up to the next full minute.
    assert_eq!(promise, at(OPENS + 60 * MINUTE + 30_000));
}

#[test]
fn who_comes_later_into_the_queue_is_promised_a_later_time() {
    let shop = rule(10 * MINUTE, 2);
    let mut pace = Pace::default();
    let mut promises = Vec::new();
    for number in 0..4 {
        promises.push(pace.promise(&shop, at(OPENS)).millis_since(at(OPENS)) / MINUTE);
        pace.follow(&shop, order(number), Progress::Making, None, at(OPENS));
    }
    assert_eq!(promises, [15, 15, 22, 30]);
}

#[test]
fn what_was_measured_replaces_the_figures_of_the_shop() {
    let shop = rule(30 * MINUTE, 1);
    let mut pace = Pace::default();
    for number in 0..8 {
        let begins = OPENS + number as i64 * HOUR;
        pace.follow(&shop, order(number), Progress::Making, None, at(begins));
        pace.follow(&shop, order(number), Progress::There, None, at(begins + 2 * MINUTE));
    }
    let now = OPENS + 9 * HOUR;
    assert_eq!(pace.promise(&shop, at(now)).millis_since(at(now)), 2 * MINUTE + 30_000);
}

#[test]
fn a_kitchen_that_has_become_slow_is_noticed_before_its_orders_are_done() {
    let shop = rule(2 * MINUTE, 4);
    let mut pace = Pace::default();
    for number in 0..24 {
        let begins = OPENS + number as i64 * HOUR;
        pace.follow(&shop, order(number), Progress::Making, None, at(begins));
        pace.follow(&shop, order(number), Progress::There, None, at(begins + 2 * MINUTE));
    }
    let now = OPENS + 30 * HOUR;
    for number in 30..34 {
        pace.follow(&shop, order(number), Progress::Making, None, at(now));
    }
    let later = now + 20 * MINUTE;
    assert!(pace.promise(&shop, at(later)).millis_since(at(later)) >= 20 * MINUTE);
}

#[test]
fn an_order_that_was_forgotten_or_cancelled_is_no_queue() {
    let shop = rule(MINUTE, 1);
    let fresh = |now| Pace::default().promise(&shop, at(now)).millis_since(at(now));
    let mut pace = Pace::default();
    for number in 0..3 {
        pace.follow(&shop, order(number), Progress::Making, None, at(OPENS));
    }
    for number in 0..2 {
        pace.follow(&shop, order(number), Progress::Gone, None, at(OPENS));
    }
    assert!(pace.promise(&shop, at(OPENS)).millis_since(at(OPENS)) > fresh(OPENS));
    let later = OPENS + HOUR;
    pace.follow(&shop, order(9), Progress::Making, None, at(later));
    pace.follow(&shop, order(9), Progress::Gone, None, at(later));
    assert_eq!(pace.promise(&shop, at(later)).millis_since(at(later)), fresh(later));
}

#[test]
fn what_is_told_twice_is_measured_once() {
    let shop = rule(MINUTE, 1);
    let (mut once, mut twice) = (Pace::default(), Pace::default());
    let steps = [(Progress::Making, 0), (Progress::Bringing, 3), (Progress::There, 9)];
    for (progress, minutes) in steps {
        let now = at(OPENS + minutes * MINUTE);
        once.follow(&shop, order(1), progress, Some(at(OPENS)), now);
        twice.follow(&shop, order(1), progress, Some(at(OPENS)), now);
        twice.follow(&shop, order(1), progress, Some(at(OPENS)), now.plus_millis(1));
    }
    assert_eq!(once, twice);
}

fn progress() -> impl Strategy<Value = Progress> {
    prop::sample::select(vec![Progress::Making, Progress::Bringing, Progress::There, Progress::Gone])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_promise_never_lies_in_the_past_whatever_was_heard_before(
        prepare in 0_i64..i64::MAX,
        deliver in prop::option::of(0_i64..i64::MAX),
        at_once in 0_u32..10,
        heard in prop::collection::vec((0_usize..20, progress(), -HOUR..24 * HOUR), 0..200),
        now in 0_i64..4_000_000_000_000,
    ) {
        let shop = PromiseRule { prepare_millis: prepare, deliver_millis: deliver, at_once };
        let mut pace = Pace::default();
        for (number, progress, later) in heard {
            pace.follow(&shop, order(number), progress, Some(at(now)), at(now + later));
        }
        let promise = pace.promise(&shop, at(now));
        prop_assert!(promise >= at(now), "{promise:?} before {now}");
    }
}
