use std::collections::BTreeMap;

use catalog_contract::ShopLife;
use jiff::civil::Date;
use kernel::{Actor, Money, Recorded, Timestamp};
use ordering_contract::OrderState;
use payment_contract::{DayEvent, Takings};
use serde::{Deserialize, Serialize};
use tracking_contract::{Captured, DayClosing, DayOrders, DayTimes, DayView, GivenBack, ItemSold, Spread};

use crate::story::{OrderPart, Story};
use crate::why_words::{cancel_word, refusal_word};

/// Items that a day shows at most.
const ITEMS_MAX: usize = 20;

/// What a shop did on a day: a sum of facts, so that the order in which they are heard makes no
/// difference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTally {
    placed: u64,
    completed: u64,
    cancelled: BTreeMap<String, u64>,
    refused: BTreeMap<String, u64>,
    takings: Vec<Takings>,
    accept: Lengths,
    prepare: Lengths,
    deliver: Lengths,
    /// By item and name.
    items: Vec<ItemSold>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closing: Option<DayClosing>,
    /// How many facts it holds.
    facts: u64,
}

/// How often something took how long: by buckets that are a sixteenth wide.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Lengths(BTreeMap<u32, u64>);

/// Which facts of a story are in their days' tallies: what is counted stays counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    milestones: usize,
    placed: bool,
    captured: bool,
    refunds: usize,
}

impl Counted {
    /// Adds what is new of a story to the days on which it happened, and nothing twice.
    pub fn count(
        &mut self,
        story: &Story,
        life: &ShopLife,
        mut day: impl FnMut(Date, &dyn Fn(&mut DayTally)),
    ) {
        let Some(order) = &story.order else { return };
        if !std::mem::replace(&mut self.placed, true) {
            day(life.day_of(order.placed_at), &|tally| tally.placed += 1);
        }
        for milestone in order.milestones.iter().skip(self.milestones) {
            let (state, at) = (milestone.state, milestone.at);
            if DayTally::counts(state) {
                day(life.day_of(at), &|tally| tally.reach(order, state, at));
            }
        }
        self.milestones = order.milestones.len();
        let Some(payment) = &story.payment else { return };
        if let Some(Captured { at, with, amount, .. }) = payment.captured.as_ref().filter(|_| !self.captured)
        {
            self.captured = true;
            day(life.day_of(*at), &|tally| Takings::take(&mut tally.takings, *with, *amount));
        }
        let Some(Captured { with, .. }) = &payment.captured else { return };
        for GivenBack { at, amount, .. } in payment.refunds.iter().skip(self.refunds) {
            day(life.day_of(*at), &|tally| Takings::give_back(&mut tally.takings, *with, *amount));
        }
        self.refunds = payment.refunds.len();
    }

    /// What of a story was counted when it was written.
    #[must_use]
    pub fn of(story: &Story) -> Self {
        let Some(order) = &story.order else { return Self::default() };
        let payment = story.payment.as_ref();
        let captured = payment.is_some_and(|payment| payment.captured.is_some());
        let refunds = payment.filter(|_| captured).map_or(0, |payment| payment.refunds.len());
        Self { milestones: order.milestones.len(), placed: true, captured, refunds }
    }
}

impl DayTally {
    /// Adds a fact.
    pub fn add(&mut self, fact: &dyn Fn(&mut Self)) {
        fact(self);
        self.facts += 1;
    }

    /// Adds what another part of the same day holds.
    pub fn merge(&mut self, other: Self) {
        self.placed += other.placed;
        self.completed += other.completed;
        merge_counts(&mut self.cancelled, other.cancelled);
        merge_counts(&mut self.refused, other.refused);
        other.takings.iter().for_each(|takings| Takings::merge(&mut self.takings, takings));
        merge_counts(&mut self.accept.0, other.accept.0);
        merge_counts(&mut self.prepare.0, other.prepare.0);
        merge_counts(&mut self.deliver.0, other.deliver.0);
        other.items.into_iter().for_each(|sold| self.sell(sold));
        self.closing = other.closing.or(self.closing.take());
        self.facts += other.facts;
    }

    /// How many facts it holds.
    #[must_use]
    pub const fn facts(&self) -> u64 {
        self.facts
    }

    /// What came in and went back.
    #[must_use]
    pub fn takings(&self) -> &[Takings] {
        &self.takings
    }

    /// How many orders were placed.
    #[must_use]
    pub const fn placed(&self) -> u64 {
        self.placed
    }

    /// As it is shown.
    #[must_use]
    pub fn view(&self, shop: &kernel::ShopKey, day: Date) -> DayView {
        let mut items = self.items.clone();
        items.sort_by(|a, b| b.quantity.cmp(&a.quantity).then_with(|| a.item.cmp(&b.item)));
        items.truncate(ITEMS_MAX);
        DayView {
            shop: shop.clone(),
            day,
            orders: DayOrders {
                placed: self.placed,
                completed: self.completed,
                cancelled: self.cancelled.clone(),
                refused: self.refused.clone(),
            },
            takings: self.takings.clone(),
            times: DayTimes {
                accept: self.accept.spread(),
                prepare: self.prepare.spread(),
                deliver: self.deliver.spread(),
            },
            items,
            closing: self.closing.clone(),
            version: self.facts,
        }
    }

    const fn counts(state: OrderState) -> bool {
        matches!(
            state,
            OrderState::Accepted
                | OrderState::Prepared
                | OrderState::Delivered
                | OrderState::Completed
                | OrderState::Cancelled
                | OrderState::Refused
        )
    }

    fn reach(&mut self, order: &OrderPart, state: OrderState, at: Timestamp) {
        let since = |before: OrderState| {
            let reached = order.milestones.iter().find(|milestone| milestone.state == before);
            reached.map(|reached| at.millis_since(reached.at))
        };
        match state {
            OrderState::Accepted => self.accept.take(since(OrderState::Confirmed)),
            OrderState::Prepared => self.prepare.take(since(OrderState::Accepted)),
            OrderState::Delivered => self.deliver.take(since(OrderState::Prepared)),
            OrderState::Completed => {
                self.completed += 1;
                for line in &order.lines {
                    let unit = line.unit_price.unwrap_or_else(|| Money::zero(order.total.currency));
                    self.sell(ItemSold {
                        item: line.item.clone(),
                        name: line.name.clone(),
                        quantity: u64::from(line.quantity),
                        amount: unit.times(line.quantity).unwrap_or(unit),
                    });
                }
            }
            OrderState::Cancelled => {
                let reason = order.cancel_reason.map_or("cancelled", cancel_word);
                *self.cancelled.entry(reason.to_owned()).or_default() += 1;
            }
            OrderState::Refused => {
                let reason = order.refusal_reason.map_or("refused", refusal_word);
                *self.refused.entry(reason.to_owned()).or_default() += 1;
            }
            _ => {}
        }
    }

    fn sell(&mut self, sold: ItemSold) {
        let place = self.items.binary_search_by(|known| {
            let key = |item: &ItemSold| (item.item.clone(), item.name.clone(), item.amount.currency);
            key(known).cmp(&key(&sold))
        });
        match place {
            Ok(known) => {
                let known = &mut self.items[known];
                known.quantity += sold.quantity;
                known.amount.amount = known.amount.amount.saturating_add(sold.amount.amount);
            }
            Err(free) => self.items.insert(free, sold),
        }
    }
}

/// The closing of a day that payment tells of, where an event is one.
///
/// # Errors
/// When it cannot be read.
pub fn closing_of(event: &Recorded) -> Result<Option<(Date, DayClosing)>, kernel::DecodeError> {
    if event.name() != "day-closed" {
        return Ok(None);
    }
    let DayEvent::Closed(closed) = event.decode()?;
    let closed_by: Actor = closed.closed_by;
    Ok(Some((closed.day, DayClosing { number: closed.number, closed_at: event.at, closed_by })))
}

/// A tally that holds a closing and nothing else.
#[must_use]
pub fn closed(closing: DayClosing) -> DayTally {
    DayTally { closing: Some(closing), facts: 1, ..DayTally::default() }
}

fn merge_counts<K: Ord>(into: &mut BTreeMap<K, u64>, other: BTreeMap<K, u64>) {
    for (key, count) in other {
        *into.entry(key).or_default() += count;
    }
}

impl Lengths {
    fn take(&mut self, millis: Option<i64>) {
        if let Some(millis) = millis {
            *self.0.entry(bucket_of(millis)).or_default() += 1;
        }
    }

    fn spread(&self) -> Spread {
        let count = self.0.values().sum();
        Spread { count, median_millis: self.at_percent(50, count), p90_millis: self.at_percent(90, count) }
    }

    /// The length that so many of a hundred do not exceed.
    fn at_percent(&self, percent: u64, count: u64) -> Option<i64> {
        let wanted = (count * percent).div_ceil(100);
        let mut seen = 0;
        self.0.iter().find_map(|(bucket, count)| {
            seen += count;
            (seen >= wanted && wanted > 0).then(|| middle_of(*bucket))
        })
    }
}

/// Below 16 every millisecond has its own; above, sixteen to every doubling.
fn bucket_of(millis: i64) -> u32 {
    let millis = u64::try_from(millis).unwrap_or(0);
    if millis < 16 {
        return u32::try_from(millis).unwrap_or(0);
    }
    let power = millis.ilog2();
    let sixteenth = u32::try_from(millis >> (power - 4)).unwrap_or(0) - 16;
    (power - 3) * 16 + sixteenth
}

fn middle_of(bucket: u32) -> i64 {
    if bucket < 16 {
        return i64::from(bucket);
    }
    let power = bucket / 16 + 3;
    let width = 1_i64 << (power - 4);
    (16 + i64::from(bucket % 16)) * width + width / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_told_within_a_few_percent() {
        for millis in [0_i64, 1, 15, 16, 17, 31, 32, 999, 60_000, 61_234, 86_400_000] {
            let told = middle_of(bucket_of(millis));
            assert!((told - millis).abs() * 100 <= millis * 4, "{millis} is told as {told}");
        }
    }

    #[test]
    fn half_and_nine_of_ten_are_found_among_all_lengths() {
        let mut lengths = Lengths::default();
        assert_eq!(lengths.spread(), Spread::default());
        (1..=10).for_each(|millis| lengths.take(Some(millis)));
        lengths.take(None);
        assert_eq!(lengths.spread(), Spread { count: 10, median_millis: Some(5), p90_millis: Some(9) });
    }

    #[test]
    fn buckets_follow_each_other_without_a_gap() {
        let buckets: Vec<_> = (0..100_000).map(bucket_of).collect();
        assert!(buckets.windows(2).all(|pair| pair[1] == pair[0] || pair[1] == pair[0] + 1));
    }
}
