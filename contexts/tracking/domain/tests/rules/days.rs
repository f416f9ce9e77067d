//! What a shop did on a day.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use tracking_contract::DayView;
use tracking_domain::{Counted, DayTally, Story};

use crate::house::{Fact, approved, cafe, cancelled, placed, refunded, story, tell, whole_life, won};

type Days = BTreeMap<Date, DayTally>;

fn count(counted: &mut Counted, story: &Story, days: &mut Days) {
    counted.count(story, &cafe(), |day, fact| days.entry(day).or_default().add(fact));
}

/// The days of an order whose story is counted after each of these many facts.
fn days_of(facts: &[Fact], batches: &[usize]) -> Days {
    let (mut story, mut counted, mut days) = (Story::default(), Counted::default(), Days::new());
    for (number, fact) in facts.iter().enumerate() {
        tell(&mut story, fact);
        if batches.contains(&number) {
            count(&mut counted, &story, &mut days);
            // Read back from its row.
            counted = Counted::of(&story);
        }
    }
    count(&mut counted, &story, &mut days);
    days
}

fn shown(days: &Days, day: Date) -> DayView {
    days[&day].view(&"cafe".into(), day)
}

const TODAY: Date = date(2026, 11, 28);

#[test]
fn a_day_counts_orders_money_times_and_what_was_sold() {
    let day = shown(&days_of(&whole_life(), &[]), TODAY);

    assert_eq!((day.orders.placed, day.orders.completed), (1, 1));
    assert_eq!(
        (day.takings[0].gross, day.takings[0].net, day.takings[0].payments),
        (won(9_000), won(9_000), 1)
    );
    assert_eq!(
        (day.items[0].item.as_str(), day.items[0].quantity, day.items[0].amount),
        ("latte", 2, won(9_000))
    );
    let near = |told: Option<i64>, minutes: i64| (told.unwrap() - minutes * 60_000).abs() < minutes * 2_400;
    assert!(near(day.times.accept.median_millis, 2), "{:?}", day.times);
    assert!(near(day.times.prepare.p90_millis, 10), "{:?}", day.times);
    assert_eq!(day.times.deliver.count, 0);
}

#[test]
fn a_cancel_and_its_refund_are_of_the_days_on_which_they_happen() {
    let two_days = 2 * 24 * 60;
    let facts = [placed(0), approved(0), cancelled(two_days), refunded(two_days + 1, 1, 9_000, true)];
    let days = days_of(&facts, &[1, 2]);

    let (first, later) = (shown(&days, TODAY), shown(&days, date(2026, 11, 30)));
    assert_eq!((first.takings[0].gross, first.takings[0].refunds), (won(9_000), won(0)));
    assert_eq!(
        (later.takings[0].gross, later.takings[0].refunds, later.takings[0].net.amount),
        (won(0), won(9_000), -9_000)
    );
    assert_eq!((later.orders.cancelled["by-customer"], later.orders.placed), (1, 0));
}

#[test]
fn money_that_is_heard_of_before_its_order_is_counted_with_it() {
    let facts = [approved(0), placed(0)];
    let days = days_of(&facts, &[0, 1]);
    assert_eq!(days, days_of(&[placed(0), approved(0)], &[]));
    assert_eq!(shown(&days, TODAY).takings[0].gross, won(9_000));
}

#[test]
fn a_shop_without_a_fact_has_no_day() {
    assert_eq!(days_of(&[], &[]), Days::new());
    assert_eq!(Counted::of(&story(&[approved(0)])), Counted::default());
}

proptest! {
    #[test]
    fn however_the_facts_are_batched_and_merged_a_day_is_the_same(
        batches in prop::collection::vec(0_usize..10, 0..6),
        split in 0_usize..10,
    ) {
        let mut facts = whole_life();
        facts.push(refunded(30, 1, 1_000, false));
        facts.push(refunded(31, 2, 8_000, true));
        let whole = days_of(&facts, &[]);
        prop_assert_eq!(&days_of(&facts, &batches), &whole);
        let mut part = Days::new();
        let (mut told, mut counted) = (Story::default(), Counted::default());
        facts.iter().take(split).for_each(|fact| tell(&mut told, fact));
        count(&mut counted, &told, &mut part);
        facts.iter().skip(split).for_each(|fact| tell(&mut told, fact));
        let mut rest = Days::new();
        count(&mut counted, &told, &mut rest);
        for (day, tally) in part {
            rest.entry(day).or_default().merge(tally);
        }
        prop_assert_eq!(rest, whole);
    }
}
