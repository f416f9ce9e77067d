//! Paying: payment says whether the money is there.

use ordering_contract::{CancelReason, OrderState, RefusalReason};
use ordering_domain::OrderCommand;

use crate::dialogue::*;

#[test]
fn an_order_whose_money_is_there_is_paid_and_confirmed() {
    given([placed(cafe())]).when(note_paid()).then([paid(), confirmed()]);
}

#[test]
fn an_order_whose_stock_is_held_is_paid_and_confirmed() {
    given([placed(bakery()), reserved()]).when(note_paid()).then([paid(), confirmed()]);
}

#[test]
fn an_order_is_paid_once() {
    given(standing()).when(note_paid()).then_nothing_new();
}

#[test]
fn a_declined_payment_refuses_the_order() {
    let facts = [refused(RefusalReason::PaymentDeclined, Some("card expired"), false)];
    given([placed(cafe())]).when(note_declined()).then(facts);
}

#[test]
fn a_declined_payment_lets_go_of_the_stock() {
    let facts = [refused(RefusalReason::PaymentDeclined, Some("card expired"), true)];
    given([placed(bakery()), reserved()]).when(note_declined()).then(facts);
}

#[test]
fn a_standing_order_is_not_declined() {
    given(standing()).when(note_declined()).then_nothing_new();
}

#[test]
fn money_that_comes_after_a_refusal_changes_nothing() {
    let facts = [placed(cafe()), refused(RefusalReason::PaymentDeclined, None, false)];
    given(facts).when(note_paid()).then_nothing_new();
}

#[test]
fn an_order_that_is_not_paid_for_long_is_cancelled_and_calls_everything_back() {
    let facts = [cancelled(CancelReason::Expired, None, &BOTH)];
    given([placed(restaurant()), reserved()]).when(OrderCommand::Expire).then(facts);
}

#[test]
fn a_paid_order_does_not_expire() {
    given(standing()).when(OrderCommand::Expire).then_nothing_new();
}

#[test]
fn an_order_that_was_taken_and_cannot_stand_is_cancelled_and_calls_everything_back() {
    let withdraw = OrderCommand::Withdraw { reason: CancelReason::OutOfStock, text: "no bread".to_owned() };
    let facts = [cancelled(CancelReason::OutOfStock, Some("no bread"), &BOTH)];
    given([placed(restaurant()), reserved()]).when(withdraw.clone()).then(facts);
    given(standing()).when(withdraw).then_nothing_new();
}

#[test]
fn a_cancelled_order_whose_money_is_back_is_refunded() {
    let facts = standing_and([cancelled(CancelReason::ByStaff, None, &MONEY)]);
    given(facts).when(note_refunded()).then([refunded()]);
}

#[test]
fn an_order_is_refunded_once() {
    let facts = standing_and([cancelled(CancelReason::ByStaff, None, &MONEY), refunded()]);
    given(facts).when(note_refunded()).then_nothing_new();
}

#[test]
fn an_order_that_stands_is_not_refunded() {
    given(standing()).when(note_refunded()).then_nothing_new();
}

#[test]
fn an_order_shows_whether_it_is_paid_confirmed_or_refunded() {
    given([placed(cafe()), paid()]).stands_at(OrderState::Paid);
    given(standing()).stands_at(OrderState::Confirmed);
    let cancelled = standing_and([cancelled(CancelReason::ByStaff, None, &MONEY)]);
    given(cancelled.clone()).stands_at(OrderState::Cancelled);
    given([cancelled, vec![refunded()]].concat()).stands_at(OrderState::Refunded);
}
