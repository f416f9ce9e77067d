//! Whenever ordering says something about an order, then this happens to the stock.

use catalog_contract::StockMode;
use inventory_contract::InventoryEvent;
use journal::Reader;
use kernel::Published;
use ordering_contract::{CancelReason, RefusalReason};

use crate::house::{CAFE, House, KIOSK, cancelled, completed, order_id, placed, refused, started};

#[test]
fn a_placed_order_holds_all_that_it_uses() {
    let mut house = House::open();
    house.receive(KIOSK, "cup", 10);
    house.place(KIOSK, 1, &[("cup", 2), ("cup", 1)]);
    house.hear();
    assert_eq!(house.counts("cup"), (7, 3, 0));
    assert_eq!(house.answers_to(1), ["stock-reserved.v1"]);
}

#[test]
fn an_order_that_is_short_of_one_item_holds_none() {
    let mut house = House::open();
    house.receive(KIOSK, "cup", 10);
    house.place(KIOSK, 1, &[("cup", 1), ("milk", 1)]);
    house.hear();
    assert_eq!(house.counts("cup"), (10, 0, 0));
    assert_eq!(house.answers_to(1), ["stock-short.v1"]);
}

#[test]
fn an_order_before_any_stock_exists_is_short_and_leaves_no_row() {
    let mut house = House::open();
    house.place(KIOSK, 1, &[("cup", 1)]);
    let step = house.hear();
    assert_eq!(house.answers_to(1), ["stock-short.v1"]);
    assert!(step.change.rows.is_empty());
}

#[test]
fn an_order_that_uses_nothing_is_answered_in_a_shop_that_keeps_stock() {
    let mut house = House::open();
    house.place(KIOSK, 1, &[]);
    house.hear();
    assert_eq!(house.answers_to(1), ["stock-reserved.v1"]);
}

#[test]
fn a_shop_that_keeps_no_stock_is_left_alone_whatever_happens_to_its_orders() {
    let mut house = House::open();
    house.tell(CAFE, 1, placed(CAFE, StockMode::None, &[]));
    house.tell(CAFE, 1, started());
    house.tell(CAFE, 1, completed());
    let step = house.hear();
    assert!(step.change.events.is_empty());
    assert_eq!(step.parked, 0);
}

#[test]
fn of_two_orders_in_one_batch_only_one_gets_the_last_cup() {
    let mut house = House::open();
    house.receive(KIOSK, "cup", 1);
    house.place(KIOSK, 1, &[("cup", 1)]);
    house.place(KIOSK, 2, &[("cup", 1)]);
    house.hear();
    assert_eq!(house.answers_to(1), ["stock-reserved.v1"]);
    assert_eq!(house.answers_to(2), ["stock-short.v1"]);
    assert_eq!(house.counts("cup"), (0, 1, 0));
}

#[test]
fn the_answer_names_what_is_short_and_how_much_is_there() {
    let mut house = House::open();
    house.receive(KIOSK, "cup", 10);
    house.place(KIOSK, 1, &[("cup", 11)]);
    house.hear();
    let event = house.processor.journal().load(order_id(1).0, 0).unwrap().remove(0);
    let InventoryEvent::StockShort(short) = event.decode().unwrap() else { panic!("{event:?}") };
    assert_eq!((short.shortages[0].wanted, short.shortages[0].available), (11, 10));
    assert_eq!(event.subject.order, Some(order_id(1)));
}

#[test]
fn what_is_held_is_used_when_making_starts_and_only_once() {
    let mut house = House::open();
    house.receive(KIOSK, "cup", 10);
    house.place(KIOSK, 1, &[("cup", 2)]);
    house.tell(KIOSK, 1, started());
    house.tell(KIOSK, 1, completed());
    house.hear();
    assert_eq!(house.counts("cup"), (8, 0, 2));
}

#[test]
fn where_nothing_is_made_what_is_held_is_used_when_the_order_is_done() {
    let mut house = House::open();
    house.receive(KIOSK, "cup", 10);
    house.place(KIOSK, 1, &[("cup", 2)]);
    house.tell(KIOSK, 1, completed());
    house.hear();
    assert_eq!(house.counts("cup"), (8, 0, 2));
}

/// Every way that an order can end without being made, where stock was held for it.
#[test]
fn whatever_ends_an_order_before_it_is_made_gives_its_stock_back() {
    let ends = [
        cancelled(CancelReason::ByCustomer, true),
        cancelled(CancelReason::ByStaff, true),
        cancelled(CancelReason::RejectedByShop, true),
        cancelled(CancelReason::Expired, true),
        refused(RefusalReason::PaymentDeclined, true),
        refused(RefusalReason::PaymentUnavailable, true),
        refused(RefusalReason::StockUnavailable, true),
    ];
    for end in ends {
        let mut house = House::open();
        house.receive(KIOSK, "cup", 10);
        house.place(KIOSK, 1, &[("cup", 2)]);
        house.tell(KIOSK, 1, end.clone());
        house.hear();
        assert_eq!(house.counts("cup"), (10, 0, 0), "{}", end.event_type());
    }
}

#[test]
fn an_order_refused_as_short_has_nothing_to_give_back() {
    let mut house = House::open();
    house.receive(KIOSK, "cup", 1);
    house.place(KIOSK, 1, &[("cup", 2)]);
    house.tell(KIOSK, 1, cancelled(CancelReason::OutOfStock, false));
    house.hear();
    assert_eq!(house.counts("cup"), (1, 0, 0));
    assert_eq!(house.answers_to(1), ["stock-short.v1"]);
}

#[test]
fn an_order_cancelled_after_making_started_has_used_its_stock() {
    let mut house = House::open();
    house.receive(KIOSK, "cup", 10);
    house.place(KIOSK, 1, &[("cup", 2)]);
    house.tell(KIOSK, 1, started());
    house.tell(KIOSK, 1, cancelled(CancelReason::ByStaff, true));
    house.hear();
    assert_eq!(house.counts("cup"), (8, 0, 2));
}

#[test]
fn an_order_let_go_before_it_was_heard_of_holds_nothing_when_it_comes_late() {
    let mut house = House::open();
    house.receive(KIOSK, "cup", 10);
    house.tell(KIOSK, 1, refused(RefusalReason::StockUnavailable, true));
    house.place(KIOSK, 1, &[("cup", 2)]);
    house.hear();
    assert_eq!(house.counts("cup"), (10, 0, 0));
    assert_eq!(house.answers_to(1), ["stock-released.v1"]);
}

#[test]
fn an_order_of_a_life_not_heard_of_waits_without_being_parked() {
    let mut house = House::empty();
    house.place(KIOSK, 1, &[]);
    let step = house.hear_ordering();
    assert_eq!((step.parked, step.stalls.len()), (0, 1));
    assert!(step.stalls[0].expected);

    house.define(KIOSK, StockMode::Reserve);
    house.hear();
    assert_eq!(house.answers_to(1), ["stock-reserved.v1"]);
}

#[test]
fn an_order_that_is_made_though_it_was_short_is_parked_and_others_go_on() {
    let mut house = House::open();
    house.receive(KIOSK, "cup", 1);
    house.place(KIOSK, 1, &[("cup", 2)]);
    house.tell(KIOSK, 1, started());
    house.place(KIOSK, 2, &[("cup", 1)]);
    let step = house.hear();
    assert_eq!(step.parked, 1);
    assert_eq!(house.counts("cup"), (0, 1, 0));
}

#[test]
fn events_heard_again_change_nothing() {
    let mut house = House::open();
    house.receive(KIOSK, "cup", 10);
    house.place(KIOSK, 1, &[("cup", 2)]);
    house.tell(KIOSK, 1, started());
    house.hear();
    let again = house.hear_again();
    assert!(again.change.events.is_empty());
    assert_eq!(house.counts("cup"), (8, 0, 2));
}
