//! Shops that hold stock: the kiosk answers and then decides, the bakery holds and then asks for money.

use inventory_contract::{InventoryEvent, StockConsumedV1};
use ordering_contract::{CancelReason, OrderEvent, OrderState, RefusalReason};
use ordering_service::PlaceReply;

use crate::house::*;

fn placed(shop: &str) -> House {
    let mut house = House::open();
    house.place_with(order(1), shop, americanos(2), Some(key(1, 1))).unwrap();
    house
}

#[test]
fn the_kiosk_answers_at_once_and_says_what_the_order_needs() {
    let mut house = House::open();

    let reply = house.place(order(1), KIOSK, americanos(2)).unwrap();

    assert_eq!(reply, PlaceReply::Decided { order: order(1), version: 1 });
    assert_eq!(house.shown(order(1)), (OrderState::Placed, false));
    let Some(OrderEvent::Placed(placed)) = house.events(order(1)).pop() else { panic!("not placed") };
    assert_eq!((placed.uses[0].item.as_str(), placed.uses[0].quantity), ("cup", 2));
    assert_eq!(house.asked.len(), 0);
}

#[test]
fn a_kiosk_order_is_confirmed_when_its_stock_is_held() {
    let mut house = placed(KIOSK);

    house.inventory_says(order(1), reserved());
    house.hear();

    assert_eq!(house.facts(order(1)), ["placed", "reserved", "confirmed"]);
}

#[test]
fn what_the_kiosk_answered_first_stays_its_answer() {
    let mut house = placed(KIOSK);
    assert_eq!(house.answer(&key(1, 1)), Some((201, 1)));

    house.inventory_says(order(1), reserved());
    house.hear();

    assert_eq!(house.answer(&key(1, 1)), Some((201, 1)));
}

#[test]
fn a_kiosk_order_that_is_short_is_cancelled_and_says_what_is_short() {
    let mut house = placed(KIOSK);

    house.inventory_says(order(1), short());
    house.hear();

    let view = house.view(order(1));
    assert_eq!((view.state, view.cancel_reason), (OrderState::Cancelled, Some(CancelReason::OutOfStock)));
    let Some(OrderEvent::Cancelled(cancelled)) = house.events(order(1)).pop() else {
        panic!("not cancelled")
    };
    assert_eq!(cancelled.text.as_deref(), Some("cup: 2 wanted, 1 there"));
}

#[test]
fn the_bakery_asks_for_money_only_when_the_stock_is_held() {
    let mut house = placed(BAKERY);
    assert_eq!(house.asked.len(), 0);

    house.inventory_says(order(1), reserved());
    house.hear();
    assert_eq!((house.facts(order(1)), house.asked.len()), (vec!["placed".into(), "reserved".to_owned()], 1));

    house.payment_says(order(1), approved());
    house.hear();
    assert_eq!(house.facts(order(1)), ["placed", "reserved", "paid", "confirmed"]);
    assert_eq!(house.answer(&key(1, 1)), Some((201, 4)));
}

#[test]
fn a_bakery_order_that_is_short_is_refused_and_asks_for_no_money() {
    let mut house = placed(BAKERY);

    house.inventory_says(order(1), short());
    house.hear();

    assert_eq!((house.shown(order(1)), house.asked.len()), ((OrderState::Refused, true), 0));
    assert_eq!(house.answer(&key(1, 1)), Some((409, 2)));
}

#[test]
fn a_bakery_order_whose_stock_stays_silent_is_abandoned_and_blames_stock() {
    let mut house = placed(BAKERY);
    house.wait(TIMEOUT_MILLIS);

    house.payment_says(order(1), voided());
    house.hear();

    let Some(OrderEvent::Refused(refused)) = house.events(order(1)).pop() else { panic!("not refused") };
    assert_eq!((refused.reason, refused.holds_stock), (RefusalReason::StockUnavailable, true));
}

#[test]
fn stock_that_is_held_after_the_bound_asks_for_no_money() {
    let mut house = placed(BAKERY);
    house.wait(TIMEOUT_MILLIS);

    house.inventory_says(order(1), reserved());
    house.hear();

    assert_eq!(house.asked.len(), 0);
}

#[test]
fn a_bakery_order_that_costs_nothing_shows_and_is_confirmed_by_its_stock_alone() {
    let mut house = House::open();
    house.place(order(1), BAKERY, wish(vec![line("water", 1)])).unwrap();
    assert_eq!(house.shown(order(1)), (OrderState::Placed, false));

    house.inventory_says(order(1), reserved());
    house.hear();

    assert_eq!((house.shown(order(1)).0, house.asked.len()), (OrderState::Confirmed, 0));
}

#[test]
fn what_becomes_of_the_stock_later_does_not_move_the_order() {
    let mut house = placed(KIOSK);
    house.inventory_says(order(1), reserved());
    house.inventory_says(order(1), InventoryEvent::StockConsumed(StockConsumedV1 {}));
    house.hear();

    assert_eq!(house.shown(order(1)).0, OrderState::Confirmed);
}
