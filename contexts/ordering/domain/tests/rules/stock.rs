//! Stock: inventory says whether it holds what the order needs.

use ordering_contract::{
    CancelReason, OrderConfirmedV1, OrderEvent, OrderPlacedV1, OrderState, RefusalReason,
};

use crate::dialogue::*;

#[test]
fn an_order_without_money_is_confirmed_when_its_stock_is_held() {
    given([placed(kiosk())]).when(note_reserved(kiosk())).then([reserved(), confirmed()]);
}

#[test]
fn an_order_with_money_still_waits_for_it_when_its_stock_is_held() {
    given([placed(bakery())]).when(note_reserved(bakery())).then([reserved()]);
}

#[test]
fn an_order_that_the_customer_pays_still_waits_when_its_stock_is_held() {
    given([placed(restaurant())]).when(note_reserved(restaurant())).then([reserved()]);
}

#[test]
fn stock_is_held_once() {
    given([placed(bakery()), reserved()]).when(note_reserved(bakery())).then_nothing_new();
    given([placed(kiosk()), reserved(), confirmed()]).when(note_reserved(kiosk())).then_nothing_new();
}

#[test]
fn a_shop_that_takes_money_at_order_refuses_what_is_short() {
    let facts = [refused(RefusalReason::OutOfStock, Some(SHORT), false)];
    given([placed(bakery())]).when(note_short(bakery())).then(facts);
}

#[test]
fn a_shop_that_answered_before_cancels_what_is_short() {
    for life in [kiosk(), restaurant()] {
        let facts = [cancelled(CancelReason::OutOfStock, Some(SHORT), &NOTHING)];
        given([placed(life.clone())]).when(note_short(life)).then(facts);
    }
}

#[test]
fn an_order_that_costs_nothing_was_answered_before_and_is_cancelled_when_it_is_short() {
    let free = OrderPlacedV1 { payment_method: None, ..order_in(&bakery()) };
    let facts = [cancelled(CancelReason::OutOfStock, Some(SHORT), &NOTHING)];
    given([OrderEvent::Placed(free)]).when(note_short(bakery())).then(facts);
}

#[test]
fn an_order_that_costs_nothing_is_confirmed_when_its_stock_is_held() {
    let free = OrderPlacedV1 { payment_method: None, ..order_in(&bakery()) };
    let OrderEvent::Confirmed(standing) = confirmed() else { unreachable!("it is") };
    let standing = OrderConfirmedV1 { life: free.life.clone(), ..standing };
    given([OrderEvent::Placed(free)])
        .when(note_reserved(bakery()))
        .then([reserved(), OrderEvent::Confirmed(standing)]);
}

#[test]
fn what_is_short_after_the_order_stands_changes_nothing() {
    given([placed(kiosk()), reserved(), confirmed()]).when(note_short(kiosk())).then_nothing_new();
}

#[test]
fn stock_that_is_held_after_a_cancel_changes_nothing() {
    let facts = [placed(kiosk()), cancelled(CancelReason::ByCustomer, None, &STOCK)];
    given(facts).when(note_reserved(kiosk())).then_nothing_new();
}

#[test]
fn an_order_whose_stock_is_held_shows_as_placed() {
    given([placed(bakery()), reserved()]).stands_at(OrderState::Placed);
}
