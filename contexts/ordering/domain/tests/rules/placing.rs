//! Placing: the intent is kept; what needs nothing more stands at once.

use catalog_contract::PaymentTime;
use kernel::Personal;
use ordering_contract::{OrderConfirmedV1, OrderContact, OrderEvent, OrderPlacedV1, OrderState};
use ordering_domain::{OrderCommand, Placement};
use std::sync::Arc;

use crate::dialogue::*;

#[test]
fn an_order_that_is_paid_at_order_waits_for_its_money() {
    given([]).when(place(cafe())).then([placed(cafe())]);
}

#[test]
fn an_order_that_needs_stock_waits_for_it() {
    given([]).when(place(kiosk())).then([placed(kiosk())]);
}

#[test]
fn an_order_that_is_paid_by_the_customer_waits() {
    given([]).when(place(restaurant())).then([placed(restaurant())]);
}

#[test]
fn an_order_that_needs_neither_is_confirmed_at_once() {
    given([]).when(place(stall())).then([placed(stall()), confirmed()]);
}

#[test]
fn an_order_that_costs_nothing_does_not_wait_for_money() {
    let free = OrderPlacedV1 { payment_method: None, ..order_in(&cafe()) };
    let command = OrderCommand::Place(Box::new(Placement { placed: free.clone(), life: Arc::new(cafe()) }));
    given([]).when(command).then([OrderEvent::Placed(free), confirmed()]);
}

#[test]
fn an_order_that_was_placed_is_not_placed_again() {
    given([placed(cafe())]).when(place(cafe())).then_nothing_new();
}

#[test]
fn an_order_that_was_refused_is_not_placed_again() {
    let facts = [placed(cafe()), refused(ordering_contract::RefusalReason::PaymentDeclined, None, false)];
    given(facts).when(place(cafe())).then_nothing_new();
}

#[test]
fn a_placed_order_shows_as_placed_and_has_not_ended() {
    let order = given([placed(cafe())]);
    order.stands_at(OrderState::Placed);
    order.has_ended(false);
}

#[test]
fn the_confirmed_order_carries_what_the_kitchen_needs() {
    let order = order_in(&stall());
    let OrderEvent::Confirmed(confirmed) = confirmed() else { unreachable!("it is") };
    assert_eq!((confirmed.lines, confirmed.call_number), (order.lines, order.call_number));
    assert_eq!(confirmed.life, order.life);
}

#[test]
fn a_name_without_a_note_does_not_reach_the_kitchen() {
    let contact = OrderContact { name: Some("Kim".to_owned()), ..OrderContact::default() };
    let placed = OrderPlacedV1 { personal: Personal::new(contact), ..order_in(&stall()) };
    let OrderEvent::Confirmed(with_note) = confirmed() else { unreachable!("it is") };
    let bare = OrderEvent::Confirmed(OrderConfirmedV1 { personal: Personal::absent(), ..with_note });

    let command =
        OrderCommand::Place(Box::new(Placement { placed: placed.clone(), life: Arc::new(stall()) }));
    given([]).when(command).then([OrderEvent::Placed(placed), bare]);
}

#[test]
fn only_a_shop_that_takes_money_keeps_a_way_to_pay() {
    assert_eq!(stall().payment.when, PaymentTime::None);
    assert_eq!(order_in(&stall()).payment_method, None);
}

#[test]
fn nothing_can_be_said_about_an_order_that_nobody_placed() {
    for fact in [note_paid(), note_declined(), note_reserved(cafe()), note_refunded(), note_rejected()] {
        given([]).when(fact).then_nothing_new();
    }
}
