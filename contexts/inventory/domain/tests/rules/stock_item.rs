use inventory_domain::{
    COUNT_MAX, Counts, QUANTITY_MAX, StockItem, StockItemCommand as Command, StockItemRejection as Rejection,
};
use kernel::Aggregate;

use crate::{ORDER, adjusted, given, received, units_consumed, units_released, units_reserved};

fn receive(quantity: u64) -> Command {
    Command::Receive { item: "cup".to_owned(), quantity }
}

fn adjust(difference: i64) -> Command {
    Command::Adjust { item: "cup".to_owned(), difference, reason: "counted".to_owned() }
}

fn reserve(quantity: u64) -> Command {
    Command::Reserve { order: ORDER, quantity }
}

#[test]
fn what_comes_in_can_be_had() {
    let item = given::<StockItem>(&[]);
    assert_eq!(item.decide(receive(10)), Ok(vec![received(10)]));
    assert_eq!(item.evolve(&received(10)).counts().available, 10);
}

#[test]
fn a_receipt_moves_from_one_to_the_most_that_one_step_may() {
    let item = given::<StockItem>(&[]);
    assert_eq!(item.decide(receive(0)), Err(Rejection::OutOfRange));
    assert_eq!(item.decide(receive(QUANTITY_MAX + 1)), Err(Rejection::OutOfRange));
    assert_eq!(item.decide(receive(QUANTITY_MAX)), Ok(vec![received(QUANTITY_MAX)]));
}

#[test]
fn no_more_comes_in_than_can_be_counted() {
    let item = given::<StockItem>(&[received(COUNT_MAX - 7)]);
    assert_eq!(item.decide(receive(8)), Err(Rejection::TooMany { room: 7 }));
    assert_eq!(item.decide(adjust(8)), Err(Rejection::TooMany { room: 7 }));
    assert_eq!(item.decide(receive(7)), Ok(vec![received(7)]));
}

#[test]
fn what_is_missing_when_counting_is_written_off() {
    let item = given::<StockItem>(&[received(10)]);
    assert_eq!(item.decide(adjust(-3)), Ok(vec![adjusted(-3)]));
    let counts = item.evolve(&adjusted(-3)).counts();
    assert_eq!((counts.available, counts.spoiled), (7, 3));
}

#[test]
fn what_turns_up_when_counting_can_be_had() {
    let item = given::<StockItem>(&[received(10)]);
    assert_eq!(item.decide(adjust(3)), Ok(vec![adjusted(3)]));
    let counts = item.evolve(&adjusted(3)).counts();
    assert_eq!((counts.available, counts.found), (13, 3));
}

#[test]
fn an_adjustment_takes_nothing_that_is_held_for_orders() {
    let item = given::<StockItem>(&[received(10), units_reserved(8)]);
    assert_eq!(item.decide(adjust(-3)), Err(Rejection::TooFew { available: 2, reserved: 8 }));
    assert_eq!(item.decide(adjust(-2)), Ok(vec![adjusted(-2)]));
}

#[test]
fn an_adjustment_by_nothing_changes_nothing() {
    let item = given::<StockItem>(&[received(10)]);
    assert_eq!(item.decide(adjust(0)), Ok(vec![]));
}

#[test]
fn an_adjustment_beyond_every_number_is_refused() {
    let item = given::<StockItem>(&[received(10)]);
    assert_eq!(item.decide(adjust(i64::MIN)), Err(Rejection::OutOfRange));
    assert_eq!(item.decide(adjust(i64::MAX)), Err(Rejection::OutOfRange));
}

#[test]
fn an_item_that_never_came_in_cannot_be_adjusted() {
    let item = given::<StockItem>(&[]);
    assert_eq!(item.decide(adjust(1)), Err(Rejection::Unknown));
}

#[test]
fn more_than_is_there_cannot_be_held() {
    let item = given::<StockItem>(&[received(2), units_reserved(1)]);
    assert_eq!(item.decide(reserve(2)), Err(Rejection::TooFew { available: 1, reserved: 1 }));
    assert_eq!(item.decide(reserve(1)), Ok(vec![units_reserved(1)]));
}

#[test]
fn only_what_is_held_is_used_or_freed() {
    let item = given::<StockItem>(&[received(9), units_reserved(2)]);
    for quantity in [2, 3] {
        let allowed = quantity == 2;
        let consume = item.decide(Command::Consume { order: ORDER, quantity });
        let release = item.decide(Command::Release { order: ORDER, quantity });
        assert_eq!(
            consume,
            if allowed { Ok(vec![units_consumed(2)]) } else { Err(Rejection::HeldFewer { reserved: 2 }) }
        );
        assert_eq!(
            release,
            if allowed { Ok(vec![units_released(2)]) } else { Err(Rejection::HeldFewer { reserved: 2 }) }
        );
    }
}

#[test]
fn a_story_of_an_item_counts_every_unit_once() {
    let facts =
        [received(10), units_reserved(4), units_consumed(3), units_released(1), adjusted(-2), adjusted(1)];
    let counts = given::<StockItem>(&facts).counts();
    assert_eq!(counts, Counts { available: 6, reserved: 0, consumed: 3, spoiled: 2, received: 10, found: 1 });
}

#[test]
fn counts_that_lost_a_unit_are_not_conserved() {
    let whole = Counts { available: 6, consumed: 3, spoiled: 2, received: 10, found: 1, ..Counts::default() };
    assert!(whole.are_conserved());
    assert!(!Counts { consumed: 2, ..whole }.are_conserved());
}

#[test]
fn a_snapshot_reads_back_as_the_same_state() {
    for facts in [vec![], vec![received(10), units_reserved(4), adjusted(-1)]] {
        let item = given::<StockItem>(&facts);
        let read = StockItem::from_snapshot(&item.to_snapshot().unwrap());
        assert_eq!(read, Some(item));
    }
}

#[test]
fn a_snapshot_that_cannot_be_read_is_not_used() {
    assert_eq!(StockItem::from_snapshot(b"{\"Kept\":{}}"), None);
}

#[test]
fn facts_that_contradict_each_other_stop_at_the_ends_and_do_not_panic() {
    let item = given::<StockItem>(&[received(u64::MAX), received(1), units_consumed(5), adjusted(i64::MIN)]);
    assert_eq!(item.counts().reserved, 0);
}

#[test]
fn every_refusal_says_what_was_expected() {
    let said = [
        (Rejection::Unknown, "no unit of this item has ever come in"),
        (Rejection::OutOfRange, "the quantity must be from 1 to 1000000000"),
        (Rejection::TooMany { room: 7 }, "at most 7 more can be counted"),
        (
            Rejection::TooFew { available: 2, reserved: 8 },
            "only 2 can be taken away; 8 more are held for orders",
        ),
        (Rejection::HeldFewer { reserved: 2 }, "only 2 are held for orders"),
    ];
    for (refusal, text) in said {
        assert_eq!(refusal.to_string(), text);
    }
}
