//! Cancelling: decided here while nobody can have begun, by the kitchen otherwise.

use ordering_contract::CancelReason::{ByCustomer, ByStaff};
use ordering_contract::{CancelReason, OrderState, RefusalReason};
use ordering_domain::{OrderCommand, Rejection};

use crate::dialogue::*;

#[test]
fn an_order_that_waits_is_cancelled_at_once_and_calls_everything_back() {
    let facts = [cancelled_as_wished(ByCustomer, &BOTH)];
    given([placed(restaurant())]).when(cancel(ByCustomer)).then(facts);
}

#[test]
fn an_order_without_money_that_waits_calls_its_stock_back() {
    given([placed(kiosk())]).when(cancel(ByCustomer)).then([cancelled_as_wished(ByCustomer, &STOCK)]);
}

#[test]
fn an_order_that_stands_is_only_cancelled_after_the_kitchen_was_asked() {
    given(standing()).when(cancel(ByCustomer)).then([cancel_requested(ByCustomer)]);
}

#[test]
fn the_kitchen_is_asked_once() {
    let facts = standing_and([cancel_requested(ByCustomer)]);
    given(facts).when(cancel(ByStaff)).then_nothing_new();
}

#[test]
fn an_order_that_the_kitchen_lets_go_is_cancelled_as_it_was_wished() {
    let facts = standing_and([cancel_requested(ByCustomer)]);
    given(facts).when(OrderCommand::NoteReleased).then([cancelled_as_wished(ByCustomer, &MONEY)]);
}

#[test]
fn an_order_that_the_kitchen_keeps_goes_on() {
    let facts = standing_and([cancel_requested(ByCustomer)]);
    given(facts).when(OrderCommand::NoteCancelDenied).then([cancel_denied()]);
}

#[test]
fn after_a_denial_the_kitchen_may_be_asked_again() {
    let facts = standing_and([cancel_requested(ByCustomer), cancel_denied()]);
    given(facts).when(cancel(ByStaff)).then([cancel_requested(ByStaff)]);
}

#[test]
fn an_order_that_nobody_wished_to_cancel_is_neither_released_nor_denied() {
    given(standing()).when(OrderCommand::NoteReleased).then_nothing_new();
    given(standing()).when(OrderCommand::NoteCancelDenied).then_nothing_new();
}

#[test]
fn a_cancel_by_the_customer_after_start_is_refused() {
    let refusal = Rejection::TooLate(OrderState::Started);
    given(standing_and([started()])).when(cancel(ByCustomer)).then_refused(refusal);
}

#[test]
fn a_cancel_by_staff_is_asked_for_until_it_is_made() {
    given(standing_and([started()])).when(cancel(ByStaff)).then([cancel_requested(ByStaff)]);
    let refusal = Rejection::TooLate(OrderState::Prepared);
    given(standing_and([prepared()])).when(cancel(ByStaff)).then_refused(refusal);
}

#[test]
fn a_cancel_of_a_completed_order_is_refused() {
    let refusal = Rejection::TooLate(OrderState::Completed);
    given(standing_and([prepared(), completed()])).when(cancel(ByStaff)).then_refused(refusal);
}

#[test]
fn cancelling_twice_is_fine() {
    for more in [vec![], vec![refunded()]] {
        let facts = standing_and([cancelled(ByStaff, None, &MONEY)]);
        given([facts, more].concat()).when(cancel(ByCustomer)).then_nothing_new();
    }
}

#[test]
fn an_order_that_nobody_sees_is_unknown_to_whoever_cancels() {
    let refused = refused(RefusalReason::PaymentDeclined, None, false);
    for facts in [vec![], vec![placed(cafe()), abandoned()], vec![placed(cafe()), refused]] {
        given(facts).when(cancel(ByStaff)).then_refused(Rejection::Unknown);
    }
}

#[test]
fn a_start_that_overtakes_the_wish_lets_the_kitchen_decide() {
    let facts = standing_and([cancel_requested(ByCustomer), started()]);
    given(facts.clone()).when(OrderCommand::NoteCancelDenied).then([cancel_denied()]);
    given(facts).when(OrderCommand::NoteReleased).then([cancelled_as_wished(ByCustomer, &MONEY)]);
}

#[test]
fn a_completed_order_has_no_wish_left() {
    let facts = standing_and([prepared(), cancel_requested(ByStaff), completed()]);
    given(facts.clone()).when(OrderCommand::NoteReleased).then_nothing_new();
    given(facts).when(OrderCommand::NoteCancelDenied).then_nothing_new();
}

#[test]
fn the_rejections_say_why_in_words() {
    let said =
        [Rejection::Unknown, Rejection::TooLate(OrderState::Started), Rejection::Ended(OrderState::Refused)]
            .map(|rejection| rejection.to_string());
    let words = [
        "there is no such order",
        "the order is started and cannot be cancelled any longer",
        "the order is refused already",
    ];
    assert_eq!(said, words);
}

#[test]
fn every_reason_but_the_customers_follows_the_rule_of_staff() {
    for reason in [CancelReason::ByStaff, CancelReason::RejectedByShop, CancelReason::Expired] {
        given(standing_and([started()])).when(cancel(reason)).then([cancel_requested(reason)]);
    }
}
