//! Closing a business day.

use kernel::{Actor, Aggregate, Currency, Money, Timestamp};
use payment_contract::{DayClosedV1, DayEvent, PaidWith, Takings};
use payment_domain::{BusinessDay, DayCommand, DayRejection};

const UNTIL: i64 = 1_795_878_000_000;

fn closing(number: u64) -> DayClosedV1 {
    let mut takings = Vec::new();
    Takings::take(&mut takings, PaidWith::Card, Money::new(9_000, Currency::KRW));
    Takings::give_back(&mut takings, PaidWith::Card, Money::new(4_500, Currency::KRW));
    DayClosedV1 {
        day: "2026-11-28".parse().unwrap(),
        number,
        from: Timestamp::from_millis(1_795_791_600_000),
        until: Timestamp::from_millis(UNTIL),
        takings,
        closed_by: Actor::parse("staff:kim").unwrap(),
    }
}

fn close(number: u64, at: i64) -> DayCommand {
    DayCommand::Close { closing: closing(number), at: Timestamp::from_millis(at) }
}

#[test]
fn a_day_that_is_over_is_closed_with_its_sums() {
    let facts = BusinessDay::Open.decide(close(1, UNTIL)).unwrap();
    assert_eq!(facts, [DayEvent::Closed(closing(1))]);
    assert_eq!(closing(1).takings[0].net.amount, 4_500);
}

#[test]
fn a_day_that_is_not_over_stays_open() {
    let day = closing(1).day;
    assert_eq!(BusinessDay::Open.decide(close(1, UNTIL - 1)), Err(DayRejection::NotOver { day }));
}

#[test]
fn a_closed_day_is_never_closed_again() {
    let closed = BusinessDay::Open.evolve(&DayEvent::Closed(closing(7)));
    assert_eq!(closed.decide(close(8, UNTIL + 1)), Err(DayRejection::ClosedAlready { number: 7 }));
}

#[test]
fn ways_of_payment_and_currencies_are_summed_apart_whoever_came_first() {
    let (won, euro) = (Money::new(1, Currency::KRW), Money::new(1, Currency::parse("EUR").unwrap()));
    let of = |order: &[(PaidWith, Money)]| {
        let mut all = Vec::new();
        order.iter().for_each(|(with, amount)| Takings::take(&mut all, *with, *amount));
        all
    };
    let some = of(&[(PaidWith::Card, won), (PaidWith::Deposit, won), (PaidWith::Card, euro)]);
    let other = of(&[(PaidWith::Card, euro), (PaidWith::Card, won), (PaidWith::Deposit, won)]);
    assert_eq!((some.len(), &some), (3, &other));
}
